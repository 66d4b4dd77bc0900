import type { DaemonId } from '../../health/report';
import { DISCOVERY_INTERVAL_MS, DISCOVERY_RESCAN_DIVISOR, DISCOVERY_RESCAN_MS } from '../policy';
import type { Watched } from './adoption';

/** Of the watched daemons those that may have moved to another port. At an answer only who answered is looked at. */
export class GoneDaemons {
  readonly #all = new Map<DaemonId, Watched>();

  get all(): readonly Watched[] {
    return [...this.#all.values()];
  }

  get areNone(): boolean {
    return this.#all.size === 0;
  }

  note(id: DaemonId, daemon: Watched | undefined): void {
    if (daemon?.isGone && daemon.database !== undefined) this.#all.set(id, daemon);
    else this.#all.delete(id);
  }

  clear(): void {
    this.#all.clear();
  }

  /** How soon after a scan the next one: ever less often while a daemon stays away, which may be stopped for the day. */
  rescanAfterMs(): number {
    const goneForMs = Math.min(...this.all.map((daemon) => daemon.goneForMs));
    return Math.min(
      Math.max(DISCOVERY_RESCAN_MS, goneForMs / DISCOVERY_RESCAN_DIVISOR),
      DISCOVERY_INTERVAL_MS,
    );
  }
}
