import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import type { Time } from './time';

/** What the system tells in /proc and /sys: a text, the names in a folder, or where a link leads. */
export interface SystemFiles {
  text(path: string): string | undefined;
  folder(path: string): readonly string[] | undefined;
  link(path: string): string | undefined;
}

type Sync = (...args: unknown[]) => unknown;

/** Whatever changes a file's content gives it the time of the run. */
const WRITES = new Set(['writeFile', 'appendFile', 'copyFile', 'truncate', 'mkdir', 'symlink', 'link']);
const TARGET_SECOND = new Set(['copyFile', 'symlink', 'link']);

/**
 * The files of a run. They are real, in a folder of the run that is the root of all paths in it; but each access is done at once and in the order of the
 * calls, each file carries the time of the run, and /proc and /sys are told by the run.
 */
export class Files {
  readonly #queue: (() => void)[] = [];
  readonly #sync: object;
  readonly promises: object;

  constructor(
    private readonly time: Time,
    private readonly root: string,
    private readonly system: SystemFiles,
    private readonly onWrite: (path: string, how: string) => void,
  ) {
    this.#sync = this.#makeSync();
    this.promises = this.#makePromises();
    time.workers.push(() => {
      const next = this.#queue.shift();
      next?.();
      return next !== undefined;
    });
  }

  /** What `require('node:fs')` gives. */
  get module(): object {
    return this.#sync;
  }

  /** A file that stands for a socket. @throws where one is there */
  put(path: string): void {
    this.#outside(() => fs.writeFileSync(this.real(path), '', { flag: 'wx' }));
    this.#changed(path, 'writeFile');
  }

  remove(path: string): void {
    fs.rmSync(this.real(path), { force: true });
    this.onWrite(path, 'rm');
  }

