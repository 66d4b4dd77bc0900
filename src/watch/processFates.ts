import type { DaemonId } from '../health/report';
import type { ProcessFate } from '../health/proof';
import { fateOf, identityIn, type Fate, type ProcessIdentity } from '../system/identity';
import { findListener } from '../system/processTable';
import { addressOf } from '../kinds/target';
import { type DaemonConfig } from '../model/daemonConfig';

/** How processes are found and looked at; a seam for tests. */
export interface ProcessFinder {
  readonly ownerOf: (port: number) => Promise<ProcessIdentity | undefined>;
  readonly fateOf: (identity: ProcessIdentity) => Promise<Fate>;
}

/**
 * The processes behind smithys, which do not tell their pid. Each is looked for once, when it has work to lose; from
 * then on only that one process is looked at, and only when all its work is gone. When it is gone too, whoever owns the
 * port now is another one.
 */
export class ProcessFates {
  readonly #owners = new Map<DaemonId, Promise<ProcessIdentity | undefined>>();

  constructor(private readonly finder: ProcessFinder = systemFinder) {}

  /** Finds out whose the port is, if that is not known yet. Of a daemon without an address nothing is noted. */
  note({ id: daemonId, target }: Pick<DaemonConfig, 'id' | 'target'>): void {
    if (this.#owners.has(daemonId)) return;
    const address = addressOf(target);
    if (!address?.isLoopback) return;
    this.#owners.set(
      daemonId,
      this.finder.ownerOf(address.port).catch(() => undefined),
    );
  }

  /** Another one is there by now. */
  forget(daemonId: DaemonId): void {
    this.#owners.delete(daemonId);
  }

  /** What became of the process that was noted. Never throws. */
  async fate(daemonId: DaemonId): Promise<ProcessFate> {
    try {
      const owner = await this.#owners.get(daemonId);
      if (!owner) return 'unknown';
      const fate = await this.finder.fateOf(owner);
      if (fate === 'unknown') return 'unknown';
      return fate === 'alive' ? 'lives' : 'gone';
    } catch {
      return 'unknown';
    }
  }
}

const systemFinder: ProcessFinder = {
  ownerOf: async (port) => {
    const owner = await findListener(port);
    return owner && identityIn(owner);
  },
  fateOf: (identity) => fateOf(identity),
};
