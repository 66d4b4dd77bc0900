import type { StartContext } from '../../src/restart/startCommand';

/** Where a window starts daemons, as paths that no test opens. */
export const START_CONTEXT: StartContext = {
  dispatchdPath: '/ext/dispatchd.js',
  launcherPath: '/ext/launcher.js',
  logFile: '/logs/x.log',
  nodePath: '/node',
  workspaceFolder: '/project',
  platform: 'linux',
  shell: '/bin/zsh',
};
