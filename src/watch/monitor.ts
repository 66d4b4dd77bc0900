import { type Clock, duration } from '../base/time';
import { nextPollDelayMs } from '../health/cadence';
import { OWN_STALL_MS } from '../health/policy';
import { ASKS_WHILE_STALLED, RESTART_LOOK_DEADLINE_MS } from './policy';
import type { DaemonId, KindId, Sample } from '../health/report';
import type { advance, HealthEvent } from '../health/advance';
import { beginWatched, type Input, type Watched } from '../health/watched';
import { longestGapMs } from '../health/history';
import { beginTrack, looksElsewhere, type RestartElsewhere, type Track } from '../health/track';
import type { DaemonConfig } from '../model/daemonConfig';
import type { Remembered } from '../model/daemonModel';
import type { Target } from '../model/target';
import type { Probe } from '../kinds/probe';
import { cleanText } from '../base/text';
import { orAborted } from '../base/wait';

export interface MonitorDeps {
  readonly clock: Clock;
  /** Makes the probe at the first poll, which is when undici is loaded. */
  readonly createProbe: (target: Target, kind?: KindId) => Promise<Probe>;
  readonly isFocused: () => boolean;
  readonly random: () => number;
  /** Says whether the clocks tell of the machine's sleep. */
  readonly platform?: NodeJS.Platform;
  /** The restart of a daemon that another window has under way. */
  readonly restartElsewhere?: (daemonId: DaemonId) => Promise<RestartElsewhere | undefined>;
  /** Called after every step, with what happened. */
  readonly onStep: (monitor: Monitor, events: readonly HealthEvent[]) => void;
}

/** The poll loop of one daemon: one request at a time, the next one set only when the last has ended. */
export class Monitor {
  #watched: Watched;
  #probe: Promise<Probe> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #polling: Promise<void> | undefined;
  /** Monotonic ms when the next poll is due. */
  #dueMs = Infinity;
  #disposed = false;
  #advance: typeof advance | undefined;

  constructor(
    readonly daemon: DaemonConfig,
    remembered: Omit<Remembered, keyof Watched> & Partial<Omit<Watched, 'track'>>,
    private readonly deps: MonitorDeps,
  ) {
    const { seenUpAt, stoppedByUs, startFailed, ...known } = remembered;
    const track = beginTrack(
      {
        configured: daemon.configured,
        ...(seenUpAt !== undefined && { seenUpAt }),
        ...(stoppedByUs !== undefined && { stoppedByUs }),
        ...(startFailed !== undefined && { startFailed }),
      },
      deps.clock.now(),
    );
    this.#watched = { ...beginWatched(track), ...known };
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
    clearTimeout(this.#timer);
    if (this.#disposed) return this.#polling ?? Promise.resolve();
    this.#polling ??= this.#pollOnce().finally(() => {
      this.#polling = undefined;
      this.#schedule();
    });
    return this.#polling;
  }

  /** The user looks: polls now, and eagerly again where it had slowed down. */
  attend(): Promise<void> {
    this.input({ kind: 'userLooks' });
    return this.poll();
  }

  /** The daemon's status as it says it now. @throws when it does not answer */
  async statusText(): Promise<string> {
    return (await this.probe()).statusText();
  }

  /** Our own restart begins: until it ends nothing is an outage. */
  beginRestart(): void {
    this.input({ kind: 'restartBegan' });
  }

  /**
   * @param proven a new instance completed a cycle, so the incident is over
   * @param startFailed why nothing runs now, where the start failed
   */
  endRestart(proven: boolean, startFailed?: string): void {
    this.input({ kind: 'restartEnded', proven, ...(startFailed !== undefined && { startFailed }) });
    if (startFailed === undefined) this.#schedule();
    else void this.poll();
  }

  /** The user has seen that a start failed. */
  dismissStartFailure(): void {
    this.input({ kind: 'startFailureSeen' });
  }

