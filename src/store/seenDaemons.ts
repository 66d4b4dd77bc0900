import type { DaemonId } from '../health/report';
import type { Memento } from 'vscode';
import type { DaemonModel, Remembered } from '../model/daemonModel';
import { cleanText } from '../base/text';
import { KEEP_EVERY_MS, SEEN_UP_MEMORY_MS } from './policy';

const KEY = 'daemons';
/** What one workspace remembers of its daemons across windows: whether each was up, was stopped through us, or failed to start. */
export class SeenDaemons {
  readonly #kept: Record<string, Remembered>;

  /** @param wallAt the wall clock, in epoch ms */
  constructor(
    private readonly state: Memento,
    private readonly wallAt: () => number = Date.now,
  ) {
    this.#kept = { ...state.get<Record<string, Remembered>>(KEY) };
  }

  recall(daemonId: DaemonId): Remembered {
    const { seenUpAt, stoppedByUs, startFailed } = this.#kept[daemonId] ?? {};
    const isRecent = seenUpAt !== undefined && this.wallAt() - seenUpAt < SEEN_UP_MEMORY_MS;
    return {
      ...(isRecent && { seenUpAt }),
      ...(stoppedByUs && { stoppedByUs }),
      // What is kept may be anything.
      ...(typeof startFailed === 'string' && { startFailed: cleanText(startFailed) }),
    };
  }

  /** Writes only what is worth writing: a changed flag, or a time that is minutes newer. */
  keep(models: readonly DaemonModel[]): void {
    let changed = false;
    for (const { daemon, track } of models) {
      const kept = this.#kept[daemon.id];
      const isNewer = (track.seenUpAt ?? 0) - (kept?.seenUpAt ?? 0) >= KEEP_EVERY_MS;
      const isSame =
        (kept?.stoppedByUs ?? false) === track.stoppedByUs && kept?.startFailed === track.startFailed;
      if (!isNewer && isSame) continue;
      this.#kept[daemon.id] = {
        ...(track.seenUpAt !== undefined && { seenUpAt: track.seenUpAt }),
        ...(track.stoppedByUs && { stoppedByUs: true }),
        ...(track.startFailed !== undefined && { startFailed: track.startFailed }),
      };
      changed = true;
    }
    if (changed) void this.state.update(KEY, { ...this.#kept });
  }
}
