import type { DaemonModel } from '../../model/daemonModel';
import type { Instant } from '../../base/time';
import { MODEL_CACHE_MS } from '../policy';

/**
 * The same function, but for a model it has seen it gives the very value it gave before, until that one has become
 * old: with fifty daemons, a poll of one would else make and compare what is shown of all.
 */
export function cachedByModel<T>(
  make: (model: DaemonModel, now: Instant) => T,
): (model: DaemonModel, now: Instant) => T {
  // Keyed by what a poll replaces, so that nothing outlives its daemon.
  const kept = new WeakMap<DaemonModel, { readonly value: T; readonly madeMs: number }>();
  return (model, now) => {
    const last = kept.get(model);
    if (last && now.monotonicMs - last.madeMs < MODEL_CACHE_MS) return last.value;
    const value = make(model, now);
    kept.set(model, { value, madeMs: now.monotonicMs });
    return value;
  };
}
