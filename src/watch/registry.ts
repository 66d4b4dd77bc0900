import { CodedError } from '../base/errors';
import { orAborted } from '../base/wait';
import type { ListProblem } from '../model/listProblem';
import type { Refusal } from '../model/refusal';
import type { DaemonId } from '../health/report';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../base/time';
import type { AcrossStep } from '../health/across';
import type { Conflict } from '../health/conflicts';
import type { HealthEvent } from '../health/advance';
import type { Question, Watched } from '../health/watched';
import type { Track } from '../health/trackState';
import type { OfferedDaemon } from '../model/foundDaemon';
import type { DaemonConfig, DaemonsConfig } from '../model/daemonConfig';
import { modelOf, type ModelSources } from './modelOf';
import { Monitor, type MonitorDeps } from './monitor';
import type { Probe } from '../kinds/probe';
import { AskWorld } from './askWorld';
import { ProcessFates } from './processFates';
import { Conflicts } from './conflicts';
import { Guarded } from './guarded';
import { AllTogether } from './together';
import type { Remembered, DaemonModel } from '../model/daemonModel';

export interface RegistryDeps
  extends
    ModelSources,
    Pick<MonitorDeps, 'admit' | 'clock' | 'createProbe' | 'isFocused' | 'random' | 'restartElsewhere'> {
  readonly clock: Clock;
  readonly recall: (daemonId: DaemonId) => Remembered;
  /** The processes behind daemons; a seam for tests. */
  readonly processes?: ProcessFates;
  /** An error that nobody expected: a surface threw while it listened, or a step did. */
  readonly onError?: (error: unknown) => void;
}

interface RegistryEvents {
  /** Something about some daemon may look different now. */
  change: [];
  /** A daemon made one step, be it a sample, an answer of the world or something that we did. */
  stepped: [model: DaemonModel, events: readonly HealthEvent[], watched: Watched];
  /** What a countdown shows has changed, and nothing else. */
  counted: [];
  /** All daemons together were looked at, and there is something to tell. */
  together: [step: AcrossStep];
}

/** It was there, is being started, or could not be. */
function isKnown({ seenUpAt, restarting, startFailed }: Track): boolean {
  return seenUpAt !== undefined || restarting || startFailed !== undefined;
}

/** All monitored daemons. The one source that every surface renders from. */
export class Registry extends Guarded<RegistryEvents> {
  readonly #monitors = new Map<DaemonId, Monitor>();
  /** What was known of a daemon whose settings changed, or that was not watched for a while: it is the same daemon. */
  readonly #left = new Map<DaemonId, Watched>();
  readonly #world: AskWorld;
  readonly #together: AllTogether;
  #order: readonly DaemonId[] = [];
  #found: readonly OfferedDaemon[] = [];
  #models: readonly DaemonModel[] | undefined;
  /** As they were at the last step of each: who only looks again makes none anew. */
  readonly #modelOf = new Map<DaemonId, DaemonModel>();
  readonly #conflicts = new Conflicts(this);
  #config: DaemonsConfig = { daemons: [], problems: [] };
  #demo: readonly DaemonConfig[] = [];

  constructor(private readonly deps: RegistryDeps) {
    super((error) => deps.onError?.(error));
    this.#world = new AskWorld(deps.processes ?? new ProcessFates((error) => deps.onError?.(error)));
    this.#together = new AllTogether({
      clock: deps.clock,
      all: () => new Map([...this.#monitors].map(([id, { watched }]) => [id, watched])),
      isHere: (daemonId) => this.#monitors.get(daemonId)?.isLoopback === true,
      ask: (daemonId) => void this.#monitors.get(daemonId)?.poll(),
      conflicts: () => this.conflicts,
      onStep: (step) => this.tell('together', step),
    });
  }

