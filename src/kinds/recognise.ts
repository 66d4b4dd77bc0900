import type { StrangeAnswer } from '../health/cause';
import type { Identified, Kind } from './kind';
import type { Look } from './look';

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
