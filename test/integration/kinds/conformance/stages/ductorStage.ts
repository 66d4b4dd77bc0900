import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseObject } from '../../../../../src/base/text';
import { ductor } from '../../../../../src/kinds/ductor/kind';
import type { Env, StartCommand } from '../../../../../src/kinds/kind';
import type { Target } from '../../../../../src/model/target';
import { DUCTOR, pythonTime } from '../../../../support/fakeDuctor';
import { freePort } from '../../../../support/freePort';
import { until } from '../../../../support/until';
import { ProcessStage } from '../stage';

const PROGRAM = join(__dirname, '..', '..', '..', '..', 'fixtures', 'daemons', 'ductor.mjs');

/** The stand-in for ductor as a process. How a ductor is started depends on its installation. */
class DuctorStage extends ProcessStage {
  readonly kind = ductor;
  readonly target: Target;
  readonly env: Env;
  readonly command: StartCommand;

  constructor(port: number) {
    super();
    const says = this.#says('running');
    const home = this.makeFolder('home');
    this.target = { kind: 'http', origin: `http://127.0.0.1:${port}` };
    this.env = { DUCTOR_HOME: home };
    const where = ['--port', String(port), '--home', home, '--says', says];
    const args = [PROGRAM, ...where, '--notes-start-after-ms', '100'];
    this.command = { kind: 'process', command: process.execPath, args };
  }

  /** Nothing that a ductor answers or writes shows that. */
  wedge(): Promise<void> {
    return Promise.resolve();
  }

  stopLoop(): Promise<void> {
    this.#says('stopped');
    return Promise.resolve();
  }

  work(): Promise<void> {
    const [entry] = Object.values(DUCTOR.files.inflight.turns);
    const turn = { ...entry!, started_at: pythonTime(Date.now()) };
    const file = join(this.folder, 'home', 'inflight_turns.json');
    writeFileSync(file, JSON.stringify({ turns: { [turn.chat_id]: turn } }));
    return Promise.resolve();
  }

  /** Its start is noted last. */
  protected ready(): Promise<void> {
    const startedAt = Date.now();
    const file = join(this.folder, 'home', 'startup_state.json');
    return until(() => {
      if (!existsSync(file)) return false;
      const { started_at } = parseObject(readFileSync(file, 'utf8')) ?? {};
      return Date.parse(String(started_at)) >= startedAt;
    });
  }

  #says(state: string): string {
    const file = join(this.folder, 'says');
    writeFileSync(file, state);
    return file;
  }
}

export async function ductorStage(): Promise<DuctorStage> {
  return new DuctorStage(await freePort());
}
