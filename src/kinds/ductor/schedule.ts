import { Cron } from 'croner';
import { HOUR_MS } from '../../base/time';

/*
 * When a cron expression falls due. Loaded with the first job. ductor reads expressions with another library: what the two
 * may understand differently is not understood here.
 */

const NUMBER = String.raw`\d{1,2}`;
const PART = String.raw`(?:\*(?:/${NUMBER})?|${NUMBER}(?:-${NUMBER}(?:/${NUMBER})?)?)`;
const FIELD = new RegExp(`^${PART}(?:,${PART}){0,30}$`);
/** Both may call Sunday 7, and not in a range. */
const WEEKDAYS = /^(?:\*|[0-7](?:,[0-7]){0,6}|[0-6]-[0-6])$/;

/**
 * The first moment after `afterAt` at which a job falls due, epoch ms; `undefined` where the expression or the zone is
 * not understood, or nothing is due for years.
 *
 * @param zone the name of a time zone; that of this machine without one
 */
export function nextDue(expression: string, zone: string | undefined, afterAt: number): number | undefined {
  const fields = expression.trim().split(/\s+/);
  const [, , day, , weekday = ''] = fields;
  if (fields.length !== 5 || !fields.every((field) => FIELD.test(field)) || !WEEKDAYS.test(weekday))
    return undefined;
  // Days of the month and of the week together mean one or both of them, by the library.
  if (day !== '*' && weekday !== '*') return undefined;
  try {
    const cron = new Cron(fields.join(' '), {
      mode: '5-part',
      ...(zone !== undefined && { timezone: zone }),
    });
    return cron.nextRun(new Date(afterAt))?.getTime();
  } catch {
    return undefined;
  }
}

/** Whether the clock of a zone is put forward or back between two moments, or within an hour of the second. */
export function isClockMoved(zone: string | undefined, fromAt: number, toAt: number): boolean {
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
  const offsets = [fromAt, toAt - HOUR_MS, toAt, toAt + HOUR_MS].map(
    (at) => format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value,
  );
  return new Set(offsets).size > 1;
}
