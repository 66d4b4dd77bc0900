import * as vscode from 'vscode';
import type { Fleet, DaemonModel } from '../daemons/fleet';
import { TASK_START_TIMEOUT_MS } from '../health/policy';
import type { StartedCommand } from './restart';
import type { StartCommand } from './startCommand';

export const TASK_TYPE = 'daemonHealth';

export interface DaemonTaskDefinition extends vscode.TaskDefinition {
  readonly type: typeof TASK_TYPE;
  /** The daemon's name in the settings. */
  readonly daemon: string;
  /** `start` runs the start command in the terminal; `restart` does what the Restart Daemon command does. */
  readonly action?: 'start' | 'restart';
}

export interface TaskDeps {
  readonly fleet: Fleet;
  readonly startCommand: (model: DaemonModel) => StartCommand | string;
  /** Restarts with each step written as a line; resolves with whether the daemon is cured. */
  readonly restart: (
    model: DaemonModel,
    write: (line: string) => void,
    signal: AbortSignal,
  ) => Promise<boolean>;
}

/** Offers each daemon's start and restart under *Run Task*, and completes those written in `tasks.json`. */
export class DaemonTasks implements vscode.TaskProvider {
  constructor(private readonly deps: TaskDeps) {}

  provideTasks(): vscode.Task[] {
    const definitions = this.deps.fleet.models.flatMap(({ daemon }) =>
      (['start', 'restart'] as const).map(
        (action) => ({ type: TASK_TYPE, daemon: daemon.name, action }) as const,
      ),
    );
    return definitions.flatMap((definition) => this.#make(definition) ?? []);
  }

  resolveTask(task: vscode.Task): vscode.Task | undefined {
    // VS Code matches a task by its definition: the very same object must come back.
    return this.#make(task.definition as DaemonTaskDefinition);
  }

  /** @throws an error fit to show when there is no way to start this daemon */
  startTask(model: DaemonModel): vscode.Task {
    const definition: DaemonTaskDefinition = { type: TASK_TYPE, daemon: model.daemon.name, action: 'start' };
    const command = this.deps.startCommand(model);
    if (typeof command === 'string') throw new Error(command);
    return terminalTask(definition, `start ${model.daemon.name}`, toExecution(command));
  }

  #make(definition: DaemonTaskDefinition): vscode.Task | undefined {
    const model = this.deps.fleet.models.find(({ daemon }) => daemon.name === definition.daemon);
    if (!model) return undefined;
    if (definition.action === 'restart') {
      return terminalTask(definition, `restart ${definition.daemon}`, this.#restartExecution(model));
    }
    const command = this.deps.startCommand(model);
    if (typeof command === 'string') return undefined;
    return terminalTask(definition, `start ${definition.daemon}`, toExecution(command));
  }

  #restartExecution(model: DaemonModel): vscode.CustomExecution {
    return new vscode.CustomExecution(() => {
      const written = new vscode.EventEmitter<string>();
      const closed = new vscode.EventEmitter<number>();
      const abort = new AbortController();
      const write = (line: string) => written.fire(`${line}\r\n`);
      return Promise.resolve({
        onDidWrite: written.event,
        onDidClose: closed.event,
        open: () =>
          void this.deps.restart(model, write, abort.signal).then((cured) => closed.fire(cured ? 0 : 1)),
        close: () => abort.abort(),
      });
    });
  }
}

function terminalTask(
  definition: DaemonTaskDefinition,
  name: string,
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

/**
 * Runs a task and waits until its process runs.
 * @throws an error fit to show when VS Code does not start it: `executeTask` itself resolves before anything ran,
 *   and says nothing when the user cancels its dialog
 */
export async function runInTerminal(task: vscode.Task, signal: AbortSignal): Promise<StartedCommand> {
  const subscriptions: vscode.Disposable[] = [];
  const dispose = () => void vscode.Disposable.from(...subscriptions).dispose();
  let execution: vscode.TaskExecution | undefined;
  const isOurs = (other: vscode.TaskExecution) =>
    other === execution ||
    (other.task.definition.type === TASK_TYPE &&
      other.task.definition.daemon === task.definition.daemon &&
      other.task.definition.action === task.definition.action);

  let onEnd: (code: number | undefined) => void;
  const ended = new Promise<number | undefined>((resolve) => (onEnd = resolve));
  const started = new Promise<void>((resolve, reject) => {
    const end = (code: number | undefined) => {
      dispose();
      onEnd(code);
      resolve();
    };
    const abort = () => reject(signal.reason instanceof Error ? signal.reason : new Error('cancelled'));
    const timer = setTimeout(
      () => reject(new Error('VS Code did not start the task. Look at the terminal for the reason.')),
      TASK_START_TIMEOUT_MS,
    );
    signal.addEventListener('abort', abort, { once: true });
    subscriptions.push(
      { dispose: () => clearTimeout(timer) },
      { dispose: () => signal.removeEventListener('abort', abort) },
      vscode.tasks.onDidStartTaskProcess((event) => isOurs(event.execution) && resolve()),
      vscode.tasks.onDidEndTaskProcess((event) => isOurs(event.execution) && end(event.exitCode)),
      // A command that does not exist ends without a process ever having started.
      vscode.tasks.onDidEndTask((event) => isOurs(event.execution) && end(undefined)),
    );
  });
  try {
    terminateRunning(task);
    execution = await vscode.tasks.executeTask(task);
    await started;
  } catch (error) {
    dispose();
    throw error;
  }
  return { ended };
}

/** A terminal that still runs this task's last process would make VS Code ask what to do. */
function terminateRunning(task: vscode.Task): void {
  for (const execution of vscode.tasks.taskExecutions) {
    const { definition, name } = execution.task;
    if (definition.type === TASK_TYPE && name === task.name) execution.terminate();
  }
}
