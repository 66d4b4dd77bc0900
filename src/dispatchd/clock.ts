/** Time as a collaborator, so that tests need no sleep. Durations are taken from `monotonicMs` only. */
export interface Clock {
  /** Epoch milliseconds; may jump. */
  wallMs(): number;
  /** Milliseconds since an arbitrary moment; never goes back. */
  monotonicMs(): number;
  /** Calls `run` every `intervalMs` until the returned function is called. */
  every(intervalMs: number, run: () => void): () => void;
  /** Calls `run` once after `delayMs` unless the returned function is called before. */
  after(delayMs: number, run: () => void): () => void;
}

/** One moment on both clocks: the wall clock for showing, the monotonic one for measuring. */
export interface Stamp {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/** Both clocks now. */
export function stamp(clock: Clock): Stamp {
  return { wallMs: clock.wallMs(), monotonicMs: clock.monotonicMs() };
}

/** A wall-clock moment as smithy writes it: ISO-8601 in UTC with milliseconds. */
export function iso(wallMs: number): string {
  return new Date(wallMs).toISOString();
}

/** The machine's clocks. */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  // Whole milliseconds: sums of fractions would show as 30000.000000000007.
  monotonicMs: () => Math.floor(performance.now()),
  every(intervalMs, run) {
    const timer = setInterval(run, intervalMs);
    return () => clearInterval(timer);
  },
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
