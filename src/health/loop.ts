import type { LoopUnknown, Stale } from './cause';

/**
 * Whether a daemon's poll loop advances; `crossesInMs` is when the cycle in flight will be stale.
 * `ageMs` is counted from the last completed cycle, or from the start of the one in flight where none
 * ever completed, at the moment of the answer; add what has passed since.
 */
export type Loop =
  | { readonly kind: 'stale'; readonly ageMs: number | undefined; readonly stale: Stale }
  | { readonly kind: 'starting'; readonly ageMs: number; readonly crossesInMs: number }
  | { readonly kind: 'advancing'; readonly ageMs: number; readonly crossesInMs?: number }
  | { readonly kind: 'unknown'; readonly why: LoopUnknown; readonly crossesInMs?: number };
