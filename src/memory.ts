import type { Memento } from 'vscode';
import type { DaemonModel, Remembered } from './daemons/fleet';
import { SEEN_UP_MEMORY_MS } from './health/policy';

const KEY = 'daemons';
/** How much older the kept time may be than the true one: what is asked of it is "within a day". */
const KEEP_EVERY_MS = 600_000;

/** What one workspace remembers of its daemons across windows: whether each was up, or stopped through us. */
export class Memory {
  readonly #kept: Record<string, Remembered>;

  constructor(private readonly state: Memento) {
    this.#kept = { ...state.get<Record<string, Remembered>>(KEY) };
  }

  recall(origin: string): Remembered {
    const { seenUpAt, stoppedByUs } = this.#kept[origin] ?? {};
    const isRecent = seenUpAt !== undefined && Date.now() - seenUpAt < SEEN_UP_MEMORY_MS;
    return { ...(isRecent && { seenUpAt }), ...(stoppedByUs && { stoppedByUs }) };
  }

  /** Writes only what is worth writing: a changed flag, or a time that is minutes newer. */
  keep(models: readonly DaemonModel[]): void {
    let changed = false;
    for (const { daemon, track } of models) {
      const kept = this.#kept[daemon.origin];
      const isNewer = (track.seenUpAt ?? 0) - (kept?.seenUpAt ?? 0) >= KEEP_EVERY_MS;
      if (!isNewer && (kept?.stoppedByUs ?? false) === track.stoppedByUs) continue;
      this.#kept[daemon.origin] = {
        ...(track.seenUpAt !== undefined && { seenUpAt: track.seenUpAt }),
        ...(track.stoppedByUs && { stoppedByUs: true }),
      };
      changed = true;
    }
    if (changed) void this.state.update(KEY, { ...this.#kept });
  }
}
