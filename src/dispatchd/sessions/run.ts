import { stamp, type Clock, type Stamp } from '../clock';
import { ACTIVITY_RECENCY_MS } from '../../protocol/dispatchd';
import { CLOCK_DRIFT_MS } from '../policy';
import type { TaskSpec } from './session';

/** The limits that one session runs under. */
export type TimeLimits = Pick<TaskSpec, 'timeoutMs' | 'activityExtensionMs' | 'maxExtensions' | 'maxTotalMs'>;

/** The living part of a session while its command runs: deadline and activity. Holds one timer. */
export class Run {
  /** Extensions granted because the session was active; these count against `maxExtensions`. */
  extensionsUsed = 0;
  /** Extensions somebody asked for; only the hard cap bounds these. */
  requestedExtensions = 0;
  /** The hard cap on the whole run, whatever extends it; moments here are on the monotonic clock. */
  readonly #capMs: number;
  #deadlineMs: number;
  #lastActivityMs: number | undefined;
  #cancelTimer: (() => void) | undefined;

  /** @param onDeadline called at each deadline: by how much it moves on, since the session is active; 0 where time is up */
  constructor(
    private readonly clock: Clock,
    private readonly started: Stamp,
    private readonly limits: TimeLimits,
    private readonly onDeadline: (extendedByMs: number) => void,
  ) {
    this.#capMs = started.monotonicMs + limits.maxTotalMs;
    this.#deadlineMs = Math.min(started.monotonicMs + limits.timeoutMs, this.#capMs);
    this.#arm();
  }

  /** Called for every chunk of output: one clock read, nothing more. */
  recordActivity(): void {
    this.#lastActivityMs = this.clock.monotonicMs();
  }

  /** Epoch milliseconds of the deadline, as the wall clock stands now. */
  deadlineAt(): number {
    return this.#wall(this.#deadlineMs);
  }

  /** Epoch milliseconds of the last output; `undefined` while there was none. */
  lastActivityAt(): number | undefined {
    return this.#lastActivityMs === undefined ? undefined : this.#wall(this.#lastActivityMs);
  }

  /** How long it has run, whatever the wall clock says. */
  ranMs(): number {
    return this.clock.monotonicMs() - this.started.monotonicMs;
  }

  /** Moves the deadline on request, as far as the cap allows; returns by how much, 0 at the cap. */
  extend(extensionMs: number): number {
    const grantedMs = this.#moveTo(this.#deadlineMs + extensionMs);
    if (grantedMs > 0) this.requestedExtensions++;
    return grantedMs;
  }

  /** No further events. */
  end(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  /** @returns by how much the deadline moved */
  #moveTo(wantedMs: number): number {
    const movedMs = Math.max(0, Math.min(wantedMs, this.#capMs) - this.#deadlineMs);
    this.#deadlineMs += movedMs;
    this.#arm();
    return movedMs;
  }

  #arm(): void {
    this.#cancelTimer?.();
    const delayMs = Math.max(0, this.#deadlineMs - this.clock.monotonicMs());
    // Timers may fire a fraction of a millisecond early.
    this.#cancelTimer = this.clock.after(Math.ceil(delayMs), () => this.#due());
  }

  /**
   * At the deadline a session that wrote something within the last 30 s goes on, as far as `maxExtensions` and the cap
   * allow. Starting is not activity: a silent command gets its base time and no more.
   */
  #due(): void {
    const nowMs = this.clock.monotonicMs();
    if (nowMs < this.#deadlineMs) return this.#arm();
    const { activityExtensionMs, maxExtensions } = this.limits;
    const isActive =
      this.#lastActivityMs !== undefined && this.#deadlineMs - this.#lastActivityMs <= ACTIVITY_RECENCY_MS;
    if (!isActive || this.extensionsUsed >= maxExtensions || this.#capMs <= nowMs) {
      this.end();
      this.onDeadline(0);
      return;
    }
    this.extensionsUsed++;
    this.onDeadline(this.#moveTo(nowMs + activityExtensionMs));
  }

  #wall(monotonicMs: number): number {
    const now = stamp(this.clock);
    const driftMs = now.wallMs - this.started.wallMs - (now.monotonicMs - this.started.monotonicMs);
    const wallMs = this.started.wallMs + (monotonicMs - this.started.monotonicMs);
    return Math.round(Math.abs(driftMs) > CLOCK_DRIFT_MS ? wallMs + driftMs : wallMs);
  }
}
