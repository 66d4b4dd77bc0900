import { coarseAge, duration, MINUTE_MS } from '../../base/time';
import type { Check } from '../../health/report';

/** What the row of progress says where the settings name no proof. */
export const noProof = 'no proof is named';

/** What it says where the proof tells nothing; the row of the state says why. */
export const notKnown = 'not known';

/** @param since "14:35:30"; `undefined` where that is not known */
export function noSignText(since: string | undefined, limitMs: number): string {
  return `no sign${since === undefined ? '' : ` since ${since}`} · limit ${duration(limitMs)}`;
}

/** The last sign is named where it is old enough to be of interest: with each sign the row would be written anew. */
export function lastSignText(agoMs: number, limitMs: number): string {
  const last = agoMs < MINUTE_MS ? 'shows signs' : `last sign ${coarseAge(agoMs)} ago`;
  return `${last} · limit ${duration(limitMs)}`;
}

export const CHECK_WORDS: Readonly<Record<Check['state'], string>> = {
  good: 'good',
  warning: 'warning',
  bad: 'fails',
  unknown: 'not known',
};

/** @param ill how many of them fail or warn */
export function checksText(ill: number, count: number): string {
  return ill === 0 ? `none of ${count} fails` : `${ill} of ${count} not good`;
}
