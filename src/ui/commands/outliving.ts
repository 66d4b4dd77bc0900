import type { Offspring, OutlivingAnswer, Outlived } from '../../model/outliving';
import { plain } from '../shared/markdown';
import { ask, say } from '../shared/say';
import {
  endedText,
  END_AND_START,
  END_THEM,
  outlivingDetail,
  outlivingQuestion,
  START_ANYWAY,
} from './outlivingText';

/** What to do with what a daemon had started, before the daemon is started again; `undefined` is to start nothing. */
export async function askOutliving(
  daemon: string,
  left: readonly Offspring[],
): Promise<OutlivingAnswer | undefined> {
  const question = plain(outlivingQuestion(daemon, left));
  const choice = await ask(
    'warning',
    question,
    plain(outlivingDetail(daemon, left)),
    END_AND_START,
    START_ANYWAY,
  );
  if (choice === END_AND_START) return 'end';
  return choice === START_ANYWAY ? 'leave' : undefined;
}

/** Whether some of what outlived a daemon may be ended, and nobody was asked. */
export function isToOffer(outlived: Outlived | undefined): outlived is Outlived {
  return outlived !== undefined && !outlived.answer && outlived.left.some(({ isKept }) => !isKept);
}

/**
 * Offers to end what outlived a daemon.
 * @param text what happened
 * @param end ends them; resolves with those that are still there
 */
export async function offerToEnd(
  text: string,
  { left }: Outlived,
  end: (left: readonly Offspring[]) => Promise<readonly Offspring[]>,
): Promise<void> {
  if ((await say('warning', plain(text), END_THEM)) !== END_THEM) return;
  const those = left.filter(({ isKept }) => !isKept);
  const stay = await end(those);
  void say(stay.length > 0 ? 'warning' : 'info', plain(endedText(those.length, stay)));
}
