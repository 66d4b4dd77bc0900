import type { Clock } from '../../../src/dispatchd/clock';

interface Timer {
  readonly dueMs: number;
  readonly run: () => void;
}

/** A clock that moves only when told; its wall clock may also jump. */
export class FakeClock implements Clock {
  #monotonicMs = 1_000;
  #wallMs = Date.parse('2026-01-01T00:00:00.000Z');
  #timers = new Set<Timer>();

  wallMs(): number {
    return this.#wallMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  every(intervalMs: number, run: () => void): () => void {
    let cancel = () => {};
    const arm = () => (cancel = this.after(intervalMs, tick));
    // Like Node, the next one counts from when this one fired, so that a late tick is not followed by a burst.
    const tick = () => {
      arm();
      run();
    };
    arm();
    return () => cancel();
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = this.#add({ dueMs: this.#monotonicMs + delayMs, run });
    return () => void this.#timers.delete(timer);
  }

  /** Moves both clocks, firing what falls due on the way, each at its own moment. */
  advance(durationMs: number): void {
    const endMs = this.#monotonicMs + durationMs;
    for (;;) {
      const [next] = [...this.#timers].sort((a, b) => a.dueMs - b.dueMs);
      if (!next || next.dueMs > endMs) break;
      this.#moveTo(next.dueMs);
      this.#timers.delete(next);
      next.run();
    }
    this.#moveTo(endMs);
  }

  /** The machine slept, or the event loop was blocked: time passed, and what fell due fires late. */
  freeze(durationMs: number): void {
    this.#moveTo(this.#monotonicMs + durationMs);
  }

  /** Somebody set the clock. */
  jumpWall(byMs: number): void {
    this.#wallMs += byMs;
  }

  #moveTo(monotonicMs: number): void {
    this.#wallMs += Math.max(0, monotonicMs - this.#monotonicMs);
    this.#monotonicMs = Math.max(this.#monotonicMs, monotonicMs);
  }

  #add(timer: Timer): Timer {
    this.#timers.add(timer);
    return timer;
  }
}

/** Lets promises that are already settled run their continuations. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
