import { EventEmitter } from 'node:events';
import * as childProcess from 'node:child_process';
import * as crypto from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import * as http from 'node:http';
import * as net from 'node:net';
import { createRequire } from 'node:module';
import * as os from 'node:os';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as perfHooks from 'node:perf_hooks';
import { promisify } from 'node:util';
import { REPLACED, type Product, type Replaced } from './bundle';
import { FakeVSCode, type FakeOptions, type Reaction } from './fakeVSCode';
import { Files, allFiles, putFile } from './files';
import { Network, type Reached } from './network';
import { Processes } from './processes';
import { Recorder, chance, inLine, sha, type Part } from './recorder';
import { Time, clocksOf, type Loop } from './time';

const nodeRequire = createRequire(__filename);

/** Places of the machine, whose paths begin at a root of its own. */
export const HOME = '/home/someone';
export const PROJECT = join(HOME, 'project');
const GLOBAL = join(HOME, '.global');
/** What a command line may begin with: nothing of it is run. */
const PROGRAMS = ['/bin/sh', '/usr/bin/node', '/usr/bin/start'];

/** Something that listens on a port of the machine. */
export interface Listener {
  readonly name: string;
  reach(window: string): Reached;
}

export interface WindowOptions {
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly isFocused: boolean;
  readonly isTreeVisible: boolean;
  /** Windows of one workspace share its memory, one after the other. */
  readonly workspace?: string;
  readonly react?: (question: string, choices: readonly string[], isModal: boolean) => Reaction;
}

/** Messages go by themselves, and nobody presses a button. */
const NOBODY: Reaction = { pick: undefined, afterMs: 30_000 };

/** One window with the extension in it. */
export class Window {
  constructor(
    readonly name: string,
    readonly pid: number,
    readonly loop: Loop,
    readonly vscode: FakeVSCode,
  ) {}
}

export interface MachineOptions {
  readonly seed: number | string;
  readonly product: Product;
  /** What the wall clock shows at the beginning. */
  readonly wallAt?: number;
  /** Called with each line of a kind that somebody judges by. */
  readonly onRecord?: (part: Part, window: string, text: string) => void;
  readonly runTask?: FakeOptions['runTask'];
}

/** A whole machine: its time, its files, its processes, what listens, and the windows. */
export class Machine {
  readonly time: Time;
  readonly processes: Processes;
  readonly listeners = new Map<number, Listener>();
  readonly windows: Window[] = [];
  readonly #root = realpathSync(mkdtempSync(join(tmpdir(), 'daemon-health-record-')));
  readonly recorder: Recorder;
  readonly #files: Files;
  readonly #network: Network;
  readonly #global = new Map<string, unknown>();
  readonly #workspaces = new Map<string, Map<string, unknown>>();
  readonly #dirty = new Set<string>();
  readonly #recordedFiles = new Map<string, string>();
  #ids = 0;

  constructor(private readonly options: MachineOptions) {
    this.time = new Time(options.wallAt);
    this.processes = new Processes(this.time);
    this.recorder = new Recorder(
      () => this.time.passedMs,
      (text) => normalised(text, this.#root),
    );
    for (const folder of ['/tmp', '/bin', '/usr/bin', GLOBAL, HOME, PROJECT])
      mkdirSync(this.real(folder), { recursive: true });
    for (const program of PROGRAMS) writeFileSync(this.real(program), '', { mode: 0o755 });
    this.#files = new Files(this.time, this.#root, this.processes, (path) => this.#dirty.add(path));
    this.time.onQuiet = () => this.#recordFiles();
    const reach = (port: number, _host: string, loop: Loop): Reached =>
      this.listeners.get(port)?.reach(this.#nameOf(loop)) ?? { kind: 'refused' };
    this.#network = new Network(this.time, reach, {
      made: (path) => this.#files.put(path),
      gone: (path) => this.#files.remove(path),
    });
  }

