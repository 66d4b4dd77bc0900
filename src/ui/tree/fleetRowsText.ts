import { cleanText } from '../../base/text';

/** What the row of a series says while its Prometheus does not answer. */
export const NOT_TOLD_NOW = 'not told now';

/** Beside the row of a series of which nothing is known. */
export const UNVERIFIED = 'unverified';

/** "Filter: eu-west". */
export function filterText(filter: string): string {
  return `Filter: ${filter}`;
}

/** "3 of 12 shown". */
export function shownText(shown: number, all: number): string {
  return `${shown} of ${all} shown`;
}

export function moreSeriesText(count: number): string {
  return count === 1 ? '1 more series' : `${count} more series`;
}

/** All labels of a series, for a hover: ` {instance="a", …}`. */
export function labelsText(key: string): string {
  return key === '' ? '' : ` {${cleanText(key)}}`;
}

/** How many are red, and of how many: "1 of 12 red". */
export function fleetInShort(red: number, of: number): string {
  return red > 0 ? `${red} of ${of} red` : of === 1 ? '1 series' : `${of} series`;
}
