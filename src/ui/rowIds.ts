/** The row of a session, whichever group it is in. */
export function sessionRowId(origin: string, id: string): string {
  return `${origin}#session#${id}`;
}

export function isSessionRowId(target: unknown): target is string {
  return typeof target === 'string' && target.includes('#session#');
}
