import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request, type OutgoingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { until } from '../until';

const SOURCE = resolve(__dirname, '../../../src/dispatchd/main.ts');
let built: Promise<string> | undefined;

/** The bundle as users run it, built once per test run. */
export function dispatchdFile(): Promise<string> {
  return (built ??= (async () => {
    const dir = mkdtempSync(join(tmpdir(), 'dispatchd-build-'));
    process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
    const outfile = join(dir, 'dispatchd.js');
    await build({
      entryPoints: [SOURCE],
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      outfile,
      logLevel: 'warning',
    });
    return outfile;
  })());
}

/** A state directory that is removed with `removeStateDirs`. */
export function newStateDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'dispatchd-state-'));
  stateDirs.push(dir);
  return dir;
}
const stateDirs: string[] = [];

function removeStateDirs(): void {
  for (const dir of stateDirs.splice(0)) rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
}

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
  /** The body parsed, as whatever the caller expects; throws where it is not JSON. */
  json<T = Record<string, unknown>>(): T;
}

export interface RequestOptions {
  readonly body?: unknown;
  /** Sent instead of `body`, as it stands. */
  readonly rawBody?: string | Buffer;
  readonly token?: string | false;
  readonly headers?: OutgoingHttpHeaders;
}

export interface SessionJson {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly command: string;
  readonly startedAt: string;
  readonly lastActivityAt: string;
  readonly deadlineAt: string;
  readonly endedAt: string;
  readonly extensionsUsed: number;
  readonly requestedExtensions: number;
  readonly attempt: number;
  readonly recovered: boolean;
  readonly turn: number;
  readonly exitCode?: number;
  readonly outcome: string;
}

export interface StatusJson {
  readonly health: {
    readonly readyUnassignedTasks: number;
    readonly availableWorkers: number;
    readonly busyWorkers: number;
    readonly stuck: boolean;
    readonly hasStuckQueue: boolean;
    readonly lastPollStartedAt?: string;
    readonly lastPollCompletedAt?: string;
    readonly pollStale: boolean;
  };
  readonly instance: Readonly<Record<string, unknown>>;
  readonly sessions: readonly SessionJson[];
  readonly recovery: {
    readonly resumed: readonly SessionJson[];
    readonly interrupted: readonly SessionJson[];
    /** What this start did. */
    readonly atStart: { readonly resumed: number; readonly interrupted: number };
  };
}

/** What a shell's `ulimit` takes from the process. */
export interface Limits {
  /** Open files. */
  readonly files?: number;
  /** Length of a file that it writes, in blocks of the shell: 512 bytes, or 1024. */
  readonly fileBlocks?: number;
}

/** The shell gives way to the command, so that the process is the daemon's own. */
function limited({ files, fileBlocks }: Limits): string[] {
  const limits = [
    ...(files === undefined ? [] : [`ulimit -n ${files}`]),
    ...(fileBlocks === undefined ? [] : [`ulimit -f ${fileBlocks}`]),
  ];
  return limits.length === 0 ? [] : ['/bin/sh', '-c', `${limits.join('; ')}; exec "$@"`, 'sh'];
}

/** A real dispatchd process, with a client for it. */
export class DaemonProcess {
  stdout = '';
  stderr = '';
  port = 0;
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;

  private constructor(
    readonly child: ChildProcess,
    readonly stateDir: string,
  ) {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.exited = once(child, 'close').then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
    }));
  }

  /** Starts it without waiting for anything. @param built another version's `dispatchd.js` */
  static async spawn(
    flags: readonly string[],
    stateDir = newStateDir(),
    env = {},
    limits: Limits = {},
    built?: string,
  ): Promise<DaemonProcess> {
    const file = built ?? (await dispatchdFile());
    const command = [process.execPath, file, '--state-dir', stateDir, ...flags];
    const [program = '', ...args] = [...limited(limits), ...command];
    const child = spawn(program, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const daemon = new DaemonProcess(child, stateDir);
    running.add(daemon);
    void daemon.exited.then(() => running.delete(daemon));
    return daemon;
  }

  /** Starts it on a free port with a quick poll loop, and waits for its ready line. */
  static async start(
    flags: readonly string[] = [],
    stateDir = newStateDir(),
    limits: Limits = {},
    built?: string,
    env: NodeJS.ProcessEnv = {},
  ): Promise<DaemonProcess> {
    const usual = ['--port', '0', '--poll-interval-ms', '20'];
    const daemon = await DaemonProcess.spawn([...usual, ...flags], stateDir, env, limits, built);
    const line = /listening on http:\/\/127\.0\.0\.1:(\d+)\n/;
    await Promise.race([
      until(() => line.test(daemon.stdout), `ready line; stderr: ${daemon.stderr}`),
      daemon.exited.then(({ code }) => {
        throw new Error(`dispatchd ended with ${code}: ${daemon.stderr}`);
      }),
    ]);
    daemon.port = Number(line.exec(daemon.stdout)?.[1]);
    return daemon;
  }

  get token(): string {
    return readFileSync(join(this.stateDir, 'token'), 'utf8').trim();
  }

  request(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    const token = options.token ?? (method === 'GET' ? false : this.token);
    const payload =
      options.rawBody ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
    return new Promise((resolve, reject) => {
      const outgoing = request({
        host: '127.0.0.1',
        port: this.port,
        method,
        path,
        agent: false,
        headers: { ...(token !== false && { authorization: `Bearer ${token}` }), ...options.headers },
      });
      outgoing.on('error', reject);
      outgoing.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            json: <T>() => JSON.parse(text) as T,
          }),
        );
      });
      outgoing.end(payload);
    });
  }

  get(path: string): Promise<Answer> {
    return this.request('GET', path);
  }

  post(path: string, body?: unknown): Promise<Answer> {
    return this.request('POST', path, body === undefined ? {} : { body });
  }

  /** The status as who has the token sees it. */
  async status(): Promise<StatusJson> {
    return (await this.request('GET', '/api/daemon/status', { token: this.token })).json();
  }

  /** Posts a task that must be accepted; returns its id. */
  async submit(task: Record<string, unknown>): Promise<string> {
    const answer = await this.post('/api/tasks', { name: 'test', ...task });
    if (answer.status !== 201) throw new Error(`POST /api/tasks answered ${answer.status}: ${answer.text}`);
    return answer.json<{ task: { id: string } }>().task.id;
  }

  /** Waits until the session of this id is in one of these states, and returns it. */
  async session(id: string, ...statuses: string[]): Promise<SessionJson> {
    let found: SessionJson | undefined;
    await until(
      async () => {
        found = (await this.status()).sessions.find((session) => session.id === id);
        return found !== undefined && statuses.includes(found.status);
      },
      `session ${id} to be ${statuses.join(' or ')}`,
    );
    if (!found) throw new Error('unreachable');
    return found;
  }

  async stop(
    signal: NodeJS.Signals = 'SIGTERM',
  ): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    this.child.kill(signal);
    return this.exited;
  }
}

const running = new Set<DaemonProcess>();

/** Ends what tests left running; for `afterEach`. */
export async function stopDaemons(): Promise<void> {
  await Promise.all([...running].map((daemon) => daemon.stop()));
  removeStateDirs();
}

/** Whether a process lives; one that nobody has reaped does not. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
