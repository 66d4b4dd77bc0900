import type { DaemonId } from '../health/report';
import * as vscode from 'vscode';
import { systemClock } from './systemClock';
import type { Discovery, DiscoveryDeps } from '../watch/discovery/discovery';
import { Registry } from '../watch/registry';
import { AdoptedDaemons } from '../store/adopted';
import { RecentCommands } from '../store/recentCommands';
import { WorkspaceMemory } from '../store/workspaceMemory';
import { RestartRecords } from '../store/restartRecords';
import { Settings } from '../settings/settings';
import type { RunCommand } from '../ui/commands/commands';
import { DoorLoader } from './doorLoader';
import { Log } from '../ui/shared/log';
import { SpeakerLease } from '../store/speakerTurn';
import { Snoozes } from '../store/snoozes';
import { UsableCommands, usableOnDaemons } from '../ui/shared/usable';
import { SessionLoader } from './sessionLoader';
import { Lazy, loadedOnce } from './lazy';
import type { Surfaces } from './surfaces';
import { DRAW_INTERVAL_MS } from './policy';

/** What one window does once it is activated. */
export type App = ReturnType<typeof createApp>;

/**
 * Wires the parts together, and begins to watch. This file is a chunk of its own, loaded right after activation.
 *
 * @param onDidPoll called after every poll, changed or not
 */
