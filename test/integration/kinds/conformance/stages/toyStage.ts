import { readFileSync, writeFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Env, Kind, StartCommand } from '../../../../../src/kinds/kind';
import type { Target } from '../../../../../src/model/target';
import { describeProcess } from '../../../../../src/system/processTable';
import { freePort } from '../../../../support/freePort';
import { until } from '../../../../support/until';
import { ProcessStage } from '../stage';
import { toyFile } from '../toys/toyFile';
import { toyHttp } from '../toys/toyHttp';

const PROGRAM = join(__dirname, '..', 'toys', 'toy.mjs');

/** Both toys: they are told what to do by a file. */
class ToyStage extends ProcessStage {
  readonly command: StartCommand;

  constructor(
    readonly kind: Kind,
    placeOf: (folder: string) => {
      readonly target: Target;
      readonly env: Env;
      readonly flags: readonly string[];
    },
  ) {
    super();
    const { target, env, flags } = placeOf(this.folder);
    this.target = target;
    this.env = env;
    const args = [PROGRAM, '--folder', this.folder, ...flags];
    this.command = { kind: 'process', command: process.execPath, args };
    // What a supervisor started, or the toy itself, is no child of this process.
    this.onClose(() => this.#endToy());
  }

  readonly target: Target;
  readonly env: Env;

  wedge(): Promise<void> {
    return this.#say({ hangs: true });
  }

  stopLoop(): Promise<void> {
    return this.#say({ isStopped: true });
  }

  work(): Promise<void> {
    const id = `job of ${this.#pid()}`;
    return this.#say({ jobs: [{ id, title: 'write the release notes', isRunning: true }] });
  }

  protected async ready(): Promise<void> {
    await until(() => this.#pid() === this.startedPid);
    if (this.target.kind === 'http') {
      await this.answers(`${this.target.origin}/toy`);
      return;
    }
    await until(() => this.#read(this.target.kind === 'file' ? this.target.paths[0]! : '')?.['toy']);
  }

  /** Whole or not at all, as the toy writes too. */
  #say(what: object): Promise<void> {
    const file = join(this.folder, 'says.json');
    writeFileSync(`${file}.new`, JSON.stringify(what));
    renameSync(`${file}.new`, file);
    return Promise.resolve();
  }

  #pid(): number | undefined {
    return this.#read(join(this.folder, 'toy.pid'))?.['pid'] as number | undefined;
  }

  #read(file: string): Record<string, unknown> | undefined {
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    } catch {
      return undefined;
    }
  }

  async #endToy(): Promise<void> {
    const pid = this.#pid();
    if (pid === undefined) return;
    const isToy = await describeProcess(pid).then(
      ({ commandLine }) => commandLine.includes(this.folder),
      () => false,
    );
    if (isToy) process.kill(pid, 'SIGKILL');
  }
}

export async function toyHttpStage(): Promise<ToyStage> {
  const port = await freePort();
  return new ToyStage(toyHttp, () => ({
    target: { kind: 'http', origin: `http://127.0.0.1:${port}` },
    env: {},
    flags: ['--port', String(port)],
  }));
}

export function toyFileStage(): Promise<ToyStage> {
  const stage = new ToyStage(toyFile, (folder) => {
    const file = join(folder, 'state.json');
    return {
      target: { kind: 'file', paths: [file] },
      env: { TOY_FILES: `${file},${join(folder, 'stranger.json')}` },
      flags: ['--file', file, '--forgets'],
    };
  });
  return Promise.resolve(stage);
}
