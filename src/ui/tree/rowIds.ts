/** The row of a session, whichever group it is in. */
export function sessionRowId(origin: string, id: string): string {
  return `${origin}#session#${id}`;
}

/** The row above a daemon's interrupted work. */
export function interruptedRowId(origin: string): string {
  return `${origin}#${INTERRUPTED}`;
}

export const INTERRUPTED = 'interrupted';

export function isSessionRowId(target: unknown): target is string {
  return typeof target === 'string' && (target.includes('#session#') || target.endsWith(`#${INTERRUPTED}`));
}
