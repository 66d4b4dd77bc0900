import type { StatusBarSettings } from '../../settings/settings';
import type { Conflict } from '../../health/conflicts';
import type { DaemonModel } from '../../model/daemonModel';
import { countProblems } from '../shared/problems';

/** What a window knows of daemons. */
export interface Known {
  readonly models: readonly DaemonModel[];
  readonly conflicts: readonly Conflict[];
  /** Daemons of this machine that are offered. */
  readonly found: readonly unknown[];
  /** What is wrong in the settings. */
  readonly problems: readonly unknown[];
  /** An open folder has in it what a daemon works in. */
  readonly hasFolderOfDaemon: boolean;
  /** How many things happened while nobody looked. */
  readonly news: number;
}

/** Whether the item is in the status bar: in a window that has to do with no daemon it takes room for nothing. */
export function isItemShown({ show }: StatusBarSettings, known: Known): boolean {
  const { models, conflicts, found, problems, hasFolderOfDaemon, news } = known;
  switch (show) {
    case 'always':
      return true;
    case 'never':
      return false;
    case 'unhealthy':
      return countProblems(models, conflicts) > 0 || problems.length > 0;
    case 'auto':
      return models.length + found.length + problems.length + news > 0 || hasFolderOfDaemon;
  }
}
