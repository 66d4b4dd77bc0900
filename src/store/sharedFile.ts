import { watch, type FSWatcher } from 'node:fs';
import { mkdir, rename, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readBootId } from '../system/bootId';
import { insisting } from '../system/insisting';
import { tryLock, unprovenOwner } from '../system/lock';
import { MAX_STATE_BYTES } from '../system/policy';
import { PRIVATE_DIR_MODE, readOwn, removeTemporaries } from '../system/privateFile';
import { jsonText, writeText } from '../system/stateFile';
import { inWords } from '../system/trouble';
import { SHARED_FRESH_MS, SHARED_LOCK_STEP_MS, SHARED_LOCK_WAIT_MS } from './policy';

/** The format of the file. A newer version of the extension counts it up where this one would misread the file. */
const VERSION = 1;

/** What a look at the file came to. */
export type ReadShared<T> =
  | { readonly kind: 'absent' }
  | { readonly kind: 'read'; readonly value: T }
  /** Nobody can read the file as it is. */
  | { readonly kind: 'unreadable'; readonly why: string }
  /** A newer version of the extension wrote the file in a way of its own. */
  | { readonly kind: 'newer' };

/** What came of a change. */
export type ChangedShared<T> =
  | {
      readonly kind: 'kept';
      readonly value: T;
      /** Where an unreadable file went, and why. */
      readonly setAside?: string;
    }
  | { readonly kind: 'failed'; readonly why: string };

/**
 * The file of one `Shared`. This file is a chunk of its own, loaded right after activation: the value is there before,
 * as far as this window kept it.
 */
export class SharedFile<T> {
  readonly #lock: { readonly folder: string; readonly name: string };
  #bootId: Promise<string> | undefined;
  /** Of the file as it was last read or written; `undefined` where another look is due in any case. */
  #stamp: string | undefined;

  /** @param parse `undefined` for what no version wrote */
  constructor(
    private readonly file: string,
    private readonly parse: (raw: unknown) => T | undefined,
    private readonly wallAt: () => number,
  ) {
    this.#lock = { folder: dirname(file), name: `${basename(file)}.lock` };
  }

