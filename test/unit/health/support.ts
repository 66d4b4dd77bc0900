import type { Clock, Instant } from '../../../src/base/time';
import type { Cause, Reason } from '../../../src/health/cause';
import { nextPollDelayMs } from '../../../src/health/cadence';
import type { Notice } from '../../../src/health/incident';
import type { Cycles, Failure, Report, Sample } from '../../../src/health/report';
import type { Traits } from '../../../src/health/traits';
import { DISPATCHD_TRAITS } from '../../../src/kinds/dispatchd/traits';
import { DUCTOR_PROGRESS, DUCTOR_TRAITS } from '../../../src/kinds/ductor/traits';
import { SMITHY_TRAITS } from '../../../src/kinds/smithy/traits';
import { beginTrack, observe } from '../../../src/health/track';
import {
  beginRestart,
  dismissStartFailure,
  endRestart,
  type RestartEnd,
  setStoppedByUs,
} from '../../../src/health/ownRestart';
import { looksElsewhere } from '../../../src/health/elsewhere';
import type { KeptTrack, RestartElsewhere, Step, Track } from '../../../src/health/trackState';
import type { DaemonState } from '../../../src/health/states';
import { reasonText } from '../../../src/words/reasons';
import type { InvolvedDaemon } from '../../../src/health/conflicts';

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** Time that moves only when told. */
export class FakeTime implements Clock {
  wallAt = Date.parse('2026-03-02T08:00:00.000Z');
  monotonicMs = 50_000;
  uptimeMs = 9_000_000;
  /** The timer of a poll is the only sign of a sleep through which the monotonic clock went on. */
  #timerLateMs = 0;

  now(): Instant {
    return { wallAt: this.wallAt, monotonicMs: this.monotonicMs, uptimeMs: this.uptimeMs };
  }

  advance(ms: number): void {
    this.wallAt += ms;
    this.monotonicMs += ms;
    this.uptimeMs += ms;
  }

  /** The machine sleeps: as on Linux the monotonic clock stands still, or, as elsewhere, it goes on. */
  sleep(ms: number, { monotonicStands = true } = {}): void {
    this.wallAt += ms;
    this.uptimeMs += ms;
    if (monotonicStands) return;
    this.monotonicMs += ms;
    this.#timerLateMs += ms;
  }

  /** How late the timer of the next poll comes. */
  takeTimerLateMs(): number {
    const lateMs = this.#timerLateMs;
    this.#timerLateMs = 0;
    return lateMs;
  }

  /** Somebody sets the clock. */
  jumpWall(ms: number): void {
    this.wallAt += ms;
  }
}

type Maybe<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** Fields of a report: the poll cycles by the names that a daemon's answer has for them, and the traits that differ. */
export type Parts = Maybe<Omit<Report, 'traits'>> &
  Maybe<Record<'lastPollStartedAt' | 'lastPollCompletedAt', number>> &
  Maybe<{ pollStale: boolean; traits: Partial<Traits> }>;

/** As the reader of each kind has them; an unheard-of kind has those of smithy. */
const TRAITS: Readonly<Record<string, Traits>> = { dispatchd: DISPATCHD_TRAITS, ductor: DUCTOR_TRAITS };

/** A report of a smithy, unless its parts say otherwise. Where they tell nothing of cycles, so does the report. */
export function reportWith({
  lastPollStartedAt: startedAt,
  lastPollCompletedAt: completedAt,
  pollStale: stale,
  traits,
  ...rest
}: Parts = {}): Report {
  const { kind = 'smithy', malformed = [] } = rest;
  const cycles = {
    kind: 'cycles',
    ...(startedAt !== undefined && { startedAt }),
    ...(completedAt !== undefined && { completedAt }),
    ...(stale !== undefined && { stale }),
  } satisfies Cycles;
  const isTold = Object.keys(cycles).length > 1 || malformed.some(({ field }) => field.startsWith('health'));
  const untold = kind === 'ductor' ? DUCTOR_PROGRESS : ({ kind: 'untold', by: 'version' } as const);
  return {
    isRunning: true,
    progress: isTold ? cycles : untold,
    ...(rest as Partial<Report>),
    kind,
    malformed,
    traits: { ...(TRAITS[kind] ?? SMITHY_TRAITS), ...traits },
  };
}

/** A report of a daemon whose last cycle completed `cycleAgoMs` ago, on a clock that is off by `skewMs`. */
export function goodReport(
  time: FakeTime,
  { cycleAgoMs = 2_000, skewMs = 0, ...rest }: { cycleAgoMs?: number; skewMs?: number } & Parts = {},
): Report {
  const daemonNow = time.wallAt + skewMs;
  return reportWith({
    available: true,
    pollIntervalMs: 5_000,
    daemonNow,
    lastPollStartedAt: daemonNow - cycleAgoMs - 8,
    lastPollCompletedAt: daemonNow - cycleAgoMs,
    pollStale: false,
    queue: { readyUnassignedTasks: 0, availableWorkers: 2, stuck: false },
    ...rest,
  });
}

/** A daemon whose cycle in flight started `forMs` ago, five seconds after the last one had completed. */
export function wedgedReport(time: FakeTime, forMs: number, rest: Parts = {}): Report {
  return goodReport(time, {
    lastPollStartedAt: time.wallAt - forMs,
    lastPollCompletedAt: time.wallAt - forMs - 5_000,
    pollStale: forMs > 60_000,
    ...rest,
  });
}

