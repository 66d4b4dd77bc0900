import { cleanText } from '../base/text';
import { coarseAge, duration, MINUTE_MS } from '../base/time';
import type { SeriesUnknown } from '../health/cause';
import type { SeriesBy, SeriesRed } from '../health/seriesRed';
import type { SeriesState } from '../health/fleet';
import { textsOf, type Texts } from './texts';

/** Why nothing is known of a series, in the few words of its row. */
const UNKNOWN: Texts<SeriesUnknown> = {
  malformed: ({ malformed: [field] }) =>
    field && 'received' in field ? `the value is ${field.received}` : 'the value cannot be read',
  noSuccessYet: 'no success yet',
  signInFuture: 'its success lies in the future',
  vanished: 'its series has vanished',
  notMovedYet: 'not seen to move yet',
};

export const seriesUnknownText = textsOf(UNKNOWN);

/** The same as the figure of a row, which is as short as a side bar is narrow. */
const UNKNOWN_IN_SHORT = textsOf<SeriesUnknown>({
  ...UNKNOWN,
  malformed: ({ malformed: [field] }) =>
    field && 'received' in field ? `value ${cleanText(field.received, MAX_FIGURE_CHARS)}` : 'no value',
  signInFuture: 'success in the future',
  vanished: 'vanished',
});

/** Of a value in a row. */
const MAX_FIGURE_CHARS = 16;
const FIGURE_DIGITS = 4;

/** What the row of a series says before its name. @param value its value, where that is a state */
export function seriesText(state: SeriesState, by: SeriesBy, value: number | undefined): string {
  if (state.is === 'unknown') return UNKNOWN_IN_SHORT(state.why);
  const age = coarseAge(state.ageMs);
  switch (by) {
    case 'age':
      if (state.is === 'red') return `no success for ${age}`;
      return state.ageMs < MINUTE_MS ? 'gets on' : `last success ${age} ago`;
    case 'counter':
      if (state.is === 'red') return `has not moved for ${age}`;
      return state.ageMs < MINUTE_MS ? 'gets on' : `moved ${age} ago`;
    case 'state':
      return state.is === 'red' ? `value ${Number(value?.toPrecision(FIGURE_DIGITS))} for ${age}` : 'good';
  }
}

/** What is red in a fleet, as a clause. */
export function seriesRedText({ by, name, count, of, limit }: SeriesRed): string {
  return count === 1
    ? `1 of ${of} red: ${name}, ${RED[by](limit)}`
    : `${count} of ${of} red, the worst ${name}: ${RED[by](limit)}`;
}

const RED: Readonly<Record<SeriesBy, (limit: number) => string>> = {
  age: (limit) => `no success for over ${duration(limit)}`,
  counter: (limit) => `the counter has not moved for over ${duration(limit)}`,
  state: (limit) => `the value is above ${limit}`,
};

/** "12 series": what a fleet is, in the fewest words. */
export function seriesCount(count: number): string {
  return count === 1 ? '1 series' : `${count} series`;
}

export const ALL_GET_ON: Readonly<Record<SeriesBy, (count: number) => string>> = {
  age: (count) => `each of ${seriesCount(count)} has a recent success`,
  counter: (count) => `the counter of each of ${seriesCount(count)} moves`,
  state: (count) => `none of ${seriesCount(count)} is in a bad state`,
};
