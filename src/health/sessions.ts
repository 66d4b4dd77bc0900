import type { Session } from './report';

/** Whether a session still runs, going by the status words of smithy and dispatchd. */
export function isLive({ status }: Session): boolean {
  return ['starting', 'running', 'suspended', 'terminating'].includes(status);
}
