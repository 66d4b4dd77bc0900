import * as vscode from 'vscode';
import type { Clock } from '../../base/time';
import { advanceConflicts, conflictText, type Conflict, type ConflictLog } from '../../health/conflicts';
import { CONFLICT_OVER_MS } from '../../watch/policy';
import type { Settings } from '../../settings/settings';
import type { SpeakerLease } from '../../store/speakerTurn';
import { say } from '../shared/say';

const DETAILS = 'Show Details';
const NEVER = "Don't Show Again";
/** Its name among the muted notifications. */
const KIND = 'conflict';

export interface ConflictNotifierDeps {
  readonly clock: Clock;
  readonly settings: Settings;
  readonly lease: SpeakerLease;
  readonly conflicts: () => readonly Conflict[];
}

/** Warns of two daemons on one database, once for each conflict, in one window. */
export class ConflictNotifier {
  #log: ConflictLog = new Map();
  /** The conflicts that this window told, and when they were last there (monotonic ms). */
  readonly #told = new Map<string, number>();

  constructor(private readonly deps: ConflictNotifierDeps) {}

  /** Called after every poll. */
  update(): void {
    const { clock, conflicts } = this.deps;
    const now = clock.now();
    const { log, tell } = advanceConflicts(this.#log, conflicts(), now);
    this.#log = log;
    for (const [id, seenMs] of this.#told) {
      if (log.has(id)) this.#told.set(id, now.monotonicMs);
      else if (now.monotonicMs - seenMs >= CONFLICT_OVER_MS) {
        this.#told.delete(id);
        void this.deps.lease.over(id).catch(() => {});
      }
    }
    for (const conflict of tell) void this.#tell(conflict);
  }

  async #tell(conflict: Conflict): Promise<void> {
    const { settings, lease } = this.deps;
    const { level, muted } = settings.notifications();
    if (level !== 'all' || muted.includes(KIND)) return;
    const { monotonicMs, wallAt } = this.deps.clock.now();
    const sinceMs = this.#log.get(conflict.id)?.sinceMs ?? monotonicMs;
    const span = { afterAt: wallAt - (monotonicMs - sinceMs) };
    if (!(await lease.maySpeak(conflict.id, () => this.#log.has(conflict.id), span))) return;
    this.#told.set(conflict.id, monotonicMs);
    const choice = await say('warning', conflictText(conflict), DETAILS, NEVER);
    if (choice === NEVER) await settings.mute(KIND);
    if (choice === DETAILS) await vscode.commands.executeCommand('daemonHealth.showDetails', conflict.id);
  }
}
