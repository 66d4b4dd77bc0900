import { goesOn } from './instances';
import type { Report, Session } from './report';
import { isLive, isStranded } from './sessions';

/** What became of the work that a restart interrupted, as far as the daemon tells. */
export interface Recovered {
  readonly resumed: number;
  /** What waits for somebody to run it again. */
  readonly interrupted: number;
}

/**
 * What a new life of a daemon made of the work of the old one.
 *
 * @param before the last answer of the old life, where there is one
 * @param after an answer of the new life that comes after its first completed cycle
 */
export function recoveredBy(before: Report | undefined, after: Report): Recovered {
  if (after.recovery) return after.recovery;
  const ran = (before?.sessions ?? []).filter(isLive);
  const now = after.sessions ?? [];
  if (after.instance?.id !== undefined) {
    return { resumed: runningAgain(ran, now), interrupted: stranded(ran, now) };
  }
  // smithy lists what runs. What does not may be resumed later, so nothing is said of it here.
  return {
    resumed: ran.filter((session) => now.some((other) => goesOn(session, other))).length,
    interrupted: 0,
  };
}

/** Nothing survives a life of dispatchd: what runs and was recovered has been started again, or waits for a worker. */
function runningAgain(ran: readonly Session[], now: readonly Session[]): number {
  const listed = new Set(now.map(({ id }) => id));
  const waiting = ran.filter(({ id, resumable, kind }) => !listed.has(id) && (resumable || kind === 'named'));
  return now.filter((session) => isLive(session) && session.recovered === true).length + waiting.length;
}

function stranded(ran: readonly Session[], now: readonly Session[]): number {
  const ids = new Set(ran.map(({ id }) => id));
  return now.filter((session) => ids.has(session.id) && isStranded(session)).length;
}

/** "2 sessions resumed, 1 interrupted"; empty where there is nothing to say. */
export function recoveredText({ resumed, interrupted }: Recovered): string {
  const sessions = (n: number) => `${n} session${n === 1 ? '' : 's'}`;
  return [
    ...(resumed > 0 ? [`${sessions(resumed)} resumed`] : []),
    ...(interrupted > 0 ? [`${resumed > 0 ? interrupted : sessions(interrupted)} interrupted`] : []),
  ].join(', ');
}
