import { isSame } from '../base/text';
import type { ReadShared, SharedFile } from './sharedFile';
import { SHARED_LOOK_GAP_MS, SHARED_PENDING_MAX, SHARED_RETRY_MS } from './policy';

export interface SharedOptions<T> {
  /** A folder that all windows of this machine share. */
  readonly folder: string;
  /** What the value is, in the plural and in words for the log; its file is `<name>.json`. */
  readonly name: string;
  /** @returns `undefined` for what no version wrote; an entry that this version does not know may stay */
  readonly parse: (raw: unknown) => T | undefined;
  /**
   * The value with what windows of versions without the file changed meanwhile.
   * @param value `undefined` where no file holds one
   */
  readonly withOlder: (value: T | undefined) => T;
  /** Keeps the value for those versions. @param isShared whether all windows have it by now */
  readonly keepForOlder: (value: T, isShared: boolean) => PromiseLike<void>;
  readonly log: (line: string) => void;
  readonly wallAt?: () => number;
}

/** What stores that share a value need besides it. */
export type SharedDeps = Pick<SharedOptions<unknown>, 'folder' | 'log'>;

/**
 * A value that all windows of this machine share, in a private file. A memento is no such thing: of two windows that
 * change one at the same moment one loses its change.
 *
 * `value` is there at once, from memory. A change is made under a lock on what the file holds then. Where the file
 * cannot be written the change stays in the memory of this window, the log says so once, and the next look at the file
 * tries again.
 */
export class Shared<T> {
  /** What the file was last known to hold. */
  #known: T | undefined;
  #value: T;
  /** Changes that are not in the file yet, oldest first. */
  #pending: ((value: T) => T)[] = [];
  /** The file is to be written anew although nothing is to be changed. */
  #isToMend = false;
  #file: Promise<SharedFile<T>> | undefined;
  #unwatch: (() => void) | undefined;
  #work: Promise<void> = Promise.resolve();
  #lookedMs = -Infinity;
  #failedMs = -Infinity;
  #said: string | undefined;
  #isDisposed = false;
  readonly #listeners = new Set<() => void>();

  constructor(private readonly options: SharedOptions<T>) {
    this.#value = options.withOlder(undefined);
    void this.look();
  }

  get value(): T {
    return this.#value;
  }

  /** Called after another window changed the value. @returns what ends that */
  onDidChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Changes the value in all windows; this window has it at once. Never rejects.
   * @param change pure: it is made again on what other windows wrote meanwhile
   */
  update(change: (value: T) => T): Promise<void> {
    this.#pending = [...this.#pending, change].slice(-SHARED_PENDING_MAX);
    this.#value = change(this.#value);
    return this.#inTurn(() => this.#commit());
  }

  /** Looks whether another window changed the file, at most once in `SHARED_LOOK_GAP_MS`. After a poll, or with the focus. */
  look(): Promise<void> {
    const nowMs = performance.now();
    // A look that is under way is waited for.
    if (nowMs - this.#lookedMs < SHARED_LOOK_GAP_MS) return this.#work;
    this.#lookedMs = nowMs;
    return this.#inTurn(() => this.#lookNow());
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#listeners.clear();
    this.#unwatch?.();
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    return (this.#work = this.#work.then(work).catch((error: unknown) => this.#say(String(error))));
  }

  async #lookNow(): Promise<void> {
    if (this.#isDisposed) return;
    const file = await this.#opened();
    const read = await file.readIfChanged();
    if (read) this.#take(read);
    const isDue = performance.now() - this.#failedMs >= SHARED_RETRY_MS;
    if (isDue && (this.#pending.length > 0 || this.#isToMend)) await this.#commit();
  }

  #take(read: ReadShared<T>): void {
    const { withOlder } = this.options;
    if (read.kind === 'newer') this.#say('a newer version of the extension wrote the file');
    if (read.kind === 'unreadable') this.#isToMend = true;
    if (read.kind !== 'read') return;
    this.#known = read.value;
    const value = withOlder(read.value);
    // What an older version changed is for all windows.
    if (!isSame(value, read.value)) this.#isToMend = true;
    this.#show(value);
  }

  async #commit(): Promise<void> {
    if (this.#pending.length === 0 && !this.#isToMend) return;
    const { withOlder, keepForOlder, log } = this.options;
    const file = await this.#opened();
    const taken = [...this.#pending];
    const changed = await file.change((value) =>
      // Of a file that was there and is gone, this window knows more than anybody.
      taken.reduce((last, change) => change(last), withOlder(value ?? this.#known)),
    );
    if (changed.kind === 'failed') {
      this.#failedMs = performance.now();
      this.#say(changed.why);
      await keepForOlder(this.#value, false);
      return;
    }
    if (changed.setAside !== undefined) log(`${this.options.name}: ${changed.setAside}`);
    this.#said = undefined;
    this.#failedMs = -Infinity;
    this.#isToMend = false;
    this.#pending = this.#pending.filter((change) => !taken.includes(change));
    this.#known = changed.value;
    this.#show(changed.value);
    await keepForOlder(changed.value, true);
    // Now there is a folder to watch.
    await this.#opened();
  }

  /** @param value what all windows have; what this window has still to write is on top of that */
  #show(value: T): void {
    const before = this.#value;
    this.#value = this.#pending.reduce((last, change) => change(last), value);
    if (isSame(before, this.#value)) return;
    for (const listener of this.#listeners) listener();
  }

  async #opened(): Promise<SharedFile<T>> {
    const { folder, name, parse, wallAt = Date.now } = this.options;
    const file = await (this.#file ??= Promise.all([import('./sharedFile'), import('node:path')]).then(
      ([{ SharedFile }, path]) => new SharedFile(path.join(folder, `${name}.json`), parse, wallAt),
    ));
    if (!this.#isDisposed) this.#unwatch ??= file.watch(() => void this.#inTurn(() => this.#lookNow()));
    return file;
  }

  /** Once for as long as the reason is the same. */
  #say(why: string): void {
    if (this.#said === why) return;
    this.#said = why;
    this.options.log(`The ${this.options.name} of this window are not shared with other windows: ${why}`);
  }
}