  /** What the file holds, unless that is what was last read or written. Never throws. */
  async readIfChanged(): Promise<ReadShared<T> | undefined> {
    try {
      const { stamp, isFresh } = await this.#look();
      if (stamp === this.#stamp) return undefined;
      const read = await this.#read();
      this.#stamp = isFresh ? undefined : stamp;
      return read;
    } catch (error) {
      return { kind: 'unreadable', why: inWords(error) };
    }
  }

  /**
   * Changes what the file holds, and no other window changes the file meanwhile. Never throws.
   *
   * @param next makes the new value of the old one; `undefined` where the file holds none
   */
  async change(next: (value: T | undefined) => T): Promise<ChangedShared<T>> {
    try {
      await mkdir(this.#lock.folder, { recursive: true, mode: PRIVATE_DIR_MODE });
      const locked = await this.#lockInTime();
      if ('why' in locked) return { kind: 'failed', why: locked.why };
      try {
        return await this.#changeLocked(next);
      } finally {
        // What is written is written. A lock that stays ends with this process.
        await locked.release().catch(() => undefined);
      }
    } catch (error) {
      return { kind: 'failed', why: inWords(error) };
    }
  }

  /**
   * Calls `onChange` whenever somebody puts another file in the place of this one, where the system tells.
   * @returns what ends that; `undefined` where the folder cannot be watched
   */
  watch(onChange: () => void): (() => void) | undefined {
    let watcher: FSWatcher;
    try {
      // The folder, since each write puts another file in the place of the old one.
      watcher = watch(this.#lock.folder, { persistent: false });
    } catch {
      return undefined;
    }
    const name = basename(this.file);
    watcher.on('change', (_type, changed) => {
      // Not every system says which file it was.
      if (changed !== null && String(changed) !== name) return;
      this.#stamp = undefined;
      onChange();
    });
    // The folder went, or the system gives no more watchers: the looks after polls remain.
    watcher.on('error', () => watcher.close());
    return () => watcher.close();
  }

  async #changeLocked(next: (value: T | undefined) => T): Promise<ChangedShared<T>> {
    const read = await this.#read();
    if (read.kind === 'newer') {
      return { kind: 'failed', why: `a newer version of the extension wrote ${this.file}` };
    }
    const setAside = read.kind === 'unreadable' ? await this.#setAside(read.why) : undefined;
    const value = next(read.kind === 'read' ? read.value : undefined);
    const text = jsonText({ version: VERSION, value });
    if (Buffer.byteLength(text) > MAX_STATE_BYTES) {
      return { kind: 'failed', why: `${this.file} would be longer than ${MAX_STATE_BYTES / 1_024} KiB` };
    }
    if (read.kind !== 'read' || jsonText({ version: VERSION, value: read.value }) !== text) {
      // With the lock in hand nobody else writes: such a file is of a window that was killed.
      await removeTemporaries(this.#lock.folder, basename(this.file));
      await writeText(this.file, text);
    }
    const { stamp, isFresh } = await this.#look();
    this.#stamp = isFresh ? undefined : stamp;
    return { kind: 'kept', value, ...(setAside !== undefined && { setAside }) };
  }

  /** @throws the system's error: what cannot be read now may be readable later, and stays where it is */
  async #read(): Promise<ReadShared<T>> {
    const own = await readOwn(this.file);
    if (own === undefined) return { kind: 'absent' };
    if ('refusal' in own) return { kind: 'unreadable', why: own.refusal };
    try {
      const { version, value: raw } = JSON.parse(own.text) as { version?: unknown; value?: unknown };
      if (typeof version === 'number' && version > VERSION) return { kind: 'newer' };
      const value = version === VERSION ? this.parse(raw) : undefined;
      return value === undefined
        ? { kind: 'unreadable', why: 'it holds something else' }
        : { kind: 'read', value };
    } catch {
      return { kind: 'unreadable', why: own.text === '' ? 'it is empty' : 'it is not whole' };
    }
  }

  /** Never deleted: somebody may want to rescue what is in the file. */
  async #setAside(why: string): Promise<string> {
    const movedTo = `${this.file}.corrupt-${new Date(this.wallAt()).toISOString().replaceAll(':', '-')}`;
    await insisting(() => rename(this.file, movedTo));
    return `${this.file} could not be read (${why}) and was moved to ${movedTo}`;
  }

  /** Tells one file from the next that takes its place. `isFresh`: another one in the same moment would look the same. */
  async #look(): Promise<{ readonly stamp: string; readonly isFresh: boolean }> {
    try {
      const { mtimeMs, size, ino } = await stat(this.file);
      return { stamp: `${mtimeMs} ${size} ${ino}`, isFresh: this.wallAt() - mtimeMs < SHARED_FRESH_MS };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      return { stamp: 'absent', isFresh: false };
    }
  }

  async #lockInTime(): Promise<{ readonly release: () => Promise<void> } | { readonly why: string }> {
    const beganMs = performance.now();
    for (
      let stepMs: number = SHARED_LOCK_STEP_MS.first;
      ;
      stepMs = Math.min(2 * stepMs, SHARED_LOCK_STEP_MS.longest)
    ) {
      const locked = await tryLock(this.#lock, await (this.#bootId ??= readBootId()));
      if (locked.kind === 'ours') return locked;
      const { pid, unproven } = locked;
      if (unproven) return { why: `${this.file} is held by ${unprovenOwner(pid, unproven)}` };
      if (performance.now() - beganMs > SHARED_LOCK_WAIT_MS) {
        return { why: `${join(this.#lock.folder, this.#lock.name)} is held by process ${pid}` };
      }
      // Windows that ask in step would get into each other's way again and again.
      await delay(stepMs * (0.5 + Math.random()));
    }
  }
}
