import { EventEmitter } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../base/time';
import type { Conflict } from '../health/conflicts';
import { appendState, longestGapMs, type History } from '../health/history';
import type { Report } from '../health/report';
import { appendSample, type CompactSample } from '../health/samples';
import type { Snooze } from '../health/snooze';
import type { RestartRecord } from '../model/restartRecord';
import type { Track, TrackEvent } from '../health/track';
import type { OfferedDaemon } from '../model/foundDaemon';
import type { DaemonsConfig } from '../model/daemonConfig';
import { Monitor, type MonitorDeps } from './monitor';
import { conflictsOf } from './conflicts';
import type { Remembered, DaemonModel } from '../model/daemonModel';

export interface RegistryDeps extends Pick<MonitorDeps, 'clock' | 'createProbe' | 'isFocused' | 'random'> {
  readonly clock: Clock;
  readonly recall: (origin: string) => Remembered;
  readonly restartsOf?: (origin: string) => readonly RestartRecord[];
  readonly snoozeOf?: (origin: string, report: Report | undefined) => Snooze | undefined;
}

interface RegistryEvents {
  /** Something about some daemon may look different now. */
  change: [];
  /** A sample brought transitions or notices. */
  events: [model: DaemonModel, events: readonly TrackEvent[]];
}

/** It was there, is being started, or could not be. */
function isKnown({ seenUpAt, restarting, startFailed }: Track): boolean {
  return seenUpAt !== undefined || restarting || startFailed !== undefined;
}

/** All monitored daemons. The one source that every surface renders from. */
export class Registry extends EventEmitter<RegistryEvents> {
  readonly #monitors = new Map<string, Monitor>();
  /** Kept when a daemon's settings change: it is still the same daemon. */
  readonly #histories = new Map<string, History>();
  readonly #samples = new Map<string, readonly CompactSample[]>();
  #order: readonly string[] = [];
  #problems: readonly string[] = [];
  #found: readonly OfferedDaemon[] = [];
  /** A daemon's entry is made once a poll: with many of them, a poll of one would else make those of all. */
  readonly #made = new Map<string, DaemonModel>();
  #models: readonly DaemonModel[] | undefined;
  #conflicts: readonly Conflict[] | undefined;

  constructor(private readonly deps: RegistryDeps) {
    super();
  }

  /** The daemons to show: those configured, and the built-in ones once they have answered as a daemon. */
  get models(): readonly DaemonModel[] {
    return (this.#models ??= this.#order
      .map((origin) => this.#model(this.#monitors.get(origin)!))
      .filter(({ daemon, track }) => daemon.configured || isKnown(track)));
  }

  /** One of those to show. */
  model(origin: string): DaemonModel | undefined {
    return this.models.find(({ daemon }) => daemon.origin === origin);
  }

  /** Daemons that get into each other's way, the watched and the found ones. */
  get conflicts(): readonly Conflict[] {
    return (this.#conflicts ??= conflictsOf(this));
  }

  /** What is wrong in the settings. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /** Daemons of this machine that are not watched. */
  get found(): readonly OfferedDaemon[] {
    return this.#found;
  }

  /** What is shown, as entries of the user's list. */
  listed(): readonly { name: string; url: string; kind?: string }[] {
    return this.models.map(({ daemon: { name, origin, kind } }) => ({
      name,
      url: origin,
      ...(kind && { kind }),
    }));
  }

  /** Other daemons of this machine, as the last scan found them. */
  offer(found: readonly OfferedDaemon[]): void {
    if (isDeepStrictEqual(found, this.#found)) return;
    this.#found = found;
    this.#change();
  }

  /** Something besides a poll is to be seen with the daemons: a snooze, a restart. */
  remake(): void {
    this.#made.clear();
    this.#change();
  }

  /** Whether each daemon has been asked at least once, so that "nothing found" is known. */
  get settled(): boolean {
    return [...this.#monitors.values()].every((monitor) => monitor.track.samples > 0);
  }

  monitor(origin: string): Monitor | undefined {
    return this.#monitors.get(origin);
  }

  /** The last samples of a daemon, oldest first. */
  samples(origin: string): readonly CompactSample[] {
    return this.#samples.get(origin) ?? [];
  }

  /** Watches exactly these daemons; one whose settings did not change keeps its memory. */
  configure({ daemons, problems }: DaemonsConfig): void {
    const wanted = new Map(daemons.map((daemon) => [daemon.origin, daemon]));
    for (const [origin, monitor] of this.#monitors) {
      const next = wanted.get(origin);
      if (next && JSON.stringify(next) === JSON.stringify(monitor.daemon)) wanted.delete(origin);
      else {
        monitor.dispose();
        this.#monitors.delete(origin);
        this.#made.delete(origin);
      }
    }
    for (const daemon of wanted.values()) {
      const monitor = new Monitor(daemon, this.deps.recall(daemon.origin), {
        ...this.deps,
        onStep: (source, events) => this.#onStep(source, events),
      });
      this.#monitors.set(daemon.origin, monitor);
    }
    this.#order = [...new Set(daemons.map(({ origin }) => origin))];
    this.#problems = problems;
    for (const origin of wanted.keys()) this.#monitors.get(origin)?.start();
    this.#change();
  }

  /** The user looks: asks every daemon now. Resolves when all have answered or failed. */
  async refresh(): Promise<void> {
    await Promise.all([...this.#monitors.values()].map((monitor) => monitor.attend()));
  }

  dispose(): void {
    for (const monitor of this.#monitors.values()) monitor.dispose();
    this.#monitors.clear();
    this.#order = [];
    this.#made.clear();
    this.#models = undefined;
    this.removeAllListeners();
  }

  #onStep(monitor: Monitor, events: readonly TrackEvent[]): void {
    if (this.#monitors.get(monitor.daemon.origin) !== monitor) return;
    this.#remember(monitor);
    this.#made.delete(monitor.daemon.origin);
    if (events.length > 0) this.emit('events', this.#model(monitor), events);
    this.#change();
  }

  #change(): void {
    this.#models = undefined;
    this.#conflicts = undefined;
    this.emit('change');
  }

  #remember({ daemon: { origin, pollIntervalMs }, track }: Monitor): void {
    const history = this.#histories.get(origin) ?? this.deps.recall(origin).history;
    const maxGapMs = longestGapMs(pollIntervalMs);
    const now = this.deps.clock.now();
    this.#histories.set(origin, appendState(history, track.verdict.state, now, maxGapMs));
    this.#samples.set(origin, appendSample(this.samples(origin), track));
  }

  #model({ daemon, track }: Monitor): DaemonModel {
    const made = this.#made.get(daemon.origin);
    if (made) return made;
    const snooze = this.deps.snoozeOf?.(daemon.origin, track.last?.report);
    const history = this.#histories.get(daemon.origin);
    const restarts = this.deps.restartsOf?.(daemon.origin);
    const model = {
      daemon,
      track,
      ...(restarts && { restarts }),
      ...(snooze && { snooze }),
      ...(history && { history }),
    };
    this.#made.set(daemon.origin, model);
    return model;
  }
}
