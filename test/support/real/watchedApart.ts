import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { root } from '../../../scripts/paths.mjs';
import type { RealHome } from './realProcess';
import { Sightings, type Seen } from './sightings';

/** The same as `Watched` in a process of its own, which can stand still together with what it watches. */
export class WatchedApart extends Sightings {
  readonly #child: ChildProcess;

  constructor(entry: object) {
    super();
    const main = join(__dirname, 'watchedMain.ts');
    const child = spawn(process.execPath, ['--import=tsx', main, JSON.stringify(entry)], {
      cwd: root,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child = child;
    createInterface(child.stdout).on('line', (line) => this.note(JSON.parse(line) as Seen));
    child.once('exit', (code) => this.fail(new Error(`the window ended with ${code}`)));
  }

  /**
   * Stands in for a machine that sleeps: the window and all that runs in the homes stand still for so long, and go on.
   * Clocks go on meanwhile, as they do for a window that is held up; of a real sleep Linux' monotonic clock knows nothing.
   */
  async sleep(homes: readonly RealHome[], forMs: number): Promise<void> {
    const all = (signal: NodeJS.Signals) => {
      this.#child.kill(signal);
      for (const home of homes) home.signal(signal);
    };
    this.did(`all stand still for ${forMs / 1_000} s`);
    all('SIGSTOP');
    await delay(forMs);
    all('SIGCONT');
    this.did('all go on');
  }

  async dispose(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const gone = once(this.#child, 'exit');
      this.#child.kill('SIGKILL');
      await gone;
    }
    this.print();
  }
}
