import type { DaemonId } from '../../health/report';
/** The row of a session, whichever group it is in. */
export function sessionRowId(daemonId: DaemonId, id: string): string {
  return `${daemonId}#session#${id}`;
}

/** The row above a daemon's interrupted work. */
export function interruptedRowId(daemonId: DaemonId): string {
  return `${daemonId}#${INTERRUPTED}`;
}

/** The row of a series of a fleet. Its labels are anybody's texts, of which no other row's id may be made. */
export function seriesRowId(daemonId: DaemonId, key: string): string {
  return `${daemonId}#series#${encodeURIComponent(key.replace(/\p{Cs}/gu, '?'))}`;
}

export const INTERRUPTED = 'interrupted';

export function isSessionRowId(target: unknown): target is string {
  return typeof target === 'string' && (target.includes('#session#') || target.endsWith(`#${INTERRUPTED}`));
}
