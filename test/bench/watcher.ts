/** One way of watching daemons, in a process of its own, so that its CPU can be told from everything else's. */
import { readFileSync } from 'node:fs';
import Module from 'node:module';
import { join } from 'node:path';
import { Client } from 'undici';
import type { DaemonHealthApi } from '../../src/api';
import { FakeVSCode } from './fakeVSCode';
import { startUsage, type Usage } from './measure';
import { NaiveWatcher } from './naiveWatcher';

export type WatcherKind = 'extension' | 'naive' | 'request' | 'requestAndParse';

export interface WatcherStart {
  readonly kind: WatcherKind;
  readonly urls: readonly string[];
  /** What those ask for that do not know what a daemon is. */
  readonly paths: readonly string[];
  /** Polls by itself with this interval; polls only when told to where there is none. */
  readonly everyMs?: number;
  readonly treeVisible: boolean;
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

interface Watcher {
  /** Polls every daemon once. */
  poll(): Promise<void>;
}

export type WatcherRequest =
  | { readonly do: 'start'; readonly start: WatcherStart }
  | { readonly do: 'poll'; readonly times: number }
  | { readonly do: 'wait'; readonly ms: number };

/** Longer than the benchmark: no poll but those that are asked for. */
const NEVER_MS = 300_000;

/** No less than the extension waits before it draws. */
const LONGEST_DRAW_WAIT_MS = 250;

let vscode: FakeVSCode;
let watcher: Watcher;

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

async function handle(request: WatcherRequest): Promise<Measured | undefined> {
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
        await new Promise((resolve) => setTimeout(resolve, request.ms));
        return 0;
      });
  }
}

async function measure(work: () => Promise<number>): Promise<Measured> {
  const { writes, rows } = vscode;
  const end = startUsage();
  const polls = await work();
  return { ...end(), polls, writes: vscode.writes - writes, rows: vscode.rows - rows };
}

async function start(options: WatcherStart): Promise<Watcher> {
  const { kind, urls, paths, everyMs, treeVisible, extensionFile, folder } = options;
  const daemons = urls.map((url, index) => ({
    name: `daemon ${index}`,
    url,
    pollIntervalMs: everyMs ?? NEVER_MS,
  }));
  // Looking for daemons nobody named would find whatever else runs on this machine.
  const manifest: unknown = JSON.parse(readFileSync(join(extensionFile, '../../package.json'), 'utf8'));
  vscode = new FakeVSCode({ settings: { daemons, discovery: false }, manifest, treeVisible, folder });
  switch (kind) {
    case 'extension':
      return startExtension(options);
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
async function startExtension({ extensionFile, urls, everyMs }: WatcherStart): Promise<Watcher> {
  if (everyMs === undefined) drawEachPoll();
  const loader = Module as unknown as { _load(request: string, ...rest: unknown[]): unknown };
  const load = loader._load.bind(Module);
  loader._load = (request, ...rest) => (request === 'vscode' ? vscode.module : load(request, ...rest));
  const { activate } = Module.createRequire(extensionFile)(extensionFile) as {
    activate: (context: object) => DaemonHealthApi;
  };
  const api = activate(vscode.context);
  await new Promise<void>((resolve) => {
    api.onDidPoll(() => {
      if (api.daemons().filter(({ state }) => state === 'healthy').length === urls.length) resolve();
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

/**
 * Answers that come within moments are drawn together. Polls of one daemon are seconds apart in a window and back to
 * back here: what would wait for the next of them is drawn before it, so that every poll pays for its own.
 */
function drawEachPoll(): void {
  const setTimer = globalThis.setTimeout;
  const withoutWait = (call: () => void, ms?: number) =>
    ms !== undefined && ms <= LONGEST_DRAW_WAIT_MS ? setImmediate(call) : setTimer(call, ms);
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
