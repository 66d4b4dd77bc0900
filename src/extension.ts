import * as vscode from 'vscode';
import { systemClock } from './clock';
import type { Discovery, DiscoveryDeps } from './daemons/discovery';
import { Fleet } from './daemons/fleet';
import { conflictsOf } from './daemons/parties';
import { bundledDaemon } from './restart/bundledDaemon';
import { RestartLoader } from './restart/loader';
import { RestartRecords } from './restart/records';
import { Settings } from './settings';
import { Histories } from './histories';
import { Memory } from './memory';
import { makeApi, type DaemonHealthApi } from './api';
import { guarded, registerCommands } from './ui/commands';
import { ConflictNotifier } from './ui/conflictNotifier';
import { Log } from './ui/log';
import { SpeakerLease } from './ui/lease';
import { Notifier } from './ui/notifier';
import { Snoozes } from './ui/snoozes';
import { StatusItem } from './ui/statusItem';
import { renderStatus } from './ui/statusText';
import { HealthTree } from './ui/tree';
import { WorkLoader } from './ui/workLoader';

/** Wires the parts together. Asks no daemon and touches no file before it returns. */
export function activate(context: vscode.ExtensionContext): DaemonHealthApi {
  const log = new Log();
  const settings = new Settings();
  const memory = new Memory(context.workspaceState);
  const histories = new Histories(context.workspaceState);
  const snoozes: Snoozes = new Snoozes(context.globalState, () => render());
  const lease = new SpeakerLease({ folder: context.globalStorageUri.fsPath, pid: process.pid });
  const records = new RestartRecords(context.globalState);
  const fleet = new Fleet({
    clock: systemClock,
    random: Math.random,
    isFocused: () => vscode.window.state.focused,
    createProbe: async (origin) =>
      (await import('./daemons/probe')).createProbe(origin, undefined, () => settings.readSmithyLimits()),
    recall: (origin) => ({ ...memory.recall(origin), ...histories.recall(origin) }),
    snoozeOf: (origin, report) => snoozes.of(origin, report),
    restartsOf: (origin) => records.of(origin),
  });

  const restarts = new RestartLoader({
    context,
    fleet,
    clock: systemClock,
    log,
    settings,
    records,
    onRestarted: (origin) => void snoozes.endAtRestart(origin),
  });

  const statusItem = StatusItem.create();
  const tree = new HealthTree(fleet, systemClock);
  const current = (origin: string) => fleet.models.find(({ daemon }) => daemon.origin === origin);
  const notifier = new Notifier({ clock: systemClock, settings, lease, current });
  const conflictNotifier = new ConflictNotifier({
    clock: systemClock,
    settings,
    lease,
    conflicts: () => conflictsOf(fleet),
  });
  let discovering: Promise<Discovery> | undefined;
  const discoveryDeps: DiscoveryDeps = {
    fleet,
    clock: systemClock,
    settings,
    workspaceState: context.workspaceState,
    globalState: context.globalState,
    recall: (origin) => memory.recall(origin),
    workspaceFolders: () =>
      (vscode.workspace.workspaceFolders ?? [])
        .filter(({ uri }) => uri.scheme === 'file')
        .map(({ uri }) => uri.fsPath),
    isFocused: () => vscode.window.state.focused,
    scan: async (request) => (await import('./daemons/probe')).scan(request),
    log: (line) => log.info(line),
  };
  const discovery = () =>
    (discovering ??= import('./daemons/discovery').then(({ Discovery }) => new Discovery(discoveryDeps)));
  const work = new WorkLoader({
    clock: systemClock,
    models: () => fleet.models,
    poll: async (origin) => fleet.monitor(origin)?.poll(),
    voice: {
      wants: (level, origin) => settings.allows(level) && !current(origin)?.snooze,
      maySpeak: (key, stillWanted) => lease.maySpeak(key, stillWanted),
    },
    log: (line) => log.info(line),
    drawSessions: (rows) => tree.drawSessions(rows),
    state: context.workspaceState,
  });
  const render = () => {
    statusItem.render(renderStatus(fleet.models, systemClock.now()));
    tree.render();
    memory.keep(fleet.models);
    histories.keep(fleet.models);
    notifier.resume();
    work.update(fleet.models);
    conflictNotifier.update();
  };
  // Many daemons may answer in one turn of the event loop: all is drawn once, after it.
  let isDrawing = false;
  const draw = () => {
    if (isDrawing) return;
    isDrawing = true;
    setImmediate(() => {
      isDrawing = false;
      if (!isOver) render();
    });
  };
  let isOver = false;
  fleet.on('change', draw);
  fleet.on('events', (model, events) => {
    log.transitions(model, events);
    for (const event of events) if (event.kind === 'notice') void notifier.tell(model, event.notice);
  });

  context.subscriptions.push(
    log,
    fleet,
    statusItem,
    tree,
    work,
    work.register((run) => guarded(run, undefined, log)),
    { dispose: () => histories.flush() },
    { dispose: () => (isOver = true) },
    vscode.tasks.registerTaskProvider('daemonHealth', restarts),
    registerCommands({
      fleet,
      tree,
      log,
      restarts,
      snoozes,
      discovery,
      addDaemon: (daemon) => settings.addDaemon(daemon, fleet.listed()),
      bundledDaemon: () => bundledDaemon(fleet, settings),
    }),
    { dispose: () => void discovering?.then((known) => known.dispose()) },
    settings.onDidChange(() => void discovery().then((known) => known.start())),
    vscode.workspace.onDidChangeWorkspaceFolders(() => void discovery().then((known) => known.scan())),
    vscode.window.onDidChangeWindowState(({ focused }) => focused && onFocus()),
  );
  const onFocus = () => {
    lease
      .take()
      .catch((error: unknown) => log.error(`The notification lease cannot be kept: ${String(error)}`));
    void fleet.refresh();
    void discovery().then((known) => known.attend());
  };
  // The first poll, and with it the first load of undici, comes after activation.
  setImmediate(() => {
    void discovery().then((known) => known.start());
    if (vscode.window.state.focused) onFocus();
  });
  return makeApi(fleet);
}
