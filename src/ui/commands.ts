import * as vscode from 'vscode';
import { isConflictId } from '../health/conflicts';
import type { DaemonModel, Fleet } from '../daemons/fleet';
import type { Discovery } from '../daemons/discovery';
import type { ListedDaemon } from '../settings';
import { offeredOrigin } from './findingRows';
import { withoutLinks } from './links';
import { LOOK, worstFirst } from './looks';
import type { Log } from './log';
import type { RestartLoader } from '../restart/loader';
import { isSessionRowId } from './rowIds';
import { snooze } from './snoozeCommand';
import type { Snoozes } from './snoozes';
import type { HealthTree } from './tree';
import type { WorkLoader } from './workLoader';

export interface CommandDeps {
  readonly fleet: Fleet;
  readonly tree: HealthTree;
  readonly log: Log;
  readonly restarts: RestartLoader;
  readonly snoozes: Snoozes;
  readonly work: WorkLoader;
  readonly discovery: () => Promise<Discovery>;
  /** Adds a daemon to the user's own list. */
  readonly addDaemon: (daemon: ListedDaemon) => Promise<void>;
  /** The bundled daemon as something to start, watched from then on. */
  readonly bundledDaemon: () => Promise<DaemonModel>;
}

/**
 * Runs the commands of the palette, of the tree and of links; what looks after work has its own. `target` is a
 * daemon's origin, one of its row ids or its name; without one the user picks, where there is a choice.
 */
export function commandRunner({
  fleet,
  tree,
  log,
  restarts,
  snoozes,
  work,
  discovery,
  addDaemon,
  bundledDaemon,
}: CommandDeps): (command: string, targets: readonly unknown[]) => Promise<void> {
  const handlers: Record<string, (target: unknown) => unknown> = {
    restart: async (target) => {
      const model = await pick({ fleet, discovery }, target, 'Restart which daemon?');
      if (model) await restarts.restart(model);
    },
    start: async (target) => {
      const down = target === undefined ? undefined : find(fleet, target);
      await restarts.restart(down ?? (await bundledDaemon()));
    },
    stop: async (target) => {
      const model = await pick({ fleet, discovery }, target, 'Stop which daemon?');
      if (model) await restarts.stop(model);
    },
    refresh: () =>
      vscode.window.withProgress({ location: { viewId: 'daemonHealth.daemons' } }, () =>
        Promise.all([fleet.refresh(), discovery().then((known) => known.scan())]),
      ),
    watch: async (target) => {
      const daemon = (await discovery()).found(offeredOrigin(target) ?? '');
      if (daemon) await addDaemon(daemon);
    },
    ignore: async (target) => (await discovery()).ignore(offeredOrigin(target) ?? ''),
    offerIgnored: async () => (await discovery()).forgetIgnored(),
    showDetails: (target) => {
      const model = find(fleet, target) ?? worstFirst(fleet.models)[0];
      const isRow = isConflictId(target) || isSessionRowId(target);
      return tree.reveal(isRow ? target : model?.daemon.origin);
    },
    showLog: () => log.show(),
    keepEvidence: async (target) => {
      const model = await pick({ fleet, discovery }, target, 'Keep the evidence of which daemon?');
      if (!model) return;
      await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Window, title: `Keeping the evidence of ${model.daemon.name}` },
        () => restarts.keepEvidence(model),
      );
    },
    snooze: async (target) => {
      const model = await pick({ fleet, discovery }, target, 'Snooze the notifications of which daemon?');
      if (model) await snooze(model, snoozes);
    },
    dismissFailedStart: (target) => {
      const model = find(fleet, target) ?? fleet.models.find(({ track }) => track.startFailed !== undefined);
      if (model) fleet.monitor(model.daemon.origin)?.dismissStartFailure();
    },
    openDashboard: async (target) => {
      const model = await pick({ fleet, discovery }, target, 'Open the dashboard of which daemon?');
      if (model?.track.last?.report.kind === 'ductor') {
        throw new Error(`${model.daemon.name} has no page of its own: a ductor is used through its chats.`);
      }
      if (model) await vscode.env.openExternal(vscode.Uri.parse(model.daemon.origin));
    },
    copyValue: (target) => {
      const row = typeof target === 'string' ? tree.row(target) : undefined;
      if (row) return vscode.env.clipboard.writeText(row.value);
    },
    copyDiagnostics: async (target) => {
      const model = find(fleet, target);
      const { copyDiagnostics } = await import('./copyDiagnostics');
      await copyDiagnostics(fleet, model ? [model] : fleet.models);
    },
    configure: () => vscode.commands.executeCommand('workbench.action.openSettings', 'daemonHealth.daemons'),
  };
  return (command, targets) => {
    const name = command.replace(/^daemonHealth\./, '');
    const handler = handlers[name] ?? (() => work.run(name, targets));
    return guarded(() => handler(targets[0]), log);
  };
}

/** A command that fails says why, in a notification and in the log. */
async function guarded(run: () => unknown, log: Log): Promise<void> {
  try {
    await run();
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    log.error(text);
    const show = 'Show Log';
    void vscode.window
      .showErrorMessage(withoutLinks(text), show)
      .then((choice) => choice === show && log.show());
  }
}

function find({ models }: Fleet, target: unknown): DaemonModel | undefined {
  if (typeof target !== 'string') return undefined;
  return models.find(
    ({ daemon }) =>
      target === daemon.origin || target.startsWith(`${daemon.origin}#`) || target === daemon.name,
  );
}

async function pick(
  { fleet, discovery }: Pick<CommandDeps, 'fleet' | 'discovery'>,
  target: unknown,
  question: string,
): Promise<DaemonModel | undefined> {
  const named = find(fleet, target);
  if (named) return named;
  // Right after the start a daemon that nobody listed has not answered yet.
  await discovery();
  if (fleet.models.length === 0 && !fleet.settled) {
    const title = 'Looking for daemons';
    await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () =>
      fleet.refresh(),
    );
  }
  const models = worstFirst(fleet.models);
  if (models.length === 0) {
    throw new Error('No daemon is watched. Start the bundled daemon, or name yours in daemonHealth.daemons.');
  }
  if (models.length === 1) return models[0];
  const items = models.map((model) => ({
    label: `$(${LOOK[model.track.verdict.state].icon}) ${model.daemon.name}`,
    description: `${LOOK[model.track.verdict.state].label} · ${model.daemon.origin}`,
    model,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder: question }))?.model;
}
