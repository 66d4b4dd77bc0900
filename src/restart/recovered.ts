import type { Report, Session } from '../health/report';
import { isLive, isStranded } from '../health/sessions';

/** What became of the work that a restart interrupted, as far as the daemon tells. */
export interface Recovered {
  readonly resumed: number;
  /** What waits for somebody to run it again. */
  readonly interrupted: readonly Session[];
}

/**
 * What a new life of a daemon made of the work of the old one.
 *
 * @param before the last answer of the old life, where there is one
 * @param after an answer of the new life that comes after its first completed cycle
 */
export function recoveredBy(before: Report | undefined, after: Report): Recovered {
  const ran = (before?.sessions ?? []).filter(isLive);
  return after.instance?.id === undefined
    ? // smithy lists what runs; what does not may be resumed later, so nothing is said of it.
      { resumed: cameBack(ran, after.sessions ?? []), interrupted: [] }
    : recoveredByDispatchd(ran, after.sessions ?? []);
}

/** smithy gives a resumed session a new id; the agent's own name for it stays. */
function cameBack(ran: readonly Session[], now: readonly Session[]): number {
  const names = new Set(ran.flatMap(({ providerSessionId }) => providerSessionId ?? []));
  const back = now.filter(isLive).flatMap(({ providerSessionId }) => providerSessionId ?? []);
  return new Set(back.filter((name) => names.has(name))).size;
}

/** Nothing survives a life of dispatchd: whatever runs and was recovered has been started again by this one. */
function recoveredByDispatchd(ran: readonly Session[], now: readonly Session[]): Recovered {
  const listed = new Map(now.map((session) => [session.id, session]));
  const again = now.filter((session) => isLive(session) && session.recovered === true).length;
  // What waits for a worker is not listed.
  const waiting = ran.filter(({ id, resumable, kind }) => !listed.has(id) && (resumable || kind === 'named'));
  return {
    resumed: again + waiting.length,
    interrupted: ran.flatMap(({ id }) => {
      const session = listed.get(id);
      return session && isStranded(session) ? [session] : [];
    }),
  };
}

/** "2 sessions resumed, 1 interrupted"; empty where there is nothing to say. */
export function recoveredText({ resumed, interrupted }: Recovered): string {
  const sessions = (n: number) => `${n} session${n === 1 ? '' : 's'}`;
  const lost = interrupted.length;
  return [
    ...(resumed > 0 ? [`${sessions(resumed)} resumed`] : []),
    ...(lost > 0 ? [`${resumed > 0 ? lost : sessions(lost)} interrupted`] : []),
  ].join(', ');
}
