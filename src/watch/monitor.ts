import { type Clock, duration } from '../base/time';
import { nextPollDelayMs } from '../health/cadence';
import { OWN_STALL_MS } from '../health/policy';
import { ASKS_WHILE_STALLED } from './policy';
import type { KindId, Sample } from '../health/report';
import {
  beginTrack,
  dismissStartFailure,
  observe,
  resetBackoff,
  setRestarting,
  setStoppedByUs,
  type Step,
  type Track,
  type TrackEvent,
} from '../health/track';
import type { DaemonConfig } from '../model/daemonConfig';
import type { Target } from '../model/target';
import type { Probe } from '../kinds/probe';
import { cleanText } from '../base/text';

export interface MonitorDeps {
  readonly clock: Clock;
  /** Makes the probe at the first poll, which is when undici is loaded. */
  readonly createProbe: (target: Target, kind?: KindId) => Promise<Probe>;
  readonly isFocused: () => boolean;
  readonly random: () => number;
  /** Says whether the clocks tell of the machine's sleep. */
  readonly platform?: NodeJS.Platform;
  /** Called after every sample, with what changed. */
  readonly onStep: (monitor: Monitor, events: readonly TrackEvent[]) => void;
}

/** The poll loop of one daemon: one request at a time, the next one set only when the last has ended. */
export class Monitor {
  #track: Track;
  #probe: Promise<Probe> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #polling: Promise<void> | undefined;
  /** Monotonic ms when the next poll is due. */
  #dueMs = Infinity;
  #disposed = false;

  constructor(
    readonly daemon: DaemonConfig,
    remembered: { seenUpAt?: number; stoppedByUs?: boolean; startFailed?: string },
    private readonly deps: MonitorDeps,
  ) {
    this.#track = beginTrack({ configured: daemon.configured, ...remembered }, deps.clock.now());
  }

  get track(): Track {
    return this.#track;
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
    this.#track = resetBackoff(this.#track);
    return this.poll();
  }

  /** The daemon's status as it says it now. @throws when it does not answer */
  async statusText(): Promise<string> {
    return (await this.probe()).statusText();
  }

  /** Our own restart begins: until it ends nothing is an outage. */
  beginRestart(): void {
    this.#apply(setRestarting(this.#track, { restarting: true }, this.deps.clock.now()));
  }

  /**
   * @param proven a new instance completed a cycle, so the incident is over
   * @param startFailed why nothing runs now, where the start failed
   */
  endRestart(proven: boolean, startFailed?: string): void {
    const change = { restarting: false, proven, ...(startFailed !== undefined && { startFailed }) } as const;
    this.#apply(setRestarting(this.#track, change, this.deps.clock.now()));
    if (startFailed === undefined) this.#schedule();
    else void this.poll();
  }

  /** The user has seen that a start failed. */
  dismissStartFailure(): void {
    this.#apply(dismissStartFailure(this.#track, this.deps.clock.now()));
  }

  /** The user stopped it through us: silence is now what was asked for. */
  markStopped(): void {
    this.#apply({ track: setStoppedByUs(this.#track, this.deps.clock.now()), events: [] });
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
    const sample = await this.#askReliably();
    if (this.#disposed) return;
    this.#apply(observe(this.#track, sample, timerLateMs, this.deps.clock.now()));
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

  #apply(step: Step): void {
    this.#track = step.track;
    this.deps.onStep(this, step.events);
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#disposed || this.#polling) return;
    const now = this.deps.clock.now();
    const delayMs = nextPollDelayMs(
      this.#track,
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
