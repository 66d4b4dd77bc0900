import type { DaemonState, Severity } from '../../../src/health/states';
import { until } from '../until';

/** What was seen of a daemon at one moment. */
export interface Seen {
  readonly state: DaemonState;
  readonly severity: Severity;
  /** Why, as users read it. */
  readonly why: string;
  /** Epoch ms. */
  readonly wallAt: number;
}

/** What a window has seen of a daemon. */
export class Sightings {
  /** Each change, oldest first. */
  readonly seen: Seen[] = [];
  readonly #lines: string[] = [];
  readonly #beganMs = performance.now();
  #error: Error | undefined;

  get now(): Seen | undefined {
    return this.seen.at(-1);
  }

  /** What was seen besides these; `[]` where it was never anything else. */
  besides(...states: readonly DaemonState[]): readonly string[] {
    return this.seen
      .filter(({ state }) => !states.includes(state))
      .map(({ state, why }) => `${state}: ${why}`);
  }

  /** What was seen before tells nothing any more. */
  forget(): void {
    this.seen.splice(0, this.seen.length - 1);
  }

  /** Notes what a test does to the daemon, and forgets what was seen before: times count from here. */
  did(what: string): void {
    this.forget();
    this.#line(`— ${what}`);
  }

  /** Resolves once it is in this state. @param why that, too, if it is given @returns what is seen then */
  async reaches(state: DaemonState, withinMs: number, why = /^/): Promise<Seen> {
    const isThere = () => {
      if (this.#error) throw this.#error;
      return this.now?.state === state && why.test(this.now.why);
    };
    await until(isThere, state, withinMs).catch((error: unknown) => {
      throw new Error(`${(error as Error).message}; seen:\n${this.#lines.join('\n')}`);
    });
    return this.now!;
  }

  /** Watches on for so long. */
  async keeps(forMs: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, forMs));
    if (this.#error) throw this.#error;
  }

  /** Prints what was done and seen, and when: these are the measured times. */
  print(): void {
    if (this.#lines.length > 0) console.log(this.#lines.join('\n'));
  }

  protected note(seen: Seen): void {
    if (this.now?.state === seen.state && this.now.why === seen.why) return;
    this.seen.push(seen);
    this.#line(`${seen.state}: ${seen.why}`);
  }

  protected fail(error: unknown): void {
    this.#error ??= error instanceof Error ? error : new Error(String(error));
  }

  #line(what: string): void {
    const seconds = ((performance.now() - this.#beganMs) / 1_000).toFixed(1);
    this.#lines.push(`      ${seconds.padStart(6)} s ${what}`);
  }
}