export function createApp(context: vscode.ExtensionContext, onDidPoll: () => void) {
  const { workspaceState, globalState, globalStorageUri } = context;
  const clock = systemClock;
  const wallAt = () => clock.now().wallAt;
  const isFocused = () => vscode.window.state.focused;
  const log = new Log();
  const settings = new Settings();
  const write = (line: string) => log.info(line);
  const memory = new WorkspaceMemory(workspaceState, wallAt, write);
  const lease = new SpeakerLease({
    folder: globalStorageUri.fsPath,
    pid: process.pid,
    log: write,
    // Only the window itself can set it.
    reach: () => vscode.commands.executeCommand('setContext', 'daemonHealth.reached', true),
  });
  const shared = { folder: globalStorageUri.fsPath, log: write };
  const changed = () => registry.changed();
  const records = new RestartRecords(globalState, shared, changed);
  const snoozes = new Snoozes(globalState, shared, changed, wallAt);
  const lookAtShared = () => {
    records.look();
    snoozes.look();
  };
  const registry: Registry = new Registry({
    clock,
    random: Math.random,
    isFocused,
    createProbe: async (target, kind) =>
      (await import('../kinds/probe')).createProbe(target, {
        kind,
        wallAt,
        mayReadLimits: () => settings.readSmithyLimits(),
      }),
    restartElsewhere: async (daemonId) =>
      (await import('../restart/restartLock')).restartElsewhere(shared.folder, daemonId),
    recall: (daemonId) => memory.recall(daemonId),
    onError: (error) => log.unexpected('A step of a daemon', error),
    snoozeOf: (daemonId, report) => snoozes.of(daemonId, report),
    restartsOf: (daemonId) => records.of(daemonId),
  });

  const current = (daemonId: DaemonId) => registry.model(daemonId);
  const door = new DoorLoader({
    clock,
    settings,
    lease,
    current,
    conflicts: () => registry.conflicts,
    run: (command, targets) => run(command, targets),
    log: write,
    onError: (where, error) => log.unexpected(where, error),
  });

  const restarts = loadedOnce(() =>
    import('./restarts').then(({ createRestarts }) =>
      createRestarts({
        context,
        door,
        registry,
        clock,
        log,
        settings,
        records,
        onRestarted: (daemonId) => void snoozes.endAtRestart(daemonId),
      }),
    ),
  );

  const discoveryDeps: DiscoveryDeps = {
    registry,
    clock,
    settings,
    kept: new AdoptedDaemons(workspaceState, globalState, write),
    recall: (daemonId) => memory.recall(daemonId),
    workspaceFolders: () =>
      (vscode.workspace.workspaceFolders ?? [])
        .filter(({ uri }) => uri.scheme === 'file')
        .map(({ uri }) => uri.fsPath),
    isFocused,
    scan: async (request) => (await import('../watch/discovery/scan')).scan(request),
    log: write,
  };
  const discovery = loadedOnce(() =>
    import('../watch/discovery/discovery').then(({ Discovery }) => new Discovery(discoveryDeps)),
  );
  const discover = (act: (known: Discovery) => unknown) =>
    void discovery().then(act, (error: unknown) => log.unexpected('Looking for daemons', error));

  // What draws is a chunk of its own, loaded once the first daemons are asked.
  const surfaces = new Lazy<Surfaces>(
    async () => {
      const loaded = await import('./surfaces');
      return new loaded.Surfaces(registry, clock, log);
    },
    (error) => log.unexpected('What is shown', error),
  );
  const usable = new UsableCommands((names) => {
    void vscode.commands.executeCommand('setContext', 'daemonHealth.usable', names);
  });
  const sessions = new SessionLoader(
    {
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
    },
    (error) => log.unexpected('The sessions', error),
  );
  const drawn: readonly (readonly [name: string, draws: () => void])[] = [
    ['The status item', () => surfaces.now?.drawStatusItem()],
    ['The tree', () => surfaces.now?.tree.render()],
    ['The palette', () => usable.set('daemons', usableOnDaemons(registry.models, registry.found))],
    ['The memory', () => memory.keep(registry.models)],
    ['The notifications', () => door.update()],
    ['The sessions', () => sessions.update(registry.models)],
  ];
  const render = () => {
    // A surface that throws stops no other one.
    for (const [name, draws] of drawn) {
      try {
        draws();
      } catch (error) {
        log.unexpected(name, error);
      }
    }
  };

  const runner = loadedOnce(() =>
    Promise.all([surfaces.get(), import('../ui/commands/commands')]).then(([{ tree }, { commandRunner }]) =>
      commandRunner({
        clock,
        registry,
        tree,
        log,
        settings,
        restarts,
        snoozes,
        sessions,
        discovery,
        addDaemon: (daemon) => settings.addDaemon(daemon, registry.listed()),
      }),
    ),
  );
  const run: RunCommand = async (command, targets) => (await runner())(command, targets);

  // What changed a state is drawn at once; of many daemons that only answered again, several together.
  let drawing: NodeJS.Timeout | undefined;
  let drawnMs = -Infinity;
  const draw = (inMs: number) => {
    clearTimeout(drawing);
    drawing = setTimeout(() => {
      drawing = undefined;
      drawnMs = clock.now().monotonicMs;
      render();
    }, inMs);
  };
  registry.on('change', () => {
    if (!drawing) draw(Math.max(0, drawnMs + DRAW_INTERVAL_MS - clock.now().monotonicMs));
    lookAtShared();
    onDidPoll();
  });
  registry.on('counted', () => sessions.counted());
  registry.on('stepped', (model, events, watched) => {
    memory.stepped(model, watched);
    // What health asks of the world changes nothing that a user sees.
    if (events.every(({ kind }) => kind === 'asks' || kind === 'newProcess')) return;
    draw(0);
    surfaces.pass((shown) => shown.stepped(model, events));
    for (const event of events) door.happened(model, event);
  });
  registry.on('together', (step) => door.together(step));

  const onFocus = () => {
    lease
      .take()
      .catch((error: unknown) => log.error(`The notification lease cannot be kept: ${String(error)}`));
    lookAtShared();
    void registry.refresh();
    discover((known) => known.attend());
  };
  discover((known) => known.start());
  surfaces.pass(() => drawnMs > -Infinity && render());
  if (isFocused()) onFocus();

  const subscriptions = vscode.Disposable.from(
    log,
    registry,
    surfaces,
    sessions,
    door,
    lease,
    records,
    snoozes,
    { dispose: () => clearTimeout(drawing) },
    { dispose: () => memory.flush() },
    { dispose: () => discover((known) => known.dispose()) },
    settings.onDidChangeWatched(() => discover((known) => known.start())),
    vscode.workspace.onDidChangeWorkspaceFolders(() => discover((known) => known.scan())),
    vscode.window.onDidChangeWindowState(({ focused }) => focused && onFocus()),
  );
  return {
    /** Runs a command of the manifest. Its targets are what it was called with: row ids from the tree and from links. */
    run,
    daemons: () => surfaces.now?.snapshots() ?? [],
    provideTasks: async () => (await restarts()).provideTasks(),
    resolveTask: async (task: vscode.Task) => (await restarts()).resolveTask(task),
    dispose: () => void subscriptions.dispose(),
  };
}