  /** Does it once all that was asked for before is done. */
  later<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) =>
      this.#queue.push(() => {
        try {
          resolve(work());
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      }),
    );
  }

  #makeSync(): object {
    return new Proxy(fs, {
      get: (target, key) => {
        if (key === 'promises') return this.promises;
        const value = Reflect.get(target, key) as unknown;
        if (typeof key !== 'string' || !key.endsWith('Sync')) return value;
        return (...args: unknown[]) => this.#do(key.slice(0, -4), args);
      },
    });
  }

  #makePromises(): object {
    return new Proxy(fs.promises, {
      get: (target, key) => {
        const value = Reflect.get(target, key) as unknown;
        if (typeof value !== 'function' || typeof key !== 'string') return value;
        if (key === 'open') return (...args: unknown[]) => this.later(() => this.#open(args));
        return (...args: unknown[]) => this.later(() => this.#do(key, args));
      },
    });
  }

  #do(name: string, args: readonly unknown[]): unknown {
    const path = String(args[0]);
    if (/^\/(proc|sys)(\/|$)/.test(path)) return this.#ofSystem(name, path);
    const call = (fs as unknown as Record<string, Sync>)[`${name}Sync`];
    if (!call) throw new Error(`Nothing is known of fs.${name} here.`);
    const given = args.map((arg, index) => (index < 2 ? this.#inside(arg) : withoutSignal(arg)));
    const result = this.#outside(() => call(...given));
    if (name === 'readdir' && Array.isArray(result)) return (result as { toString(): string }[]).sort(byName);
    if (WRITES.has(name)) this.#changed(TARGET_SECOND.has(name) ? String(args[1]) : path, name);
    if (name === 'rename' || name === 'rm' || name === 'unlink') this.onWrite(path, name);
    return result;
  }

  #changed(path: string, how: string): void {
    const seconds = this.time.wallAt / 1_000;
    const real = this.real(path);
    try {
      if (!fs.lstatSync(real).isSymbolicLink()) fs.utimesSync(real, seconds, seconds);
    } catch {
      // A folder may have been there before, and be gone by now.
    }
    this.onWrite(path, how);
  }

  /** Where a path of the run really is. */
  real(path: string): string {
    return join(this.root, path);
  }

  #inside(value: unknown): unknown {
    return typeof value === 'string' && value.startsWith('/') ? this.real(value) : withoutSignal(value);
  }

  /** What comes back, and what fails, names paths of the run. */
  #outside(call: () => unknown): unknown {
    const without = (text: string) => text.replaceAll(this.root, '');
    try {
      const result = call();
      return typeof result === 'string' ? without(result) : result;
    } catch (error) {
      const failed = error as NodeJS.ErrnoException;
      failed.message = without(failed.message);
      if (failed.path !== undefined) failed.path = without(failed.path);
      throw failed;
    }
  }

  #open(args: readonly unknown[]): object {
    const path = String(args[0]);
    if (/^\/(proc|sys)\//.test(path))
      throw Object.assign(new Error(`EACCES: open '${path}'`), { code: 'EACCES' });
    const open = fs.openSync as unknown as (...given: unknown[]) => number;
    const fd = this.#outside(() => open(this.real(path), ...args.slice(1))) as number;
    const flags = args[1] ?? 'r';
    // With O_NONBLOCK, say, a number that only reads is not 0.
    const writes =
      typeof flags === 'number'
        ? (flags & (fs.constants.O_WRONLY | fs.constants.O_RDWR)) !== 0
        : flags !== 'r';
    const ask = (name: string, rest: readonly unknown[]) =>
      this.later(() => {
        const call = (fs as unknown as Record<string, Sync>)[name]!;
        return call(fd, ...rest.map((arg) => withoutSignal(arg)));
      });
    const close = async () => {
      await this.later(() => fs.closeSync(fd));
      if (writes) this.#changed(path, 'writeFile');
    };
    return {
      fd,
      close,
      [Symbol.asyncDispose]: close,
      stat: (...rest: unknown[]) => ask('fstatSync', rest),
      sync: () => ask('fsyncSync', []),
      datasync: () => ask('fdatasyncSync', []),
      truncate: (...rest: unknown[]) => ask('ftruncateSync', rest),
      chmod: (...rest: unknown[]) => ask('fchmodSync', rest),
      readFile: (...rest: unknown[]) => ask('readFileSync', rest),
      writeFile: (...rest: unknown[]) => ask('writeFileSync', rest),
      appendFile: (...rest: unknown[]) => ask('appendFileSync', rest),
      write: async (...rest: unknown[]) => ({ bytesWritten: await ask('writeSync', rest), buffer: rest[0] }),
      read: async (...rest: unknown[]) => {
        const [given] = rest;
        const options = (ArrayBuffer.isView(given) ? {} : (given ?? {})) as Record<string, unknown>;
        const buffer = (ArrayBuffer.isView(given) ? given : options.buffer) ?? Buffer.alloc(16_384);
        const [offset, length, position] = ArrayBuffer.isView(given)
          ? rest.slice(1)
          : [options.offset, options.length, options.position];
        const { byteLength } = buffer as Buffer;
        const bytesRead = await ask('readSync', [
          buffer,
          offset ?? 0,
          length ?? byteLength - Number(offset ?? 0),
          position ?? null,
        ]);
        return { bytesRead, buffer };
      },
    };
  }

  #ofSystem(name: string, path: string): unknown {
    const gone = (code = 'ENOENT') =>
      Object.assign(new Error(`${code}: ${name} '${path}'`), { code, syscall: name, path });
    switch (name) {
      case 'readFile': {
        const text = this.system.text(path);
        if (text === undefined) throw gone();
        return text;
      }
      case 'readdir': {
        const names = this.system.folder(path);
        if (names === undefined) throw gone();
        return [...names];
      }
      case 'readlink':
      case 'realpath': {
        const target = this.system.link(path);
        if (target === undefined) throw gone();
        return target;
      }
      case 'stat':
      case 'lstat':
      case 'access': {
        const isThere = this.system.text(path) ?? this.system.folder(path) ?? this.system.link(path);
        if (isThere === undefined) throw gone();
        return fs.statSync(this.root);
      }
      case 'exists':
        return (this.system.text(path) ?? this.system.folder(path)) !== undefined;
      default:
        throw gone('EACCES');
    }
  }
}

/** Everything below a folder by its path in it, sorted. */
export function allFiles(folder: string, below = ''): Map<string, string> {
  const found = new Map<string, string>();
  let names: string[];
  try {
    names = fs.readdirSync(join(folder, below)).sort();
  } catch {
    return found;
  }
  for (const name of names) {
    const path = join(below, name);
    const state = fs.lstatSync(join(folder, path));
    if (state.isDirectory()) for (const entry of allFiles(folder, path)) found.set(...entry);
    else if (state.isFile()) found.set(path, fs.readFileSync(join(folder, path), 'utf8'));
    else found.set(path, `(${state.isSymbolicLink() ? 'link' : 'other'})`);
  }
  return found;
}

/** A file of the run, with the run's time. */
export function putFile(path: string, text: string, at: number): void {
  fs.mkdirSync(dirname(path), { recursive: true });
  fs.writeFileSync(path, text);
  fs.utimesSync(path, at / 1_000, at / 1_000);
}

function withoutSignal(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('signal' in value)) return value;
  const { signal: _signal, ...rest } = value as Record<string, unknown>;
  return rest;
}

function byName(a: { toString(): string }, b: { toString(): string }): number {
  const name = (one: unknown) =>
    typeof one === 'object' && one !== null && 'name' in one ? String(one.name) : String(one);
  return name(a) < name(b) ? -1 : 1;
}
