import { readStatus } from '../../../src/kinds/smithy/status';
import type { Report, Sample } from '../../../src/health/report';
import { causeText } from '../../../src/words/causes';
import { FAILURES, type FakeTime } from './support';

/** What the process does with requests. */
export type Http = 'answers' | 'refuses' | 'never answers' | 'status hangs' | 'is another service';

/**
 * A smithy in fake time: the poll loop of the real one (an interval with a re-entrancy guard), and its rule for
 * `pollStale`, which does not look at `isRunning`. Its timers stand still while the machine sleeps.
 */
export class SimulatedSmithy {
  http: Http = 'answers';
  isRunning = true;
  stuck = false;
  isPaused = false;
  /** How long each cycle that starts from now on takes; `Infinity` never settles. */
  cycleMs = 8;
  /** Its clock is off by this much. */
  skewMs = 0;
  #startedAt: number | undefined;
  #completedAt: number | undefined;
  #endsMs: number | undefined;
  #nextTickMs: number;

  constructor(
    private readonly time: FakeTime,
    private readonly config: { pollIntervalMs: number; thresholdMs?: number } = { pollIntervalMs: 5_000 },
  ) {
    this.#nextTickMs = time.monotonicMs;
  }

  /** A new process: nothing polled yet. */
  restart(): void {
    this.#startedAt = this.#completedAt = this.#endsMs = undefined;
    this.#nextTickMs = this.time.monotonicMs;
    this.cycleMs = 8;
    this.http = 'answers';
    this.isRunning = true;
  }

  /** Runs the loop up to now. Call it before time does anything but pass. */
  run(): void {
    for (;;) {
      const nextMs = Math.min(this.#endsMs ?? Infinity, this.#nextTickMs);
      if (nextMs > this.time.monotonicMs) return;
      if (nextMs === this.#endsMs) {
        this.#completedAt = this.#clockAt(nextMs);
        this.#endsMs = undefined;
      } else {
        this.#nextTickMs += this.config.pollIntervalMs;
        if (this.#endsMs !== undefined || !this.isRunning) continue;
        this.#startedAt = this.#clockAt(nextMs);
        this.#endsMs = nextMs + this.cycleMs;
      }
    }
  }

  /** One poll: what comes back, and the time it takes. */
  poll(): Sample {
    const startedMs = this.time.monotonicMs;
    switch (this.http) {
      case 'answers':
        this.time.advance(2);
        this.run();
        return { ok: true, startedMs, latencyMs: 2, report: this.#report() };
      case 'refuses':
        return { ok: false, startedMs, failure: FAILURES.refused };
      case 'never answers':
        this.time.advance(5_000);
        return { ok: false, startedMs, failure: FAILURES.timeout };
      case 'status hangs':
        this.time.advance(5_002);
        return { ok: false, startedMs, failure: FAILURES.statusHung };
      case 'is another service':
        return { ok: false, startedMs, failure: FAILURES.wrongAnswer };
    }
  }

  #report(): Report {
    const nowAt = this.time.wallAt + this.skewMs;
    const thresholdMs = this.config.thresholdMs ?? Math.max(60_000, 10 * this.config.pollIntervalMs);
    const iso = (at: number) => new Date(at).toISOString();
    const report = readStatus(
      {
        isRunning: this.isRunning,
        available: true,
        serverManaged: true,
        config: { pollIntervalMs: this.config.pollIntervalMs },
        rateLimit: { isPaused: this.isPaused, limits: [] },
        health: {
          readyUnassignedTasks: this.stuck ? 2 : 0,
          availableWorkers: this.stuck ? 0 : 2,
          stuck: this.stuck,
          hasStuckQueue: this.stuck,
          computedAt: iso(nowAt),
          ...(this.#startedAt !== undefined && { lastPollStartedAt: iso(this.#startedAt) }),
          ...(this.#completedAt !== undefined && { lastPollCompletedAt: iso(this.#completedAt) }),
          pollStale: this.#isStale(nowAt, thresholdMs),
        },
      },
      Math.floor(nowAt / 1_000) * 1_000,
    );
    if ('is' in report) throw new Error(causeText(report));
    return report;
  }

  #isStale(nowAt: number, thresholdMs: number): boolean {
    const [startedAt, completedAt] = [this.#startedAt, this.#completedAt];
    if (startedAt !== undefined && (completedAt === undefined || startedAt > completedAt)) {
      return nowAt - startedAt > thresholdMs;
    }
    return completedAt !== undefined && nowAt - completedAt > thresholdMs;
  }

  #clockAt(monotonicMs: number): number {
    return this.time.wallAt - (this.time.monotonicMs - monotonicMs) + this.skewMs;
  }
}
