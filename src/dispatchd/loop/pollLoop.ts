import { stamp, type Clock } from '../clock';
import type { PollTimes } from './health';
import type { Log } from '../log';
import { Trouble } from '../../system/trouble';
import { messageOf } from '../../base/errors';

/**
 * Runs `cycle` at every interval. A tick that finds a cycle in flight returns at once, so a cycle that never
 * settles stops the loop without a sound: that is the fault dispatchd exists to show, see `health.ts`.
 */
export class PollLoop {
  #times: PollTimes = {};
  #inFlight: Promise<void> | undefined;
  #cancel: (() => void) | undefined;
  #failure: string | undefined;
  #completed = 0;
  #failed = 0;

  constructor(
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly intervalMs: number,
    private readonly cycle: () => Promise<void>,
  ) {}

  /** When cycles last started and completed. */
  get times(): PollTimes {
    return this.#times;
  }

  /** Why the last cycle failed, in words; `undefined` once a cycle has succeeded. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** How many cycles of this life completed, and how many failed. */
  get counts(): { readonly completed: number; readonly failed: number } {
    return { completed: this.#completed, failed: this.#failed };
  }

  /** Begins the first cycle now. */
  start(): void {
    if (this.#cancel) return;
    this.#cancel = this.clock.every(this.intervalMs, () => this.tick());
    this.tick();
  }

  /** No further cycles; the one in flight, if any, is left to settle. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** One tick: starts a cycle unless one is in flight. */
  tick(): void {
    if (this.#inFlight) return;
    this.#inFlight = this.#run();
  }

  async #run(): Promise<void> {
    this.#times = { ...this.#times, startedAt: stamp(this.clock) };
    try {
      await this.cycle();
      // Only here: a cycle that failed has not done its work, so it has not completed.
      this.#times = { ...this.#times, completedAt: stamp(this.clock) };
      this.#completed++;
      if (this.#failure !== undefined) this.log.info('poll cycles succeed again');
      this.#failure = undefined;
    } catch (error) {
      this.#failed++;
      const failure = messageOf(error);
      const inFull = error instanceof Trouble ? error.inFull : failure;
      if (failure !== this.#failure) this.log.error(`poll cycle failed: ${inFull}`);
      this.#failure = failure;
    } finally {
      this.#times = { ...this.#times, endedAt: stamp(this.clock) };
      this.#inFlight = undefined;
    }
  }
}
