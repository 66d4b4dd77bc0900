import * as vscode from 'vscode';
import type { Clock } from '../base/time';
import type { HealthEvent } from '../health/advance';
import { unseenIn } from '../health/away';
import { LogIndex } from '../health/logIndex';
import { toldHistory } from '../health/lane';
import { newsIn, type PastSource } from '../health/past';
import type { DaemonId, Session } from '../health/report';
import { entriesToldBy, type ToldPast } from '../health/toldPast';
import type { Track } from '../health/trackState';
import { lifeOf, lookAtPhase, type SeenPhase } from '../health/watchedPhase';
import type { DaemonConfig } from '../model/daemonConfig';
import type { KeptReport } from '../model/outcome';
import type { DaemonModel, LoggedPast } from '../model/daemonModel';
import { Incidents } from '../store/incidents';
import { LastLooks } from '../store/looks';
import { HISTORY_KEEP_EVERY_MS } from '../store/policy';
import type { SharedDeps } from '../store/shared';
import { sharedByWindows } from '../store/workspaceFolder';
import type { HealthPage } from '../ui/healthPage/healthPage';
import type { Registry } from '../watch/registry';
import { Lazy } from './lazy';

export interface PastDeps {
  readonly clock: Clock;
  readonly shared: SharedDeps;
  /** The folder that this window got for its workspace. */
  readonly workspaceFolder: string;
  readonly registry: Pick<Registry, 'lasting' | 'changed' | 'probe'>;
  readonly onError: (error: unknown) => void;
}

/**
 * What happened: notes what this window sees, and shows it. This file is a chunk of its own, loaded after what draws;
 * the page is another one, loaded when it is opened.
 */
export class PastLog {
  readonly #incidents: Incidents;
  readonly #index = new LogIndex();
  readonly #looks: LastLooks;
  readonly #page: Lazy<HealthPage>;
  /** Tells this window from all others. */
  readonly #window = `${process.pid}-${Math.random().toString(36).slice(2)}`;
  readonly #phases = new Map<DaemonId, SeenPhase>();
  readonly #watchedAt = new Map<DaemonId, number>();
  /** The lives that were asked for their past. */
  readonly #asked = new Map<DaemonId, string>();
  /** Work that a daemon remembers. */
  readonly #remembered = new Map<DaemonId, readonly Session[]>();
  readonly #subscriptions: vscode.Disposable[];

  constructor(private readonly deps: PastDeps) {
    const { clock, shared, registry, onError } = deps;
    const changed = () => registry.changed();
    const wallAt = () => clock.now().wallAt;
    this.#incidents = new Incidents(shared, changed, wallAt);
    const folder = sharedByWindows(deps.workspaceFolder);
    this.#looks = new LastLooks({ ...shared, folder }, changed, wallAt);
    this.#page = new Lazy(
      async () =>
        new (await import('../ui/healthPage/healthPage')).HealthPage({
          clock,
          models: () => registry.lasting,
          entries: () => this.#incidents.entries,
          told: (daemonId) => this.#remembered.get(daemonId),
          away: () => this.#looks.away,
          onSeen: () => void this.#looks.seen(),
          onError,
        }),
      onError,
    );
    const attend = (state: vscode.WindowState) => {
      if (state.focused && state.active) void this.#looks.look();
    };
    this.#subscriptions = [
      vscode.window.onDidChangeWindowState((state) => {
        if (state.focused && state.active) attend(state);
        else void this.#looks.look(true);
      }),
    ];
    attend(vscode.window.state);
  }

  /** How many things happened while nobody looked. */
  get news(): number {
    const { away } = this.#looks;
    if (unseenIn(away).length === 0) return 0;
    const sources = this.deps.registry.lasting.map((model) =>
      sourceOf(model, this.#remembered.get(model.daemon.id)),
    );
    return newsIn(sources, this.#incidents.entries, away);
  }

  /** What the log has of one daemon. */
  of(daemonId: DaemonId): LoggedPast {
    const { phases, lives } = this.#index.of(this.#incidents.entries, daemonId);
    return { lives, told: (history) => toldHistory(history, phases) };
  }

  /** Called at every step of a daemon. */
  stepped({ daemon, track, history }: DaemonModel, events: readonly HealthEvent[]): void {
    if (daemon.demo) return;
    const now = this.deps.clock.now();
    const { seen, notes } = lookAtPhase(this.#phases.get(daemon.id), daemon, track, this.#window, now);
    if (seen) this.#phases.set(daemon.id, seen);
    else this.#phases.delete(daemon.id);
    const lives = events.flatMap((event) => (event.kind === 'restarted' ? [lifeOf(daemon, event, now)] : []));
    const watched = this.#watched(daemon.id, history, now.wallAt);
    const all = [...notes, ...lives, ...watched];
    if (all.length > 0) void this.#incidents.note(...all);
    this.#askOnce(daemon, track);
  }

  /** Called after every poll. */
  update(): void {
    const { focused, active } = vscode.window.state;
    if (focused && active) void this.#looks.look();
    this.#incidents.look();
    this.#page.now?.draw();
  }

  evidenceKept(daemonId: DaemonId, report: KeptReport): void {
    if (!this.deps.registry.lasting.some(({ daemon }) => daemon.id === daemonId)) return;
    void this.#incidents.noteEvidence(daemonId, report, this.deps.clock.now().wallAt);
  }

  async openPage(): Promise<void> {
    (await this.#page.get()).open();
    await Promise.all(this.deps.registry.lasting.map(({ daemon }) => this.#ask(daemon)));
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
    this.#page.dispose();
    this.#incidents.dispose();
    this.#looks.dispose();
  }

  /** Of each life once, when it first answers: a window that was just opened knows nothing of the time before. */
  #askOnce(daemon: DaemonConfig, { sample }: Track): void {
    if (!sample?.ok) return;
    const life = sample.report.instance?.id ?? '';
    if (this.#asked.get(daemon.id) === life) return;
    this.#asked.set(daemon.id, life);
    void this.#ask(daemon);
  }

  /** What the daemon does not tell is not known: that is no fault. */
  async #ask({ id, name }: DaemonConfig): Promise<void> {
    const told = await this.#told(id).catch(() => undefined);
    if (!told) return;
    if (told.sessions) {
      this.#remembered.set(id, told.sessions);
      this.deps.registry.changed();
    }
    const entries = entriesToldBy(told, { daemonId: id, name }, this.deps.clock.now().wallAt);
    await this.#incidents.note(...entries);
  }

  async #told(daemonId: DaemonId): Promise<ToldPast | undefined> {
    return (await this.deps.registry.probe(daemonId)).history?.();
  }

  /** The time that this window watched goes into the log now and then: windows of other workspaces have no other way to know. */
  #watched(daemonId: DaemonId, history: DaemonModel['history'], nowAt: number) {
    const last = history?.spans.at(-1);
    if (!last || Math.abs(nowAt - (this.#watchedAt.get(daemonId) ?? -Infinity)) < HISTORY_KEEP_EVERY_MS)
      return [];
    this.#watchedAt.set(daemonId, nowAt);
    // Spans that touch were watched without a gap.
    let { fromAt } = last;
    for (const span of history!.spans.toReversed())
      if (span.toAt >= fromAt) fromAt = Math.min(fromAt, span.fromAt);
    return [{ is: 'watch', daemonId, fromAt, toAt: last.toAt } as const];
  }
}

function sourceOf(
  { daemon, track, history, lost = [] }: DaemonModel,
  told: readonly Session[] = [],
): PastSource {
  return { daemonId: daemon.id, name: daemon.name, track, history, lost, told };
}
