import type { Memento } from 'vscode';
import { isSame } from '../base/text';
import { fromStored, isStoredSpan, toStored, type StoredSpan } from '../health/history';
import { keptLife, rememberedInstance, type KeptLife } from '../health/keptLife';
import type { Lost } from '../health/interrupted';
import type { DaemonId } from '../health/report';
import type { ToldSeries } from '../health/vanished';
import type { Watched } from '../health/watched';
import type { DaemonModel, Remembered } from '../model/daemonModel';
import { isLost, isToldSeries, readLife, readSeen, seenOf, type Seen } from './keptOfDaemon';
import {
  HISTORY_KEEP_EVERY_MS,
  HISTORY_KEEP_GAP_MS,
  HISTORY_MAX_DAEMONS,
  INSTANCES_MAX_DAEMONS,
  KEEP_EVERY_MS,
  SEEN_MAX_DAEMONS,
  SEEN_UP_MEMORY_MS,
  SERIES_MAX_DAEMONS,
} from './policy';
import { listOf, type Parse, type WriteLine } from './stored';
import { StoredEntries } from './storedEntries';

const NO_LOST: readonly Lost[] = [];

/** All that one workspace remembers of its daemons across windows, by their ids. */
export class WorkspaceMemory {
  readonly #seen: StoredEntries<Seen>;
  readonly #histories: StoredEntries<readonly StoredSpan[]>;
  readonly #lives: StoredEntries<KeptLife>;
  readonly #lost: StoredEntries<readonly Lost[]>;
  readonly #series: StoredEntries<readonly ToldSeries[]>;
  /** As of now: when a life was last seen is written now and then. */
  readonly #latest = new Map<DaemonId, KeptLife>();
  #models: readonly DaemonModel[] = [];
  #flushedAt = 0;

  /** @param wallAt the wall clock, in epoch ms */
  constructor(
    state: Memento,
    private readonly wallAt: () => number,
    log: WriteLine,
  ) {
    const kept = <E>(key: string, maxDaemons: number, read: Parse<E>) =>
      new StoredEntries(state, key, maxDaemons, read, log);
    this.#seen = kept('daemons', SEEN_MAX_DAEMONS, readSeen);
    this.#histories = kept('histories', HISTORY_MAX_DAEMONS, listOf(isStoredSpan));
    this.#lives = kept('lives', INSTANCES_MAX_DAEMONS, readLife);
    this.#lost = kept('lostWork', INSTANCES_MAX_DAEMONS, listOf(isLost));
    this.#series = kept('series', SERIES_MAX_DAEMONS, listOf(isToldSeries));
  }

  recall(daemonId: DaemonId): Remembered {
    const { seenUpAt, ...seen } = this.#seen.of(daemonId) ?? {};
    const isRecent = seenUpAt !== undefined && this.wallAt() - seenUpAt < SEEN_UP_MEMORY_MS;
    const history = fromStored(this.#histories.of(daemonId), this.wallAt());
    const life = this.#lives.of(daemonId);
    const series = isRecent ? this.#series.of(daemonId) : undefined;
    return {
      ...(isRecent && { seenUpAt }),
      ...(series && { series }),
      ...seen,
      ...(history && { history }),
      ...(life && { instance: rememberedInstance(life) }),
      lost: this.#lost.of(daemonId) ?? NO_LOST,
    };
  }

  /** Called at every step of a daemon: what a closed window would lose. Of a demo nothing is kept. */
  stepped(
    { daemon, track }: Pick<DaemonModel, 'daemon' | 'track'>,
    { instance, lost }: Pick<Watched, 'instance' | 'lost'>,
  ): void {
    if (daemon.demo) return;
    const life = instance && keptLife(instance);
    if (life) {
      this.#latest.set(daemon.id, life);
      if (isNewer(life, this.#lives.of(daemon.id), KEEP_EVERY_MS))
        void this.#lives.update([[daemon.id, life]]);
    }
    const series = track.series?.kept;
    if (series !== this.#series.of(daemon.id)) void this.#series.update([[daemon.id, series]]);
    const known = this.#lost.of(daemon.id) ?? NO_LOST;
    if (lost !== known && lost.length + known.length > 0) {
      void this.#lost.update([[daemon.id, lost.length > 0 ? lost : undefined]]);
    }
  }

  /** Called with every drawing: what may be written now and then. */
  keep(all: readonly DaemonModel[]): void {
    const models = all.filter(({ daemon }) => !daemon.demo);
    const seen = models
      .filter((model) => this.#wasSeenOther(model))
      .map(({ daemon, track }) => [daemon.id, seenOf(track)] as const);
    if (seen.length > 0) void this.#seen.update(seen);
    this.#models = models;
    const sinceMs = this.wallAt() - this.#flushedAt;
    if (sinceMs >= 0 && sinceMs < HISTORY_KEEP_GAP_MS) return;
    if (models.some((model) => this.#isHistoryWorthKeeping(model))) void this.flush();
  }

  /** Writes what is known now: the window closes. */
  async flush(): Promise<void> {
    this.#flushedAt = this.wallAt();
    const lives = [...this.#latest].filter(([daemonId, life]) => isNewer(life, this.#lives.of(daemonId), 1));
    await Promise.all([
      this.#histories.update(
        this.#models.flatMap(({ daemon, history }) => (history ? [[daemon.id, toStored(history)]] : [])),
      ),
      ...(lives.length > 0 ? [this.#lives.update(lives)] : []),
    ]);
  }

  /** Whether a flag changed, or a time is minutes newer. */
  #wasSeenOther({ daemon, track }: DaemonModel): boolean {
    const { seenUpAt: keptAt = 0, ...kept } = this.#seen.of(daemon.id) ?? {};
    const { seenUpAt = 0, ...next } = seenOf(track);
    return seenUpAt - keptAt >= KEEP_EVERY_MS || !isSame(next, kept);
  }

  /** Whether a state changed, or has gone on for minutes. */
  #isHistoryWorthKeeping({ daemon, history }: DaemonModel): boolean {
    const last = history?.spans.at(-1);
    if (!last) return false;
    const [state, fromAt, toAt] = this.#histories.of(daemon.id)?.at(-1) ?? [];
    const isKept = state === last.state && fromAt === last.fromAt;
    return !isKept || last.toAt - (toAt ?? 0) >= HISTORY_KEEP_EVERY_MS;
  }
}

/** Whether a life is another than the one that is kept, or was seen so much later. */
function isNewer({ seenAt, ...life }: KeptLife, kept: KeptLife | undefined, byMs: number): boolean {
  const { seenAt: keptAt = 0, ...known } = kept ?? {};
  return !isSame(life, known) || (seenAt !== undefined && seenAt - keptAt >= byMs);
}
