import { SECOND_MS, MINUTE_MS, type Instant } from '../../base/time';
import { countdown, type Entry } from '../../health/countdown';
import { COUNTDOWN_FIRST_MS } from '../../health/policy';
import type { DaemonModel } from '../../model/daemonModel';
import { questionText, waitingText } from '../../words/work';
import { MAX_DESCRIBED } from '../policy';
import { commandLink, icon, inMarkdown, type MarkdownText } from '../shared/markdown';
import { countWaiting, waitingIn } from '../shared/problems';
import { sessionRowId } from '../tree/rowIds';

/** What the item says of work, after the state: in the bar, and spoken. */
export interface WorkInItem {
  readonly short: string;
  readonly spoken: string;
}

/** " · 1 waits for you · 0:42 left": what waits for a person, and the last minute of the nearest deadline. */
export function workInItem(models: readonly DaemonModel[], now: Instant): WorkInItem {
  const waiting = countWaiting(models);
  const nearest = nearestIn(models, now);
  return {
    short: [waiting > 0 && waitingInShort(waiting), nearest && leftInShort(nearest)]
      .filter((part) => part !== false && part !== undefined)
      .map((part) => ` · ${part}`)
      .join(''),
    // Not by the second: a reader would never come to an end.
    spoken: `${waiting > 0 ? `, ${waitingText(waiting, true)}` : ''}${nearest ? `, ${AT_LIMIT}` : ''}`,
  };
}

const AT_LIMIT = 'a session is at its limit within a minute';

function waitingInShort(count: number): string {
  return count === 1 ? '1 waits for you' : `${count} wait for you`;
}

function nearestIn(models: readonly DaemonModel[], now: Instant): Entry | undefined {
  const counted = models.map(({ daemon, deadlines }) => ({
    daemonId: daemon.id,
    name: daemon.name,
    deadlines,
  }));
  return countdown(counted, now).find(({ remainingMs }) => remainingMs <= COUNTDOWN_FIRST_MS);
}

/** "0:42 left", or "extends in 0:42" of what its daemon extends by itself. */
function leftInShort({ stage, remainingMs, prospect }: Entry): string {
  const seconds = stage === 'due' ? 0 : Math.ceil(remainingMs / SECOND_MS);
  const perMinute = MINUTE_MS / SECOND_MS;
  const clock = `${Math.floor(seconds / perMinute)}:${String(seconds % perMinute).padStart(2, '0')}`;
  return prospect === 'extended' ? `extends in ${clock}` : `${clock} left`;
}

/** Each piece of work that waits for a person, with its question and the way to its row. */
export function waitingInHover(models: readonly DaemonModel[]): readonly MarkdownText[] {
  const all = models.flatMap((model) =>
    waitingIn(model).map((session) => ({ daemon: model.daemon, session })),
  );
  return all.slice(0, MAX_DESCRIBED).map(({ daemon, session }) => {
    const row = commandLink('Show', 'daemonHealth.showDetails', sessionRowId(daemon.id, session.id));
    const says = `“${session.title}” on ${daemon.name} ${questionText(session, true)}`;
    return inMarkdown`${icon('comment-discussion')} ${says} · ${row}`;
  });
}
