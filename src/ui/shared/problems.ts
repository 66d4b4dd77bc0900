import type { Conflict } from '../../health/conflicts';
import type { Session } from '../../health/report';
import { isStranded } from '../../health/sessions';
import { rowOf } from '../../health/states';
import { waitingOf } from '../../health/workNews';
import { addressOf } from '../../kinds/target';
import type { DaemonModel } from '../../model/daemonModel';
import { isProblem, severityOf } from '../../words/states';

/**
 * How many things want a look. Daemons that are in each other's way are one: what is amber with one of them, as a queue
 * that all of them have, is not counted again. What is red is.
 */
export function countProblems(models: readonly DaemonModel[], conflicts: readonly Conflict[]): number {
  const ports = new Set(conflicts.flatMap(({ parties }) => parties.map(({ port }) => port)));
  const isOfConflict = ({ daemon }: DaemonModel) => {
    const address = addressOf(daemon.target);
    return address?.isLoopback === true && ports.has(address.port);
  };
  const byThemselves = models.filter(
    (model) => isProblem(model) && (severityOf(model) === 'red' || !isOfConflict(model)),
  );
  return byThemselves.length + conflicts.length;
}

/** Whether it does not answer, as far as that is decided: a lost answer or two fold nothing. */
export function isGoneSilent({ track }: DaemonModel): boolean {
  return track.sample?.ok !== true && rowOf(track.verdict).tells === 'condition';
}

/**
 * The work of a daemon that a person could go on with now: what asks, and what a restart interrupted. Of a daemon that
 * is gone, or hangs, nobody can.
 */
export function waitingIn(model: DaemonModel): readonly Session[] {
  const { track, lost = [] } = model;
  const { phase } = rowOf(track.verdict);
  if (!track.last || phase === 'down' || phase === 'gone' || isGoneSilent(model)) return [];
  const { report } = track.last;
  const stranded = [...(report.sessions ?? []), ...lost].filter(isStranded);
  // A daemon may list what was noted as lost, too.
  const byId = new Map([...waitingOf(report), ...stranded].map((session) => [session.id, session]));
  return [...byId.values()];
}

/** How much work waits for a person. */
export function countWaiting(models: readonly DaemonModel[]): number {
  return models.reduce((count, model) => count + waitingIn(model).length, 0);
}
