import { duration } from '../base/time';
import { codeText } from './errors';
import { endText } from './outcomes';
import { textsOf } from './texts';
import type { RestartStep, RestartWait } from '../model/restartStep';

/** A step of a restart or of a stop, to go on after "restart: ". */
export const restartStepText = textsOf<RestartStep>({
  keepingEvidence: 'keeping the evidence',
  asking: ({ pid, ...work }) => `asking process ${pid} to shut down${patience(work)}`,
  notAsked: ({ pid, why }) =>
    `process ${pid} could not be asked to shut down (${codeText(why).replace(/\.$/, '')})`,
  terminating: ({ pid, ...work }) => `stopping process ${pid}${patience(work)}`,
  killing: ({ pid, graceMs }) =>
    graceMs === 0
      ? `ending process ${pid} by force`
      : `process ${pid} did not stop within ${duration(graceMs)}: ending the process by force`,
  ended: ({ pid, how }) => endText(pid, how),
  askingAboutOffspring: ({ count }) => `asking about ${startedBefore(count)}`,
  endingOffspring: ({ count }) => `ending ${startedBefore(count)}`,
  freeingPort: ({ port }) => `waiting for port ${port} to be free`,
  starting: 'starting the daemon',
  leftTo: ({ who }) => `waiting for ${who} to start the daemon again`,
  askingToRestart: ({ who }) =>
    who === undefined ? 'asking the daemon to restart' : `asking ${who} to restart the daemon`,
  proving: ({ by }) =>
    by === 'answer' ? 'waiting for the daemon to answer as running' : 'waiting for a completed poll cycle',
});

function startedBefore(count: number): string {
  return count === 1
    ? '1 process that the old daemon had started'
    : `${count} processes that the old daemon had started`;
}

/** ", which ends its 6 works first, up to 22 s"; nothing where it has no work. */
function patience({ works, upToMs }: { works?: number; upToMs?: number }): string {
  if (works === undefined || upToMs === undefined) return '';
  const named = works === 1 ? 'its running work' : `its ${works} works`;
  return `, which ends ${named} first, up to ${duration(upToMs)}`;
}

/** What a restart waits for, and how long it still does. */
export function restartWaitText({ pid, leftMs, next }: RestartWait): string {
  const left = Math.ceil(leftMs / 1_000);
  return next === 'kill'
    ? `waiting for ${pid} to end, ${left} s before it is killed`
    : `waiting for ${pid} to end, ${left} s before it is sent SIGTERM`;
}
