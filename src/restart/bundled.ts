import * as vscode from 'vscode';
import type { DaemonModel } from '../daemons/fleet';
import type { RestartController } from './controller';
import { startCommandFor, type StartCommand } from './startCommand';

/** How to start this daemon here: in this workspace's first folder, with the editor's own runtime. */
export function startCommand(
  { extensionUri, globalStorageUri }: vscode.ExtensionContext,
  controller: RestartController,
  { daemon, track }: DaemonModel,
): StartCommand | string {
  return startCommandFor(daemon, track.last?.report, {
    dispatchdPath: vscode.Uri.joinPath(extensionUri, 'dist', 'dispatchd.js').fsPath,
    launcherPath: vscode.Uri.joinPath(extensionUri, 'dist', 'launcher.js').fsPath,
    logFile: vscode.Uri.joinPath(globalStorageUri, 'logs', `${daemon.name.replace(/[^\w-]+/g, '_')}.log`)
      .fsPath,
    nodePath: process.execPath,
    workspaceFolder: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath,
    platform: process.platform,
    lastArgs: controller.lastArgs(daemon.origin),
  });
}
