import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './until';

/** The bundled daemon as a real process with a folder of its own. */
export class RealDispatchd {
  /**
   * @param file the built `dispatchd.js`
   * @param cwd the folder it is started in, which is its workspace
   * @param stateDir where it finds its state; removed with it
   */
  constructor(
    private readonly file: string,
    private readonly cwd?: string,
    readonly stateDir = mkdtempSync(join(tmpdir(), 'daemon-health-dispatchd-')),
  ) {}

  url = '';
  private process: ChildProcess | undefined;

  async start(...flags: readonly string[]): Promise<this> {
    const child = spawn(
      process.execPath,
      [this.file, '--port', '0', '--state-dir', this.stateDir, '--poll-interval-ms', '200', ...flags],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
        ...(this.cwd !== undefined && { cwd: this.cwd }),
      },
    );
    this.process = child;
    let output = '';
    this.url = await new Promise<string>((resolve, reject) => {
      // Read on after it is ready: a full or closed pipe would hold the daemon up.
      child.stdout.on('data', (chunk) => {
        output += String(chunk);
        const url = /listening on (http:\S+)/.exec(output)?.[1];
        if (url !== undefined) resolve(url);
      });
      child.once('exit', () => reject(new Error(`dispatchd did not start: ${output}`)));
    });
    return this;
  }

  get pid(): number {
    return (JSON.parse(readFileSync(join(this.stateDir, 'instance.json'), 'utf8')) as { pid: number }).pid;
  }

  async post(path: string, body?: object): Promise<Response> {
    const response = await fetch(this.url + path, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${readFileSync(join(this.stateDir, 'token'), 'utf8').trim()}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(body ?? {}),
    });
    assert.ok(response.ok, `${path}: ${response.status}`);
    return response;
  }

  /** Waits until so many sessions run. */
  async untilRunning(count: number): Promise<void> {
    for (;;) {
      const answer = await fetch(`${this.url}/api/sessions`);
      const { sessions } = (await answer.json()) as { sessions: { status: string }[] };
      if (sessions.filter(({ status }) => status === 'running').length === count) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Ends the process started here as nothing but a kill -9 does; its folder stays. */
  async kill(): Promise<void> {
    const child = this.process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  /** Ends whichever process now is this daemon: the one started here, or the one a restart put in its place. */
  async stop(): Promise<void> {
    for (const pid of new Set([this.process?.pid, this.livePid()])) {
      if (pid !== undefined) tryKill(pid);
    }
    await until(() => this.livePid() === undefined);
    rmSync(this.stateDir, { recursive: true, force: true });
  }

  private livePid(): number | undefined {
    try {
      const { pid } = this;
      process.kill(pid, 0);
      return pid;
    } catch {
      return undefined;
    }
  }
}

function tryKill(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch {
    // Gone already.
  }
}
