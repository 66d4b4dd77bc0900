import { duration } from '../base/time';
import { codeText } from './errors';
import { endText } from './outcomes';
import type { RestartStep, RestartWait } from '../model/restartStep';

/** A step of a restart or of a stop, to go on after "restart: ". */
export function restartStepText(step: RestartStep): string {
  switch (step.is) {
    case 'keepingEvidence':
      return 'keeping the evidence';
    case 'asking':
      return `asking process ${step.pid} to shut down`;
    case 'notAsked':
      return `process ${step.pid} could not be asked to shut down (${codeText(step.why).replace(/\.$/, '')})`;
    case 'terminating':
      return `stopping process ${step.pid}`;
    case 'killing':
      return step.graceMs === 0
        ? `ending process ${step.pid} by force`
        : `process ${step.pid} did not stop within ${duration(step.graceMs)}: ending the process by force`;
    case 'ended':
      return endText(step.pid, step.how);
    case 'freeingPort':
      return `waiting for port ${step.port} to be free`;
    case 'starting':
      return 'starting the daemon';
    case 'askingToRestart':
      return step.who === undefined
        ? 'asking the daemon to restart'
        : `asking ${step.who} to restart the daemon`;
    case 'proving':
      return step.by === 'answer'
        ? 'waiting for the daemon to answer as running'
        : 'waiting for a completed poll cycle';
  }
}

/** What a restart waits for, and how long it still does. */
export function restartWaitText({ pid, leftMs, next }: RestartWait): string {
  const left = Math.ceil(leftMs / 1_000);
  return next === 'kill'
    ? `waiting for ${pid} to end, ${left} s before it is killed`
    : `waiting for ${pid} to end, ${left} s before it is sent SIGTERM`;
}
