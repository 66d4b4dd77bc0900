import type { Instant } from '../base/time';
import { isRestarting, nextElsewhere } from './elsewhere';
import { advanceIncident } from './incident';
import { nextEnded, nextEnding } from './ending';
import { nextVerdict, transition } from './nextVerdict';
import { nextOverdue, whatIsOverdue } from './overdue';
import {
  FLAP_END_SHARE,
  FLAP_START_SHARE,
  FLAP_WINDOW_SAMPLES,
  LATENCY_WINDOW_SAMPLES,
  OWN_STALL_MS,
  SLEEP_GAP_MS,
} from './policy';
import type { Failure, Sample } from './report';
import { assessLoop, cyclesOf, nextBegun, nextNewest } from './staleness';
import { rowOf, STATES, type DaemonState } from './states';
import type { KeptTrack, RestartElsewhere, Step, Track } from './trackState';
import { nextUnsettled, slept } from './unsettled';
import { withVanished } from './vanished';
import { nextWaiting, resumedWaiting, startsNothing } from './waiting';
import { failsAsDaemon } from './failures';
import { decide, severityOf, type Facts, type Streak } from './verdict';

/** A daemon nobody has asked yet. @param kept what earlier windows remembered */
export function beginTrack(configured: boolean, kept: KeptTrack, now: Instant): Track {
  const { seenUpAt, stoppedByUs = false, startFailed, hasEnded = false, waiting, series } = kept;
  const facts: Facts = {
    restarting: false,
    seenUp: seenUpAt !== undefined,
    configured,
    stoppedByUs,
    hasEnded,
    flapping: false,
  };
  return {
    configured,
    seenUpAt,
    stoppedByUs,
    startFailed,
    ended: hasEnded ? 'byItself' : undefined,
    waiting: waiting && resumedWaiting(waiting, now),
    series: series && { all: series, kept: series },
    restarting: false,
    samples: 0,
    latenciesMs: [],
    recentStates: [],
    flapping: false,
    downPolls: 0,
    facts,
    verdict: { ...decide(facts), since: now, asOf: now },
  };
}

/**
 * One more sample: the next track, and what changed.
 *
 * @param timerLateMs how late the timer of this poll came, where the system's clocks do not tell of sleep; the timer
 *   was set while no ask was out, so that no slow ask is taken for sleep
 * @param restart that another window has under way, where this one looked: until it ends nothing is an outage
 */
