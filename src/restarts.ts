import * as vscode from 'vscode';
import type { Clock } from './clock';
import type { DaemonModel, Fleet } from './daemons/fleet';
import { startCommand } from './restart/bundled';
import { RestartController } from './restart/controller';
import { holderOf } from './restart/plan';
import type { RestartRecords } from './restart/records';
import { doubtInWords, whyNotStartable } from './restart/startable';
import { TaskRunner } from './restart/taskRunner';
import { DaemonTasks } from './restart/tasks';
import { terminalEnv } from './restart/terminalEnv';
import type { Settings } from './settings';
import { Evidence } from './ui/evidenceCommand';
import type { Log } from './ui/log';
import { RestartCommands } from './ui/restartCommands';

export interface RestartsDeps {
  readonly context: vscode.ExtensionContext;
  readonly fleet: Fleet;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: Settings;
  readonly records: RestartRecords;
  readonly onRestarted: (origin: string) => void;
}

/**
 * What starts, stops and restarts daemons. This file is a chunk of its own, loaded when one of that is asked for.
 */
export interface Restarts {
  restart(model: DaemonModel): Promise<void>;
  stop(model: DaemonModel): Promise<void>;
  keepEvidence(model: DaemonModel): Promise<void>;
  provideTasks(): vscode.Task[];
  resolveTask(task: vscode.Task): vscode.Task | undefined;
}

export function createRestarts({
  context,
  fleet,
  clock,
  log,
  settings,
  records,
  onRestarted,
}: RestartsDeps): Restarts {
  const folder = context.globalStorageUri;
  const evidence = new Evidence({
    fleet,
    clock,
    log,
    folder: vscode.Uri.joinPath(folder, 'evidence').fsPath,
  });
  const runner = new TaskRunner();
  const controller: RestartController = new RestartController({
    fleet,
    records,
    folder: folder.fsPath,
    keepEvidence: (model, owner, inspect) => evidence.keep(model, owner, inspect),
    log: (line) => log.info(line),
    onRestarted,
    startDoubt: async (model) => {
      const why = await whyNotStartable(tasks.startTask(model).command, terminalEnv());
      return why && doubtInWords(why);
    },
    start: async (model, signal, env) => {
      const command = await runner.run(tasks.startTask(model, env), signal);
      return { ...command, isMarked: true };
    },
  });
  const commands = new RestartCommands(controller, settings);
  const tasks = new DaemonTasks({
    fleet,
    startCommand: (model, how) => startCommand(context, controller, model, how),
    restart: (model, write, signal) => commands.restartInTerminal(model, write, signal),
    stop: (model, write, signal) => commands.stopInTerminal(model, write, signal),
  });
  return {
    restart: (model) => commands.restart(model),
    stop: (model) => commands.stop(model),
    keepEvidence: async (model) => {
      const { owner, refusal } = await holderOf(model);
      // What must not be ended must not get the signal that opens an inspector either.
      await evidence.keep(model, owner, settings.inspectNode() && refusal === undefined);
    },
    provideTasks: () => tasks.provideTasks(),
    resolveTask: (task) => tasks.resolveTask(task),
  };
}
