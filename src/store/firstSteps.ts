import type { Memento } from 'vscode';
import { Stored, type WriteLine } from './stored';

/** Whether the first steps with the bundled daemon were offered, to any window of this machine. */
export class OfferedFirstSteps {
  readonly #stored: Stored<boolean>;

  constructor(globalState: Memento, log: WriteLine) {
    const parse = (raw: unknown) => (typeof raw === 'boolean' ? raw : undefined);
    this.#stored = new Stored(globalState, 'firstStepsOffered', parse, log);
  }

  get wereOffered(): boolean {
    return this.#stored.value === true;
  }

  async offered(): Promise<void> {
    await this.#stored.update(true);
  }
}