export function observe(
  track: Track,
  told: Sample,
  timerLateMs: number,
  now: Instant,
  restart?: RestartElsewhere,
): Step {
  const { sample, known: series } = withVanished(track.series, told, now.wallAt);
  const justWoke = track.sampledAt !== undefined && slept(track.sampledAt, now, timerLateMs);
  const wasRed = severityOf(track.verdict) === 'red';
  const report = sample.ok ? sample.report : undefined;
  const begun = report ? nextBegun(track.begun, report) : track.begun;
  const newest = report ? nextNewest(track.newest, report, justWoke, now.monotonicMs) : track.newest;
  const loop = report?.isRunning
    ? assessLoop(report, begun, now.monotonicMs - (newest?.sinceMs ?? now.monotonicMs))
    : undefined;
  // What became of it while we stood still nobody saw: failures on both sides of that are not in a row.
  const stoodStill = (sample.stoodStillMs ?? 0) > SLEEP_GAP_MS;
  // Nothing listening was what we expected of a daemon that is offline: it is no part of an outage that follows.
  const startsAnew = justWoke || stoodStill || rowOf(track.verdict).phase === 'down';
  const elsewhere = nextElsewhere(track, restart, now);
  const isElsewhere = isRestarting(elsewhere, now);
  const wasElsewhere = track.facts.restartingElsewhere ?? false;
  const before = startsAnew ? undefined : track.streak;
  const isFailure = !sample.ok && isOutageOf(sample.failure, track.seenUpAt !== undefined);
  const streak =
    !isFailure || isElsewhere ? undefined : nextStreak(before, sample.failure, sample.startedMs, now);
  const unsettled = nextUnsettled(track, report, justWoke, now);
  const overdue = report ? nextOverdue(track.overdue, report, justWoke, now) : track.overdue;
  const waiting = report ? nextWaiting(track.waiting, report, now) : track.waiting;

  const ended = nextEnded(track, sample, track.restarting || isElsewhere);

  const base: Facts = {
    restarting: track.restarting,
    isStart: track.facts.isStart,
    restartingElsewhere: isElsewhere,
    report,
    loop,
    failure: sample.ok ? undefined : sample.failure,
    streak,
    seenUp: track.seenUpAt !== undefined,
    configured: track.configured,
    stoppedByUs: track.stoppedByUs,
    startFailed: track.startFailed,
    hasEnded: ended === 'byItself',
    flapping: false,
    startsNothing: startsNothing(waiting, report, now),
    overdue: report && whatIsOverdue(overdue, report, now),
    unsettled: wasRed ? undefined : unsettled?.why,
  };
  const recentStates = [
    ...(justWoke || isElsewhere || wasElsewhere ? [] : track.recentStates),
    // Our own stall is no change of the daemon's.
    ...(isOurStall(sample) ? [] : [decide(base).state]),
  ].slice(-FLAP_WINDOW_SAMPLES);
  const flapping = isFlapping(recentStates, track.flapping && !justWoke);
  const facts: Facts = { ...base, flapping };

  const decided = decide(facts);
  const verdict = nextVerdict(track, decided, facts, now);
  // The window that restarted it tells how that ended.
  const isCuredElsewhere =
    wasElsewhere && !isElsewhere && report !== undefined && severityOf(verdict) === 'plain';
  const step = advanceIncident(
    isCuredElsewhere ? undefined : track.incident,
    verdict,
    { answered: sample.ok, completedAt: report && cyclesOf(report).completedAt, isStartup: isStartup(track) },
    now,
  );
  const isEnding =
    track.endingUntilMs !== undefined &&
    now.monotonicMs <= track.endingUntilMs &&
    (sample.ok || sample.failure.kind === 'timeout');

  const next: Track = {
    ...track,
    seenUpAt: sample.ok ? now.wallAt : track.seenUpAt,
    stoppedByUs: track.stoppedByUs && (isEnding || !report?.isRunning),
    endingUntilMs: isEnding ? track.endingUntilMs : undefined,
    startFailed: sample.ok ? undefined : track.startFailed,
    ended,
    ending: report ? nextEnding(track, report, now) : track.ending,
    elsewhere,
    samples: track.samples + 1,
    sampledAt: now,
    sample,
    last: report ? { report, loop, at: now } : track.last,
    streak,
    // While our own event loop stood still an answer that was there was not read: its daemon is not slow.
    latenciesMs:
      sample.ok && (sample.ourLagMs ?? 0) <= OWN_STALL_MS
        ? [...track.latenciesMs, sample.latencyMs].slice(-LATENCY_WINDOW_SAMPLES)
        : track.latenciesMs,
    recentStates,
    flapping,
    begun,
    newest,
    waiting,
    series,
    overdue,
    unsettled,
    downPolls: !sample.ok && rowOf(verdict).isDown ? (justWoke ? 0 : track.downPolls) + 1 : 0,
    facts,
    verdict,
    incident: step.incident,
  };
  return {
    track: next,
    events: [
      ...transition(track.verdict, verdict),
      ...(step.notice ? [{ kind: 'notice', notice: step.notice } as const] : []),
    ],
  };
}

/** The user looks, or asked for a fresh answer: a daemon that is down is asked eagerly again. */
export function resetBackoff(track: Track): Track {
  return { ...track, downPolls: 0 };
}

/** Nothing is known yet in this window: no answer, and no failure that has decided anything. */
function isStartup(track: Track): boolean {
  return track.samples === 0 || (track.last === undefined && STATES[track.verdict.state].tells === 'nothing');
}

function isOurStall(sample: Sample): boolean {
  return !sample.ok && sample.failure.kind === 'editorBusy';
}

/** Whether a failure may be a part of an outage: no stranger's answer is, nor that of a daemon which lives. */
function isOutageOf(failure: Failure, seenUp: boolean): boolean {
  if (failure.kind === 'errors') return failsAsDaemon({ failure, seenUp });
  return failure.kind !== 'wrongAnswer' && failure.kind !== 'untold';
}

function nextStreak(
  previous: Streak | undefined,
  { kind, cause }: Failure,
  startedMs: number,
  now: Instant,
): Streak | undefined {
  // An ask during which we stood still counts neither way.
  if (kind === 'editorBusy') return previous;
  return {
    count: (previous?.count ?? 0) + 1,
    firstMs: previous?.firstMs ?? startedMs,
    lastMs: now.monotonicMs,
    ...((!previous || previous.of === cause.is) && { of: cause.is }),
  };
}

function isFlapping(states: readonly DaemonState[], before: boolean): boolean {
  const changes = states.filter((state, index) => index > 0 && state !== states[index - 1]).length;
  const share = changes / (FLAP_WINDOW_SAMPLES - 1);
  return before ? share >= FLAP_END_SHARE : share > FLAP_START_SHARE;
}
