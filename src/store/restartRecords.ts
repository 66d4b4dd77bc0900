import type { DaemonId } from '../health/report';
import type { Memento } from 'vscode';
import { RESTARTS_KEPT, RESTART_LOOP_COUNT, RESTART_LOOP_MS } from './policy';
import { isState, type DaemonState } from '../health/states';
import type { Outcome } from '../model/outcome';
import type { RestartRecord } from '../model/restartRecord';

const KEY = 'restarts';
const KINDS: readonly Outcome['kind'][] = ['cured', 'unproven', 'cancelled', 'failed', 'late'];

/** A restart that just ended, to be kept. */
export function recordOf(outcome: Outcome, why: DaemonState, at: number): RestartRecord {
  const { kind, text } = outcome;
  const startFailed = 'startFailed' in outcome ? outcome.startFailed : undefined;
  return { at, why, kind, text, ...(startFailed !== undefined && { startFailed }) };
}

/** The last restarts of each daemon, newest first, kept across windows. What is kept there may be anything. */
export class RestartRecords {
  constructor(private readonly state: Memento) {}

  of(daemonId: DaemonId): readonly RestartRecord[] {
    const kept = this.#all()[daemonId];
    return Array.isArray(kept) ? kept.filter(isRecord).slice(0, RESTARTS_KEPT) : [];
  }

  async add(daemonId: DaemonId, record: RestartRecord): Promise<void> {
    const records = [record, ...this.of(daemonId)].slice(0, RESTARTS_KEPT);
    await this.state.update(KEY, { ...this.#all(), [daemonId]: records });
  }

  #all(): Record<string, unknown> {
    const kept = this.state.get<unknown>(KEY);
    return typeof kept === 'object' && kept !== null ? { ...kept } : {};
  }
}

/** Whether restarting has been tried so often lately that the log should be looked at first. */
export function isRestartLoop(records: readonly RestartRecord[], nowAt: number): boolean {
  const lately = records.filter(({ at, kind }) => kind !== 'cancelled' && nowAt - at < RESTART_LOOP_MS);
  return lately.length >= RESTART_LOOP_COUNT;
}

/** What another version kept may name states and outcomes that this one does not know. */
function isRecord(value: unknown): value is RestartRecord {
  const { at, why, kind, text, startFailed } = (value ?? {}) as Record<string, unknown>;
  return (
    Number.isFinite(at) &&
    isState(why) &&
    KINDS.some((known) => known === kind) &&
    typeof text === 'string' &&
    (startFailed === undefined || typeof startFailed === 'string')
  );
}
