import type { DaemonId } from '../health/report';
import type { ProcessFate } from '../health/proof';
import type { ProcessIdentity } from '../system/processInfo';
import { addressOf } from '../kinds/target';
import type { DaemonConfig } from '../model/daemonConfig';
import type { ProcessFinder } from './processFinder';

/**
 * The processes behind smithys, which do not tell their pid. Each is looked for once in a life, while it answers; from
 * then on only that one process is looked at, and only when all its work is gone. When it is gone too, whoever owns the
 * port now is another one.
 */
export class ProcessFates {
  readonly #owners = new Map<DaemonId, Promise<ProcessIdentity | undefined>>();

  /**
   * @param onError is told what could not be loaded
   * @param finder loads what finds processes
   */
  constructor(
    private readonly onError: (error: unknown) => void,
    private readonly finder: () => Promise<ProcessFinder> = async () =>
      (await import('./processFinder')).systemFinder,
  ) {}

  /**
   * Finds out whose the port is, if that is not known yet. Of a daemon without an address nothing is noted.
   * @returns who is found; `undefined` where nobody had to be looked for
   */
  note({
    id: daemonId,
    target,
  }: Pick<DaemonConfig, 'id' | 'target'>): Promise<ProcessIdentity | undefined> | undefined {
    const address = addressOf(target);
    if (!address?.isLoopback || this.#owners.has(daemonId)) return undefined;
    const owner = this.finder().then(({ ownerOf }) => ownerOf(address.port).catch(() => undefined));
    this.#owners.set(daemonId, owner);
    owner.catch((error: unknown) => {
      // What could not be loaded is tried again.
      this.#owners.delete(daemonId);
      this.onError(error);
    });
    return owner;
  }

  /** Another one is there by now. */
  forget(daemonId: DaemonId): void {
    this.#owners.delete(daemonId);
  }

  /** What became of the process that was noted. Never throws. */
  async fate(daemonId: DaemonId): Promise<ProcessFate> {
    try {
      const owner = await this.#owners.get(daemonId);
      const fate = owner ? await (await this.finder()).fateOf(owner) : 'unknown';
      if (fate === 'unknown') return 'unknown';
      return fate === 'alive' ? 'lives' : 'gone';
    } catch {
      return 'unknown';
    }
  }
}
