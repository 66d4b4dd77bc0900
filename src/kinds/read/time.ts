const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;
/** What `toISOString` gives: the form in which nearly all times come. */
export const USUAL_CHARS = '2026-03-02T08:00:00.000Z'.length;
const ZERO = 48;

/** ISO 8601 with its zone, in epoch ms; NaN for all else, much of which `Date.parse` would take for a time. */
export function parseTime(value: string): number {
  return parseUsual(value) ?? (ISO.test(value) ? Date.parse(value) : NaN);
}

/**
 * What `Date.parse` would give, at a quarter of its cost: a daemon with a thousand sessions sends four thousand times
 * in an answer. `undefined` where it takes more than adding up.
 */
function parseUsual(value: string): number | undefined {
  const hasUsualSigns =
    value.length === USUAL_CHARS &&
    value[4] === '-' &&
    value[7] === '-' &&
    value[10] === 'T' &&
    value[13] === ':' &&
    value[16] === ':' &&
    value[19] === '.' &&
    value[23] === 'Z';
  if (!hasUsualSigns) return undefined;
  const month = digits(value, 5, 7);
  const day = digits(value, 8, 10);
  const hour = digits(value, 11, 13);
  const minute = digits(value, 14, 16);
  const second = digits(value, 17, 19);
  const ms = digits(value, 20, 23);
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour <= 23 && minute <= 59 && second <= 59)) {
    return undefined;
  }
  const days = daysSince1970(digits(value, 0, 4), month, day);
  const at = (((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000 + ms;
  return Number.isNaN(at) ? undefined : at;
}

/** NaN where there is anything but digits. */
function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let index = from; index < to; index++) {
    const digit = text.charCodeAt(index) - ZERO;
    if (digit < 0 || digit > 9) return NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** In the Gregorian calendar, its years counted from March, so that a leap day is the last of its year. */
function daysSince1970(year: number, month: number, day: number): number {
  const years = month < 3 ? year - 1 : year;
  const leapDays = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400);
  // From March on months have 31, 30, 31, 30 and 31 days, over and over: 153 in five.
  const daysToMonth = Math.floor((153 * ((month + 9) % 12) + 2) / 5);
  return years * 365 + leapDays + daysToMonth + day - 719_469;
}
