import type { Memento } from 'vscode';
import type { DaemonId } from '../health/report';
import { entriesThat, type Entries } from './entries';
import { Stored, type Parse, type WriteLine } from './stored';

/**
 * What one workspace keeps of each daemon, the newest last. An entry that cannot be read is not used, and stays where
 * it is until this version has one of that daemon.
 */
export class StoredEntries<E> {
  readonly #stored: Stored<Entries>;
  readonly #read = new Map<string, E>();

  constructor(
    memento: Memento,
    key: string,
    private readonly maxDaemons: number,
    read: Parse<E>,
    log: WriteLine,
  ) {
    const parse = entriesThat((entry, daemonId) => {
      let isWhole = true;
      const known = read(entry, () => (isWhole = false));
      if (known !== undefined) this.#read.set(daemonId, known);
      return isWhole && known !== undefined;
    });
    this.#stored = new Stored(memento, key, parse, log);
    // Read once: nobody but this window changes what a workspace keeps.
    void this.#stored.value;
  }

  of(daemonId: DaemonId): E | undefined {
    return this.#read.get(daemonId);
  }

  /** @param entries `undefined` for a daemon of which nothing is kept any more */
  async update(entries: readonly (readonly [DaemonId, E | undefined])[]): Promise<void> {
    const all = new Map<string, unknown>(Object.entries(this.#stored.value ?? {}));
    for (const [daemonId, entry] of entries) {
      all.delete(daemonId); // so that the newest come last
      if (entry !== undefined) all.set(daemonId, entry);
    }
    // Reads once more what was there, so that the new entries come after.
    const written = this.#stored.update(Object.fromEntries([...all].slice(-this.maxDaemons)));
    for (const [daemonId, entry] of entries) {
      if (entry === undefined) this.#read.delete(daemonId);
      else this.#read.set(daemonId, entry);
    }
    await written;
  }
}
