import type { DaemonId, Session } from '../health/report';
import type { Memento } from 'vscode';
import {
  advanceInstance,
  isAnnounced,
  rememberedInstance,
  type KnownInstance,
  type InstanceStep,
  type ProcessFate,
  type Restarted,
  type Announce,
} from '../health/instances';
import { hasEnded, type EndedSession } from '../health/interrupted';
import { INSTANCES_MAX_DAEMONS } from '../store/policy';
import { isLive } from '../health/sessions';
import type { DaemonModel } from '../model/daemonModel';
import type { LostWork } from '../kinds/kind';
import { ProcessFates } from './processFates';

const KEY = 'lives';

export interface InstancesDeps {
  readonly models: () => readonly DaemonModel[];
  /** Where the last life of each dispatchd is kept, for the next window of this workspace. */
  readonly state: Memento;
  /**
   * Called for every restart that was seen. @param isNews whether it is worth a message
   * @param began between which moments (epoch ms) the new life began
   */
  readonly onRestarted: (
    model: DaemonModel,
    restarted: Restarted,
    isNews: boolean,
    worth: Announce,
    began: Began,
  ) => void;
  readonly processes?: ProcessFates;
  /** What asks a daemon about work that it lists no more; `undefined` where nothing does. */
  readonly lostWorkOf: (daemonId: DaemonId) => Promise<Pick<LostWork, 'ended'> | undefined>;
}

export type Began = NonNullable<InstanceStep['began']>;

interface Kept {
  readonly id: string;
  readonly stateDir?: string;
}

/** Follows the lives of all daemons: asks what tells a restart from a pause, and what became of the work. */
export class Instances {
  readonly #lives = new Map<DaemonId, KnownInstance | undefined>();
  readonly #kept: Map<string, Kept>;
  readonly #processes: ProcessFates;
  /** Whose process is being looked at. */
  readonly #asking = new Set<string>();

  constructor(private readonly deps: InstancesDeps) {
    const kept = deps.state.get<unknown>(KEY);
    this.#kept = new Map(
      typeof kept === 'object' && kept !== null ? (Object.entries(kept) as [string, Kept][]) : [],
    );
    this.#processes = deps.processes ?? new ProcessFates();
  }

  /** Called after every poll. */
  update(): void {
    for (const model of this.deps.models()) this.#look(model);
  }

  #look(model: DaemonModel, process?: ProcessFate): void {
    const { daemon, track } = model;
    const { id: daemonId } = daemon;
    if (this.#asking.has(daemonId)) return;
    const before = this.#lives.get(daemonId) ?? this.#recall(daemonId);
    const step = advanceInstance(before, track, process);
    this.#lives.set(daemonId, step.life);
    if (step.asksProcess) void this.#askProcess(daemonId);
    if (step.restarted || step.isAnother) this.#processes.forget(daemonId);
    if (step.restarted && step.began) {
      void this.#settle(model, step.restarted, step.worth ?? 'any', step.began);
    }
    const report = track.sample?.ok ? track.sample.report : undefined;
    if (report?.traits.namesItsInstances === false && report.sessions?.some(isLive)) {
      this.#processes.note(daemon);
    }
    this.#keep(daemonId, step.life);
  }

  async #askProcess(daemonId: DaemonId): Promise<void> {
    this.#asking.add(daemonId);
    const fate = await this.#processes.fate(daemonId);
    this.#asking.delete(daemonId);
    const model = this.deps.models().find(({ daemon }) => daemon.id === daemonId);
    if (model) this.#look(model, fate);
  }

  async #settle(model: DaemonModel, seen: Restarted, worth: Announce, began: Began): Promise<void> {
    const lost = await this.#notEnded(model, seen.lost);
    const interrupted = seen.interrupted - (seen.lost.length - lost.length);
    const restarted = { ...seen, lost, interrupted };
    this.deps.onRestarted(model, restarted, isAnnounced(restarted, worth), worth, began);
  }

  /** Without what the daemon itself remembers to have ended: it ended between our last look and the restart. */
  async #notEnded({ daemon }: DaemonModel, lost: readonly Session[]): Promise<readonly Session[]> {
    const agentIds = [...new Set(lost.flatMap(({ agentId }) => agentId ?? []))];
    if (agentIds.length === 0) return lost;
    const ended: EndedSession[] = [];
    try {
      const work = await this.deps.lostWorkOf(daemon.id);
      for (const id of agentIds) ended.push(...((await work?.ended(id)) ?? []));
    } catch {
      // What it does not tell stays what it seemed.
    }
    return lost.filter((session) => !hasEnded(session, ended));
  }

  #recall(daemonId: DaemonId): KnownInstance | undefined {
    const { id, stateDir } = this.#kept.get(daemonId) ?? {};
    return typeof id === 'string' ? rememberedInstance(id, stateDir) : undefined;
  }

  #keep(daemonId: DaemonId, life: KnownInstance | undefined): void {
    const { id, stateDir } = life?.report.instance ?? {};
    if (id === undefined || this.#kept.get(daemonId)?.id === id) return;
    this.#kept.delete(daemonId); // so that the newest come last
    this.#kept.set(daemonId, { id, ...(stateDir !== undefined && { stateDir }) });
    void this.deps.state.update(KEY, Object.fromEntries([...this.#kept].slice(-INSTANCES_MAX_DAEMONS)));
  }
}
