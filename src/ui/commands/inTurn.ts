import { isUserError, UserError } from '../../base/errors';
import { sentenceOf } from '../../words/errors';
import { CANNOT } from './commandsText';
import type { SessionItem } from './sessionPurposes';

/**
 * Does the same for several sessions, one after the other: one for which that fails keeps none of the others back.
 *
 * @param act resolves with `false` where the user goes back: then nothing is done for those behind it
 * @throws what failed, fit to show where all of that is
 */
export async function inTurn<T extends SessionItem>(
  items: readonly T[],
  act: (item: T) => Promise<boolean | void>,
): Promise<void> {
  const failed: { readonly item: T; readonly error: unknown }[] = [];
  for (const item of items) {
    try {
      if ((await act(item)) === false) break;
    } catch (error) {
      failed.push({ item, error });
    }
  }
  const [first] = failed;
  if (!first) return;
  const unexpected = failed.find(({ error }) => !isUserError(error));
  if (unexpected || items.length === 1) throw (unexpected ?? first).error;
  const said = failed.map(({ item, error }) => CANNOT.ofSession(item.session.title, sentenceOf(error)));
  throw new UserError(said.join(' '));
}
