import type { DaemonId } from '../health/report';
import type { Memento } from 'vscode';
import type { Track } from '../health/trackState';
import { keptWaiting, type KeptWaiting } from '../health/waiting';
import type { DaemonModel, Remembered } from '../model/daemonModel';
import { cleanText, isSame } from '../base/text';
import { parseEntries } from './entries';
import { KEEP_EVERY_MS, SEEN_MAX_DAEMONS, SEEN_UP_MEMORY_MS } from './policy';
import { fieldsOf, hasFields, type Parse, type WriteLine } from './stored';
import { StoredEntries } from './storedEntries';

type Seen = Pick<Remembered, 'seenUpAt' | 'stoppedByUs' | 'startFailed' | 'waiting'>;

const read: Parse<Seen> = (raw, leave) => {
  if (parseEntries(raw) === undefined) return undefined;
  const { waiting: rawWaiting, ...others } = fieldsOf(raw);
  if (!hasFields(others, {}, { seenUpAt: 'number', stoppedByUs: 'boolean', startFailed: 'string' }))
    leave(raw);
  const { seenUpAt, stoppedByUs, startFailed } = others;
  const waiting = rawWaiting === undefined ? undefined : readWaiting(rawWaiting);
  if (rawWaiting !== undefined && !waiting) leave(raw);
  return {
    ...(typeof seenUpAt === 'number' && { seenUpAt }),
    ...(stoppedByUs === true && { stoppedByUs }),
    ...(typeof startFailed === 'string' && { startFailed: cleanText(startFailed) }),
    ...(waiting && { waiting }),
  };
};

function readWaiting(raw: unknown): KeptWaiting | undefined {
  if (!hasFields(raw, { sinceAt: 'number', ready: 'number', isLong: 'boolean' }, { newestAt: 'number' })) {
    return undefined;
  }
  return keptWaiting(raw as KeptWaiting);
}

function seenOf({ seenUpAt, stoppedByUs, startFailed, waiting }: Track): Seen {
  return {
    ...(seenUpAt !== undefined && { seenUpAt }),
    ...(stoppedByUs && { stoppedByUs }),
    ...(startFailed !== undefined && { startFailed }),
    ...(waiting && { waiting: keptWaiting(waiting) }),
  };
}

/** What one workspace remembers of its daemons across windows: whether each was up, was stopped through us, failed to start, or starts nothing of what waits. */
export class SeenDaemons {
  readonly #kept: StoredEntries<Seen>;

  /** @param wallAt the wall clock, in epoch ms */
  constructor(
    state: Memento,
    private readonly wallAt: () => number = Date.now,
    log: WriteLine = () => undefined,
  ) {
    this.#kept = new StoredEntries(state, 'daemons', SEEN_MAX_DAEMONS, read, log);
  }

  recall(daemonId: DaemonId): Remembered {
    const { seenUpAt, ...others } = this.#kept.of(daemonId) ?? {};
    const isRecent = seenUpAt !== undefined && this.wallAt() - seenUpAt < SEEN_UP_MEMORY_MS;
    return { ...(isRecent && { seenUpAt }), ...others };
  }

  /** Writes only what is worth writing: a changed flag, or a time that is minutes newer. */
  keep(models: readonly DaemonModel[]): void {
    const changed = models.flatMap(({ daemon, track }) => {
      const kept = this.#kept.of(daemon.id) ?? {};
      const next = seenOf(track);
      const isNewer = (next.seenUpAt ?? 0) - (kept.seenUpAt ?? 0) >= KEEP_EVERY_MS;
      const isOther =
        next.stoppedByUs !== kept.stoppedByUs ||
        next.startFailed !== kept.startFailed ||
        !isSame(next.waiting, kept.waiting);
      return isNewer || isOther ? [[daemon.id, next] as const] : [];
    });
    if (changed.length > 0) void this.#kept.update(changed);
  }
}
