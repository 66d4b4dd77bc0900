import { advanceIncident, type Incident, type Notice } from './incident';
import {
  ASSUMED_DAEMON_INTERVAL_MS,
  CLOCK_SET_MS,
  FLAP_END_SHARE,
  FLAP_START_SHARE,
  FLAP_WINDOW_SAMPLES,
  LATENCY_WINDOW_SAMPLES,
  MAX_POLL_INTERVAL_MS,
  OWN_STALL_MS,
  RESTART_ELSEWHERE_LONGEST_MS,
  SLEEP_GAP_MS,
  STOP_LONGEST_MS,
} from './policy';
import type { Report, Sample } from './report';
import type { Instant } from '../base/time';
import { assessLoop, cyclesOf, nextBegun, type BegunCycles, type Loop } from './staleness';
import { decide, severityOf, type Facts, type Streak, type Unsettled, type Verdict } from './verdict';
import { STATES, type DaemonState } from './states';

/** Everything remembered about one daemon. Replaced at every sample, never changed. */
export interface Track {
  readonly configured: boolean;
  /** Epoch ms of the last good answer, kept across windows. */
  readonly seenUpAt?: number;
  readonly stoppedByUs: boolean;
  /** Why its last start through us failed: until it answers, is started or stopped again, or this is dismissed. */
  readonly startFailed?: string;
  /** Monotonic ms of our stop, as long as the process may still be answering while it ends. */
  readonly endingSinceMs?: number;
  readonly restarting: boolean;
  /** Another window restarts it: what its lock says, and the monotonic ms when this window first saw that. */
  readonly elsewhere?: RestartElsewhere & { readonly sinceMs: number };
  readonly samples: number;
  readonly sampledAt?: Instant;
  readonly sample?: Sample;
  /** The last good answer. Kept through failures, so that a failing daemon never blanks the tree. */
  readonly last?: { readonly report: Report; readonly loop: Loop | undefined; readonly at: Instant };
  readonly streak?: Streak;
  /** Of the last good answers, newest last. */
  readonly latenciesMs: readonly number[];
  /** Newest last; the states before `unstable` is considered. */
  readonly recentStates: readonly DaemonState[];
  readonly flapping: boolean;
  /** What began in the loop since its last completed cycle, as far as was seen. */
  readonly begun?: BegunCycles;
  /** Old timestamps are to be expected since then: the loop has not had its interval to run yet. */
  readonly unsettled?: { readonly sinceMs: number; readonly why: Unsettled };
  /** Polls in a row that found it down, since the user last looked: what the backoff grows by. */
  readonly downPolls: number;
  readonly facts: Facts;
  readonly verdict: Verdict;
  readonly incident?: Incident;
}

/** Another window of this machine restarts a daemon. */
export interface RestartElsewhere {
  /** Epoch ms by the clock of that window. */
  readonly beganAt: number;
}

export type TrackEvent =
  | { readonly kind: 'transition'; readonly from: Verdict; readonly to: Verdict }
  /** `openedAt`: when the incident began that the notice is about. */
  | { readonly kind: 'notice'; readonly notice: Notice; readonly openedAt: Instant };

export interface Step {
  readonly track: Track;
  readonly events: readonly TrackEvent[];
}

