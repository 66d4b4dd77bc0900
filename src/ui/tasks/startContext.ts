import * as vscode from 'vscode';
import type { DaemonModel } from '../../model/daemonModel';
import type { RestartController } from '../../restart/controller';
import { startCommandFor, type StartCommand, type StartContext } from '../../restart/startCommand';

/** How to start this daemon here: in this workspace's first folder, with the editor's own runtime. */
export function startCommand(
  { extensionUri, globalStorageUri }: vscode.ExtensionContext,
  controller: RestartController,
  { daemon, track }: DaemonModel,
  how: { unlooked: boolean },
): StartCommand | string {
  const context: StartContext = {
    dispatchdPath: vscode.Uri.joinPath(extensionUri, 'dist', 'dispatchd.js').fsPath,
    launcherPath: vscode.Uri.joinPath(extensionUri, 'dist', 'launcher.js').fsPath,
    logFile: vscode.Uri.joinPath(globalStorageUri, 'logs', `${daemon.name.replace(/[^\w-]+/g, '_')}.log`)
      .fsPath,
    nodePath: process.execPath,
    // A folder of another scheme is not on the machine that the daemon would run on.
    workspaceFolder: vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri.fsPath,
    shell: vscode.env.shell || defaultShell(),
    platform: process.platform,
    lastArgs: controller.lastArgs(daemon.id),
  };
  return startCommandFor(daemon, track.last?.report, context, how);
}

function defaultShell(): string {
  return process.platform === 'win32' ? (process.env.ComSpec ?? 'cmd.exe') : '/bin/sh';
}
