import { CodedError } from '../../base/errors';
import * as vscode from 'vscode';
import type { DaemonModel } from '../../model/daemonModel';
import type { NoWay } from '../../model/startFailure';
import type { RestartController } from '../../restart/controller';
import type { RestartWay } from '../../kinds/kind';
import { startCommandFor, waysFor, type StartCommand, type StartContext } from '../../restart/startCommand';

/** Where this window starts daemons: in this workspace's first folder, with the editor's own runtime. */
function contextOf(
  { extensionUri, globalStorageUri }: vscode.ExtensionContext,
  controller: RestartController,
  { daemon }: DaemonModel,
): StartContext {
  return {
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
    running: controller.running(daemon.id),
  };
}

/** How to start this daemon here; or why there is no way. */
export function startCommand(
  context: vscode.ExtensionContext,
  controller: RestartController,
  model: DaemonModel,
  how: { unlooked: boolean; agreed?: RestartWay | undefined },
): Promise<StartCommand | NoWay> {
  const { daemon, track } = model;
  return startCommandFor(daemon, track.last?.report, contextOf(context, controller, model), how);
}

/** The ways in which this daemon can be restarted here, best first. Rejects with an error fit to show where there is none. */
export async function restartWays(
  context: vscode.ExtensionContext,
  controller: RestartController,
  model: DaemonModel,
): Promise<readonly RestartWay[]> {
  const { daemon, track } = model;
  const ways = await waysFor(daemon, track.last?.report, contextOf(context, controller, model));
  if ('is' in ways) throw new CodedError(ways);
  return ways;
}

function defaultShell(): string {
  return process.platform === 'win32' ? (process.env.ComSpec ?? 'cmd.exe') : '/bin/sh';
}