  /** Where a path of the machine really is. */
  real(path: string): string {
    return join(this.#root, path);
  }

  /** Opens a window: the extension is activated in it as VS Code does. */
  open(given: WindowOptions): Window {
    const { name } = given;
    const loop: Loop = { stalledUntilMs: 0, isOver: false };
    const pid = this.processes.begin(`/usr/share/code/code --type=utility --window=${name}`);
    const record = (part: Part, text: string) => {
      this.recorder.add(part, name, text);
      this.options.onRecord?.(part, name, text);
    };
    const workspace = given.workspace ?? 'project';
    if (!this.#workspaces.has(workspace)) this.#workspaces.set(workspace, new Map());
    const fakeOptions: FakeOptions = {
      name,
      settings: given.settings,
      manifest: this.options.product.manifest,
      globalStorage: GLOBAL,
      storage: join(HOME, '.storage', workspace),
      extensionPath: '/extension',
      workspaceFolder: join(HOME, workspace),
      global: this.#global,
      workspace: this.#workspaces.get(workspace)!,
      isFocused: given.isFocused,
      isTreeVisible: given.isTreeVisible,
      record,
      react: given.react ?? (() => NOBODY),
      after: (ms, call) => void this.time.after(ms, call, loop),
      runTask: (command, env) => this.options.runTask?.(command, env),
    };
    const vscode = new FakeVSCode(fakeOptions);
    const window = new Window(name, pid, loop, vscode);
    this.windows.push(window);
    const { exports } = this.#load(window);
    (exports as { activate(context: object): unknown }).activate(vscode.context);
    return window;
  }

  /** The user closes the window, or it crashes. */
  async close(window: Window, { crashes = false } = {}): Promise<void> {
    if (!crashes) {
      window.vscode.close();
      await this.time.settle();
    }
    window.loop.isOver = true;
    this.processes.end(window.pid);
  }

  async runUntil(passedMs: number): Promise<void> {
    await this.time.runUntil(this.time.at(passedMs));
  }

  /** Writes down which files of the extension changed, once all that can run has run. */
  #recordFiles(): void {
    if (this.#dirty.size === 0) return;
    this.#dirty.clear();
    const all = allFiles(this.real(GLOBAL));
    for (const [path, text] of all) {
      if (this.#recordedFiles.get(path) === text) continue;
      this.#recordedFiles.set(path, text);
      this.recorder.add('files', 'global', `${path} = ${inLine(text)}`);
    }
    for (const path of this.#recordedFiles.keys()) {
      if (all.has(path)) continue;
      this.#recordedFiles.delete(path);
      this.recorder.add('files', 'global', `${path} gone`);
    }
  }

  /** A file of a daemon. */
  putFile(path: string, text: string, at = this.time.wallAt): void {
    putFile(this.real(path), text, at);
  }

  removeFile(path: string): void {
    rmSync(this.real(path), { force: true });
  }

  dispose(): void {
    for (const { loop } of this.windows) loop.isOver = true;
    rmSync(this.#root, { recursive: true, force: true });
  }

  #nameOf(loop: Loop): string {
    return this.windows.find((window) => window.loop === loop)?.name ?? '?';
  }

  #load(window: Window): { exports: object } {
    const { program } = this.options.product;
    const module = { exports: {} };
    const { modules, replaced } = this.#worldOf(window);
    const require = (name: string): unknown => {
      if (name === 'vscode') return window.vscode.module;
      const plain = name.replace(/^node:/, '');
      return modules[plain] ?? nodeRequire(name);
    };
    program(
      module.exports,
      require,
      module,
      '/extension/extension.js',
      '/extension',
      ...REPLACED.map((key) => replaced[key]),
    );
    return module;
  }

  /** What the code of one window finds in place of Node's own. */
  #worldOf({ name, pid, loop }: Window): { modules: Record<string, unknown>; replaced: Replaced } {
    const { time, processes } = this;
    const { delay, ...clocks } = clocksOf(time, loop);
    const { seed } = this.options;
    // By the moment, not by how often it is asked for: code that asks once more changes nothing else.
    const random = () => chance(seed, name, Math.round(time.passedMs));
    const uuid = () => {
      const hex = sha(`${seed} ${name} ${this.#ids++}`) + sha(`${this.#ids} more`) + sha('end');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
    };
    const env = { HOME, PATH: '/usr/bin:/bin', LANG: 'en_US.UTF-8', TZ: 'UTC' };
    const fakeProcess = over(process, {
      pid,
      ppid: 1,
      platform: 'linux',
      env,
      argv: ['/usr/bin/node'],
      execPath: '/usr/bin/node',
      execArgv: [],
      arch: 'x64',
      version: 'v22.0.0',
      versions: { node: '22.0.0', v8: '12', modules: '127', electron: '37' },
      memoryUsage: () => ({ rss: 0, heapTotal: 0, heapUsed: 0, external: 0, arrayBuffers: 0 }),
      cpuUsage: () => ({ user: 0, system: 0 }),
      cwd: () => HOME,
      uptime: () => (time.monotonicMs - processes.bornMs(pid)) / 1_000,
      hrtime: Object.assign(() => [Math.floor(time.monotonicMs / 1_000), 0], {
        bigint: () => BigInt(Math.round(time.monotonicMs * 1e6)),
      }),
      kill: (target: number, signal?: string | number) => processes.kill(target, signal),
      on: () => fakeProcess,
      once: () => fakeProcess,
      emitWarning: () => undefined,
    });
    const cpu = { model: 'cpu', speed: 1_000, times: { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 } };
    const modules: Record<string, unknown> = {
      process: fakeProcess,
      fs: this.#files.module,
      'fs/promises': this.#files.promises,
      net: this.#network.netOf(loop, net),
      http: over(http, httpThrough(this.#network.netOf(loop, net))),
      timers: { ...clocks },
      'timers/promises': {
        setTimeout: delay,
        setImmediate: (value: unknown) =>
          new Promise((resolve) =>
            (clocks.setImmediate as unknown as (call: () => void) => void)(() => resolve(value)),
          ),
        scheduler: { wait: delay },
      },
      perf_hooks: over(perfHooks, { performance: clocks.performance }),
      os: over(os, {
        uptime: () => time.uptimeMs / 1_000,
        homedir: () => HOME,
        tmpdir: () => '/tmp',
        hostname: () => 'host',
        platform: () => 'linux',
        type: () => 'Linux',
        release: () => '6.1.0',
        arch: () => 'x64',
        machine: () => 'x86_64',
        version: () => '#1',
        totalmem: () => 2 ** 34,
        freemem: () => 2 ** 33,
        networkInterfaces: () => ({}),
        cpus: () => [cpu, cpu, cpu, cpu],
        availableParallelism: () => 4,
        loadavg: () => [0, 0, 0],
        userInfo: () => ({ username: 'someone', uid: 1000, gid: 1000, homedir: HOME, shell: '/bin/sh' }),
      }),
      crypto: over(crypto, {
        randomUUID: uuid,
        randomBytes: (size: number) =>
          Buffer.from(
            sha(uuid())
              .repeat(Math.ceil(size / 6))
              .slice(0, 2 * size),
            'hex',
          ),
      }),
      child_process: over(
        childProcess,
        noPrograms((call) => void this.#files.later(call)),
      ),
    };
    const math = Object.assign(Object.create(Math) as Math, { random });
    for (const key of Object.getOwnPropertyNames(Math)) {
      if (key !== 'random') Object.defineProperty(math, key, Object.getOwnPropertyDescriptor(Math, key)!);
    }
    return { modules, replaced: { ...clocks, process: fakeProcess, Math: math } };
  }
}

/** Some members in place of those of a module. */
function over<T extends object>(module: T, members: object): T {
  return new Proxy(module, {
    get: (target, key) => {
      if (key in members) return Reflect.get(members, key) as unknown;
      const value = Reflect.get(target, key) as unknown;
      return typeof value === 'function' && target === (process as object)
        ? (value as (...args: unknown[]) => unknown).bind(target)
        : value;
    },
  });
}

/** No program can be run on this machine. */
function noPrograms(later: (call: () => void) => void) {
  const error = (file: string) =>
    Object.assign(new Error(`spawn ${file} ENOENT`), {
      code: 'ENOENT',
      syscall: `spawn ${file}`,
      path: file,
    });
  const spawn = (file: string) => {
    const child = Object.assign(new EventEmitter(), {
      pid: undefined,
      stdout: new EventEmitter(),
      stderr: new EventEmitter(),
      stdin: { end: () => undefined, write: () => true },
      kill: () => false,
      unref: () => undefined,
      ref: () => undefined,
    });
    later(() => child.emit('error', error(file)));
    return child;
  };
  const execFile = (file: string, ...rest: unknown[]) => {
    const done = rest.findLast((one) => typeof one === 'function') as ((failed: Error) => void) | undefined;
    const child = spawn(file);
    child.on('error', (failed: Error) => done?.(failed));
    return child;
  };
  const asked = (file: string) =>
    new Promise((_resolve, reject: (failed: Error) => void) => later(() => reject(error(file))));
  const failing = (file: string) => {
    throw error(file);
  };
  return {
    spawn,
    fork: spawn,
    execFile: Object.assign(execFile, { [promisify.custom]: asked }),
    exec: Object.assign(execFile, { [promisify.custom]: asked }),
    execFileSync: failing,
    execSync: failing,
    spawnSync: (file: string) => ({ error: error(file), status: null, stdout: '', stderr: '' }),
  };
}

/** Node's own HTTP client goes through the machine's network too. */
function httpThrough(through: object) {
  const { connect } = through as { connect: (options: object) => net.Socket };
  const request = (...args: unknown[]) => {
    const index = args.findIndex((arg) => typeof arg === 'object' && !(arg instanceof URL));
    const options = {
      ...((args[index] as object | undefined) ?? {}),
      agent: undefined,
      createConnection: connect,
    };
    if (index >= 0) args[index] = options;
    else args.splice(1, 0, options);
    return (http.request as (...given: unknown[]) => http.ClientRequest)(...args);
  };
  return {
    request,
    get: (...args: unknown[]) => {
      const asked = request(...args);
      asked.end();
      return asked;
    },
  };
}

/** Without what differs from run to run. */
function normalised(text: string, root: string): string {
  return text
    .replaceAll(root, '<run>')
    .replaceAll('\u202f', ' ')
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}\b/g, '<uuid>');
}
