import type { Memento } from 'vscode';
import { MAX_RECENT_COMMANDS } from './policy';
import { hasFields, listOf, Stored, type WriteLine } from './stored';

/** A command as it was run, to be offered again. */
export interface RecentCommand {
  readonly command: string;
  readonly cwd?: string;
  readonly timeoutMs: number;
}

/** The commands that ran last in a daemon of this workspace, the newest first, each once. */
export class RecentCommands {
  readonly #kept: Stored<readonly RecentCommand[]>;

  constructor(state: Memento, log: WriteLine) {
    this.#kept = new Stored(state, 'recentCommands', listOf(isRecent), log);
  }

  get all(): readonly RecentCommand[] {
    return (this.#kept.value ?? []).slice(0, MAX_RECENT_COMMANDS);
  }

  async add(ran: RecentCommand): Promise<void> {
    const others = this.all.filter(({ command, cwd }) => command !== ran.command || cwd !== ran.cwd);
    await this.#kept.update([ran, ...others].slice(0, MAX_RECENT_COMMANDS));
  }
}

function isRecent(value: unknown): value is RecentCommand {
  return hasFields(value, { command: 'string', timeoutMs: 'number' }, { cwd: 'string' });
}
