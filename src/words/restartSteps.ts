import { duration } from '../base/time';
import type { RestartStep, RestartWait } from '../model/restartStep';

/** A step of a restart or of a stop, to go on after "restart: ". */
export function restartStepText(step: RestartStep): string {
  switch (step.is) {
    case 'keepingEvidence':
      return 'keeping the evidence';
    case 'asking':
      return `asking process ${step.pid} to shut down`;
    case 'notAsked':
      return `process ${step.pid} could not be asked to shut down (${step.why.replace(/\.$/, '')})`;
    case 'terminating':
      return `stopping process ${step.pid}`;
    case 'killing':
      return step.graceMs === 0
        ? `ending process ${step.pid} by force`
        : `process ${step.pid} did not stop within ${duration(step.graceMs)}: ending it by force`;
    case 'ended':
      return `process ${step.pid} ${step.how}`;
    case 'freeingPort':
      return `waiting for port ${step.port} to be free`;
    case 'starting':
      return step.by === undefined ? 'starting it' : `asking ${step.by} to restart it`;
    case 'proving':
      return `waiting for ${step.by === 'answer' ? 'it to answer as running' : 'a completed poll cycle'}`;
  }
}

/** What a restart waits for, and how long it still does. */
export function restartWaitText({ pid, leftMs, next }: RestartWait): string {
  const then = next === 'kill' ? 'killed' : 'sent SIGTERM';
  return `waiting for ${pid} to end, ${Math.ceil(leftMs / 1_000)} s before it is ${then}`;
}
