import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Session } from './session';
import { writeJson } from './stateFile';

/**
 * All sessions, in memory and on disk: one file each, so that one unreadable file costs one session.
 * Memory changes at once; the promise resolves when the disk has it.
 */
export class SessionStore {
  readonly #sessions = new Map<string, Session>();

  constructor(private readonly dir: string) {}

  /** In the order in which they were accepted. */
  all(): Session[] {
    return [...this.#sessions.values()];
  }

  get(id: string): Session | undefined {
    return this.#sessions.get(id);
  }

  async put(session: Session): Promise<void> {
    this.#sessions.set(session.id, session);
    await writeJson(this.#file(session.id), { version: 1, ...session });
  }

  /** Puts back in memory what the disk still has, after a `put` that failed. */
  restore(session: Session): void {
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
