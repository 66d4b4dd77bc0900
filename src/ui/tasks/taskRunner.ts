import * as vscode from 'vscode';
import { TASK_HOPELESS_TIMEOUT_MS, TASK_START_TIMEOUT_MS } from '../policy';
import { StartFailed, type StartedCommand } from '../../restart/edges';
import type { Unstartable } from '../../base/errors';
import type { StartCommand } from '../../restart/startCommand';
import { orAborted } from '../../base/wait';

/** A task that starts a daemon, and what it runs. */
export interface StartTask {
  readonly task: vscode.Task;
  readonly command: StartCommand;
}

export interface TaskRunnerDeps {
  /** Why the system could not start this in the terminal of a task; `undefined` where nothing speaks against it. */
  whyNotStartable(command: StartCommand): Promise<Unstartable | undefined>;
  /** What the launcher said last in its log. @param sinceAt epoch ms; earlier words are of another start */
  lastSaid(logFile: string, sinceAt: number): Promise<string | undefined>;
}

/** Runs tasks in terminals, one run of each at a time. */
export class TaskRunner {
  /** Runs that never had a process: VS Code does not say that they are over. */
  readonly #withoutProcess = new WeakSet<vscode.TaskExecution>();

  constructor(private readonly deps: TaskRunnerDeps) {}

  /**
   * Runs a task and waits until its process runs.
   * @throws an error fit to show when VS Code does not start it: `executeTask` itself resolves before anything ran,
   *   and says nothing when the user cancels its dialog, nor when there is no such command
   */
  async run({ task, command }: StartTask, signal: AbortSignal): Promise<StartedCommand> {
    const [why] = await orAborted(
      Promise.all([this.deps.whyNotStartable(command), this.#endPreviousRun(task)]),
      signal,
    );
    // A launcher or a shell is started all the same, and says it itself; nothing is in a folder that is not there.
    const isFirst = why?.is === 'noFolder' || (command.kind === 'process' && !command.real);
    const hopeless = isFirst ? why : undefined;
    const watcher = new RunWatcher(task);
    const { logFile } = command;
    const startedAt = Date.now();
    let execution: vscode.TaskExecution | undefined;
    try {
      execution = await vscode.tasks.executeTask(task);
      await raceStart(watcher.started, signal, hopeless);
    } catch (error) {
      if (execution) this.#withoutProcess.add(execution);
      // What has not started by now must not start later.
      execution?.terminate();
      watcher.dispose();
      throw error;
    }
    void watcher.ended.then(() => watcher.dispose());
    return {
      ended: watcher.ended,
      ...(logFile !== undefined && { said: () => this.deps.lastSaid(logFile, startedAt) }),
    };
  }

  /**
   * Ends a run of the same task that is still there, and waits for its last event: VS Code gives each run of a task
   * the same execution, so the end of the old run could not be told from an end of the new one.
   */
  async #endPreviousRun(task: vscode.Task): Promise<void> {
    const previous = vscode.tasks.taskExecutions.find((execution) => isSameTask(execution.task, task));
    if (!previous) return;
    const watcher = new RunWatcher(task);
    previous.terminate();
    if (!this.#withoutProcess.has(previous)) {
      const late = AbortSignal.timeout(TASK_START_TIMEOUT_MS);
      await orAborted(watcher.wholeTaskEnded, late).catch(() => undefined);
    }
    watcher.dispose();
  }
}

function isSameTask(a: vscode.Task, b: vscode.Task): boolean {
  return a.definition.type === b.definition.type && a.name === b.name;
}

/** What is heard of a run first. Of a command that does not exist it is a start without a process, the end, or nothing. */
type Start = 'process' | 'noProcess' | 'over';

function toStart({ processId }: { readonly processId?: number }): Start {
  // The API's types promise a number.
  return processId === undefined ? 'noProcess' : 'process';
}

/** What happens to the run of a task, from now on. */
class RunWatcher implements vscode.Disposable {
  readonly started: Promise<Start>;
  /** The exit code of its process; `undefined` when it was terminated or never was. */
  readonly ended: Promise<number | undefined>;
  readonly wholeTaskEnded: Promise<void>;
  readonly #subscription: vscode.Disposable;

  constructor(task: vscode.Task) {
    const subscriptions: vscode.Disposable[] = [];
    const next = <E extends { execution: vscode.TaskExecution }, T>(
      event: vscode.Event<E>,
      take: (e: E) => T,
    ) =>
      new Promise<T>((resolve) =>
        subscriptions.push(event((e) => isSameTask(e.execution.task, task) && resolve(take(e)))),
      );
    this.wholeTaskEnded = next(vscode.tasks.onDidEndTask, () => undefined);
    this.ended = Promise.race([
      next(vscode.tasks.onDidEndTaskProcess, ({ exitCode }) => exitCode),
      // A process that never started has no end, and whether its task has one is not always told.
      this.wholeTaskEnded.then(() => undefined),
    ]);
    this.started = Promise.race([
      next(vscode.tasks.onDidStartTaskProcess, toStart),
      this.wholeTaskEnded.then(() => 'over' as const),
    ]);
    this.#subscription = vscode.Disposable.from(...subscriptions);
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}

/** @param why what speaks against its ever starting: the wait is short then, and this what is said */
async function raceStart(
  started: Promise<Start>,
  signal: AbortSignal,
  why: Unstartable | undefined,
): Promise<void> {
  const late = AbortSignal.timeout(why === undefined ? TASK_START_TIMEOUT_MS : TASK_HOPELESS_TIMEOUT_MS);
  const start = await orAborted(started, AbortSignal.any([signal, late])).catch((error: unknown) => {
    if (late.aborted && !signal.aborted) return undefined;
    throw error;
  });
  if (start === 'process' || (start === 'noProcess' && why === undefined)) return;
  throw new StartFailed(why ?? { is: 'taskNotStarted' });
}
