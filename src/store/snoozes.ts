import type { Memento } from 'vscode';
import type { Report } from '../health/report';
import { isSnoozed, type Snooze } from '../health/snooze';

const KEY = 'snoozes';

/** The snoozes of all daemons, by origin. Kept in the global state, which every window of the user shares. */
export class Snoozes {
  constructor(
    private readonly state: Memento,
    private readonly onChange: () => void,
  ) {}

  /** The snooze that holds now, if any. */
  of(origin: string, report: Report | undefined): Snooze | undefined {
    const snooze = this.#all()[origin];
    return isSnoozed(snooze, report, Date.now()) ? snooze : undefined;
  }

  async set(origin: string, snooze: Snooze | undefined): Promise<void> {
    const { [origin]: _, ...others } = this.#all();
    await this.state.update(KEY, snooze ? { ...others, [origin]: snooze } : others);
    this.onChange();
  }

  /** The daemon was restarted through us: whatever was to last until then is over. */
  async endAtRestart(origin: string): Promise<void> {
    if (this.#all()[origin]?.kind === 'untilRestart') await this.set(origin, undefined);
  }

  #all(): Record<string, Snooze> {
    return this.state.get<Record<string, Snooze>>(KEY, {});
  }
}
