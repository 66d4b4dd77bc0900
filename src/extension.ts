import * as vscode from 'vscode';
import type { DaemonHealthApi } from './api';
import type { App } from './app/app';

/**
 * Registers what VS Code may ask for from now on. Everything behind it is a chunk of its own, loaded right after:
 * no daemon is asked and no file is touched before this returns.
 */
export function activate(context: vscode.ExtensionContext): DaemonHealthApi {
  const polled = new vscode.EventEmitter<void>();
  let app: App | undefined;
  let loading: Promise<App> | undefined;
  let isOver = false;
  const load = () =>
    (loading ??= import('./app/app').then(({ createApp }) => {
      app = createApp(context, () => polled.fire());
      if (isOver) app.dispose();
      return app;
    }));

  const dispose = () => {
    isOver = true;
    app?.dispose();
  };
  context.subscriptions.push(
    polled,
    { dispose },
    ...commandsOf(context).map((command) =>
      vscode.commands.registerCommand(command, async (...targets: unknown[]) =>
        (await load()).run(command, targets),
      ),
    ),
    vscode.tasks.registerTaskProvider('daemonHealth', {
      provideTasks: async () => (await load()).provideTasks(),
      resolveTask: async (task) => (await load()).resolveTask(task),
    }),
  );
  setImmediate(() => void load());
  return { daemons: () => app?.daemons() ?? [], onDidPoll: polled.event };
}

/** The manifest names every command there is. */
function commandsOf({ extension }: vscode.ExtensionContext): readonly string[] {
  const { contributes } = extension.packageJSON as { contributes: { commands: { command: string }[] } };
  return contributes.commands.map(({ command }) => command);
}
