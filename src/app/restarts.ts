import type { DaemonId } from '../health/report';
import { userInfo } from 'node:os';
import * as vscode from 'vscode';
import type { Clock } from '../base/time';
import type { Registry } from '../watch/registry';
import type { DaemonModel } from '../model/daemonModel';
import type { KeptReport } from '../model/outcome';
import { openReport } from '../ui/commands/openReport';
import { restartWays, startCommand, workspaceFolders } from '../ui/tasks/startContext';
import { RestartController } from '../restart/controller';
import { holderOf } from '../restart/plan';
import { chooseWay } from '../restart/chooseWay';
import { isOutside } from '../restart/startFolder';
import { lostVariables } from '../restart/lostVariables';
import type { StartCommand } from '../restart/startCommand';
import { Keepers } from '../store/keepers';
import type { RestartRecords } from '../store/restartRecords';
import { lastSaid } from '../launcher/launcherLog';
import { cleanEnv } from '../system/cleanEnv';
import { byPath, programAt, whyNotStartable } from '../system/startable';
import { TaskRunner } from '../ui/tasks/taskRunner';
import { DaemonTasks } from '../ui/tasks/taskProvider';
import { terminalEnv } from '../ui/tasks/terminalEnv';
import type { Settings } from '../settings/settings';
import { Evidence } from '../ui/commands/keepEvidence';
import type { Log } from '../ui/shared/log';
import { RestartCommands } from '../ui/commands/restart';
import { recordOf, stopText } from '../words/outcomes';
import { restartStepText } from '../words/restartSteps';
import type { Notifications } from '../ui/notifications/notifications';

export interface RestartsDeps {
  readonly context: vscode.ExtensionContext;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: Settings;
  readonly records: RestartRecords;
  readonly onRestarted: (daemonId: DaemonId) => void;
  readonly onEvidence: (daemonId: DaemonId, report: KeptReport) => void;
  readonly door: Pick<Notifications, 'tell'>;
}

export type Restarts = ReturnType<typeof createRestarts>;

/**
 * What starts, stops and restarts daemons. This file is a chunk of its own, loaded when one of that is asked for.
 */
export function createRestarts(deps: RestartsDeps) {
  const { context, registry, clock, log, settings } = deps;
  const folder = context.globalStorageUri;
  const evidence = new Evidence({ ...deps, folder: vscode.Uri.joinPath(folder, 'evidence').fsPath });
  const whyNot = (command: StartCommand) => whyNotStartable(command, terminalEnv());
  const runner = new TaskRunner({ whyNotStartable: whyNot, lastSaid });
  const keepers = new Keepers({ folder: folder.fsPath, log: (line) => log.info(line) });
  context.subscriptions.push(keepers);
  const controller: RestartController = new RestartController({
    ...deps,
    keepers,
    wallAt: () => clock.now().wallAt,
    folder: folder.fsPath,
    keepEvidence: (model, owner, inspect) => evidence.keep(model, owner, inspect),
    log: (line) => log.info(line),
    logStep: (daemon, what, step) => log.info(`[${daemon}] ${what}: ${restartStepText(step)}`),
    logStop: (outcome) => log.info(`[${outcome.daemon}] ${stopText(outcome)}`),
    recordOf,
    onUnexpected: (where, error) => log.unexpected(where, error),
    prepare: async (model, running) => {
      const ways = await restartWays(context, controller, model);
      const choice = await chooseWay(ways, running, model.daemon.restart !== undefined, {
        whyNotStartable: whyNot,
        programAt: (command) => programAt(command, terminalEnv()),
      });
      const next = { ...cleanEnv(terminalEnv()), ...choice.way.command.env };
      const lost = running?.env && lostVariables(running.env, next);
      const { command, isFolderByAnswer } = choice.way;
      const byAnswer = isFolderByAnswer ? command.cwd : undefined;
      const outside =
        byAnswer !== undefined && isOutside(byAnswer, workspaceFolders()) ? byAnswer : undefined;
      return {
        ...choice,
        ...(outside !== undefined && { outside }),
        ...(running?.env ? lost && { lost } : { lost: 'notKnown' }),
      };
    },
    start: async (model, signal, env, agreed) => {
      const way = agreed?.command && { ...agreed, command: agreed.command };
      const command = await runner.run(await tasks.startTask(model, env, way), signal);
      return { ...command, isMarked: true };
    },
  });
  const commands = new RestartCommands({
    ...deps,
    controller,
    userName: () => userInfo().username,
    onUnexpected: (where, error) => log.unexpected(where, error),
    inspectable: async (owner) => (await import('../diagnostics/evidence')).inspectable(owner),
    current: (daemonId) => registry.model(daemonId),
  });
  const tasks = new DaemonTasks({
    registry,
    startCommand: async (model, how) => {
      const command = await startCommand(context, controller, model, how);
      // VS Code would not look for it on the PATH that its terminals are given by settings.
      return 'is' in command ? command : byPath(command, terminalEnv());
    },
    restart: (model, write, signal) => commands.restartInTerminal(model, write, signal),
    stop: (model, write, signal) => commands.stopInTerminal(model, write, signal),
  });
  return {
    restart: (model: DaemonModel, openedMs?: number) => commands.restart(model, openedMs),
    waitLonger: (model: DaemonModel) => commands.waitLonger(model),
    stop: (model: DaemonModel) => commands.stop(model),
    keepEvidence: async (model: DaemonModel) => {
      const { owner, refusal } = await holderOf(model);
      // What must not be ended must not get the signal that opens an inspector either.
      const kept = await evidence.keep(model, owner, settings.inspectNode() && refusal === undefined);
      if (kept.report) await openReport(kept.report.file);
    },
    provideTasks: () => tasks.provideTasks(),
    resolveTask: (task: vscode.Task) => tasks.resolveTask(task),
  };
}
