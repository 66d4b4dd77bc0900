import { readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { findListener, runTool, type RunTool } from './processes';
import { until } from './wait';

/** Node opens its inspector here on SIGUSR1 (`--inspect-port` moves it; then we find nothing and say so). */
const INSPECTOR_PORT = 9229;
const OPEN_TIMEOUT_MS = 3_000;
const ANSWER_TIMEOUT_MS = 2_000;
const PROFILE_MS = 500;
const MAX_FRAMES = 12;

/** Only a Node process survives SIGUSR1, so only one that is known to be Node may get it. */
export async function isNode(
  pid: number,
  platform: NodeJS.Platform = process.platform,
  run: RunTool = runTool,
): Promise<boolean> {
  const executable =
    platform === 'linux'
      ? await readlink(`/proc/${pid}/exe`).catch(() => '')
      : (await run('ps', ['-o', 'comm=', '-p', String(pid)])).trim();
  return /^node(js)?\d*$/.test(basename(executable));
}

/**
 * What the event loop of a Node process holds: its active resources, and where it spins if it does. The inspector
 * is opened on loopback, and closed again whatever happens.
 *
 * @returns the findings as text, or why there are none
 */
export async function inspectNode(pid: number, signal: AbortSignal): Promise<string> {
  if (process.platform === 'win32') return 'not available on Windows: it needs the signal SIGUSR1';
  if (!(await isNode(pid))) return 'not a Node process';
  const holder = await findListener(INSPECTOR_PORT);
  if (holder && holder.pid !== pid) return `port ${INSPECTOR_PORT} is in use by process ${holder.pid}`;
  const wasOpen = holder !== undefined;
  if (!wasOpen) process.kill(pid, 'SIGUSR1');
  const isOpen = async () => (await findListener(INSPECTOR_PORT))?.pid === pid;
  if (!(await until(isOpen, { timeoutMs: OPEN_TIMEOUT_MS, stepMs: 50, signal }))) {
    return 'its inspector did not open: it may be blocked, or use another port';
  }
  const session = await InspectorSession.connect(signal);
  try {
    return await findings(session);
  } finally {
    // What someone else had opened stays open.
    if (!wasOpen) await session.closeInspector();
    session.dispose();
  }
}

async function findings(session: InspectorSession): Promise<string> {
  const resources = await session.evaluate(RESOURCES);
  await session.send('Profiler.enable');
  await session.send('Profiler.start');
  await delay(PROFILE_MS);
  const { profile } = (await session.send('Profiler.stop')) as { profile: Profile };
  return `active resources:\n${resources}\n\nwhere it was during ${PROFILE_MS} ms:\n${hotFrames(profile)}`;
}

/** Runs inside the daemon. Reads only; bounded. */
const RESOURCES = `(() => {
  const count = {};
  for (const name of process.getActiveResourcesInfo()) count[name] = (count[name] ?? 0) + 1;
  const lines = Object.entries(count).map(([name, n]) => n + ' × ' + name);
  const describe = (handle) => {
    const name = handle?.constructor?.name;
    if (name === 'Socket' && handle.remotePort) return 'Socket to ' + handle.remoteAddress + ':' + handle.remotePort;
    if (name === 'ChildProcess') return 'ChildProcess ' + handle.pid + ' ' + (handle.spawnargs ?? []).join(' ').slice(0, 200);
    return undefined;
  };
  const handles = (process._getActiveHandles?.() ?? []).map(describe).filter(Boolean).slice(0, 30);
  const requests = process._getActiveRequests?.().length ?? 0;
  return [...lines, ...handles, requests + ' pending requests'].join('\\n');
})()`;

/**
 * Runs inside the daemon. `require` is there only while this is evaluated, not in what runs later; and nothing may be
 * thrown later, where it would end the daemon.
 */
const CLOSE_INSPECTOR = `(() => {
  const inspector = process.getBuiltinModule?.('node:inspector') ?? require('node:inspector');
  setImmediate(() => { try { inspector.close(); } catch {} });
})()`;

interface Profile {
  readonly nodes: readonly {
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    readonly hitCount?: number;
  }[];
}

function hotFrames({ nodes }: Profile): string {
  const total = nodes.reduce((sum, { hitCount = 0 }) => sum + hitCount, 0);
  return nodes
    .filter(({ hitCount = 0 }) => hitCount > 0)
    .sort((a, b) => (b.hitCount ?? 0) - (a.hitCount ?? 0))
    .slice(0, MAX_FRAMES)
    .map(({ callFrame: { functionName, url, lineNumber }, hitCount = 0 }) => {
      const share = Math.round((100 * hitCount) / Math.max(1, total));
      return `${share} % ${functionName || '(anonymous)'}${url === '' ? '' : ` ${url}:${lineNumber + 1}`}`;
    })
    .join('\n');
}

class InspectorSession {
  #nextId = 1;

  private constructor(private readonly socket: WebSocket) {}

  static async connect(signal: AbortSignal): Promise<InspectorSession> {
    const response = await fetch(`http://127.0.0.1:${INSPECTOR_PORT}/json/list`, { signal });
    const [target] = (await response.json()) as { webSocketDebuggerUrl?: string }[];
    if (target?.webSocketDebuggerUrl === undefined) throw new Error('the inspector names no target');
    const socket = new WebSocket(target.webSocketDebuggerUrl, { handshakeTimeout: ANSWER_TIMEOUT_MS });
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return new InspectorSession(socket);
  }

  async evaluate(expression: string): Promise<string> {
    const answer = (await this.send('Runtime.evaluate', {
      expression,
      includeCommandLineAPI: true,
      returnByValue: true,
    })) as { result?: { value?: unknown } };
    return typeof answer.result?.value === 'string' ? answer.result.value : '';
  }

  /** @throws when the process does not answer in time: its loop is blocked */
  send(method: string, params: object = {}): Promise<unknown> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const end = (act: () => void) => {
        clearTimeout(timer);
        this.socket.off('message', onMessage);
        act();
      };
      const timer = setTimeout(
        () => end(() => reject(new Error(`the inspector did not answer ${method}`))),
        ANSWER_TIMEOUT_MS,
      );
      const onMessage = (data: Buffer) => {
        const message = JSON.parse(data.toString('utf8')) as { id?: number; result?: unknown };
        if (message.id === id) end(() => resolve(message.result));
      };
      this.socket.on('message', onMessage);
      this.socket.send(JSON.stringify({ id, method, params }));
    });
  }

  async closeInspector(): Promise<void> {
    // It closes the very connection it is asked over, so an answer may not come.
    this.socket.send(
      JSON.stringify({
        id: this.#nextId++,
        method: 'Runtime.evaluate',
        params: {
          expression: CLOSE_INSPECTOR,
          includeCommandLineAPI: true,
        },
      }),
    );
    await until(async () => (await findListener(INSPECTOR_PORT)) === undefined, {
      timeoutMs: ANSWER_TIMEOUT_MS,
      stepMs: 50,
    });
  }

  dispose(): void {
    this.socket.on('error', () => undefined);
    this.socket.terminate();
  }
}
