import type { Instant } from '../base/time';
import { nextVerdict, transition } from './nextVerdict';
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
  const facts: Facts = { ...withoutElsewhere(withoutStart(track.facts)), ...UNDER_RESTART };
  return underRestart(track, facts, { ...nextVerdict(track, decide(facts), facts, now), asOf: now });
}

/**
 * Our own restart is over. A proven one ends the incident, and so does one whose start failed: that the daemon is gone
 * since then is told by the outcome of the restart.
 */
export function endRestart(track: Track, end: RestartEnd, now: Instant): Step {
  const isFailed = end.is === 'startFailed';
  const facts: Facts = {
    ...withoutElsewhere(isFailed ? withoutAnswer(track.facts) : withoutStart(track.facts)),
    ...UNDER_RESTART,
    restarting: false,
    ...(isFailed && { startFailed: end.why }),
  };
  const verdict = { ...nextVerdict(track, decide(facts), facts, now), asOf: track.sampledAt ?? now };
  const step = underRestart(track, facts, verdict);
  const { incident: _over, ...others } = step.track;
  return end.is === 'notProven'
    ? step
    : { ...step, track: { ...others, ...(isFailed && { startFailed: end.why }) } };
}

const UNDER_RESTART = { restarting: true, stoppedByUs: false, flapping: false } as const;

/** What was going on before the restart is not going on any more. */
function underRestart(track: Track, facts: Facts, verdict: Verdict): Step {
  const {
    streak: _streak,
    endingSinceMs: _ending,
    startFailed: _failed,
    elsewhere: _elsewhere,
    ...rest
  } = track;
  return {
    track: {
      ...rest,
      restarting: facts.restarting,
      stoppedByUs: false,
      recentStates: [],
      flapping: false,
      facts,
      verdict,
    },
    events: transition(track.verdict, verdict),
  };
}

/**
 * The user stops it through us: from now on silence is what was asked for. What it still answers while it ends
 * does not take that back; an answer after it was gone, or long after, does.
 */
export function setStoppedByUs(track: Track, now: Instant): Track {
  const { streak: _streak, startFailed: _failed, ...rest } = track;
  return { ...rest, stoppedByUs: true, endingSinceMs: now.monotonicMs };
}

/** The user has seen that a start failed: it is offline as if it had been stopped, which a failed restart did. */
export function dismissStartFailure(track: Track, now: Instant): Step {
  const { startFailed, ...rest } = track;
  if (startFailed === undefined) return { track, events: [] };
  const facts: Facts = { ...withoutStart(track.facts), stoppedByUs: true };
  const verdict = { ...nextVerdict(track, decide(facts), facts, now), asOf: track.verdict.asOf };
  return {
    track: { ...rest, stoppedByUs: true, facts, verdict },
    events: transition(track.verdict, verdict),
  };
}

function withoutStart({ startFailed: _failed, ...facts }: Facts): Facts {
  return facts;
}

/** This window restarts the daemon now: no other one does. */
function withoutElsewhere({ restartingElsewhere: _elsewhere, ...facts }: Facts): Facts {
  return facts;
}

/** What the old process last said is not true of the new one that never came. */
function withoutAnswer({ report: _report, loop: _loop, failure: _failure, ...facts }: Facts): Facts {
  return facts;
}