/** A daemon nobody has asked yet; besides `configured` all is what earlier windows remembered. */
export function beginTrack(
  remembered: { configured: boolean; seenUpAt?: number; stoppedByUs?: boolean; startFailed?: string },
  now: Instant,
): Track {
  const { configured, seenUpAt, stoppedByUs = false, startFailed } = remembered;
  const facts: Facts = {
    restarting: false,
    seenUp: seenUpAt !== undefined,
    configured,
    stoppedByUs,
    flapping: false,
  };
  return {
    configured,
    ...(seenUpAt !== undefined && { seenUpAt }),
    stoppedByUs,
    ...(startFailed !== undefined && { startFailed }),
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
  sample: Sample,
  timerLateMs: number,
  now: Instant,
  restart?: RestartElsewhere,
): Step {
  const justWoke = track.sampledAt !== undefined && slept(track.sampledAt, now, timerLateMs);
  const wasRed = severityOf(track.verdict) === 'red';
  const report = sample.ok ? sample.report : undefined;
  const begun = report ? nextBegun(track.begun, report) : track.begun;
  const loop = report?.isRunning ? assessLoop(report, begun) : undefined;
  // Nothing listening was what we expected of a daemon that is offline: it is no part of an outage that follows.
  const startsAnew = justWoke || STATES[track.verdict.state].phase === 'down';
  const elsewhere = nextElsewhere(track, restart, now);
  const isElsewhere = isRestarting(elsewhere, now);
  const wasElsewhere = track.facts.restartingElsewhere ?? false;
  const streak = isElsewhere ? undefined : nextStreak(startsAnew ? undefined : track.streak, sample, now);
  const unsettled = nextUnsettled(track, report, justWoke, now);

  const base: Facts = {
    restarting: track.restarting,
    ...(isElsewhere && { restartingElsewhere: true }),
    ...(report && { report }),
    ...(loop && { loop }),
    ...(!sample.ok && { failure: sample.failure }),
    ...(streak && { streak }),
    seenUp: track.seenUpAt !== undefined,
    configured: track.configured,
    stoppedByUs: track.stoppedByUs,
    ...(track.startFailed !== undefined && { startFailed: track.startFailed }),
    flapping: false,
    ...(unsettled && !wasRed && { unsettled: unsettled.why }),
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
    track.endingSinceMs !== undefined &&
    now.monotonicMs - track.endingSinceMs <= STOP_LONGEST_MS &&
    (sample.ok || sample.failure.kind === 'timeout');

  const next: Track = {
    configured: track.configured,
    ...(sample.ok ? { seenUpAt: now.wallAt } : track.seenUpAt !== undefined && { seenUpAt: track.seenUpAt }),
    stoppedByUs: track.stoppedByUs && (isEnding || !report?.isRunning),
    ...(isEnding && { endingSinceMs: track.endingSinceMs }),
    ...(!sample.ok && track.startFailed !== undefined && { startFailed: track.startFailed }),
    restarting: track.restarting,
    ...(elsewhere && { elsewhere }),
    samples: track.samples + 1,
    sampledAt: now,
    sample,
    ...(report ? { last: { report, loop, at: now } } : track.last && { last: track.last }),
    ...(streak && { streak }),
    // While our own event loop stood still an answer that was there was not read: its daemon is not slow.
    latenciesMs:
      sample.ok && (sample.ourLagMs ?? 0) <= OWN_STALL_MS
        ? [...track.latenciesMs, sample.latencyMs].slice(-LATENCY_WINDOW_SAMPLES)
        : track.latenciesMs,
    recentStates,
    flapping,
    ...(begun && { begun }),
    ...(unsettled && { unsettled }),
    downPolls: !sample.ok && STATES[verdict.state].isDown ? (justWoke ? 0 : track.downPolls) + 1 : 0,
    facts,
    verdict,
    ...(step.incident && { incident: step.incident }),
  };
  return {
    track: next,
    events: [...transition(track.verdict, verdict), ...notice(step.notice, track.incident ?? step.incident)],
  };
}

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

/** The user looks, or asked for a fresh answer: a daemon that is down is asked eagerly again. */
export function resetBackoff(track: Track): Track {
  return { ...track, downPolls: 0 };
}

/** Nothing is known yet in this window: no answer, and no failure that has decided anything. */
function isStartup(track: Track): boolean {
  return track.samples === 0 || (track.last === undefined && STATES[track.verdict.state].tells === 'nothing');
}

/**
 * After a sleep, when its clock was set, or when its stopped loop was started again, a daemon's timestamps are
 * old although nothing hangs: its loop gets one of its own intervals to run before old times count. Only a clock
 * set twice in a row is not believed.
 */
function nextUnsettled(
  track: Track,
  report: Report | undefined,
  justWoke: boolean,
  now: Instant,
): Track['unsettled'] {
  if (justWoke) return { sinceMs: now.monotonicMs, why: 'woke' };
  if (report?.isRunning && track.last?.report.isRunning === false) {
    return { sinceMs: now.monotonicMs, why: 'started' };
  }
  if (!track.unsettled) {
    return wasClockSet(track, report, now) ? { sinceMs: now.monotonicMs, why: 'clockSet' } : undefined;
  }
  const intervalMs = (report ?? track.last?.report)?.pollIntervalMs ?? ASSUMED_DAEMON_INTERVAL_MS;
  const graceMs = Math.min(intervalMs, MAX_POLL_INTERVAL_MS);
  return now.monotonicMs - track.unsettled.sinceMs < graceMs ? track.unsettled : undefined;
}

function wasClockSet({ last }: Track, report: Report | undefined, now: Instant): boolean {
  if (report?.daemonNow === undefined || last?.report.daemonNow === undefined) return false;
  const theirsMs = report.daemonNow - last.report.daemonNow;
  const oursMs = now.monotonicMs - last.at.monotonicMs;
  return theirsMs - oursMs > CLOCK_SET_MS;
}

function slept(previous: Instant, now: Instant, timerLateMs: number): boolean {
  const sleptMs = now.uptimeMs - previous.uptimeMs - (now.monotonicMs - previous.monotonicMs);
  return sleptMs > SLEEP_GAP_MS || timerLateMs > SLEEP_GAP_MS;
}

/** One restart is counted from when it was first seen, whatever the clocks of both windows say. */
function nextElsewhere(
  { restarting, elsewhere }: Track,
  restart: RestartElsewhere | undefined,
  now: Instant,
): Track['elsewhere'] {
  if (!restart || restarting) return undefined;
  const { beganAt } = restart;
  return elsewhere?.beganAt === beganAt ? elsewhere : { beganAt, sinceMs: now.monotonicMs };
}

/** A restart that lasts longer than any does is none. */
function isRestarting(elsewhere: Track['elsewhere'], now: Instant): boolean {
  return (
    elsewhere !== undefined &&
    now.wallAt - elsewhere.beganAt < RESTART_ELSEWHERE_LONGEST_MS &&
    now.monotonicMs - elsewhere.sinceMs < RESTART_ELSEWHERE_LONGEST_MS
  );
}

/**
 * Whether to look for a restart in another window: where a daemon that was up does not answer or began another life, and
 * as long as such a restart lasts.
 */
export function looksElsewhere({ restarting, seenUpAt, elsewhere, last }: Track, sample: Sample): boolean {
  if (restarting || seenUpAt === undefined) return false;
  if (!sample.ok || elsewhere) return true;
  const [before, after] = [last?.report.instance?.id, sample.report.instance?.id];
  return before !== undefined && after !== undefined && before !== after;
}

function isOurStall(sample: Sample): boolean {
  return !sample.ok && sample.failure.kind === 'editorBusy';
}

function nextStreak(previous: Streak | undefined, sample: Sample, now: Instant): Streak | undefined {
  if (sample.ok || sample.failure.kind === 'wrongAnswer') return undefined;
  // An ask during which we stood still counts neither way.
  if (sample.failure.kind === 'editorBusy') return previous;
  return {
    count: (previous?.count ?? 0) + 1,
    firstMs: previous?.firstMs ?? sample.startedMs,
    lastMs: now.monotonicMs,
  };
}

function isFlapping(states: readonly DaemonState[], before: boolean): boolean {
  const changes = states.filter((state, index) => index > 0 && state !== states[index - 1]).length;
  const share = changes / (FLAP_WINDOW_SAMPLES - 1);
  return before ? share >= FLAP_END_SHARE : share > FLAP_START_SHARE;
}

function nextVerdict(
  track: Track,
  decided: Pick<Verdict, 'state' | 'reason' | 'startFailed'>,
  facts: Facts,
  now: Instant,
): Verdict {
  const previous = track.verdict;
  // One lost answer does not refute what the last good one proved: red stays red until something decides.
  const undecided = STATES[decided.state].tells !== 'condition' && facts.failure !== undefined;
  if (undecided && severityOf(previous) === 'red') return previous;

  const loopSinceMs = loopSince(facts.loop, now) ?? (facts.failure ? previous.loopSinceMs : undefined);
  const same = decided.state === previous.state && decided.startFailed === previous.startFailed;
  // The reason keeps the figures of the moment it was decided; new figures are not a new reason.
  const sameKind = same && facts.failure?.kind === track.facts.failure?.kind;
  return {
    state: decided.state,
    reason: sameKind && severityOf(decided) === 'red' ? previous.reason : decided.reason,
    since: same ? previous.since : now,
    asOf: now,
    ...(decided.startFailed && { startFailed: true }),
    ...(loopSinceMs !== undefined && { loopSinceMs }),
  };
}

function loopSince(loop: Loop | undefined, now: Instant): number | undefined {
  if (!loop || loop.kind === 'unknown' || loop.ageMs === undefined) return undefined;
  return now.monotonicMs - loop.ageMs;
}

function transition(from: Verdict, to: Verdict): TrackEvent[] {
  const row = STATES[to.state];
  // The length of a stuck queue changes with every task; that it is stuck does not.
  const isCount = row.severity !== 'plain' && row.countsInReason === true;
  const isSame = from.state === to.state && (from.reason === to.reason || isCount);
  return isSame ? [] : [{ kind: 'transition', from, to }];
}

function notice(value: Notice | undefined, incident: Incident | undefined): TrackEvent[] {
  if (!value) return [];
  const openedAt = value.kind === 'recovered' ? incident?.openedAt : value.openedAt;
  return openedAt ? [{ kind: 'notice', notice: value, openedAt }] : [];
}
