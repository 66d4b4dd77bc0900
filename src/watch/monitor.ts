import { addressOf } from '../kinds/target';
import type { Clock } from '../base/time';
import type { Cadence } from '../health/cadence';
import { OWN_STALL_MS } from '../health/policy';
import { ASKS_WHILE_STALLED, LONGEST_TIMER_MS, RESTART_LOOK_DEADLINE_MS } from './policy';
import type { DaemonId, KindId, Report, Sample } from '../health/report';
import type { HealthEvent } from '../health/advance';
import type * as Core from '../health/core';
import { beginWatched, type Input, type Watched } from '../health/watched';
import { longestGapMs } from '../health/history';
import { beginTrack } from '../health/track';
import { looksElsewhere } from '../health/elsewhere';
import type { RestartElsewhere, Track } from '../health/trackState';
import type { RestartEnd } from '../health/ownRestart';
import type { AskSetting } from '../model/askSetting';
import type { DaemonConfig } from '../model/daemonConfig';
import type { Remembered } from '../model/daemonModel';
import type { Target } from '../model/target';
import type { Probe } from '../kinds/probe';
import { cleanText } from '../base/text';
import { orAborted } from '../base/wait';

export interface MonitorDeps {
  readonly clock: Clock;
  /** Makes the probe at the first poll, which is when undici is loaded. */
  readonly createProbe: (target: Target, kind?: KindId, asks?: AskSetting) => Promise<Probe>;
  readonly isFocused: () => boolean;
  readonly random: () => number;
  /** Says whether the clocks tell of the machine's sleep. */
  readonly platform?: NodeJS.Platform;
  /** The restart of a daemon that another window has under way. */
  readonly restartElsewhere?: (daemonId: DaemonId) => Promise<RestartElsewhere | undefined>;
  /** Called with each answer of a daemon that nobody asked for: may say that the daemon is not to be watched. */
  readonly admit?: (daemon: DaemonConfig, report: Report) => Promise<void>;
  /** Called after every step that moved the daemon on, with what happened. */
  readonly onStep: (monitor: Monitor, events: readonly HealthEvent[], core: typeof Core) => void;
  /** Called when only what a countdown shows has changed. */
  readonly onCounted?: () => void;
  /** An error that nobody expected. */
  readonly onError?: (error: unknown) => void;
}

/** Asks one daemon, on time: one request at a time, the next one set only when the last has ended. */
export class Monitor {
  #watched: Watched;
  #probe: Promise<Probe> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #polling: Promise<void> | undefined;
  #disposed = false;
  #core: typeof Core | undefined;
  /** Whether the daemon is asked at an address of this machine. */
  readonly isLoopback: boolean;

  constructor(
    readonly daemon: DaemonConfig,
    remembered: Omit<Remembered, keyof Watched> & Partial<Omit<Watched, 'track'>>,
    private readonly deps: MonitorDeps,
  ) {
    const { seenUpAt: _, stoppedByUs: _1, startFailed: _2, waiting: _3, series: _4, ...known } = remembered;
    const track = beginTrack(daemon.configured, remembered, deps.clock.now());
    this.#watched = { ...beginWatched(track), ...known };
    this.isLoopback = addressOf(daemon.target)?.isLoopback ?? false;
  }

  get track(): Track {
    return this.#watched.track;
  }

  /** Everything that is known of the daemon. */
  get watched(): Watched {
    return this.#watched;
  }

  /** The first poll, and from then on one after the other. */
  start(): void {
    void this.poll();
  }

  /** Polls now, or joins the poll under way. Resolves when its sample is in. */
  poll(): Promise<void> {
    return this.#poll(this.deps.clock.now().monotonicMs - this.#watched.askDueMs);
  }

