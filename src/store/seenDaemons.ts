import type { DaemonId } from '../health/report';
import type { Memento } from 'vscode';
import type { DaemonModel, Remembered } from '../model/daemonModel';
import { cleanText } from '../base/text';
import { parseEntries } from './entries';
import { KEEP_EVERY_MS, SEEN_MAX_DAEMONS, SEEN_UP_MEMORY_MS } from './policy';
import { fieldsOf, hasFields, type Parse, type WriteLine } from './stored';
import { StoredEntries } from './storedEntries';

type Seen = Pick<Remembered, 'seenUpAt' | 'stoppedByUs' | 'startFailed'>;

const read: Parse<Seen> = (raw, leave) => {
  if (parseEntries(raw) === undefined) return undefined;
  if (!hasFields(raw, {}, { seenUpAt: 'number', stoppedByUs: 'boolean', startFailed: 'string' })) leave(raw);
  const { seenUpAt, stoppedByUs, startFailed } = fieldsOf(raw);
  return {
    ...(typeof seenUpAt === 'number' && { seenUpAt }),
    ...(stoppedByUs === true && { stoppedByUs }),
    ...(typeof startFailed === 'string' && { startFailed: cleanText(startFailed) }),
  };
};

/** What one workspace remembers of its daemons across windows: whether each was up, was stopped through us, or failed to start. */
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
    const changed = models.filter(({ daemon, track }) => {
      const { seenUpAt = 0, stoppedByUs = false, startFailed } = this.#kept.of(daemon.id) ?? {};
      const isNewer = (track.seenUpAt ?? 0) - seenUpAt >= KEEP_EVERY_MS;
      return isNewer || stoppedByUs !== track.stoppedByUs || startFailed !== track.startFailed;
    });
    if (changed.length === 0) return;
    void this.#kept.update(
      changed.map(({ daemon, track: { seenUpAt, stoppedByUs, startFailed } }) => [
        daemon.id,
        {
          ...(seenUpAt !== undefined && { seenUpAt }),
          ...(stoppedByUs && { stoppedByUs }),
          ...(startFailed !== undefined && { startFailed }),
        },
      ]),
    );
  }
}
