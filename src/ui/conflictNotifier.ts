import * as vscode from 'vscode';
import type { Clock } from '../clock';
import { advanceConflicts, conflictText, type Conflict, type ConflictLog } from '../health/conflicts';
import type { Settings } from '../settings';
import type { SpeakerLease } from './lease';
import { withoutLinks } from './links';

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

  constructor(private readonly deps: ConflictNotifierDeps) {}

  /** Called after every poll. */
  update(): void {
    const { clock, conflicts } = this.deps;
    const { log, tell } = advanceConflicts(this.#log, conflicts(), clock.now());
    this.#log = log;
    for (const conflict of tell) void this.#tell(conflict);
  }

  async #tell(conflict: Conflict): Promise<void> {
    const { settings, lease } = this.deps;
    const { level, muted } = settings.notifications();
    if (level !== 'all' || muted.includes(KIND)) return;
    if (!(await lease.maySpeak(conflict.id, () => this.#log.has(conflict.id)))) return;
    const choice = await vscode.window.showWarningMessage(
      withoutLinks(conflictText(conflict)),
      DETAILS,
      NEVER,
    );
    if (choice === NEVER) await settings.mute(KIND);
    if (choice === DETAILS) await vscode.commands.executeCommand('daemonHealth.showDetails', conflict.id);
  }
}
