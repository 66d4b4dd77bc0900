import { CodedError } from '../../base/errors';
import * as vscode from 'vscode';
import type { Registry } from '../../watch/registry';
import type { DaemonModel } from '../../model/daemonModel';
import type { NoWay } from '../../model/startFailure';
import type { RestartWay } from '../../kinds/kind';
import type { StartCommand } from '../../restart/startCommand';
import { plain, type PlainText } from '../shared/markdown';
import type { StartTask } from './taskRunner';

export const TASK_TYPE = 'daemonHealth';

export interface DaemonTaskDefinition extends vscode.TaskDefinition {
  readonly type: typeof TASK_TYPE;
  /** The daemon's name in the settings. */
  readonly daemon: string;
  /** `start` runs the start command unless something is there already; `restart` and `stop` do what the commands do. */
  readonly action?: 'start' | 'restart' | 'stop';
}

export interface TaskDeps {
  readonly registry: Registry;
  /** @param how `unlooked`: the command itself has to look whether the daemon runs already */
  readonly startCommand: (
    model: DaemonModel,
    how: { unlooked: boolean; agreed?: RestartWay | undefined },
  ) => Promise<StartCommand | NoWay>;
  readonly restart: TaskWork;
  readonly stop: TaskWork;
}

/** Writes each step as a line; resolves with whether it came to the wanted end. */
type TaskWork = (model: DaemonModel, write: (line: string) => void, signal: AbortSignal) => Promise<boolean>;

/** Offers each daemon's start and restart under *Run Task*, and completes those written in `tasks.json`. */
export class DaemonTasks implements vscode.TaskProvider {
  constructor(private readonly deps: TaskDeps) {}

  async provideTasks(): Promise<vscode.Task[]> {
    const definitions = this.deps.registry.models.flatMap(({ daemon }) =>
      (['start', 'restart', 'stop'] as const).map(
        (action) => ({ type: TASK_TYPE, daemon: daemon.name, action }) as const,
      ),
    );
    const made = await Promise.all(definitions.map((definition) => this.#make(definition)));
    return made.filter((task) => task !== undefined);
  }

  resolveTask(task: vscode.Task): Promise<vscode.Task | undefined> {
    // VS Code matches a task by its definition: the very same object must come back.
    return this.#make(task.definition as DaemonTaskDefinition);
  }

  /**
   * For a port that is known to be free. Rejects with an error fit to show where there is no way to start this daemon.
   * @param agreed the way that the user agreed to, where there is one
   */
  async startTask(
    model: DaemonModel,
    env: Readonly<Record<string, string>>,
    agreed: RestartWay | undefined,
  ): Promise<StartTask> {
    const definition: DaemonTaskDefinition = { type: TASK_TYPE, daemon: model.daemon.name, action: 'start' };
    const found = await this.deps.startCommand(model, { unlooked: false, agreed });
    if ('is' in found) throw new CodedError(found);
    const command = { ...found, env: { ...found.env, ...env } };
    return { task: startTerminal(definition, command), command };
  }

  async #make(definition: DaemonTaskDefinition): Promise<vscode.Task | undefined> {
    const model = this.deps.registry.models.find(({ daemon }) => daemon.name === definition.daemon);
    if (!model) return undefined;
    const { action } = definition;
    if (action === 'restart' || action === 'stop') {
      return terminalTask(
        definition,
        plain(`${action} ${definition.daemon}`),
        execution(model, this.deps[action]),
      );
    }
    const command = await this.deps.startCommand(model, { unlooked: true });
    if ('is' in command) return undefined;
    return startTerminal(definition, command);
  }
}

function startTerminal(definition: DaemonTaskDefinition, command: StartCommand): vscode.Task {
  const task = terminalTask(definition, plain(`start ${definition.daemon}`), toExecution(command));
  // VS Code would keep the launcher's own command line, of many lines, in sight over what the launcher says.
  if (command.logFile !== undefined) task.presentationOptions = { ...task.presentationOptions, echo: false };
  return task;
}

/** Work of ours in a terminal; closing the terminal cancels it. */
function execution(model: DaemonModel, work: TaskWork): vscode.CustomExecution {
  return new vscode.CustomExecution(() => {
    const written = new vscode.EventEmitter<string>();
    const closed = new vscode.EventEmitter<number>();
    const abort = new AbortController();
    const write = (line: string) => written.fire(`${line}\r\n`);
    return Promise.resolve({
      onDidWrite: written.event,
      onDidClose: closed.event,
      open: () => void work(model, write, abort.signal).then((done) => closed.fire(done ? 0 : 1)),
      close: () => abort.abort(),
    });
  });
}

/** @param name stands in *Run Task* and in the tab of its terminal, where VS Code draws icons */
function terminalTask(
  definition: DaemonTaskDefinition,
  name: PlainText,
  execution: vscode.ProcessExecution | vscode.ShellExecution | vscode.CustomExecution,
): vscode.Task {
  const task = new vscode.Task(definition, vscode.TaskScope.Workspace, name, 'Daemon Health', execution, []);
  task.isBackground = true;
  task.presentationOptions = {
    panel: vscode.TaskPanelKind.Dedicated,
    reveal: vscode.TaskRevealKind.Always,
    focus: false,
    clear: true,
    showReuseMessage: false,
    close: false,
  };
  return task;
}

function toExecution(command: StartCommand): vscode.ProcessExecution | vscode.ShellExecution {
  const options = {
    ...(command.cwd !== undefined && { cwd: command.cwd }),
    ...(command.env && { env: { ...command.env } }),
  };
  return command.kind === 'shell'
    ? new vscode.ShellExecution(command.line, options)
    : new vscode.ProcessExecution(command.command, [...command.args], options);
}
