import type { Cause, StrangeAnswer } from '../health/cause';
import type { Answered, Identified, Kind } from './kind';
import type { Look } from './look';
import { SERVER_ERROR_STATUS } from './policy';
import { addressOf } from './target';

/**
 * Which kind of daemon is there, and what the look tells of it: the first of the kinds that takes it for its own; or
 * why the first of them does not. The one way to tell, for an entry whose kind nobody named, for a scan and for the
 * launcher.
 *
 * @throws {NoAnswer} where nobody answers
 */
export async function recognise(look: Look, kinds: readonly Kind[]): Promise<Identified | StrangeAnswer> {
  let why: StrangeAnswer | undefined;
  for (const kind of kinds) {
    try {
      const found = await (await kind.load()).identify(look);
      if (!('is' in found)) return found;
      why ??= found;
    } catch (error) {
      // Where nobody answered one question, the next kind's question is not asked.
      if (!look.hasAnswer) throw error;
    }
  }
  return why ?? { is: 'unknownKind' };
}

/** Wrong for the route of one kind, and tells nothing of another route; so does an error of the whole server. */
const TELLS_NOTHING: readonly Cause['is'][] = ['webPage', 'empty', 'noJson', 'noObject', 'noStatus', 'login'];

/**
 * Which kinds may know who answered, where the one that was asked does not. A server may answer all paths alike: at an
 * address that nobody named a kind for, and where no daemon was before, it may be a daemon of any make.
 *
 * @param answered `undefined` where nobody was asked
 * @param isNew nobody named the kind, and no daemon has answered there yet
 */
export function othersFor(
  answered: Extract<Answered, { is: 'stranger' | 'wrong' }> | undefined,
  isNew: boolean,
  kinds: readonly Kind[],
): readonly Kind[] {
  if (answered?.is !== 'wrong') return kinds;
  const { why } = answered;
  const tellsNothing =
    TELLS_NOTHING.includes(why.is) || (why.is === 'httpError' && why.status >= SERVER_ERROR_STATUS);
  const mayBeAny = isNew && !answered.isKnown && tellsNothing;
  return mayBeAny ? kinds.filter(({ isOfAnyMake }) => isOfAnyMake) : [];
}

/** What an answer says of whoever gives it, and of nothing else that may be at the path. */
const SAYS: readonly Cause['is'][] = ['httpError', 'login', 'asksToWait', 'redirect', 'compressed', 'cached'];

/**
 * Why the answer at the path that an entry names is none, where no kind knows who answers: a route that only some kinds
 * have is nothing to its user. `undefined` where the entry names no path, or its answer tells nothing. Never rejects.
 */
export async function saysAtItsPath(look: Look, kinds: readonly Kind[]): Promise<StrangeAnswer | undefined> {
  const anyMake = kinds.find(({ isOfAnyMake }) => isOfAnyMake);
  if (!anyMake || !addressOf(look.target)?.path) return undefined;
  const found = await anyMake
    .load()
    .then((code) => code.identify(look))
    .catch(() => undefined);
  return found && 'is' in found && SAYS.includes(found.is) ? found : undefined;
}
