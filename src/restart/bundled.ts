import * as vscode from 'vscode';
import type { DaemonModel, Fleet } from '../daemons/fleet';
import type { RestartController } from './controller';
import { startCommandFor, type StartCommand } from './startCommand';
import type { Settings } from '../settings';

/** dispatchd's default address; a fixed name of the product. */
const DISPATCHD_URL = 'http://127.0.0.1:3470';

/** The bundled daemon, added to the watched ones where the user's list does not have it. */
export async function bundledDaemon(fleet: Fleet, settings: Settings): Promise<DaemonModel> {
  const known = () => {
    const monitor = fleet.monitor(DISPATCHD_URL);
    return monitor && { daemon: monitor.daemon, track: monitor.track };
  };
  const model = known();
  if (model) return model;
  await settings.addDaemon({ name: 'dispatchd', url: DISPATCHD_URL, kind: 'dispatchd' });
  fleet.configure(settings.daemons());
  const added = known();
  if (!added) throw new Error('The bundled daemon could not be added to daemonHealth.daemons.');
  return added;
}

/** How to start this daemon here: in this workspace's first folder, with the editor's own runtime. */
export function startCommand(
  { extensionUri }: vscode.ExtensionContext,
  controller: RestartController,
  { daemon, track }: DaemonModel,
): StartCommand | string {
  return startCommandFor(daemon, track.last?.report, {
    dispatchdPath: vscode.Uri.joinPath(extensionUri, 'dist', 'dispatchd.js').fsPath,
    nodePath: process.execPath,
    workspaceFolder: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath,
    platform: process.platform,
    lastArgs: controller.lastArgs(daemon.origin),
  });
}
