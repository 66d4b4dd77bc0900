/** Settings that keep a fresh VS Code's window as empty as that of somebody who has used it for a while. */
export const plainWindow = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  // Else the editor tells of the twentieth port that it has forwarded: each daemon of a window has one.
  'remote.autoForwardPortsFallback': 0,
};
