import { stamp, type Clock, type Stamp } from '../clock';
import { CLOCK_DRIFT_MS } from '../policy';
import type { TaskSpec } from './session';
import {
  advanceTimeout,
  beginTimeout,
  extendTimeout,
  type TimeoutEvent,
  type TimeoutState,
} from './timeoutController';

/** The living part of a session while its command runs: deadline and activity. Holds one timer. */
export class Run {
  #timeout: TimeoutState;
  #lastActivityMs: number | undefined;
  #cancelTimer: (() => void) | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly started: Stamp,
    private readonly spec: TaskSpec,
    private readonly onEvent: (event: TimeoutEvent) => void,
  ) {
    this.#timeout = beginTimeout(spec, started.monotonicMs);
    this.#arm();
  }

  /** Called for every chunk of output: one clock read, nothing more. */
  recordActivity(): void {
    this.#lastActivityMs = this.clock.monotonicMs();
  }

  get extensionsUsed(): number {
    return this.#timeout.extensionsUsed;
  }

  get requestedExtensions(): number {
    return this.#timeout.requestedExtensions;
  }

  /** Epoch milliseconds of the deadline, as the wall clock stands now. */
  deadlineAt(): number {
    return this.#wall(this.#timeout.deadlineMs);
  }

  /** Epoch milliseconds of the last output; `undefined` while there was none. */
  lastActivityAt(): number | undefined {
    return this.#lastActivityMs === undefined ? undefined : this.#wall(this.#lastActivityMs);
  }

  /** Moves the deadline; returns by how much, 0 at the cap. */
  extend(extensionMs: number): number {
    const { state, grantedMs } = extendTimeout(this.spec, this.#timeout, extensionMs);
    this.#timeout = state;
    this.#arm();
    return grantedMs;
  }

  /** No further events. */
  end(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #arm(): void {
    this.#cancelTimer?.();
    const delayMs = Math.max(0, this.#timeout.deadlineMs - this.clock.monotonicMs());
    // Timers may fire a fraction of a millisecond early.
    this.#cancelTimer = this.clock.after(Math.ceil(delayMs), () => this.#advance());
  }

  #advance(): void {
    const { state, event } = advanceTimeout(
      this.spec,
      this.#timeout,
      this.#lastActivityMs,
      this.clock.monotonicMs(),
    );
    this.#timeout = state;
    if (event?.kind === 'timed-out') this.end();
    else this.#arm();
    if (event) this.onEvent(event);
  }

  #wall(monotonicMs: number): number {
    const now = stamp(this.clock);
    const driftMs = now.wallMs - this.started.wallMs - (now.monotonicMs - this.started.monotonicMs);
    const wallMs = this.started.wallMs + (monotonicMs - this.started.monotonicMs);
    return Math.round(Math.abs(driftMs) > CLOCK_DRIFT_MS ? wallMs + driftMs : wallMs);
  }
}