export const FAILURES = {
  refused: { kind: 'refused', cause: { is: 'connectionRefused' } },
  reset: { kind: 'reset', cause: { is: 'closed' } },
  timeout: { kind: 'timeout', cause: { is: 'noAnswer', withinMs: 5_000 } },
  statusHung: {
    kind: 'statusHung',
    cause: { is: 'statusHangs', withinMs: 5_000, healthRoute: 'answers' },
  },
  editorBusy: { kind: 'editorBusy', cause: { is: 'editorStoodStill', stoodStillMs: 6_000 } },
  untold: { kind: 'untold', cause: { is: 'asksToWait', status: 429, waitMs: 60_000 } },
  errors: {
    kind: 'errors',
    cause: { is: 'httpError', status: 500, isPage: false, said: 'database is locked' },
    isKnown: true,
  },
  wrongAnswer: { kind: 'wrongAnswer', cause: { is: 'noJson' } },
} as const satisfies Record<Failure['kind'], Failure>;

export interface Noted {
  readonly atMs: number;
  readonly notice: Notice;
}

/** One daemon under watch, driven by hand: samples in, states and notices out. */
export class Watch {
  readonly time: FakeTime;
  readonly notices: Noted[] = [];
  readonly transitions: { readonly atMs: number; readonly to: DaemonState; readonly reason: Reason }[] = [];
  track: Track;
  /** What a look for a restart in another window finds. */
  elsewhere: RestartElsewhere | undefined;
  readonly #startedMs: number;

  constructor({
    time = new FakeTime(),
    configured = true,
    ...kept
  }: KeptTrack & { time?: FakeTime; configured?: boolean } = {}) {
    this.time = time;
    this.#startedMs = time.monotonicMs;
    this.track = beginTrack(configured, kept, time.now());
  }

  /** One that has been healthy for a while. */
  static healthy(options: ConstructorParameters<typeof Watch>[0] = {}): Watch {
    const watch = new Watch(options);
    watch.stayHealthy(20 * SECOND_MS);
    return watch;
  }

  get state(): DaemonState {
    return this.track.verdict.state;
  }

  get reason(): Reason {
    return this.track.verdict.reason;
  }

  get reasonInWords(): string {
    return reasonText(this.reason);
  }

  get spoken(): string[] {
    return this.notices.map(({ notice }) => `${notice.kind} ${notice.state}`);
  }

  answer(report: Report = goodReport(this.time), latencyMs = 3): DaemonState {
    return this.observe({ ok: true, startedMs: this.time.monotonicMs, latencyMs, report });
  }

  /** A poll that fails; `tookMs` after it was sent. */
  fail(
    kind: Failure['kind'],
    { tookMs = 0, ...failure }: { tookMs?: number; cause?: Cause; isKnown?: boolean } = {},
  ): DaemonState {
    const startedMs = this.time.monotonicMs;
    this.time.advance(tookMs);
    return this.observe({ ok: false, startedMs, failure: { ...FAILURES[kind], ...failure } });
  }

  /** Waits as long as the monitor would until the next poll. */
  waitForNext(options: Parameters<Watch['nextDelayMs']>[0] = {}): this {
    return this.wait(this.nextDelayMs(options));
  }

  wait(ms: number): this {
    this.time.advance(ms);
    return this;
  }

  /** Good answers every 5 s for so long, the last of them at the end. */
  stayHealthy(forMs: number): this {
    this.answer();
    for (let passedMs = 0; passedMs < forMs; passedMs += 5_000) this.wait(5_000).answer();
    return this;
  }

  /** The states of so many polls, each after `everyMs`. */
  repeat(times: number, everyMs: number, poll: () => DaemonState): DaemonState[] {
    return Array.from({ length: times }, () => {
      this.wait(everyMs);
      return poll();
    });
  }

  restart(
    change: { restarting: true } | { restarting: false; proven: boolean; startFailed?: string },
  ): DaemonState {
    const now = this.time.now();
    if (change.restarting) return this.#apply(beginRestart(this.track, now));
    const { proven, startFailed } = change;
    const end: RestartEnd =
      startFailed === undefined
        ? { is: proven ? 'proven' : 'notProven' }
        : { is: 'startFailed', why: startFailed };
    return this.#apply(endRestart(this.track, end, now));
  }

  dismissStartFailure(): DaemonState {
    return this.#apply(dismissStartFailure(this.track, this.time.now()));
  }

  stopByUs(): void {
    this.track = setStoppedByUs(this.track, this.time.now());
  }

  nextDelayMs({ intervalMs = 5_000, focused = true, isLoopback = false, random = 0.5 } = {}): number {
    return nextPollDelayMs(this.track, { intervalMs, focused, isLoopback, random }, this.time.now());
  }

  observe(sample: Sample): DaemonState {
    const restart = looksElsewhere(this.track, sample) ? this.elsewhere : undefined;
    return this.#apply(observe(this.track, sample, this.time.takeTimerLateMs(), this.time.now(), restart));
  }

  #apply({ track, events }: Step): DaemonState {
    this.track = track;
    const atMs = this.time.monotonicMs - this.#startedMs;
    for (const event of events) {
      if (event.kind === 'notice') this.notices.push({ atMs, notice: event.notice });
      else this.transitions.push({ atMs, to: event.to.state, reason: event.to.reason });
    }
    return track.verdict.state;
  }
}

/** A smithy that works on the one database. */
export function party(port: number, changes: Partial<InvolvedDaemon> = {}): InvolvedDaemon {
  return {
    name: `smithy ${port}`,
    kind: 'smithy',
    port,
    database: '/project/.stoneforge/stoneforge.db',
    databaseShown: '~/project/.stoneforge/stoneforge.db',
    isWorking: true,
    isWatched: true,
    ...changes,
  };
}
