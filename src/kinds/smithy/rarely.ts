import type { Look } from '../look';

/** A fact of one daemon that is asked for rarely, and again when another process may have taken its port. */
export class Rarely<T> {
  #known: T | undefined;
  #askedMs = -Infinity;

  constructor(
    private readonly everyMs: number,
    private readonly ask: (look: Look) => Promise<T>,
  ) {}

  /** Never rejects: where it is not to be had, what it said before still holds. */
  async get(look: Look): Promise<T | undefined> {
    if (performance.now() - this.#askedMs >= this.everyMs) {
      this.#askedMs = performance.now();
      this.#known = await this.ask(look).catch(() => this.#known);
    }
    return this.#known;
  }

  /** What answers next may be another. */
  forget(): void {
    this.#known = undefined;
    this.#askedMs = -Infinity;
  }
}
