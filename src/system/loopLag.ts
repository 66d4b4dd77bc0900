import { LOOK_EVERY_MS } from './policy';

/**
 * Measures how late our own event loop was, from when this is made until `stop`. While the loop stands still no answer
 * is read and every deadline passes, whatever the daemon does.
 */
export class LoopLag {
  #dueMs = performance.now() + LOOK_EVERY_MS;
  #worstMs = 0;
  readonly #timer = setInterval(() => this.#look(), LOOK_EVERY_MS);

  /** The longest stall so far, in ms. */
  soFarMs(): number {
    this.#look();
    return this.#worstMs;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const nowMs = performance.now();
    this.#worstMs = Math.max(this.#worstMs, nowMs - this.#dueMs);
    this.#dueMs = nowMs + LOOK_EVERY_MS;
  }
}
