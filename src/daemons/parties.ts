import { findConflicts, type Conflict, type Party } from '../health/conflicts';
import type { DaemonState } from '../health/verdict';
import { isLoopback } from './config';
import type { DaemonModel, Fleet } from './fleet';
import { shortPath } from './workspace';

/** States in which nothing of a daemon dispatches, and that last: one lost answer is none of them. */
const NOT_WORKING: readonly DaemonState[] = [
  'unreachable',
  'offline',
  'wrongAnswer',
  'unavailable',
  'stopped',
];

/** The conflicts among the daemons that are watched and those that were found. */
export function conflictsOf({ models, found }: Pick<Fleet, 'models' | 'found'>): readonly Conflict[] {
  const watched = models.flatMap(watchedParty);
  const foundParties = found.map((daemon) => ({
    name: daemon.kind,
    kind: daemon.kind,
    port: daemon.port,
    database: daemon.database,
    databaseShown: daemon.place,
    isWorking: daemon.isRunning,
    isWatched: false,
  }));
  return findConflicts([...watched, ...foundParties]);
}

function watchedParty({ daemon, track }: DaemonModel): Party[] {
  const report = track.last?.report;
  // A database of another machine is not the same one, whatever its path.
  if (!report?.database || !isLoopback(new URL(daemon.origin).hostname)) return [];
  return [
    {
      name: daemon.name,
      kind: report.kind,
      port: daemon.port,
      database: report.database.realPath,
      databaseShown: shortPath(report.database.path),
      isWorking: !NOT_WORKING.includes(track.verdict.state),
      isWatched: true,
    },
  ];
}
