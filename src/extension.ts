import * as vscode from 'vscode';
import { systemClock } from './clock';
import { Fleet } from './daemons/fleet';
import { bundledDaemon, startCommand } from './restart/bundled';
import { RestartController } from './restart/controller';
import { DaemonTasks, TASK_TYPE, runInTerminal } from './restart/tasks';
import { Settings } from './settings';
import { Memory } from './memory';
import { makeApi, type DaemonHealthApi } from './api';
import { registerCommands } from './ui/commands';
import { Log } from './ui/log';
import { Notifier } from './ui/notifier';
import { RestartCommands } from './ui/restartCommands';
import { StatusItem } from './ui/statusItem';
import { renderStatus } from './ui/statusText';
import { HealthTree } from './ui/tree';

/** Wires the parts together. Asks no daemon and touches no file before it returns. */
export function activate(context: vscode.ExtensionContext): DaemonHealthApi {
  const log = new Log();
  const settings = new Settings();
  const memory = new Memory(context.workspaceState);
  const fleet = new Fleet({
    clock: systemClock,
    random: Math.random,
    isFocused: () => vscode.window.state.focused,
    createProbe: async (origin) => (await import('./daemons/probe')).createProbe(origin),
    recall: (origin) => memory.recall(origin),
  });

  const controller: RestartController = new RestartController({
    fleet,
    log: (line) => log.info(line),
    start: (model, signal) => runInTerminal(tasks.startTask(model), signal),
  });
  const restarts = new RestartCommands(controller);
  const tasks = new DaemonTasks({
    fleet,
    startCommand: (model) => startCommand(context, controller, model),
    restart: (model, write, signal) => restarts.restartInTerminal(model, write, signal),
  });

  const statusItem = StatusItem.create();
  const tree = new HealthTree(fleet, systemClock);
  const notifier = new Notifier(systemClock);
  const render = () => {
    statusItem.render(renderStatus(fleet.models, systemClock.now()));
    tree.render();
    memory.keep(fleet.models);
  };
  fleet.on('change', render);
  fleet.on('events', (model, events) => {
    log.transitions(model, events);
    for (const event of events) if (event.kind === 'notice') void notifier.tell(model, event.notice);
  });

  context.subscriptions.push(
    log,
    fleet,
    statusItem,
    tree,
    vscode.tasks.registerTaskProvider(TASK_TYPE, tasks),
    registerCommands({ fleet, tree, log, restarts, bundledDaemon: () => bundledDaemon(fleet, settings) }),
    settings.onDidChange(() => fleet.configure(settings.daemons())),
    vscode.window.onDidChangeWindowState(({ focused }) => focused && void fleet.refresh()),
  );
  // The first poll, and with it the first load of undici, comes after activation.
  setImmediate(() => fleet.configure(settings.daemons()));
  return makeApi(fleet);
}
