import { setTimeout as delay } from 'node:timers/promises';

/**
 * Looks at a condition every `stepMs` until it holds.
 * @returns whether it came to hold before `timeoutMs`
 * @throws the signal's reason when aborted
 */
export async function until(
  condition: () => Promise<boolean>,
  { timeoutMs, stepMs, signal }: { timeoutMs: number; stepMs: number; signal?: AbortSignal },
): Promise<boolean> {
  const startedMs = performance.now();
  for (;;) {
    signal?.throwIfAborted();
    if (await condition()) return true;
    if (performance.now() - startedMs >= timeoutMs) return false;
    await delay(stepMs, undefined, { signal }).catch(() => undefined);
  }
}