  /** @param lateMs how late this poll comes; negative where it comes early */
  #poll(lateMs: number): Promise<void> {
    if (this.#disposed) return this.#polling ?? Promise.resolve();
    this.#polling ??= this.#pollOnce(lateMs)
      .catch((error: unknown) => this.#failed(error))
      .finally(() => (this.#polling = undefined));
    return this.#polling;
  }

  /** A fault of ours in one step must not be the last time that the daemon is asked. */
  #failed(error: unknown): void {
    this.deps.onError?.(error);
    const askDueMs = this.deps.clock.now().monotonicMs + this.daemon.pollIntervalMs;
    this.#watched = { ...this.#watched, askDueMs };
    this.#wakeAt(askDueMs);
  }

  /** The user looks: polls now, and eagerly again where it had slowed down. */
  attend(): Promise<void> {
    this.input({ kind: 'userLooks' });
    return this.poll();
  }

  /** The window got the focus: the user looks. A daemon that asks to wait is asked when it wants all the same. */
  focused(): Promise<void> {
    const { sample } = this.track;
    const asksToWait = sample?.ok === false && sample.failure.cause.is === 'asksToWait';
    const isToCome = this.deps.clock.now().monotonicMs < this.#watched.askDueMs;
    return asksToWait && isToCome ? Promise.resolve() : this.attend();
  }

  /** The daemon's status as it says it now. @throws when it does not answer */
  async statusText(): Promise<string> {
    return (await this.probe()).statusText();
  }

  endRestart(end: RestartEnd): void {
    this.input({ kind: 'restartEnded', end, cadence: this.#cadence() });
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.#probe?.then(
      (probe) => probe.close(),
      () => undefined,
    );
  }

  async #pollOnce(lateMs: number): Promise<void> {
    // Where only a late timer tells of the machine's sleep. On Linux the clocks tell, and a late timer is our own
    // stall, through which the daemon ran on.
    const { platform = process.platform } = this.deps;
    const timerLateMs = platform === 'linux' ? 0 : Math.max(0, lateMs);
    const [sample] = await Promise.all([this.#askReliably(Math.max(0, lateMs)), this.#loadCore()]);
    if (sample.ok && !this.daemon.configured) await this.deps.admit?.(this.daemon, sample.report);
    const restart = looksElsewhere(this.track, sample) ? await this.#restartElsewhere() : undefined;
    if (this.#disposed) return;
    this.input({
      kind: 'sample',
      sample,
      timerLateMs,
      cadence: this.#cadence(),
      ...(restart && { restart }),
    });
  }

  /** A file that cannot be read in time tells of no restart. */
  async #restartElsewhere(): Promise<RestartElsewhere | undefined> {
    try {
      const looking = this.deps.restartElsewhere?.(this.daemon.id);
      return looking && (await orAborted(looking, AbortSignal.timeout(RESTART_LOOK_DEADLINE_MS)));
    } catch {
      return undefined;
    }
  }

  /**
   * One that failed while our own event loop stood still is no sample: the daemon is asked again at once.
   * @param stoodStillMs for how long that loop stood still before this poll
   */
  async #askReliably(stoodStillMs: number): Promise<Sample> {
    let sample = await this.#ask();
    for (let ask = 1; isOurStall(sample) && ask < ASKS_WHILE_STALLED && !this.#disposed; ask++) {
      stoodStillMs = Math.max(stoodStillMs, sample.ourLagMs ?? 0);
      sample = await this.#ask();
    }
    if (!isOurStall(sample)) return { ...sample, stoodStillMs };
    const { startedMs, ourLagMs = 0 } = sample;
    const cause = { is: 'editorStoodStill', stoodStillMs: ourLagMs } as const;
    return { ok: false, startedMs, ourLagMs, stoodStillMs, failure: { kind: 'editorBusy', cause } };
  }

  async #ask(): Promise<Sample> {
    const startedMs = this.deps.clock.now().monotonicMs;
    try {
      return { ...(await (await this.probe()).ask()), startedMs };
    } catch (error) {
      // A probe never throws; if it does all the same, polling goes on and the state says why.
      const cause = { is: 'unexpected', error: cleanText(String(error)) } as const;
      return { ok: false, startedMs, failure: { kind: 'reset', cause } };
    }
  }

  /** What talks to this daemon, made when first needed. Rejects once the daemon is no longer watched. */
  probe(): Promise<Probe> {
    if (this.#disposed) return Promise.reject(new Error('no longer watched'));
    const { target, kind, asks } = this.daemon;
    const made = (this.#probe ??= this.deps.createProbe(target, kind, asks));
    made.catch(() => {
      // The next poll tries again.
      if (this.#probe === made) this.#probe = undefined;
    });
    return made;
  }

  /** One step: the daemon moves on, and whoever listens hears what happened. */
  input(input: Input): void {
    const core = this.#core;
    if (!core) return void this.#loadCore().then(() => this.input(input));
    const before = this.#watched;
    // So long may pass between two looks that still count as one time.
    const maxGapMs = longestGapMs(this.daemon.pollIntervalMs);
    const { watched, events, wakeAtMs } = core.advance(before, input, maxGapMs, this.deps.clock.now());
    this.#watched = watched;
    this.#wakeAt(wakeAtMs);
    if (input.kind === 'tick') this.#ticked(events);
    else if (watched !== before && input.kind !== 'userLooks') this.deps.onStep(this, events, core);
  }

  /** What moves a daemon on is a chunk of its own, loaded while the first answer is waited for. */
  async #loadCore(): Promise<void> {
    this.#core ??= await import('../health/core');
  }

  #ticked(events: readonly HealthEvent[]): void {
    for (const event of events) {
      if (event.kind === 'due') void this.#poll(event.lateMs);
      if (event.kind === 'counted') this.deps.onCounted?.();
    }
  }

  /** The one timer of this daemon. @param atMs monotonic */
  #wakeAt(atMs: number): void {
    clearTimeout(this.#timer);
    if (this.#disposed || atMs === Infinity) return;
    const inMs = Math.max(0, atMs - this.deps.clock.now().monotonicMs);
    this.#timer = setTimeout(
      // What moves the daemon on could not be loaded: the next poll tries again.
      () => (this.#core ? this.input({ kind: 'tick' }) : void this.poll()),
      Math.min(inMs, LONGEST_TIMER_MS),
    );
  }

  #cadence(): Cadence {
    const { isFocused, random } = this.deps;
    const { pollIntervalMs: intervalMs } = this.daemon;
    return { intervalMs, focused: isFocused(), isLoopback: this.isLoopback, random: random() };
  }
}

/** An answer proves that the daemon lives, however late we read it. */
function isOurStall(sample: Sample): boolean {
  return !sample.ok && (sample.ourLagMs ?? 0) > OWN_STALL_MS;
}
