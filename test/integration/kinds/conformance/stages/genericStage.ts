import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generic } from '../../../../../src/kinds/generic/kind';
import type { Env, StartCommand } from '../../../../../src/kinds/kind';
import type { AskSetting } from '../../../../../src/model/askSetting';
import type { Target } from '../../../../../src/model/target';
import { freePort } from '../../../../support/freePort';
import { ProcessStage } from '../stage';

const PROGRAM = join(__dirname, '..', 'toys', 'anyMake.mjs');

/** A daemon that no kind of the product knows: its health answer has the time of its last work. */
class GenericStage extends ProcessStage {
  readonly kind = generic;
  readonly target: Target;
  readonly env: Env = {};
  readonly command: StartCommand;
  override readonly asks: AskSetting = {
    progress: { by: 'time', at: 'worker.lastSuccessAt', redAfterMs: 1_000 },
  };

  constructor(port: number) {
    super();
    this.target = { kind: 'http', origin: `http://127.0.0.1:${port}` };
    const args = [PROGRAM, '--port', String(port), '--says', join(this.folder, 'says')];
    this.command = { kind: 'process', command: process.execPath, args };
  }

  wedge(): Promise<void> {
    return this.#say('hangs');
  }

  stopLoop(): Promise<void> {
    return this.#say('drains');
  }

  /** Nothing that it answers is a piece of work. */
  work(): Promise<void> {
    return Promise.resolve();
  }

  override async start(): Promise<void> {
    await this.#say('works');
    await super.start();
  }

  protected ready(): Promise<void> {
    return this.answers(this.target.kind === 'http' ? this.target.origin : '');
  }

  #say(what: string): Promise<void> {
    writeFileSync(join(this.folder, 'says'), what);
    return Promise.resolve();
  }
}

export async function genericStage(): Promise<GenericStage> {
  return new GenericStage(await freePort());
}
