import path from 'node:path';

/**
 * The folder that all windows of one workspace share. VS Code gives a second extension host of a workspace a folder of
 * its own, `ID-1` to `ID-9` beside `ID`: a second window, and one that is loaded anew while the host before still ends
 * (VS Code's `extHostStoragePaths`).
 *
 * @param given the folder that this window got for its workspace, or that of all workspaces
 */
export function sharedByWindows(given: string, paths: path.PlatformPath = path): string {
  const ofWorkspace = paths.dirname(given);
  const ofAll = paths.dirname(ofWorkspace);
  if (paths.basename(ofAll) !== 'workspaceStorage') return given;
  return paths.join(ofAll, paths.basename(ofWorkspace).replace(/-[1-9]$/, ''), paths.basename(given));
}
