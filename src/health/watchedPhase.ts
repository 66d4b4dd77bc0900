import { wallAtOf, type Instant } from '../base/time';
import { isSameReason } from './cause';
import type { HealthEvent } from './advance';
import type { Life, Phase } from './incidentLog';
import { PHASE_SEEN_EVERY_MS } from './policy';
import type { DaemonId } from './report';
import { STATES } from './states';
import { cyclesOf, inFlightMs } from './staleness';
import type { Track } from './trackState';
import type { Verdict } from './verdict';

/** The bad state that one window sees a daemon in. */
export interface SeenPhase {
  readonly verdict: Verdict;
  /** When it began, by what is known of the daemon: a hang with the cycle that hangs. */
  readonly from: Instant;
  /** When it was last seen to go on. */
  readonly seen: Instant;
  /** When it was last noted. */
  readonly noted: Instant;
}

interface Daemon {
  readonly id: DaemonId;
  readonly name: string;
}

export interface PhaseStep {
  readonly seen: SeenPhase | undefined;
  /** What is to be noted now, oldest first. */
  readonly notes: readonly Phase[];
}

/**
 * One more look at a daemon: the bad state that it is in, and what of that is news for the log.
 *
 * @param window a name that no other window has
 */
export function lookAtPhase(
  before: SeenPhase | undefined,
  daemon: Daemon,
  track: Track,
  window: string,
  now: Instant,
): PhaseStep {
  const { verdict } = track;
  const isBad = STATES[verdict.state].severity !== 'plain';
  const over = (endAt: Instant) => (before ? [phaseOf(before, daemon, window, now, endAt)] : []);
  if (!isBad) {
    if (!before || !isOver(before, track)) return { seen: before, notes: [] };
    return { seen: undefined, notes: over(endOfPhase(before, track, now)) };
  }
  if (before && before.verdict.state === verdict.state) {
    const seen: SeenPhase = isSilent(track) ? before : { ...before, seen: now };
    const isDue = now.monotonicMs - before.noted.monotonicMs >= PHASE_SEEN_EVERY_MS;
    if (!isDue && isSameReason(before.verdict.reason, verdict.reason)) return { seen, notes: [] };
    const next = { ...seen, noted: now };
    return { seen: next, notes: [phaseOf(next, daemon, window, now)] };
  }
  const from = beginOf(track, before?.seen, now);
  const seen: SeenPhase = { verdict, from, seen: now, noted: now };
  return { seen, notes: [...over(from), phaseOf(seen, daemon, window, now)] };
}

/** Nobody answers, and that decides nothing yet: what was seen before may be over. */
function isSilent({ sample, verdict }: Track): boolean {
  if (sample?.ok !== false || STATES[verdict.state].isDown) return false;
  return sample.failure.kind !== 'errors' && sample.failure.kind !== 'wrongAnswer';
}

/** What is to be noted of a new life. */
export function lifeOf(
  { id, name }: Daemon,
  { restarted, began, announce, instanceId }: Extract<HealthEvent, { kind: 'restarted' }>,
  now: Instant,
): Life {
  const { kind, agoMs, wasUpMs, isInferred, resumed, interrupted } = restarted;
  return {
    is: 'life',
    daemonId: id,
    name,
    at: Math.round(agoMs === undefined ? began.byAt : now.wallAt - agoMs),
    ...(instanceId !== undefined && { instanceId }),
    by: announce === 'told' || announce === 'interrupted' ? 'us' : 'others',
    isReboot: kind === 'reboot',
    isInferred,
    ...(wasUpMs !== undefined && { wasUpMs }),
    work: { resumed, interrupted },
  };
}

function phaseOf(
  { verdict, from, seen }: SeenPhase,
  { id, name }: Daemon,
  window: string,
  now: Instant,
  end?: Instant,
): Phase {
  const fromAt = Math.round(wallAtOf(from, now));
  const endedAt = end && Math.max(fromAt, Math.round(wallAtOf(end, now)));
  const seenAt = Math.max(fromAt, Math.round(wallAtOf(seen, now)));
  return {
    is: 'phase',
    daemonId: id,
    name,
    state: verdict.state,
    reason: verdict.reason,
    fromAt,
    seenAt: endedAt === undefined ? seenAt : Math.min(seenAt, endedAt),
    ...(endedAt !== undefined && { endedAt }),
    seenBy: { [`${window} ${Math.round(from.monotonicMs)}`]: fromAt },
  };
}

/** When it really began: red comes later, since a threshold or three failures come first. */
function beginOf({ verdict, last, streak }: Track, sinceMs: Instant | undefined, now: Instant): Instant {
  const { reason } = verdict;
  let beganMs = verdict.since.monotonicMs;
  if (reason.is === 'loopHangs' && last) {
    const hangsForMs = inFlightMs(last.report);
    const cycleMs = hangsForMs === undefined ? verdict.loopSinceMs : last.at.monotonicMs - hangsForMs;
    beganMs = Math.min(beganMs, cycleMs ?? beganMs);
  } else if (streak && STATES[verdict.state].tells === 'condition') {
    beganMs = Math.min(beganMs, streak.firstMs);
  }
  // No sooner than what was seen before it.
  return earlier(now, now.monotonicMs - Math.max(beganMs, sinceMs?.monotonicMs ?? -Infinity));
}

/** Whether what is seen now ends a bad state: an answer that proves as much as the state asks for. */
function isOver({ verdict }: SeenPhase, { verdict: now, sample }: Track): boolean {
  const row = STATES[now.state];
  if (row.severity !== 'plain') return false;
  if (row.incident === 'ends' || row.incident === 'settles') return true;
  const was = STATES[verdict.state];
  const needsCycle = was.severity !== 'plain' && was.isOverBy === 'cycle';
  return row.incident === 'settlesByAnswer' && sample?.ok === true && !needsCycle;
}

/** When it really ended: with a completed cycle or the begin of a new life, whichever came first, else now. */
function endOfPhase({ verdict, seen }: SeenPhase, { last, sample }: Track, now: Instant): Instant {
  if (!sample?.ok || !last) return now;
  const { daemonNow, instance } = last.report;
  if (daemonNow === undefined) return now;
  const cycledAt = verdict.reason.is === 'loopHangs' ? cyclesOf(last.report).completedAt : undefined;
  const endsMs = [cycledAt, instance?.startedAt]
    .flatMap((at) => (at === undefined ? [] : [last.at.monotonicMs - (daemonNow - at)]))
    .filter((ms) => ms > seen.monotonicMs);
  return earlier(now, now.monotonicMs - Math.min(...endsMs, now.monotonicMs));
}

function earlier({ wallAt, monotonicMs, uptimeMs }: Instant, byMs: number): Instant {
  return { wallAt: wallAt - byMs, monotonicMs: monotonicMs - byMs, uptimeMs: uptimeMs - byMs };
}