  /** The daemons to show: those configured, and the built-in ones once they have answered as a daemon. */
  get models(): readonly DaemonModel[] {
    return (this.#models ??= this.#order
      .map((daemonId) => this.#modelOf.get(daemonId) ?? this.#model(this.#monitors.get(daemonId)!))
      .filter(({ daemon, track }) => daemon.configured || isKnown(track)));
  }

  /** Those of them of which something is kept: all but a demo. */
  get lasting(): readonly DaemonModel[] {
    return this.models.filter(({ daemon }) => !daemon.demo);
  }

  /** One of those to show. */
  model(daemonId: DaemonId): DaemonModel | undefined {
    return this.models.find(({ daemon }) => daemon.id === daemonId);
  }

  /** Daemons that get into each other's way, the watched and the found ones. */
  get conflicts(): readonly Conflict[] {
    return this.#conflicts.all;
  }

  /** Watches these demos besides, whatever the settings say. */
  watchDemo(...demo: readonly DaemonConfig[]): void {
    this.configure(this.#config, demo);
  }

  /** What is wrong in the settings. */
  get problems(): readonly ListProblem[] {
    return this.#config.problems;
  }

  /** Daemons of this machine that are not watched. */
  get found(): readonly OfferedDaemon[] {
    return this.#found;
  }

  /** Other daemons of this machine, as the last scan found them. */
  offer(found: readonly OfferedDaemon[]): void {
    if (isDeepStrictEqual(found, this.#found)) return;
    this.#found = found;
    this.#conflicts.forget();
    this.changed();
  }

  /** Whether each daemon has been asked at least once, so that "nothing found" is known. */
  get settled(): boolean {
    return [...this.#monitors.values()].every((monitor) => monitor.track.samples > 0);
  }

  monitor(daemonId: DaemonId): Monitor | undefined {
    return this.#monitors.get(daemonId);
  }

  /** Asks a daemon that is not watched, once, as the watched ones are asked. @throws the signal's reason when aborted */
  async tryOut(daemon: DaemonConfig, signal: AbortSignal): Promise<Track> {
    const monitor = new Monitor(daemon, {}, { ...this.deps, onStep: () => undefined });
    try {
      await orAborted(monitor.poll(), signal);
      return monitor.track;
    } finally {
      monitor.dispose();
    }
  }

  /** What talks to a daemon. Rejects where the daemon is not watched. */
  async probe(daemonId: DaemonId): Promise<Probe> {
    const monitor = this.#monitors.get(daemonId);
    if (!monitor) throw new CodedError<Refusal>({ is: 'notWatched' });
    return monitor.probe();
  }

  /** The last samples of a daemon, oldest first. */
  samples(daemonId: DaemonId): Watched['samples'] {
    return this.#monitors.get(daemonId)?.watched.samples ?? [];
  }

  /** Watches exactly these daemons; one whose settings did not change keeps its memory. */
  configure(config: DaemonsConfig, demo = this.#demo): void {
    this.#config = config;
    this.#demo = demo;
    const daemons = [...config.daemons, ...demo];
    const wanted = new Map(daemons.map((daemon) => [daemon.id, daemon]));
    for (const [daemonId, monitor] of this.#monitors) {
      const next = wanted.get(daemonId);
      if (next && JSON.stringify(next) === JSON.stringify(monitor.daemon)) wanted.delete(daemonId);
      else {
        monitor.dispose();
        this.#left.set(daemonId, monitor.watched);
        this.#monitors.delete(daemonId);
      }
    }
    this.#conflicts.forget();
    for (const daemon of wanted.values()) {
      const { track: _track, ...left } = this.#left.get(daemon.id) ?? {};
      const monitor = new Monitor(
        daemon,
        { ...this.deps.recall(daemon.id), ...left },
        {
          ...this.deps,
          onStep: (...step) => this.#onStep(...step),
          onCounted: () => this.tell('counted'),
        },
      );
      this.#monitors.set(daemon.id, monitor);
      // Whoever was to be answered is watched by another monitor now.
      for (const question of monitor.watched.questions) this.#ask(monitor, question);
    }
    this.#order = [...new Set(daemons.map(({ id }) => id))];
    for (const daemonId of wanted.keys()) this.#monitors.get(daemonId)?.start();
    this.changed();
  }

  /** The user looks: asks every daemon now. Resolves when all have answered or failed. */
  async refresh(): Promise<void> {
    await Promise.all([...this.#monitors.values()].map((monitor) => monitor.attend()));
  }

  /** The window got the focus: asks every daemon now that has not asked to wait. */
  async focused(): Promise<void> {
    await Promise.all([...this.#monitors.values()].map((monitor) => monitor.focused()));
  }

  /** Something is to be seen with the daemons that is no step of theirs: a snooze, a restart. */
  changed(): void {
    this.#modelOf.clear();
    this.#models = undefined;
    this.tell('change');
  }

  dispose(): void {
    this.#together.dispose();
    for (const monitor of this.#monitors.values()) monitor.dispose();
    this.#monitors.clear();
    this.#order = [];
    this.#modelOf.clear();
    this.#models = undefined;
    this.removeAllListeners();
  }

  #onStep(...[monitor, events, core]: Parameters<MonitorDeps['onStep']>): void {
    const { daemon, watched } = monitor;
    if (this.#monitors.get(daemon.id) !== monitor) return;
    // Who listens sees all daemons as they are after this step.
    this.#models = undefined;
    const model = this.#model(monitor);
    this.#conflicts.stepped(model);
    this.#world.stepped(monitor, events);
    for (const event of events) if (event.kind === 'asks') this.#ask(monitor, event.question);
    this.tell('stepped', model, events, watched);
    this.#together.stepped(daemon.id, events, core);
    this.tell('change');
  }

  #ask(monitor: Monitor, question: Question): void {
    const isWatched = () => this.#monitors.get(monitor.daemon.id) === monitor;
    void this.#world.ask(monitor, question, isWatched);
  }

  #model(monitor: Monitor): DaemonModel {
    const model = modelOf(monitor, this.deps);
    this.#modelOf.set(monitor.daemon.id, model);
    return model;
  }
}
