import { lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isFinished, type Session } from './session';
import { SessionLists } from './sessionLists';
import { SessionFile } from './sessionSchema';
import { PRIVATE_DIR_MODE, readOwn, removeTemporaries } from '../../system/privateFile';
import { readState, readText, writeJson, type SetAside } from '../../system/stateFile';
import { withUnknownKeys, type UnknownKeys } from '../../system/unknownKeys';
import { StateNotWritten } from '../../system/trouble';

/**
 * All sessions, in memory and on disk: one file each, so that one unreadable file costs one session.
 * Memory changes at once; the promise resolves when the disk has it.
 */
export class SessionStore {
  readonly #sessions = new SessionLists();
  /** Accepted, but not yet on disk: if the disk refuses, nobody may have begun with them. */
  readonly #arriving = new Set<string>();
  /** So in memory, whatever the disk says: the disk failed when they changed. */
  readonly #unwritten = new Set<string>();
  /** What the files of a newer version say more, and of which state. */
  readonly #unknown = new Map<string, { readonly keys: UnknownKeys; readonly status: string }>();

  /** @param onOver told of each session that is over, once that is so */
  constructor(
    private readonly dir: string,
    private readonly onOver: (session: Session) => void = () => {},
  ) {}

  /** Reads what earlier lives left. @returns the files that could not be read */
  async load(wallMs: number): Promise<SetAside[]> {
    await mkdir(this.dir, { recursive: true, mode: PRIVATE_DIR_MODE });
    await removeTemporaries(this.dir);
    await this.#bringBack();
    const setAside: SetAside[] = [];
    const found: Session[] = [];
    for (const name of await readdir(this.dir)) {
      const file = join(this.dir, name);
      if (!name.endsWith('.json')) continue;
      const read = await readState(file, SessionFile, wallMs);
      if (read.kind === 'set-aside') setAside.push(read.setAside);
      if (read.kind !== 'read') continue;
      const { id, state } = read.value;
      found.push(read.value);
      if (read.unknown) this.#unknown.set(id, { keys: read.unknown, status: state.status });
    }
    found.sort((a, b) => a.createdAt - b.createdAt || a.id.localeCompare(b.id));
    for (const session of found) this.#sessions.set(session);
    return setAside;
  }

  /** In the order in which they were accepted. */
  all(): Session[] {
    return this.#sessions.all();
  }

  /** The same, in parts that need no look at all that waits. */
  get lists(): Pick<SessionLists, 'waitingCount' | 'waiting' | 'begun' | 'ready'> {
    return this.#sessions;
  }

  get(id: string): Session | undefined {
    return this.#sessions.get(id);
  }

  /** Whether the disk has this session in any state, so that work on it may begin. */
  isKept(id: string): boolean {
    return this.#sessions.has(id) && !this.#arriving.has(id);
  }

  /** Takes a new session. @throws StateNotWritten; there is then no such session */
  async add(session: Session): Promise<void> {
    this.#arriving.add(session.id);
    try {
      await this.put(session);
    } finally {
      this.#arriving.delete(session.id);
    }
  }

  /** @throws StateNotWritten; memory is then as it was before */
  async put(session: Session): Promise<void> {
    const { id } = session;
    const previous = this.#sessions.get(id);
    this.#sessions.set(session);
    try {
      // A dispatchd of version 0.1.0 takes no file without `warningStagesMs`, should it run again over this folder.
      const spec = { ...session.spec, warningStagesMs: [] };
      await writeJson(this.#file(id), this.#withUnknown({ version: 1, ...session, spec }));
      if (this.#sessions.get(id) === session) this.#unwritten.delete(id);
      if (isFinished(session)) this.onOver(session);
    } catch (error) {
      if (this.#sessions.get(id) === session) {
        if (previous) this.#sessions.set(previous);
        else this.#sessions.delete(id);
      }
      throw error;
    }
  }

  /** For what is so whether the disk has it or not. */
  setInMemory(session: Session): void {
    this.#sessions.set(session);
  }

  /**
   * The same, for what the disk has to learn as well: at once, else by `writeUnwritten`.
   * @returns whether the disk has it now
   */
  async putAnyway(session: Session): Promise<boolean> {
    try {
      await this.put(session);
      return true;
    } catch (error) {
      if (!(error instanceof StateNotWritten)) throw error;
      this.setInMemory(session);
      this.#unwritten.add(session.id);
      return false;
    }
  }

  /**
   * Writes what the disk did not take when it changed. Else a later life would do again what is done.
   * @throws StateNotWritten the first, once all have been tried
   */
  async writeUnwritten(): Promise<void> {
    const sessions = [...this.#unwritten].flatMap((id) => this.#sessions.get(id) ?? []);
    const writes = await Promise.allSettled(sessions.map((session) => this.put(session)));
    for (const write of writes) if (write.status === 'rejected') throw write.reason;
  }

  async remove(id: string): Promise<void> {
    this.#sessions.delete(id);
    this.#unwritten.delete(id);
    this.#unknown.delete(id);
    await rm(this.#file(id), { force: true });
  }

  /** What an older version could not read and set aside, this one perhaps can. */
  async #bringBack(): Promise<void> {
    for (const name of await readdir(this.dir)) {
      const file = /^(session-[\w-]+\.json)\.corrupt-/.exec(name)?.[1];
      if (file === undefined || (await lstat(join(this.dir, file)).catch(() => undefined))) continue;
      const read = await readOwn(join(this.dir, name));
      if (read && 'text' in read && isSession(read.text)) {
        await rename(join(this.dir, name), join(this.dir, file));
      }
    }
  }

  /** What was said of another state does not hold for this one. */
  #withUnknown<T extends Session>(file: T): T {
    const { keys, status } = this.#unknown.get(file.id) ?? {};
    if (!keys || status === file.state.status) return withUnknownKeys(file, keys);
    const { state: _, ...rest } = keys;
    return withUnknownKeys(file, rest);
  }

  #file(id: string): string {
    return join(this.dir, `${id}.json`);
  }
}

function isSession(text: string): boolean {
  try {
    return readText(SessionFile, text).kind === 'read';
  } catch {
    return false;
  }
}
