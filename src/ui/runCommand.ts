import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { DaemonModel } from '../daemons/fleet';
import { DEFAULT_RUN_TIMEOUT_MS, MAX_RECENT_COMMANDS } from '../health/policy';
import { duration } from '../health/wording';
import type { WorkDeps } from '../work';
import { answers, clientOf, isDispatchd } from './dispatchds';
import { pickTimeout } from './timeoutPick';
import { ensureTrusted } from './trust';

const RECENT_KEY = 'recentCommands';
const STATUS_MESSAGE_MS = 6_000;
const TITLE_CHARS = 60;
const OFFERED_TIMEOUTS_MS = [DEFAULT_RUN_TIMEOUT_MS, 1_800_000, 3_600_000, 4 * 3_600_000];

/** A command as it was run, to be offered again. */
interface Recent {
  readonly command: string;
  readonly cwd?: string;
  readonly timeoutMs: number;
}

/** "Run in Daemon…": a command that runs outside the editor, in the bundled daemon. */
export class RunCommand {
  constructor(private readonly deps: Pick<WorkDeps, 'models' | 'poll' | 'log' | 'state'>) {}

  /** @param given `{ command, cwd?, timeoutMs? }` where a keybinding says it all; what is missing is asked for */
  async run(given: unknown): Promise<void> {
    if (!(await ensureTrusted('Run in Daemon'))) return;
    const model = await this.#daemon();
    if (!model) return;
    const wanted = isGiven(given) ? fill(given) : await this.#ask();
    if (!wanted) return;

    const { command, cwd, timeoutMs } = wanted;
    const name = titleOf(command);
    const client = await clientOf(model);
    await client.submit({ name, command, timeoutMs, ...(cwd !== undefined && { cwd }) });
    await this.#remember(wanted);
    this.deps.log(`[${model.daemon.name}] runs “${name}”, for at most ${duration(timeoutMs)}`);
    vscode.window.setStatusBarMessage(`$(play) “${name}” runs in ${model.daemon.name}`, STATUS_MESSAGE_MS);
    await vscode.commands.executeCommand('daemonHealth.showDetails', model.daemon.origin);
    await this.deps.poll(model.daemon.origin);
  }

  /** The dispatchd to run in; started first where the user agrees: the one that is watched, else the bundled one. */
  async #daemon(): Promise<DaemonModel | undefined> {
    const running = () => this.deps.models().find(answers);
    const found = running();
    if (found) return found;
    const watched = this.deps.models().find(isDispatchd)?.daemon;
    const start = 'Start Daemon';
    const choice = await vscode.window.showInformationMessage(
      watched ? `${watched.name} does not run. Start it?` : 'No dispatchd runs. Start the bundled one?',
      { modal: true, detail: 'It runs commands outside the editor and needs nothing else installed.' },
      start,
    );
    if (choice !== start) return undefined;
    await vscode.commands.executeCommand('daemonHealth.start', watched?.origin);
    const started = running();
    if (!started) {
      throw new Error(`${watched?.name ?? 'The bundled daemon'} does not run, so nothing was run in it.`);
    }
    return started;
  }

  async #ask(): Promise<Recent | undefined> {
    const recent = await this.#pickCommand();
    if (!recent) return undefined;
    if ('timeoutMs' in recent) return recent;
    const cwd = await pickFolder();
    if (cwd === null) return undefined;
    const timeoutMs = await pickTimeout('How long may it run?', OFFERED_TIMEOUTS_MS);
    if (timeoutMs === undefined) return undefined;
    return { command: recent.command, timeoutMs, ...(cwd !== undefined && { cwd }) };
  }

  /** A recent one, whole; or a typed one, of which the rest has to be asked. */
  #pickCommand(): Promise<Recent | { readonly command: string } | undefined> {
    type Item = vscode.QuickPickItem & { readonly value: Recent | { readonly command: string } };
    const recents = this.#recents().map((recent): Item => ({
      label: `$(history) ${recent.command}`,
      description: [
        ...(recent.cwd === undefined ? [] : [basename(recent.cwd)]),
        duration(recent.timeoutMs),
      ].join(' · '),
      value: recent,
    }));
    const box = vscode.window.createQuickPick<Item>();
    box.placeholder =
      recents.length > 0 ? 'Type a command to run, or pick a recent one' : 'Type a command to run';
    box.title = 'Run in Daemon';
    box.items = recents;
    box.onDidChangeValue((value) => {
      const command = value.trim();
      box.items = [
        ...(command === ''
          ? []
          : [{ label: `$(play) ${command}`, description: 'run', alwaysShow: true, value: { command } }]),
        ...recents,
      ];
    });
    return new Promise((resolve) => {
      box.onDidAccept(() => {
        // Who types fast is done before the list has the line that was typed.
        const typed = box.value.trim();
        const picked = box.selectedItems[0]?.value ?? (typed === '' ? undefined : { command: typed });
        if (!picked) return;
        resolve(picked);
        box.hide();
      });
      box.onDidHide(() => {
        resolve(undefined);
        box.dispose();
      });
      box.show();
    });
  }

  #recents(): readonly Recent[] {
    const kept = this.deps.state.get<unknown>(RECENT_KEY);
    return Array.isArray(kept) ? kept.filter(isGiven).map(fill).slice(0, MAX_RECENT_COMMANDS) : [];
  }

  async #remember(wanted: Recent): Promise<void> {
    const others = this.#recents().filter(
      ({ command, cwd }) => command !== wanted.command || cwd !== wanted.cwd,
    );
    await this.deps.state.update(RECENT_KEY, [wanted, ...others].slice(0, MAX_RECENT_COMMANDS));
  }
}

interface Given {
  readonly command: string;
  readonly cwd?: unknown;
  readonly timeoutMs?: unknown;
}

function isGiven(value: unknown): value is Given {
  return (
    typeof value === 'object' && value !== null && 'command' in value && typeof value.command === 'string'
  );
}

function fill({ command, cwd, timeoutMs }: Given): Recent {
  const folder = typeof cwd === 'string' ? cwd : vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  return {
    command,
    timeoutMs: typeof timeoutMs === 'number' ? timeoutMs : DEFAULT_RUN_TIMEOUT_MS,
    ...(folder !== undefined && { cwd: folder }),
  };
}

/** A name for the tree: the first line, without what a name may not hold. */
function titleOf(command: string): string {
  const line = command.trim().replace(/[\p{Cc}\s]+/gu, ' ');
  return line.length > TITLE_CHARS ? `${line.slice(0, TITLE_CHARS - 1)}…` : line;
}

/** The folder to run in: `undefined` where none is open, `null` where the user went back. */
async function pickFolder(): Promise<string | undefined | null> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length <= 1) return folders[0]?.uri.fsPath;
  return (
    (await vscode.window.showWorkspaceFolderPick({ placeHolder: 'Run it in which folder?' }))?.uri.fsPath ??
    null
  );
}
