import { coarseAge, duration, forOver } from '../../base/time';
import type { Check } from '../../health/report';

/** What the row of progress says where the settings name no proof. */
export const noProof = 'no proof is named';

/** What it says where the proof tells nothing; the row of the state says why. */
export const notKnown = 'not known';

/** @param forMs for how long there was no sign; `undefined` where that is not known */
export function noSignText(forMs: number | undefined, limitMs: number): string {
  return `no sign ${forOver(forMs)}, limit ${duration(limitMs)}`;
}

export function lastSignText(agoMs: number, limitMs: number): string {
  return `last sign ${coarseAge(agoMs)} ago, limit ${duration(limitMs)}`;
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
