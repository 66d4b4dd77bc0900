import { setTimeout as delay } from 'node:timers/promises';

export interface WaitOptions {
  readonly timeoutMs: number;
  readonly stepMs: number;
  readonly signal?: AbortSignal;
  /** Called after each whole second of waiting, with the time that is left. */
  readonly onSecond?: (leftMs: number) => void;
}

/**
 * Looks at a condition every `stepMs` until it holds.
 * @returns whether it came to hold before `timeoutMs`
 * @throws the signal's reason when aborted
 */
export async function until(
  condition: () => Promise<boolean>,
  { timeoutMs, stepMs, signal, onSecond }: WaitOptions,
): Promise<boolean> {
  const startedMs = performance.now();
  for (let seconds = 1; ;) {
    signal?.throwIfAborted();
    if (await condition()) return true;
    const waitedMs = performance.now() - startedMs;
    if (waitedMs >= timeoutMs) return false;
    if (waitedMs >= seconds * 1_000) {
      onSecond?.(timeoutMs - waitedMs);
      seconds = Math.floor(waitedMs / 1_000) + 1;
    }
    await delay(stepMs, undefined, { signal }).catch(() => undefined);
  }
}

/** What is awaited, or the signal's reason thrown as soon as it is aborted; the work itself then goes on unheard. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    const abort = () => reject(signal.reason instanceof Error ? signal.reason : new Error('cancelled'));
    signal.addEventListener('abort', abort, { once: true });
    stop = () => signal.removeEventListener('abort', abort);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    stop();
  }
}
