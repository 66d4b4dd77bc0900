import type { Clock } from '../base/time';
import { DRAW_INTERVAL_MS } from './policy';

/** What changed a state is drawn at once; of many daemons that only answered again, several together. */
export class Drawing {
  #timer: NodeJS.Timeout | undefined;
  #drawnMs = -Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly render: () => void,
  ) {}

  /** Something was drawn already. */
  get hasBegun(): boolean {
    return this.#drawnMs > -Infinity;
  }

  /** Draws with the next ones. */
  soon(): void {
    if (!this.#timer) this.#in(Math.max(0, this.#drawnMs + DRAW_INTERVAL_MS - this.clock.now().monotonicMs));
  }

  atOnce(): void {
    this.#in(0);
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  #in(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#drawnMs = this.clock.now().monotonicMs;
      this.render();
    }, ms);
  }
}

/** What draws, each with its name for the log. */
export type Drawn = readonly (readonly [name: string, draws: () => void])[];

/** Draws each: one that throws stops no other one. */
export function drawEach(drawn: Drawn, onError: (name: string, error: unknown) => void): void {
  for (const [name, draws] of drawn) {
    try {
      draws();
    } catch (error) {
      onError(name, error);
    }
  }
}
