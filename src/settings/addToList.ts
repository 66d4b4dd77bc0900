import * as vscode from 'vscode';
import type { ListedDaemon } from './daemonList';
import type { ListPlace } from './settings';
import { withEntry } from './withEntry';

const FILE = 'settings.json';

/** Where a daemon is added. */
export interface Adding {
  /** What is watched without a list, where there is none: it goes into the new one. */
  readonly shown: readonly ListedDaemon[] | undefined;
  readonly place: ListPlace;
  /** Our folder for all workspaces, which lies beside the settings of the user. */
  readonly storage: vscode.Uri;
}

/** Adds a daemon at the end of a list of the settings. What stands in the list stays, comments, too. */
export async function addToList(daemon: ListedDaemon, { shown, place, storage }: Adding): Promise<void> {
  const section = vscode.workspace.getConfiguration('daemonHealth');
  const isOfWorkspace = place === 'workspace';
  const { globalValue, workspaceValue } = section.inspect<unknown[]>('daemons') ?? {};
  const own = isOfWorkspace ? workspaceValue : globalValue;
  if (Array.isArray(own)) {
    const files = isOfWorkspace ? ofWorkspace() : await ofUser(storage);
    // VS Code writes a whole list anew, and what is said of the entries is lost.
    if (await addInFile(files, own, daemon)) return;
  }
  const { Global, Workspace } = vscode.ConfigurationTarget;
  const list = shown ?? section.get<unknown[]>('daemons', []);
  await section.update('daemons', [...list, daemon], isOfWorkspace ? Workspace : Global);
}

/** @returns whether it is added: not where none of the files, or more than one, has that list with comments in it */
async function addInFile(
  files: readonly vscode.Uri[],
  list: readonly unknown[],
  daemon: ListedDaemon,
): Promise<boolean> {
  const found: (readonly [vscode.Uri, string])[] = [];
  for (const file of files) {
    const text = withEntry(await read(file), 'daemonHealth.daemons', list, daemon);
    if (text !== undefined) found.push([file, text]);
  }
  const [[file, text] = []] = found;
  if (found.length > 1 || !file || text === undefined || isBeingEdited(file)) return false;
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
  return true;
}

function ofWorkspace(): readonly vscode.Uri[] {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  // A workspace of several folders has its settings in a file of its own, below another key.
  if (!folder || vscode.workspace.workspaceFile) return [];
  return [vscode.Uri.joinPath(folder.uri, '.vscode', FILE)];
}

/** `…/User/globalStorage/<extension>`: of the user, of each profile, and of a remote machine. */
async function ofUser(storage: vscode.Uri): Promise<readonly vscode.Uri[]> {
  const user = vscode.Uri.joinPath(storage, '..', '..');
  const profiles = vscode.Uri.joinPath(user, 'profiles');
  const names = await vscode.workspace.fs.readDirectory(profiles).then(
    (entries) => entries.map(([name]) => name),
    () => [],
  );
  return [
    vscode.Uri.joinPath(user, FILE),
    vscode.Uri.joinPath(user, '..', 'Machine', FILE),
    ...names.map((name) => vscode.Uri.joinPath(profiles, name, FILE)),
  ];
}

async function read(file: vscode.Uri): Promise<string> {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
  } catch {
    return '';
  }
}

function isBeingEdited(file: vscode.Uri): boolean {
  return vscode.workspace.textDocuments.some(
    (document) => document.isDirty && document.uri.path === file.path,
  );
}
