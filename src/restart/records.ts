import type { Memento } from 'vscode';
import { RESTARTS_KEPT, RESTART_LOOP_COUNT, RESTART_LOOP_MS } from '../health/policy';
import type { DaemonState } from '../health/verdict';
import type { Outcome } from './restart';

/** One restart through us, as it ended. */
export interface RestartRecord {
  /** Epoch ms of its end. */
  readonly at: number;
  /** The state it was to cure. */
  readonly why: DaemonState;
  readonly kind: Outcome['kind'];
  readonly text: string;
}

const KEY = 'restarts';

/** The last restarts of each daemon, newest first, kept across windows. */
export class RestartRecords {
  constructor(private readonly state: Memento) {}

  of(origin: string): readonly RestartRecord[] {
    return this.#all()[origin] ?? [];
  }

  async add(origin: string, record: RestartRecord): Promise<void> {
    const records = [record, ...this.of(origin)].slice(0, RESTARTS_KEPT);
    await this.state.update(KEY, { ...this.#all(), [origin]: records });
  }

  #all(): Record<string, readonly RestartRecord[]> {
    return this.state.get<Record<string, readonly RestartRecord[]>>(KEY, {});
  }
}

/** Whether restarting has been tried so often lately that the log should be looked at first. */
export function isRestartLoop(records: readonly RestartRecord[], nowAt: number): boolean {
  const lately = records.filter(({ at, kind }) => kind !== 'cancelled' && nowAt - at < RESTART_LOOP_MS);
  return lately.length >= RESTART_LOOP_COUNT;
}
