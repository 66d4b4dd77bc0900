/** One way of watching daemons, in a process of its own, so that its CPU can be told from everything else's. */
import { channel } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import Module from 'node:module';
import { join } from 'node:path';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Client } from 'undici';
import type { DaemonHealthApi } from '../../src/api';
import { FakeVSCode } from './fakeVSCode';
import { startUsage, type Usage } from './measure';
import { NaiveWatcher } from './naiveWatcher';

/** `activation`: the extension, which waits until it is told to be activated. */
export type WatcherKind = 'extension' | 'activation' | 'naive' | 'request' | 'requestAndParse';

export interface WatcherStart {
  readonly kind: WatcherKind;
  readonly urls: readonly string[];
  /** Stands in the settings with each daemon, as in the default list. */
  readonly daemonKind: string;
  /** What those ask for that do not know what a daemon is. */
  readonly paths: readonly string[];
  /** Polls by itself with this interval; polls only when told to where there is none. */
  readonly everyMs?: number;
  readonly treeVisible: boolean;
  /** Looks for daemons that nobody named, where none can be found; timers and requests are counted. */
  readonly discovery?: boolean;
  /** The built extension. */
  readonly extensionFile: string;
  /** A scratch folder. */
  readonly folder: string;
}

export interface Measured extends Usage {
  readonly polls: number;
  readonly writes: number;
  readonly rows: number;
}

/** What the extension did besides being asked to. */
export interface Counted {
  /** Timers whose time came. */
  readonly fired: number;
  /** Timers that are to come. */
  readonly armed: number;
  readonly requests: number;
}

interface Watcher {
  /** Polls every daemon once. */
  poll(): Promise<void>;
  activate?(): void;
}

export type WatcherRequest =
  | { readonly do: 'start'; readonly start: WatcherStart }
  | { readonly do: 'poll'; readonly times: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'activate'; readonly forMs: number }
  | { readonly do: 'longestTurn'; readonly polls: number }
  | { readonly do: 'count'; readonly ms: number }
  | { readonly do: 'heap' };

/** Longer than the benchmark: no poll but those that are asked for. */
const NEVER_MS = 300_000;

/** The extension draws within less. */
const DRAW_WAIT_MS = 250;

let vscode: FakeVSCode;
let watcher: Watcher;
const wait = (
  (setTimer) => (ms: number) =>
    new Promise((resolve) => setTimer(resolve, ms))
)(setTimeout);

process.on('disconnect', () => process.exit());
process.on('message', (request: WatcherRequest) => {
  handle(request).then(
    (answer) => process.send?.(answer ?? {}),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});

async function handle(request: WatcherRequest): Promise<Measured | Counted | number | undefined> {
  switch (request.do) {
    case 'start':
      watcher = await start(request.start);
      return undefined;
    case 'poll':
      return measure(async () => {
        for (let time = 0; time < request.times; time++) await watcher.poll();
        return request.times;
      });
    case 'wait':
      return measure(async () => {
        await wait(request.ms);
        return 0;
      });
    case 'activate':
      watcher.activate?.();
      return measure(async () => {
        await wait(request.forMs);
        return 0;
      });
    case 'longestTurn':
      return longestTurn(request.polls);
    case 'count': {
      const before = { ...counts };
      await wait(request.ms);
      return {
        fired: counts.fired - before.fired,
        armed: armed.size,
        requests: counts.requests - before.requests,
      };
    }
    case 'heap':
      return heap();
  }
}

/** CPU of the longest turn of the event loop while every daemon is polled so many times, in ms. */
async function longestTurn(polls: number): Promise<number> {
  let longestMs = 0;
  let turning = true;
  let before = threadCpuMs();
  const turn = () => {
    const now = threadCpuMs();
    longestMs = Math.max(longestMs, now - before);
    before = now;
    if (turning) setImmediate(turn);
  };
  setImmediate(turn);
  for (let time = 0; time < polls; time++) await watcher.poll();
  turning = false;
  return longestMs;
}

/** Of this thread where Node tells that, else of all threads. */
function threadCpuMs(): number {
  const { threadCpuUsage } = process as { threadCpuUsage?: () => NodeJS.CpuUsage };
  const { user, system } = threadCpuUsage?.() ?? process.cpuUsage();
  return (user + system) / 1_000;
}

/** The objects on the heap once the garbage was collected, in bytes; code is not counted. */
async function heap(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let time = 0; time < 4; time++) {
    collect();
    await wait(20);
  }
  return getHeapSpaceStatistics()
    .filter(({ space_name: name }) => /^(new|old|large_object|new_large_object)_space$/.test(name))
    .reduce((sum, { space_used_size: bytes }) => sum + bytes, 0);
}

const counts = { fired: 0, requests: 0 };
const armed = new Set<unknown>();

