import type { Instant } from '../base/time';
import type { Loop } from './loop';
import { isSameReason, type Reason } from './cause';
import { STATES } from './states';
import type { Track, TrackEvent } from './trackState';
import { severityOf, type Decided, type Facts, type Verdict } from './verdict';

/** The verdict after one more look: what lasts keeps its beginning, and red its reason. */
export function nextVerdict(track: Track, decided: Decided, facts: Facts, now: Instant): Verdict {
  const previous = track.verdict;
  // One lost answer does not refute what the last good one proved: red stays red until something decides.
  const undecided = STATES[decided.state].tells !== 'condition' && facts.failure !== undefined;
  if (undecided && severityOf(previous) === 'red') return previous;

  const loopSinceMs = loopSince(facts.loop, now) ?? (facts.failure ? previous.loopSinceMs : undefined);
  const same = decided.state === previous.state && decided.startFailed === previous.startFailed;
  // The reason keeps the figures of the moment it was decided; new figures are not a new reason.
  const sameKind = same && facts.failure?.kind === track.facts.failure?.kind;
  const isKept = sameKind && severityOf(decided) === 'red' && !countsSeries(decided.reason);
  return {
    state: decided.state,
    reason: isKept ? previous.reason : decided.reason,
    since: same ? previous.since : now,
    asOf: now,
    startFailed: decided.startFailed,
    hasEnded: decided.hasEnded,
    loopSinceMs,
  };
}

/** How many daemons of a fleet are red is what its reason is there for. */
function countsSeries(reason: Reason): boolean {
  return reason.is === 'loopHangs' && reason.stale.is === 'seriesRed';
}

function loopSince(loop: Loop | undefined, now: Instant): number | undefined {
  if (!loop || loop.kind === 'unknown' || loop.ageMs === undefined) return undefined;
  return now.monotonicMs - loop.ageMs;
}

/** What changed of the verdict, for whoever listens. */
export function transition(from: Verdict, to: Verdict): TrackEvent[] {
  const isSame = from.state === to.state && isSameReason(from.reason, to.reason);
  return isSame ? [] : [{ kind: 'transition', from, to }];
}
