/** The errors of a daemon since it started: how many there were, and the last one in its own words. */
export function startErrorsText(count: number, last: string): string {
  return count === 1 ? `1 since its start: ${last}` : `${count} since its start, the last: ${last}`;
}
