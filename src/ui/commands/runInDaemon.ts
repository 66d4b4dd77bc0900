import { UserError } from '../../base/errors';
import * as vscode from 'vscode';
import { folderName } from '../../kinds/read/paths';
import { placeOf } from '../../kinds/target';
import type { DaemonModel } from '../../model/daemonModel';
import type { RecentCommand } from '../../store/recentCommands';
import { DEFAULT_RUN_TIMEOUT_MS } from '../policy';
import { cleanText, joined } from '../../base/text';
import { duration } from '../../base/time';
import type { SessionsDeps } from '../shared/sessionsDeps';
import { choose, chooseOrType } from '../shared/choose';
import { plain } from '../shared/markdown';
import { reached } from '../shared/milestones';
import { answersForSessions, runsCommands } from '../shared/usable';
import { actionsOf } from './sessionChoice';
import { ask, sayShortly } from '../shared/say';
import { pickTimeout } from './pickTimeout';
import { ensureTrusted } from './trust';
import { CANNOT, DONE, QUESTIONS, RUN, RUN_IN_DAEMON, START_DAEMON } from './commandsText';

const TITLE_CHARS = 60;
const OFFERED_TIMEOUTS_MS = [DEFAULT_RUN_TIMEOUT_MS, 1_800_000, 3_600_000, 4 * 3_600_000];

/** "Run in Daemon…": a command that runs outside the editor, in the bundled daemon. */
export class RunInDaemon {
  constructor(private readonly deps: Pick<SessionsDeps, 'models' | 'poll' | 'log' | 'recent' | 'probe'>) {}

  /**
   * @param given `{ command, cwd?, timeoutMs? }` where a keybinding says it all; what is missing is asked for. Or the
   * dispatchd to run it in, by its origin or its name: the tree passes the row that was clicked
   */
  async run(given: unknown): Promise<void> {
    if (!(await ensureTrusted(RUN_IN_DAEMON))) return;
    const model = await this.#daemon(given);
    if (!model) return;
    const wanted = isGiven(given) ? fill(given) : await this.#ask();
    if (!wanted) return;

    const { command, cwd, timeoutMs } = wanted;
    const name = titleOf(command);
    const actions = await actionsOf(model, this.deps.probe);
    await actions.submit({ name, command, timeoutMs, ...(cwd !== undefined && { cwd }) });
    reached('ran');
    await this.deps.recent.add(wanted);
    this.deps.log(`[${model.daemon.name}] runs “${name}”, for at most ${duration(timeoutMs)}`);
    sayShortly('play', DONE.runsIn(name, model.daemon.name));
    await vscode.commands.executeCommand('daemonHealth.showDetails', model.daemon.id);
    await this.deps.poll(model.daemon.id);
  }

  /** The dispatchd to run in; started first where the user agrees: the one that is watched, else the bundled one. */
  async #daemon(given: unknown): Promise<DaemonModel | undefined> {
    const named = this.deps.models().find(({ daemon }) => given === daemon.id || given === daemon.name);
    if (named && !runsCommands(named)) {
      throw new UserError(CANNOT.runCommands(named.daemon.name));
    }
    const running = this.deps
      .models()
      // A demo is gone in minutes, with all that runs in it.
      .filter((model) => answersForSessions(model) && (named ? model === named : !model.daemon.demo));
    if (running.length > 1) return pickDispatchd(running);
    return running[0] ?? this.#start(named);
  }

  async #start(named: DaemonModel | undefined): Promise<DaemonModel | undefined> {
    const watched = (named ?? this.deps.models().find((model) => runsCommands(model) && !model.daemon.demo))
      ?.daemon;
    const choice = await ask(
      'info',
      watched ? RUN.startWatched(watched.name) : RUN.startBundled,
      RUN.startDetail,
      START_DAEMON,
    );
    if (choice !== START_DAEMON) return undefined;
    await vscode.commands.executeCommand('daemonHealth.start', watched?.id);
    const started = this.deps
      .models()
      .find(
        (model) =>
          answersForSessions(model) && (watched ? model.daemon.id === watched.id : !model.daemon.demo),
      );
    if (!started) {
      throw new UserError(CANNOT.startFirst(watched?.name ?? RUN.bundled));
    }
    return started;
  }

  async #ask(): Promise<RecentCommand | undefined> {
    const recent = await this.#pickCommand();
    if (!recent) return undefined;
    if ('timeoutMs' in recent) return recent;
    const cwd = await pickFolder();
    if (cwd === null) return undefined;
    const timeoutMs = await pickTimeout(RUN.howLong, OFFERED_TIMEOUTS_MS);
    if (timeoutMs === undefined) return undefined;
    return { command: recent.command, timeoutMs, ...(cwd !== undefined && { cwd }) };
  }

  /** A recent one, whole; or a typed one, of which the rest has to be asked. */
  #pickCommand(): Promise<RecentCommand | { readonly command: string } | undefined> {
    const recents = this.deps.recent.all.map(fill).map((recent) => ({
      icon: 'history' as const,
      label: plain(recent.command),
      description: plain(
        joined([recent.cwd !== undefined && folderName(recent.cwd), duration(recent.timeoutMs)], ' · '),
      ),
      value: recent,
    }));
    const read = (typed: string) => (typed.trim() === '' ? undefined : { command: typed.trim() });
    return chooseOrType<RecentCommand | { readonly command: string }>({
      title: RUN.title,
      question: recents.length > 0 ? RUN.typeOrPick : RUN.typeCommand,
      items: (typed) => {
        const value = read(typed);
        if (!value) return recents;
        const typedItem = { icon: 'play', label: plain(value.command), description: plain('run') } as const;
        return [{ ...typedItem, isTyped: true, value }, ...recents];
      },
      read,
    });
  }
}

function pickDispatchd(running: readonly DaemonModel[]): Promise<DaemonModel | undefined> {
  const items = running.map((model) => ({
    icon: 'server-process' as const,
    label: plain(model.daemon.name),
    description: plain(placeOf(model.daemon.target)),
    value: model,
  }));
  return choose(items, { question: QUESTIONS.runInDaemon });
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

function fill({ command, cwd, timeoutMs }: Given): RecentCommand {
  const folder = typeof cwd === 'string' ? cwd : vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  return {
    command,
    timeoutMs: typeof timeoutMs === 'number' ? timeoutMs : DEFAULT_RUN_TIMEOUT_MS,
    ...(folder !== undefined && { cwd: folder }),
  };
}

/** A name for the tree: one line, without what a name may not hold. */
function titleOf(command: string): string {
  return cleanText(command, TITLE_CHARS);
}

/** The folder to run in: `undefined` where none is open, `null` where the user went back. */
async function pickFolder(): Promise<string | undefined | null> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length <= 1) return folders[0]?.uri.fsPath;
  return (await vscode.window.showWorkspaceFolderPick({ placeHolder: QUESTIONS.folder }))?.uri.fsPath ?? null;
}
