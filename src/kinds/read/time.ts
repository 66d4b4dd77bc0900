const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;
/** What `toISOString` gives in our days. */
const USUAL = /^20\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

/** Whether the day of a written date is there: `Date` takes 30 February for 2 March. Months repeat every 400 years. */
function isDay(value: string): boolean {
  const day = value.slice(8, 10);
  if (day <= '28') return true;
  const [year, month] = [Number(value.slice(0, 4)), Number(value.slice(5, 7))];
  return Number(day) <= new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}

/** ISO 8601 with its zone, in epoch ms; NaN for all else, much of which `Date.parse` would take for a time. */
export function parseTime(value: string): number {
  const isUsual = USUAL.test(value);
  if (!(isUsual || ISO.test(value)) || !isDay(value)) return NaN;
  if (!isUsual) return Date.parse(value);
  // A quarter of the cost of `Date.parse`, for four times of each session.
  const two = (at: number) => value.charCodeAt(at) * 10 + value.charCodeAt(at + 1) - 528;
  const ms = two(20) * 10 + value.charCodeAt(22) - 48;
  return Date.UTC(2000 + two(2), two(5) - 1, two(8), two(11), two(14), two(17), ms);
}
