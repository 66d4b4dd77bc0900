import { CodedError } from '../../base/errors';
import * as vscode from 'vscode';
import type { DaemonConfig } from '../../model/daemonConfig';
import type { DaemonModel } from '../../model/daemonModel';
import type { NoWay } from '../../model/startFailure';
import type { RestartController } from '../../restart/controller';
import { kindOf } from '../../kinds/index';
import type { RestartWay } from '../../kinds/kind';
import { startFolder } from '../../restart/startFolder';
import type { WorkspaceFolder } from '../../restart/settingVariables';
import { whichFolder } from '../commands/restartText';
import { choose } from '../shared/choose';
import { plain } from '../shared/markdown';
import { startCommandFor, waysFor, type StartCommand, type StartContext } from '../../restart/startCommand';

/** The open folders of this machine: what a folder of another scheme has is not where the daemon would run. */
export function workspaceFolders(): readonly WorkspaceFolder[] {
  return (vscode.workspace.workspaceFolders ?? []).flatMap(({ name, uri }) =>
    uri.scheme === 'file' ? [{ name, path: uri.fsPath }] : [],
  );
}

/**
 * Where this window starts daemons: in a folder of this workspace, with the editor's own runtime.
 * @param mayAsk the user is there to say which folder is meant
 */
async function contextOf(
  { extensionUri, globalStorageUri }: vscode.ExtensionContext,
  controller: RestartController,
  { daemon, track }: DaemonModel,
  mayAsk: boolean,
): Promise<StartContext> {
  const folders = workspaceFolders();
  const seen = controller.seen(daemon.id);
  const report = track.last?.report;
  const isTold = seen.running !== undefined || report?.database !== undefined || daemon.restart !== undefined;
  const mark = kindOf(daemon.kind ?? report?.kind)?.folderMark;
  const ask = mayAsk && !isTold ? (among: typeof folders) => pickFolder(daemon.name, among) : undefined;
  return {
    dispatchdPath: vscode.Uri.joinPath(extensionUri, 'dist', 'dispatchd.js').fsPath,
    launcherPath: vscode.Uri.joinPath(extensionUri, 'dist', 'launcher.js').fsPath,
    logFile: vscode.Uri.joinPath(
      logsOf(daemon, globalStorageUri),
      `${daemon.name.replace(/[^\w-]+/g, '_')}.log`,
    ).fsPath,
    nodePath: process.execPath,
    ...(await startFolder(daemon.name, mark, folders, ask)),
    variables: { folders, env: process.env },
    shell: vscode.env.shell || defaultShell(),
    platform: process.platform,
    lastArgs: controller.lastArgs(daemon.id),
    ...seen,
  };
}

/** What the starts of a demo leave goes with it. */
function logsOf({ demo }: DaemonConfig, storage: vscode.Uri): vscode.Uri {
  return demo ? vscode.Uri.file(demo.folder) : vscode.Uri.joinPath(storage, 'logs');
}

/** How to start this daemon here; or why there is no way. */
export async function startCommand(
  context: vscode.ExtensionContext,
  controller: RestartController,
  model: DaemonModel,
  how: { unlooked: boolean; agreed?: RestartWay | undefined },
): Promise<StartCommand | NoWay> {
  const { daemon, track } = model;
  const where = await contextOf(context, controller, model, false);
  return startCommandFor(daemon, track.last?.report, where, how);
}

/** The ways in which this daemon can be restarted here, best first. Rejects with an error fit to show where there is none. */
export async function restartWays(
  context: vscode.ExtensionContext,
  controller: RestartController,
  model: DaemonModel,
): Promise<readonly RestartWay[]> {
  const { daemon, track } = model;
  const where = await contextOf(context, controller, model, true);
  const ways = await waysFor(daemon, track.last?.report, where);
  if ('is' in ways) throw new CodedError(ways);
  return ways;
}

function pickFolder(daemon: string, among: readonly WorkspaceFolder[]): Promise<WorkspaceFolder | undefined> {
  const items = among.map((folder) => ({
    label: plain(folder.name),
    description: plain(folder.path),
    value: folder,
  }));
  return choose(items, { question: whichFolder(daemon) });
}

function defaultShell(): string {
  return process.platform === 'win32' ? (process.env.ComSpec ?? 'cmd.exe') : '/bin/sh';
}
