import type { Shortage } from './cause';
import { STARVED_RED_MS } from './policy';
import type { Failure } from './report';

interface AskedInVain {
  readonly failure?: Failure | undefined;
  /** Requests in a row that nobody answered, in monotonic ms. */
  readonly streak?: { readonly firstMs: number; readonly lastMs: number } | undefined;
}

/**
 * Why a daemon that does not answer may only be slow: CPU is short, and its process uses or waits for what there is.
 * A process that is stopped, or that waits for something else, gets no such excuse; nobody gets one for ever.
 */
export function slowness({ failure, streak }: AskedInVain): Shortage | undefined {
  if (failure?.kind !== 'timeout' && failure?.kind !== 'statusHung') return undefined;
  const { starved, process } = failure.host ?? {};
  if (starved === undefined || process !== 'busy') return undefined;
  return streak && streak.lastMs - streak.firstMs >= STARVED_RED_MS ? undefined : starved;
}
