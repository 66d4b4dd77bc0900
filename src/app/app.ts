import * as vscode from 'vscode';
import { systemClock } from './systemClock';
import { Registry } from '../watch/registry';
import { RecentCommands } from '../store/recentCommands';
import { OfferedFirstSteps } from '../store/firstSteps';
import { WorkspaceMemory } from '../store/workspaceMemory';
import { RestartRecords } from '../store/restartRecords';
import { Settings } from '../settings/settings';
import type { RunCommand } from '../ui/commands/commands';
import { DoorLoader } from './doorLoader';
import { drawEach, Drawing, type Drawn } from './drawing';
import { Focus, leaseOfWindow } from './focus';
import { HangLoader } from './hangLoader';
import { Log } from '../ui/shared/log';
import { Snoozes } from '../store/snoozes';
import { UsableCommands } from '../ui/shared/usable';
import { Lazy } from './lazy';
import type { Sessions } from './sessions';
import type { Surfaces } from './surfaces';
import { PastLoader } from './pastLoader';

/** What one window does once it is activated. */
export type App = ReturnType<typeof createApp>;

/**
 * Wires the parts together, and begins to watch. This file is a chunk of its own, loaded right after activation.
 *
 * @param onDidPoll called after every poll, changed or not
 */
export function createApp(context: vscode.ExtensionContext, onDidPoll: () => void) {
  const { workspaceState, globalState, globalStorageUri, storageUri } = context;
  const clock = systemClock;
  const wallAt = () => clock.now().wallAt;
  const focus = new Focus(clock, () => onFocus());
  const { isFocused } = focus;
  const log = new Log();
  const settings = new Settings();
  const write = (line: string) => log.info(line);
  const failed = (what: string) => (error: unknown) => log.unexpected(what, error);
  const memory = new WorkspaceMemory(workspaceState, wallAt, write);
  const shared = { folder: globalStorageUri.fsPath, log: write };
  const lease = leaseOfWindow(shared);
  const records = new RestartRecords(globalState, shared, () => registry.changed());
  const snoozes = new Snoozes(globalState, shared, () => registry.changed(), wallAt);
  const lookAtShared = () => {
    records.look();
    snoozes.look();
  };
  const registry: Registry = new Registry({
    clock,
    random: Math.random,
    isFocused,
    createProbe: async (target, kind, asks) =>
      (await import('../kinds/probe')).createProbe(target, {
        kind,
        ...(asks && { asks }),
        wallAt,
        mayReadLimits: () => settings.readSmithyLimits(),
      }),
    restartElsewhere: async (daemonId) =>
      (await import('../restart/restartLock')).restartElsewhere(shared.folder, daemonId),
    admit: async (daemon, report) => (await discovery.get()).admit(daemon, report),
    recall: (daemonId) => memory.recall(daemonId),
    onError: failed('A step of a daemon'),
    snoozeOf: (daemonId, report) => snoozes.of(daemonId, report),
    restartsOf: (daemonId) => records.of(daemonId),
    pastOf: (daemonId) => past.of(daemonId),
  });

  const door = new DoorLoader({
    clock,
    settings,
    lease,
    current: (daemonId) => registry.model(daemonId),
    conflicts: () => registry.conflicts,
    finished: () => settings.finished(),
    focusedSinceMs: () => focus.sinceMs,
    run: (command, targets) => run(command, targets),
    log: write,
    onError: (where, error) => log.unexpected(where, error),
  });

  const restarts = new Lazy(
    async () =>
      (await import('./restarts')).createRestarts({
        context,
        door,
        registry,
        clock,
        log,
        settings,
        records,
        onRestarted: (daemonId) => void snoozes.endAtRestart(daemonId),
        onEvidence: (daemonId, report) => past.evidenceKept(daemonId, report),
      }),
    failed('The restarts'),
  );

  const discovery = new Lazy(
    async () =>
      (await import('./discovery')).createDiscovery({
        context,
        registry,
        clock,
        settings,
        recall: (daemonId) => memory.recall(daemonId),
        isFocused,
        log: write,
      }),
    failed('Looking for daemons'),
  );

  const past = new PastLoader({
    clock,
    shared,
    workspaceFolder: (storageUri ?? globalStorageUri).fsPath,
    registry,
    onError: failed('What happened'),
  });
  const showHang = new HangLoader({ context, registry }, failed('The demo'));
  // What draws is a chunk of its own, loaded once the first daemons are asked.
  const surfaces = new Lazy<Surfaces>(
    async () => new (await import('./surfaces')).Surfaces(registry, clock, log, settings),
    (error) => log.cleanRoughly('What is shown', error),
  );
  const usable = new UsableCommands((names) => {
    void vscode.commands.executeCommand('setContext', 'daemonHealth.usable', names);
  });
  // What looks after running work is a chunk of its own, loaded when a daemon has answered, or by a command.
  const sessions = new Lazy<Sessions>(async () => {
    const loaded = (await import('./sessions')).createSessions({
      clock,
      models: () => registry.models,
      poll: async (daemonId) => registry.monitor(daemonId)?.poll(),
      probe: (daemonId) => registry.probe(daemonId),
      dismissLost: (daemonId, id) => registry.monitor(daemonId)?.input({ kind: 'lostDismissed', id }),
      door,
      log: write,
      drawSessions: (rows) => surfaces.pass(({ tree }) => tree.drawSessions(rows)),
      showUsable: (commands) => usable.set('sessions', commands),
      recent: new RecentCommands(workspaceState, write),
    });
    loaded.update();
    return loaded;
  }, failed('The sessions'));
  const updateSessions = () => {
    if (sessions.now) sessions.now.update();
    // Also where nothing runs: a daemon may have lost its work since an earlier window looked, and may yet lose it.
    else if (!sessions.isWanted && registry.models.some(({ track }) => track.last))
      sessions.pass(() => undefined);
  };
  let news = 0;
  const drawn: Drawn = [
    ['The news', () => (news = past.news)],
    ['The status item', () => surfaces.now?.drawStatusItem(news)],
    ['The tree', () => surfaces.now?.tree.render(news)],
    ['The palette', () => surfaces.now && usable.set('daemons', surfaces.now.usable)],
    ['The memory', () => memory.keep(registry.models)],
    ['The notifications', () => door.update()],
    ['The sessions', updateSessions],
    ['What happened', () => past.update()],
  ];
  const render = () => drawEach(drawn, (name, error) => log.unexpected(name, error));

  const runner = new Lazy(async () => {
    const [{ tree }, { commandRunner }] = await Promise.all([
      surfaces.get(),
      import('../ui/commands/commands'),
    ]);
    return commandRunner({
      clock,
      registry,
      tree,
      log,
      settings,
      restarts: () => restarts.get(),
      snoozes,
      runOnSessions: async (command, targets) => (await sessions.get()).run(command, targets),
      discovery: () => discovery.get(),
      openHealthPage: () => past.openPage(),
      demo: () => showHang.get(),
      firstSteps: new OfferedFirstSteps(globalState, write),
    });
  }, failed('The commands'));
  const run: RunCommand = async (command, targets) => (await runner.get())(command, targets);

  const drawing = new Drawing(clock, render);
  registry.on('change', () => {
    drawing.soon();
    lookAtShared();
    onDidPoll();
  });
  registry.on('counted', () => {
    sessions.now?.counted();
    surfaces.now?.drawStatusItem(news);
  });
  registry.on('stepped', (model, events, watched) => {
    memory.stepped(model, watched);
    past.stepped(model, events);
    // What health asks of the world changes nothing that a user sees.
    if (events.every(({ kind }) => kind === 'asks' || kind === 'newProcess')) return;
    drawing.atOnce();
    surfaces.pass((shown) => shown.stepped(model, events));
    for (const event of events) door.happened(model, event);
  });
  registry.on('together', (step) => door.together(step));

  const onFocus = () => {
    lease
      .take()
      .catch((error: unknown) => log.error(`The notification lease cannot be kept: ${String(error)}`));
    lookAtShared();
    void registry.focused();
    discovery.pass((known) => known.attend());
  };
  discovery.pass((known) => known.start());
  surfaces.pass(() => {
    if (drawing.hasBegun) render();
    past.load();
    void showHang.sweep();
  });
  if (isFocused()) onFocus();

  const subscriptions = vscode.Disposable.from(
    log,
    focus,
    registry,
    surfaces,
    sessions,
    door,
    showHang,
    lease,
    records,
    snoozes,
    drawing,
    { dispose: () => memory.flush() },
    discovery,
    past,
    settings.onDidChangeWatched(() => discovery.pass((known) => known.start())),
    vscode.workspace.onDidChangeWorkspaceFolders(() => discovery.pass((known) => void known.scan())),
  );
  return {
    /** Runs a command of the manifest. Its targets are what it was called with: row ids from the tree and from links. */
    run,
    daemons: () => surfaces.now?.snapshots() ?? [],
    provideTasks: async () => (await restarts.get()).provideTasks(),
    resolveTask: async (task: vscode.Task) => (await restarts.get()).resolveTask(task),
    dispose: () => void subscriptions.dispose(),
  };
}
