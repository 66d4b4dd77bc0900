import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Session } from './session';
import { SessionFile } from './sessionSchema';
import { PRIVATE_DIR_MODE, readState, removeTemporaries, writeJson, type SetAside } from './stateFile';

/**
 * All sessions, in memory and on disk: one file each, so that one unreadable file costs one session.
 * Memory changes at once; the promise resolves when the disk has it.
 */
export class SessionStore {
  readonly #sessions = new Map<string, Session>();

  constructor(private readonly dir: string) {}

  /** Reads what earlier lives left. @returns the files that could not be read */
  async load(wallMs: number): Promise<SetAside[]> {
    await mkdir(this.dir, { recursive: true, mode: PRIVATE_DIR_MODE });
    await removeTemporaries(this.dir);
    const setAside: SetAside[] = [];
    const found: Session[] = [];
    for (const name of await readdir(this.dir)) {
      const file = join(this.dir, name);
      if (!name.endsWith('.json')) continue;
      const read = await readState(file, SessionFile, wallMs);
      if (read.kind === 'set-aside') setAside.push(read.setAside);
      if (read.kind === 'read') found.push(read.value);
    }
    found.sort((a, b) => a.createdAt - b.createdAt || a.id.localeCompare(b.id));
    for (const session of found) this.#sessions.set(session.id, session);
    return setAside;
  }

  /** In the order in which they were accepted. */
  all(): Session[] {
    return [...this.#sessions.values()];
  }

  get(id: string): Session | undefined {
    return this.#sessions.get(id);
  }

  /** @throws the disk's error; memory is then as it was before */
  async put(session: Session): Promise<void> {
    const { id } = session;
    const previous = this.#sessions.get(id);
    this.#sessions.set(id, session);
    try {
      await writeJson(this.#file(id), { version: 1, ...session });
    } catch (error) {
      if (this.#sessions.get(id) === session) {
        if (previous) this.#sessions.set(id, previous);
        else this.#sessions.delete(id);
      }
      throw error;
    }
  }

  /** For what is so whether the disk has it or not. */
  setInMemory(session: Session): void {
    this.#sessions.set(session.id, session);
  }

  async remove(id: string): Promise<void> {
    this.#sessions.delete(id);
    await rm(this.#file(id), { force: true });
  }

  #file(id: string): string {
    return join(this.dir, `${id}.json`);
  }
}