/** Counts timers and requests from now on. */
function countTimersAndRequests(): void {
  const { setTimeout: set, clearTimeout: clear, setInterval: every, clearInterval: end } = globalThis;
  type Call = (...args: unknown[]) => void;
  const once = (call: Call, ms?: number, ...args: unknown[]) => {
    const timer = set(() => {
      armed.delete(timer);
      counts.fired++;
      call(...args);
    }, ms);
    armed.add(timer);
    return timer;
  };
  const often = (call: Call, ms?: number, ...args: unknown[]) => {
    const timer = every(() => {
      counts.fired++;
      call(...args);
    }, ms);
    armed.add(timer);
    return timer;
  };
  const drop = (endTimer: (timer: NodeJS.Timeout) => void) => (timer: NodeJS.Timeout) => {
    armed.delete(timer);
    endTimer(timer);
  };
  globalThis.setTimeout = Object.assign(once, set);
  globalThis.setInterval = Object.assign(often, every);
  globalThis.clearTimeout = drop(clear) as typeof clearTimeout;
  globalThis.clearInterval = drop(end) as typeof clearInterval;
  for (const made of ['undici:request:create', 'net.client.socket']) {
    channel(made).subscribe(() => counts.requests++);
  }
}

async function measure(work: () => Promise<number>): Promise<Measured> {
  const { writes, rows } = vscode;
  const end = startUsage();
  const polls = await work();
  return { ...end(), polls, writes: vscode.writes - writes, rows: vscode.rows - rows };
}

async function start(options: WatcherStart): Promise<Watcher> {
  const { kind, urls, paths, everyMs, treeVisible, discovery = false, extensionFile, folder } = options;
  const daemons = urls.map((url, index) => ({
    name: `daemon ${index}`,
    url,
    kind: options.daemonKind,
    ...(options.daemonKind === 'generic' && { progress: { time: 'lastSuccessAt', redAfterMs: 300_000 } }),
    pollIntervalMs: everyMs ?? NEVER_MS,
  }));
  // Looking for daemons nobody named would find whatever else runs on this machine; nobody listens on port 1.
  if (discovery) {
    const nowhere = { HOME: folder, USERPROFILE: folder, DUCTOR_HOME: folder, DISPATCHD_STATE_DIR: folder };
    Object.assign(process.env, nowhere, { DAEMON_HEALTH_DISCOVERY_PORTS: '1' });
    countTimersAndRequests();
  }
  const manifest: unknown = JSON.parse(readFileSync(join(extensionFile, '../../package.json'), 'utf8'));
  vscode = new FakeVSCode({ settings: { daemons, discovery }, manifest, treeVisible, folder });
  switch (kind) {
    case 'extension':
      return startExtension(options);
    case 'activation':
      return { activate: loaderOf(options), poll: () => Promise.reject(new Error('It polls by itself.')) };
    case 'naive': {
      const naive = new NaiveWatcher(vscode, paths);
      if (everyMs !== undefined) for (const url of urls) naive.watch(url, everyMs);
      return { poll: async () => void (await Promise.all(urls.map((url) => naive.poll(url)))) };
    }
    case 'request':
      return startRequests(options, () => undefined);
    case 'requestAndParse':
      return startRequests(options, (body) => void JSON.parse(body));
  }
}

/** The extension as it ships, activated; it polls as in any window. */
async function startExtension(options: WatcherStart): Promise<Watcher> {
  if (options.everyMs === undefined) drawEachPoll();
  const api = loaderOf(options)();
  await new Promise<void>((resolve) => {
    const polled = api.onDidPoll(() => {
      if (api.daemons().filter(({ state }) => state === 'healthy').length !== options.urls.length) return;
      polled.dispose();
      resolve();
    });
  });
  return {
    async poll() {
      await vscode.run('daemonHealth.refresh');
      await new Promise((resolve) => setImmediate(resolve));
      const bad = api.daemons().find(({ state }) => state !== 'healthy');
      if (bad) throw new Error(`A daemon is ${bad.state}: ${bad.reason}`);
    },
  };
}

/** What activates the extension as VS Code does. */
function loaderOf({ extensionFile }: WatcherStart): () => DaemonHealthApi {
  const loader = Module as unknown as { _load(request: string, ...rest: unknown[]): unknown };
  const load = loader._load.bind(Module);
  loader._load = (request, ...rest) => (request === 'vscode' ? vscode.module : load(request, ...rest));
  const { activate } = Module.createRequire(extensionFile)(extensionFile) as {
    activate: (context: object) => DaemonHealthApi;
  };
  return () => activate(vscode.context);
}

/**
 * Answers that come within moments are drawn together. Polls of one daemon are seconds apart in a window and back to
 * back here: what would wait for the next of them is drawn before it, so that every poll pays for its own.
 */
function drawEachPoll(): void {
  const setTimer = globalThis.setTimeout;
  const withoutWait = (call: () => void, ms?: number) =>
    ms !== undefined && ms < DRAW_WAIT_MS ? setImmediate(call) : setTimer(call, ms);
  globalThis.setTimeout = Object.assign(withoutWait, setTimer);
}

/** The HTTP exchange alone, as cheap as undici has it. */
function startRequests({ urls, paths, everyMs }: WatcherStart, use: (body: string) => void): Watcher {
  const ask = urls.map((url) => {
    const client = new Client(url);
    return async () => {
      for (const path of paths) {
        const { body } = await client.request({ path, method: 'GET' });
        use(await body.text());
      }
    };
  });
  if (everyMs !== undefined) for (const one of ask) setInterval(() => void one(), everyMs);
  return { poll: async () => void (await Promise.all(ask.map((one) => one()))) };
}
