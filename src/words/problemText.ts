import { asSentence } from '../base/text';
import { clockTime, SECOND_MS, type Instant } from '../base/time';
import { inFlightMs } from '../health/staleness';
import type { DaemonState } from '../health/states';
import type { DaemonModel } from '../model/daemonModel';
import { staleText } from './causes';
import { reasonText } from './reasons';
import { beingText, loopSinceAt } from './states';
import { troubleText } from './verdicts';

/** What is wrong with a daemon, in a sentence or two. @param still "still " where that was told before, else nothing */
export function problemText(model: DaemonModel, state: DaemonState, still: string, now: Instant): string {
  const { name } = model.daemon;
  const { reason: why } = model.track.verdict;
  const reason = troubleText(model, now) ?? reasonText(why);
  if (why.is === 'loopHangs' && why.stale.is === 'noSign') {
    return `${name} is ${still}wedged: the daemon answers, but has shown no progress ${sinceText(model, now)}: ${staleText(why.stale)}.`;
  }
  if (why.is === 'loopHangs' && why.stale.is === 'seriesRed') {
    return `${name}: ${still}${reason}.`;
  }
  if (state === 'wedged') {
    const { last } = model.track;
    const mayComplete = last !== undefined && inFlightMs(last.report) !== undefined;
    const until = mayComplete ? 'the poll cycle in flight ends, or a restart' : 'a restart';
    return (
      `${name} is ${still}wedged: the process answers, but its poll loop has completed no cycle ` +
      `${sinceText(model, now)}. Nothing is dispatched until ${until}.`
    );
  }
  return asSentence(`${name} is ${still}${beingText(state)}: ${reason}`);
}

/** A moment, since a message stays for hours and its text never changes. */
function sinceText(model: DaemonModel, now: Instant): string {
  const sinceAt = loopSinceAt(model, now);
  const isNow = sinceAt === undefined || now.wallAt - sinceAt < SECOND_MS;
  return isNow ? 'for a while' : `since ${clockTime(sinceAt, now.wallAt)}`;
}
