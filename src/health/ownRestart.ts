import type { Instant } from '../base/time';
import { nextVerdict, transition } from './nextVerdict';
import { STOP_LONGEST_MS, STOP_LONGEST_PER_WORK_MS } from './policy';
import { isLive } from './sessions';
import { rowOf } from './states';
import type { Step, Track } from './trackState';
import { decide, type Facts, type Verdict } from './verdict';

/** How our own restart ended. */
export type RestartEnd =
  /** A new instance is proven to work. */
  | { readonly is: 'proven' }
  | { readonly is: 'notProven' }
  /** Nothing runs now. */
  | { readonly is: 'startFailed'; readonly why: string };

/** Our own restart begins: while it lasts nothing is an outage. */
export function beginRestart(track: Track, now: Instant): Step {
  const isStart = rowOf(track.verdict).phase === 'down';
  return underRestart(track, { ...track.facts, restarting: true, isStart, startFailed: undefined }, now, now);
}

/**
 * Our own restart is over. A proven one ends the incident, and so does one whose start failed: that the daemon is gone
 * since then is told by the outcome of the restart.
 */
export function endRestart(track: Track, end: RestartEnd, now: Instant): Step {
  const startFailed = end.is === 'startFailed' ? end.why : undefined;
  // What the old process last said is not true of the new one that never came.
  const unsaid = { report: undefined, loop: undefined, failure: undefined };
  const facts = {
    ...track.facts,
    ...(end.is === 'startFailed' && unsaid),
    restarting: false,
    isStart: false,
    startFailed,
  };
  const step = underRestart(track, facts, track.sampledAt ?? now, now);
  return end.is === 'notProven' ? step : { ...step, track: { ...step.track, incident: undefined } };
}

/** What was going on before the restart is not going on any more; and no other window restarts it. */
function underRestart(track: Track, known: Facts, asOf: Instant, now: Instant): Step {
  const facts: Facts = {
    ...known,
    restartingElsewhere: false,
    stoppedByUs: false,
    hasEnded: false,
    flapping: false,
  };
  const cleared: Track = {
    ...track,
    restarting: facts.restarting,
    startFailed: facts.startFailed,
    stoppedByUs: false,
    ended: track.ended === 'byRestart' ? track.ended : undefined,
    ending: undefined,
    streak: undefined,
    endingUntilMs: undefined,
    elsewhere: undefined,
    recentStates: [],
    flapping: false,
  };
  return judged(cleared, facts, asOf, now);
}

/** The verdict by other facts, without a new sample. */
function judged(track: Track, facts: Facts, asOf: Instant, now: Instant): Step {
  const verdict: Verdict = { ...nextVerdict(track, decide(facts), facts, now), asOf };
  return { track: { ...track, facts, verdict }, events: transition(track.verdict, verdict) };
}

/**
 * The user stops it through us: from now on silence is what was asked for. What it still answers while it ends
 * does not take that back; an answer after it was gone, or long after, does.
 */
export function setStoppedByUs(track: Track, now: Instant): Track {
  const works = track.last?.report.sessions?.filter(isLive).length ?? 0;
  const endingUntilMs = now.monotonicMs + STOP_LONGEST_MS + works * STOP_LONGEST_PER_WORK_MS;
  return { ...track, streak: undefined, startFailed: undefined, stoppedByUs: true, endingUntilMs };
}

/** The user has seen that a start failed: it is offline as if it had been stopped, which a failed restart did. */
export function dismissStartFailure(track: Track, now: Instant): Step {
  if (track.startFailed === undefined) return { track, events: [] };
  const seen = { startFailed: undefined, stoppedByUs: true };
  return judged({ ...track, ...seen }, { ...track.facts, ...seen }, track.verdict.asOf, now);
}
