import type { Malformed, ProofBy, StrangeAnswer } from '../health/cause';
import type { NoAnswerCause } from '../base/errors';

/**
 * What a look at a health answer finds, by docs/health-contract.md: what is there, what is worth knowing, and what is
 * lacking to tell progress from presence. A field is its path in the answer; no value of the answer stands here but times.
 */
export type Finding =
  /** @property status of HTTP; absent for a file */
  | { readonly is: 'answers'; readonly status?: number; readonly bytes: number; readonly tookMs: number }
  | { readonly is: 'healthShape' | 'keepsContract' }
  | { readonly is: 'getsOn'; readonly by: ProofBy; readonly ageMs: number; readonly redAfterMs: number }
  | { readonly is: 'otherType'; readonly received: string }
  | { readonly is: 'noDate' | 'idle' | 'noSignYet' | 'notUp' }
  /** @property isNewEachTime the time was new at each of two looks */
  | { readonly is: 'sideTimer'; readonly isNewEachTime: boolean }
  | { readonly is: 'unknownField'; readonly field: string }
  | { readonly is: 'contradicts'; readonly status: number; readonly saysGood: boolean }
  | { readonly is: 'slow'; readonly tookMs: number; readonly atMostMs: number }
  | { readonly is: 'unreachable'; readonly cause: NoAnswerCause }
  | { readonly is: 'strange'; readonly why: StrangeAnswer }
  | { readonly is: 'noShape' | 'metrics' }
  /** @property candidates fields that look like the time of some work */
  | { readonly is: 'onlyPresence'; readonly candidates: readonly string[] }
  | { readonly is: 'malformed'; readonly malformed: readonly Malformed[] }
  | { readonly is: 'noUnit'; readonly field: string }
  | { readonly is: 'future'; readonly field: string; readonly byMs: number }
  | { readonly is: 'stale'; readonly by: ProofBy; readonly owedMs: number; readonly redAfterMs: number }
  | { readonly is: 'long'; readonly bytes: number; readonly atMost: number }
  | { readonly is: 'secret'; readonly field: string };

/** `good`: as it should be. `note`: worth knowing. `lack`: what keeps anyone from telling progress from presence, or harms. */
export type FindingLevel = 'good' | 'note' | 'lack';
