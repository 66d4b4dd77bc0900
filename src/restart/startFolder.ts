import { stat } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import type { StartPlace } from '../kinds/kind';
import type { WorkspaceFolder } from './settingVariables';

type Place = Pick<StartPlace, 'workspaceFolder' | 'folderUnclear'>;

/**
 * In which of the open folders a daemon is started that takes its work from there: in the one that has its mark. Which of
 * several is meant only the user can say.
 *
 * @param mark what such a folder has in it; `undefined` where any will do: then the first is taken
 * @param choose asks the user; `undefined` where nobody can be asked now
 */
export async function startFolder(
  daemon: string,
  mark: string | undefined,
  folders: readonly WorkspaceFolder[],
  choose?: (among: readonly WorkspaceFolder[]) => Promise<WorkspaceFolder | undefined>,
): Promise<Place> {
  const first: Place = { workspaceFolder: folders[0]?.path };
  if (mark === undefined || folders.length < 2) return first;
  const has = await Promise.all(folders.map(({ path }) => isThere(join(path, mark))));
  const marked = folders.filter((_, index) => has[index]);
  const [only, other] = marked;
  const folder = only && other ? await choose?.(marked) : only;
  if (folder) return { workspaceFolder: folder.path };
  return { ...first, folderUnclear: { is: 'folderUnclear', daemon, mark, count: marked.length } };
}

/** Whether a folder is in none of the open ones. */
export function isOutside(folder: string, folders: readonly WorkspaceFolder[]): boolean {
  return !folders.some(({ path }) => {
    const way = relative(path, folder);
    return !isAbsolute(way) && !/^\.\.($|[\\/])/.test(way);
  });
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
