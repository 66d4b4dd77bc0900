import { LoopLag } from './loopLag';

/**
 * One question to a daemon, in one or several requests: they share its deadline, and what is known of our own event
 * loop meanwhile. Whoever makes one ends it.
 */
export class Ask {
  readonly #endMs: number;

  /**
   * @param timeoutMs for all of it, from now on
   * @param lag what looks after our event loop, of the ask that this is a part of
   */
  constructor(
    readonly timeoutMs: number,
    private readonly lag = new LoopLag(),
  ) {
    this.#endMs = performance.now() + timeoutMs;
  }

  /** A part of it that may take `timeoutMs` at most, and never longer than the whole. Needs no end of its own. */
  atMost(timeoutMs: number): Ask {
    return new Ask(Math.min(timeoutMs, this.leftMs()), this.lag);
  }

  /** What is left of its time, in ms. */
  leftMs(): number {
    return Math.max(0, this.#endMs - performance.now());
  }

  /** The longest time that our own event loop stood still so far, in ms. */
  lagMs(): number {
    return this.lag.soFarMs();
  }

  /** Ends the measurement. */
  [Symbol.dispose](): void {
    this.lag.stop();
  }
}
