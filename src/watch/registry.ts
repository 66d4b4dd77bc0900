import type { DaemonId, Report } from '../health/report';
import { EventEmitter } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../base/time';
import type { Conflict } from '../health/conflicts';
import { appendState, longestGapMs, type History } from '../health/history';
import { appendSample, type CompactSample } from '../health/samples';
import type { Snooze } from '../health/snooze';
import type { RestartRecord } from '../model/restartRecord';
import type { Track, TrackEvent } from '../health/track';
import type { OfferedDaemon } from '../model/foundDaemon';
import type { DaemonsConfig } from '../model/daemonConfig';
import { Monitor, type MonitorDeps } from './monitor';
import type { Probe } from '../kinds/probe';
import { conflictsOf } from './conflicts';
import { addressOf } from '../kinds/target';
import type { Remembered, DaemonModel } from '../model/daemonModel';

export interface RegistryDeps extends Pick<MonitorDeps, 'clock' | 'createProbe' | 'isFocused' | 'random'> {
  readonly clock: Clock;
  readonly recall: (daemonId: DaemonId) => Remembered;
  readonly restartsOf?: (daemonId: DaemonId) => readonly RestartRecord[];
  readonly snoozeOf?: (daemonId: DaemonId, report: Report | undefined) => Snooze | undefined;
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
  readonly #monitors = new Map<DaemonId, Monitor>();
  /** Kept when a daemon's settings change: it is still the same daemon. */
  readonly #histories = new Map<DaemonId, History>();
  readonly #samples = new Map<DaemonId, readonly CompactSample[]>();
  #order: readonly DaemonId[] = [];
  #problems: readonly string[] = [];
  #found: readonly OfferedDaemon[] = [];
  /** A daemon's entry is made once a poll: with many of them, a poll of one would else make those of all. */
  readonly #made = new Map<DaemonId, DaemonModel>();
  #models: readonly DaemonModel[] | undefined;
  #conflicts: readonly Conflict[] | undefined;

  constructor(private readonly deps: RegistryDeps) {
    super();
  }

  /** The daemons to show: those configured, and the built-in ones once they have answered as a daemon. */
  get models(): readonly DaemonModel[] {
    return (this.#models ??= this.#order
      .map((daemonId) => this.#model(this.#monitors.get(daemonId)!))
      .filter(({ daemon, track }) => daemon.configured || isKnown(track)));
  }

  /** One of those to show. */
  model(daemonId: DaemonId): DaemonModel | undefined {
    return this.models.find(({ daemon }) => daemon.id === daemonId);
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

  /** What is shown, as entries of the user's list, which takes only daemons with an address. */
  listed(): readonly { name: string; url: string; kind?: string }[] {
    return this.models.flatMap(({ daemon: { name, target, kind } }) => {
      const address = addressOf(target);
      return address ? [{ name, url: address.origin, ...(kind && { kind }) }] : [];
    });
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

  monitor(daemonId: DaemonId): Monitor | undefined {
    return this.#monitors.get(daemonId);
  }

  /** What talks to a daemon. Rejects where the daemon is not watched. */
  async probe(daemonId: DaemonId): Promise<Probe> {
    const monitor = this.#monitors.get(daemonId);
    if (!monitor) throw new Error('This daemon is not watched any more.');
    return monitor.probe();
  }

  /** The last samples of a daemon, oldest first. */
  samples(daemonId: DaemonId): readonly CompactSample[] {
    return this.#samples.get(daemonId) ?? [];
  }

  /** Watches exactly these daemons; one whose settings did not change keeps its memory. */
  configure({ daemons, problems }: DaemonsConfig): void {
    const wanted = new Map(daemons.map((daemon) => [daemon.id, daemon]));
    for (const [daemonId, monitor] of this.#monitors) {
      const next = wanted.get(daemonId);
      if (next && JSON.stringify(next) === JSON.stringify(monitor.daemon)) wanted.delete(daemonId);
      else {
        monitor.dispose();
        this.#monitors.delete(daemonId);
        this.#made.delete(daemonId);
      }
    }
    for (const daemon of wanted.values()) {
      const monitor = new Monitor(daemon, this.deps.recall(daemon.id), {
        ...this.deps,
        onStep: (source, events) => this.#onStep(source, events),
      });
      this.#monitors.set(daemon.id, monitor);
    }
    this.#order = [...new Set(daemons.map(({ id }) => id))];
    this.#problems = problems;
    for (const daemonId of wanted.keys()) this.#monitors.get(daemonId)?.start();
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
    if (this.#monitors.get(monitor.daemon.id) !== monitor) return;
    this.#remember(monitor);
    this.#made.delete(monitor.daemon.id);
    if (events.length > 0) this.emit('events', this.#model(monitor), events);
    this.#change();
  }

  #change(): void {
    this.#models = undefined;
    this.#conflicts = undefined;
    this.emit('change');
  }

  #remember({ daemon: { id: daemonId, pollIntervalMs }, track }: Monitor): void {
    const history = this.#histories.get(daemonId) ?? this.deps.recall(daemonId).history;
    const maxGapMs = longestGapMs(pollIntervalMs);
    const now = this.deps.clock.now();
    this.#histories.set(daemonId, appendState(history, track.verdict.state, now, maxGapMs));
    this.#samples.set(daemonId, appendSample(this.samples(daemonId), track));
  }

  #model({ daemon, track }: Monitor): DaemonModel {
    const made = this.#made.get(daemon.id);
    if (made) return made;
    const snooze = this.deps.snoozeOf?.(daemon.id, track.last?.report);
    const history = this.#histories.get(daemon.id);
    const restarts = this.deps.restartsOf?.(daemon.id);
    const model = {
      daemon,
      track,
      ...(restarts && { restarts }),
      ...(snooze && { snooze }),
      ...(history && { history }),
    };
    this.#made.set(daemon.id, model);
    return model;
  }
}
