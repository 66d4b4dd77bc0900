/**
 * The command that opens the settings editor where the list of daemons can be seen. The list belongs to a machine: in
 * a window on another machine (also one in a browser) the *User* tab hides it, and the *Remote* tab has it.
 *
 * @param where `listInWorkspace`: the workspace has a list of its own, which counts
 */
export function settingsTab(where: {
  readonly remoteName: string | undefined;
  readonly listInWorkspace: boolean;
}): string {
  if (where.listInWorkspace) return 'workbench.action.openWorkspaceSettings';
  return where.remoteName === undefined
    ? 'workbench.action.openSettings'
    : 'workbench.action.openRemoteSettings';
}
