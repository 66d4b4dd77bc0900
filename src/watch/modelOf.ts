import { lostOf } from '../health/interrupted';
import type { DaemonId, Report } from '../health/report';
import type { Snooze } from '../health/snooze';
import type { DaemonModel, LoggedPast } from '../model/daemonModel';
import type { Monitor } from './monitor';

/** What is known of a daemon besides what its monitor knows. */
export interface ModelSources {
  readonly restartsOf?: (daemonId: DaemonId) => DaemonModel['restarts'];
  readonly pastOf?: (daemonId: DaemonId) => LoggedPast | undefined;
  readonly snoozeOf?: (daemonId: DaemonId, report: Report | undefined) => Snooze | undefined;
}

/** A daemon as every surface renders it. */
export function modelOf({ daemon, track, watched }: Monitor, sources: ModelSources): DaemonModel {
  const snooze = sources.snoozeOf?.(daemon.id, track.last?.report);
  const { history, deadlines, lost, holder } = watched;
  const shownLost = track.last ? lostOf(lost, track.last.report) : [];
  const restarts = sources.restartsOf?.(daemon.id);
  const past = sources.pastOf?.(daemon.id);
  return {
    daemon,
    track,
    ...(restarts && { restarts }),
    ...(snooze && { snooze }),
    ...(history && { history: past?.told(history) ?? history }),
    ...(past && past.lives.length > 0 && { lives: past.lives }),
    ...(deadlines && { deadlines }),
    ...(holder && { holder }),
    ...(shownLost.length > 0 && { lost: shownLost }),
  };
}
