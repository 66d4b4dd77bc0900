import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dispatchd } from '../../../../../src/kinds/dispatchd/kind';
import type { Env, StartCommand } from '../../../../../src/kinds/kind';
import type { Target } from '../../../../../src/model/target';
import { freePort } from '../../../../support/freePort';
import { dispatchdFile } from '../../../../support/dispatchd/daemonProcess';
import { until } from '../../../../support/until';
import { Gate } from '../gate';
import { ProcessStage } from '../stage';

/** The bundled daemon itself, with the routes that make its loop hang. */
class DispatchdStage extends ProcessStage {
  readonly kind = dispatchd;
  readonly target;
  readonly env: Env;
  readonly command: StartCommand;

  constructor(port: number, program: string) {
    super();
    const state = this.makeFolder('state');
    this.target = { kind: 'http', origin: `http://127.0.0.1:${port}` } as const;
    this.env = { DISPATCHD_STATE_DIR: state };
    const times = ['--poll-interval-ms', '50', '--poll-stale-threshold-ms', '1000'];
    const args = [program, '--port', String(port), '--state-dir', state, ...times, '--chaos'];
    this.command = { kind: 'process', command: process.execPath, args };
  }

  async wedge(): Promise<void> {
    await this.#post('/api/chaos/hang');
  }

  /** Its loop stops with it, so that somebody else says this word in its place. */
  async stopLoop(): Promise<Target> {
    const gate = await Gate.before(this.target);
    this.onClose(() => gate.close());
    gate.says((real) => ({ ...real, body: real.body.replace('"isRunning":true', '"isRunning":false') }));
    return gate.target;
  }

  async work(): Promise<void> {
    await this.#post('/api/tasks', { name: 'write the release notes', command: 'exec sleep 300' });
    await until(async () => {
      const { sessions } = (await (await fetch(`${this.target.origin}/api/sessions`)).json()) as {
        sessions: { status: string }[];
      };
      return sessions.some(({ status }) => status === 'running');
    });
  }

  protected ready(): Promise<void> {
    return this.answers(`${this.target.origin}/api/health`);
  }

  async #post(path: string, body: object = {}): Promise<void> {
    const token = readFileSync(join(this.folder, 'state', 'token'), 'utf8').trim();
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(this.target.origin + path, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  }
}

export async function dispatchdStage(): Promise<DispatchdStage> {
  return new DispatchdStage(await freePort(), await dispatchdFile());
}