  /** The user stopped it through us: silence is now what was asked for. */
  markStopped(): void {
    this.input({ kind: 'stoppedByUs' });
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.#probe?.then(
      (probe) => probe.close(),
      () => undefined,
    );
  }

  async #pollOnce(): Promise<void> {
    const timerLateMs = this.#timerLateMs();
    const [sample] = await Promise.all([this.#askReliably(), this.#loadCore()]);
    const restart = looksElsewhere(this.track, sample) ? await this.#restartElsewhere() : undefined;
    if (this.#disposed) return;
    this.input({ kind: 'sample', sample, timerLateMs, ...(restart && { restart }) });
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
   * How late this poll comes, where only that tells of the machine's sleep. On Linux the clocks tell, and a late timer
   * is our own stall, through which the daemon ran on.
   */
  #timerLateMs(): number {
    const { clock, platform = process.platform } = this.deps;
    return platform === 'linux' ? 0 : Math.max(0, clock.now().monotonicMs - this.#dueMs);
  }

  /** One that failed while our own event loop stood still is no sample: the daemon is asked again at once. */
  async #askReliably(): Promise<Sample> {
    let sample = await this.#ask();
    for (let ask = 1; isOurStall(sample) && ask < ASKS_WHILE_STALLED && !this.#disposed; ask++) {
      sample = await this.#ask();
    }
    if (!isOurStall(sample)) return sample;
    const { startedMs, ourLagMs = 0 } = sample;
    const cause = `cannot tell: this editor is busy (it stood still for ${duration(ourLagMs)})`;
    return { ok: false, startedMs, ourLagMs, failure: { kind: 'editorBusy', cause } };
  }

  async #ask(): Promise<Sample> {
    const startedMs = this.deps.clock.now().monotonicMs;
    try {
      return { ...(await (await this.probe()).ask()), startedMs };
    } catch (error) {
      // A probe never throws; if it does all the same, polling goes on and the state says why.
      const cause = cleanText(`asking failed: ${String(error)}`);
      return { ok: false, startedMs, failure: { kind: 'reset', cause } };
    }
  }

  /** What talks to this daemon, made when first needed. Rejects once the daemon is no longer watched. */
  probe(): Promise<Probe> {
    if (this.#disposed) return Promise.reject(new Error('no longer watched'));
    const made = (this.#probe ??= this.deps.createProbe(this.daemon.target, this.daemon.kind));
    made.catch(() => {
      // The next poll tries again.
      if (this.#probe === made) this.#probe = undefined;
    });
    return made;
  }

  /** One step: the daemon moves on, and whoever listens hears what happened. */
  input(input: Input): void {
    if (!this.#advance) {
      void this.#loadCore().then(() => this.input(input));
      return;
    }
    const { watched, events } = this.#advance(this.#watched, input, this.#maxGapMs, this.deps.clock.now());
    const isSame = watched === this.#watched;
    this.#watched = watched;
    if (!isSame && input.kind !== 'userLooks') this.deps.onStep(this, events);
  }

  /** What moves a daemon on is a chunk of its own, loaded while the first answer is waited for. */
  async #loadCore(): Promise<void> {
    this.#advance ??= (await import('../health/advance')).advance;
  }

  /** So long may pass between two looks that still count as one time. */
  get #maxGapMs(): number {
    return longestGapMs(this.daemon.pollIntervalMs);
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#disposed || this.#polling) return;
    const now = this.deps.clock.now();
    const delayMs = nextPollDelayMs(
      this.track,
      {
        intervalMs: this.daemon.pollIntervalMs,
        focused: this.deps.isFocused(),
        random: this.deps.random(),
      },
      now,
    );
    this.#dueMs = now.monotonicMs + delayMs;
    this.#timer = setTimeout(() => void this.poll(), delayMs);
  }
}

/** An answer proves that the daemon lives, however late we read it. */
function isOurStall(sample: Sample): boolean {
  return !sample.ok && (sample.ourLagMs ?? 0) > OWN_STALL_MS;
}
