const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

/** ISO 8601 with its zone, in epoch ms; NaN for all else, much of which `Date.parse` would take for a time. */
export function parseTime(value: string): number {
  return ISO.test(value) ? Date.parse(value) : NaN;
}
