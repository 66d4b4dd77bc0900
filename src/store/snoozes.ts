import type { DaemonId, Report } from '../health/report';
import type { Memento } from 'vscode';
import { isSnoozed, type Snooze } from '../health/snooze';

const KEY = 'snoozes';

/** The snoozes of all daemons, by their ids. Kept in the global state, which every window of the user shares. */
export class Snoozes {
  constructor(
    private readonly state: Memento,
    private readonly onChange: () => void,
    private readonly wallAt: () => number = Date.now,
  ) {}

  /** The snooze that holds now, if any. */
  of(daemonId: DaemonId, report: Report | undefined): Snooze | undefined {
    const snooze = this.#all()[daemonId];
    return isSnoozed(snooze, report, this.wallAt()) ? snooze : undefined;
  }

  async set(daemonId: DaemonId, snooze: Snooze | undefined): Promise<void> {
    const { [daemonId]: _, ...others } = this.#all();
    await this.state.update(KEY, snooze ? { ...others, [daemonId]: snooze } : others);
    this.onChange();
  }

  /** The daemon was restarted through us: whatever was to last until then is over. */
  async endAtRestart(daemonId: DaemonId): Promise<void> {
    if (this.#all()[daemonId]?.kind === 'untilRestart') await this.set(daemonId, undefined);
  }

  #all(): Record<string, Snooze> {
    return this.state.get<Record<string, Snooze>>(KEY, {});
  }
}
