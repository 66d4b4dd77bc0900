import {
  AMBER_PENDING_MS,
  RECOVERY_HOLD_MS,
  REMINDER_INTERVAL_MS,
  STARTUP_PENDING_MS,
  UNPROVEN_END_MS,
} from './policy';
import type { Instant } from '../base/time';
import { type Verdict } from './verdict';
import { STATES, type DaemonState } from './states';

interface Opened {
  readonly openedAt: Instant;
  /** Monotonic ms since when it has been bad without a good sample in between. */
  readonly badSinceMs: number;
  /** The bad state it is about, and the last one seen. */
  readonly state: DaemonState;
  readonly severity: 'red' | 'amber';
  /** It was bad when we first looked. */
  readonly fromStartup: boolean;
  /** The amber one that was told, and that this red one interrupted. */
  readonly interrupted?: Told;
}

/** It has not lasted for long enough to speak. */
interface Pending extends Opened {
  readonly phase: 'pending';
}

interface Told extends Opened {
  readonly phase: 'told';
  /** Monotonic ms when it last spoke to the user. */
  readonly spokeMs: number;
}

/** Good samples in a row, and not yet for long enough to call it over. */
interface Recovering extends Opened {
  readonly phase: 'recovering';
  /** `undefined` where it was pending. */
  readonly spokeMs: number | undefined;
  /** Since the first of the good samples: monotonic ms, and the last completed cycle that it told. */
  readonly calm: { readonly sinceMs: number; readonly cycleAt: number | undefined };
}

/** Answers that tell nothing that could prove it cured. */
interface Fading extends Opened {
  readonly phase: 'fading';
  /** `undefined` where it was pending. */
  readonly spokeMs: number | undefined;
  /** Monotonic ms of the first of these answers. */
  readonly unprovenSinceMs: number;
}

/** From the moment a daemon leaves the good states until it is good again. */
export type Incident = Pending | Told | Recovering | Fading;

/** Good again, but not yet for long enough to call the incident over. Amber is not good, whatever is over with it. */
export function isRecovering({
  incident,
  verdict,
}: {
  readonly incident?: Incident | undefined;
  readonly verdict: Verdict;
}): boolean {
  return incident?.phase === 'recovering' && STATES[verdict.state].severity === 'plain';
}

/** Whether the incident that began at this moment (monotonic ms) goes on. */
export function isOpenSince(incident: Incident | undefined, openedMs: number): boolean {
  return incident?.openedAt.monotonicMs === openedMs;
}

/** Whether it has spoken to the user. */
export function wasTold(incident: Incident): boolean {
  return spokeMsOf(incident) !== undefined;
}

function spokeMsOf(incident: Incident): number | undefined {
  return incident.phase === 'pending' ? undefined : incident.spokeMs;
}

/** Something worth telling the user. Which window tells it, and how, is the notifier's. */
export type Notice = { readonly state: DaemonState; readonly openedAt: Instant } & (
  { readonly kind: 'problem' | 'reminder' } | { readonly kind: 'recovered'; readonly lastedMs: number }
);

export interface IncidentStep {
  readonly incident: Incident | undefined;
  readonly notice?: Notice;
}

/** How long a state must have lasted before it speaks. A wedge has had its threshold already. */
function pendingMs(incident: Pending): number {
  if (incident.fromStartup) return STARTUP_PENDING_MS;
  return incident.severity === 'red' ? 0 : AMBER_PENDING_MS;
}

/** Whether it speaks within this time, should nothing change. */
export function speaksWithin(incident: Incident, ms: number, now: Instant): boolean {
  return incident.phase === 'pending' && now.monotonicMs - incident.badSinceMs >= pendingMs(incident) - ms;
}

/**
 * The incident after one more verdict, and what to say about it: one notice per incident, a reminder at most
 * hourly while red, and a recovery only if it spoke. Amber that turns red is a new incident.
 *
 * @param answered whether the sample behind the verdict was an answer
 * @param completedAt the last completed poll cycle the daemon reported, on its clock
 * @param isStartup nothing was known of the daemon in this window before this sample
 */
export function advanceIncident(
  previous: Incident | undefined,
  verdict: Verdict,
  sample: { answered: boolean; completedAt: number | undefined; isStartup: boolean },
  now: Instant,
): IncidentStep {
  // By the state alone: the outcome of a restart tells of a start that failed, and nothing else does.
  const row = STATES[verdict.state];
  if (row.severity !== 'plain') {
    const isSettling =
      sample.answered && row.severity === 'amber' && previous?.severity === 'red' && wasTold(previous);
    // Answers prove as much beside an amber state as beside a good one: what is wrong since then is told as well.
    const left = isSettling ? settle(previous, sample.completedAt, now).incident : previous;
    if (isSettling && left) return { incident: left };
    const goesOn = isSettling && previous.interrupted?.state === verdict.state;
    return worsen(goesOn ? previous.interrupted : left, verdict.state, row.severity, sample.isStartup, now);
  }
  if (!previous) return { incident: undefined };

  switch (row.incident) {
    case 'waits':
      return { incident: previous };
    case 'ends':
      return { incident: undefined };
    case 'settles':
      return settle(previous, sample.completedAt, now);
    case 'settlesByAnswer':
      // A daemon that never tells about its loop can end an outage by answering, but not a wedge.
      if (!sample.answered) return { incident: bad(previous) };
      return needsCycle(previous) ? fade(previous, now) : settle(previous, sample.completedAt, now);
    case 'goesOn':
      return { incident: bad(previous) };
  }
}

function worsen(
  previous: Incident | undefined,
  state: DaemonState,
  severity: 'red' | 'amber',
  isStartup: boolean,
  now: Instant,
): IncidentStep {
  const amber = previous && bad(previous);
  const incident = continued(previous, state, severity, now) ?? {
    phase: 'pending',
    openedAt: now,
    badSinceMs: now.monotonicMs,
    state,
    severity,
    fromStartup: isStartup,
    ...(amber?.phase === 'told' && { interrupted: amber }),
  };
  // Amber within a red incident: what it is about is not what is wrong now, so it has nothing to say.
  if (severity !== incident.severity) return { incident };

  if (incident.phase === 'pending') {
    return now.monotonicMs - incident.badSinceMs < pendingMs(incident)
      ? { incident }
      : tell(incident, 'problem', now);
  }
  const isDue = now.monotonicMs - incident.spokeMs >= REMINDER_INTERVAL_MS;
  return incident.severity === 'red' && isDue ? tell(incident, 'reminder', now) : { incident };
}

function tell(incident: Pending | Told, kind: 'problem' | 'reminder', now: Instant): IncidentStep {
  const { state, openedAt } = incident;
  return {
    incident: { ...incident, phase: 'told', spokeMs: now.monotonicMs },
    notice: { kind, state, openedAt },
  };
}

/** The incident that this bad state belongs to; `undefined` where it is a new one. */
function continued(
  previous: Incident | undefined,
  state: DaemonState,
  severity: 'red' | 'amber',
  now: Instant,
): Pending | Told | undefined {
  if (!previous || (previous.severity === 'amber' && severity === 'red')) return undefined;
  const incident = bad(previous);
  // What has spoken stays about that; what has not is about what is wrong now.
  const isAboutThis = severity === previous.severity || incident.phase === 'pending';
  return {
    ...incident,
    ...(isAboutThis && { state, severity }),
    // Prometheus' `for` starts anew after a good sample.
    badSinceMs: previous.phase === 'recovering' ? now.monotonicMs : previous.badSinceMs,
  };
}

function settle(previous: Incident, cycleAt: number | undefined, now: Instant): IncidentStep {
  const calm = previous.phase === 'recovering' ? previous.calm : { sinceMs: now.monotonicMs, cycleAt };
  const heldLongEnough = now.monotonicMs - calm.sinceMs >= RECOVERY_HOLD_MS;
  // Another completion is a newer one, even where the daemon's clock was set back in between.
  const cycledSince = cycleAt === undefined ? !needsCycle(previous) : cycleAt !== calm.cycleAt;
  const spokeMs = spokeMsOf(previous);
  if (!heldLongEnough || !cycledSince) {
    return { incident: { ...opened(previous), phase: 'recovering', spokeMs, calm } };
  }
  if (spokeMs === undefined) return { incident: undefined };
  const { state, openedAt } = previous;
  const lastedMs = calm.sinceMs - openedAt.monotonicMs;
  return { incident: undefined, notice: { kind: 'recovered', state, openedAt, lastedMs } };
}

/** Whether only a completed cycle proves that it is over. */
function needsCycle({ state }: Incident): boolean {
  const row = STATES[state];
  return row.severity !== 'plain' && row.isOverBy === 'cycle';
}

/** It ends in silence: that it was cured is not known, and that it goes on is not either. */
function fade(previous: Incident, now: Instant): IncidentStep {
  const unprovenSinceMs = previous.phase === 'fading' ? previous.unprovenSinceMs : now.monotonicMs;
  if (now.monotonicMs - unprovenSinceMs >= UNPROVEN_END_MS) return { incident: undefined };
  return {
    incident: { ...opened(previous), phase: 'fading', spokeMs: spokeMsOf(previous), unprovenSinceMs },
  };
}

/** The same incident, bad again: what was good since, or not proven, is forgotten. */
function bad(incident: Incident): Pending | Told {
  const spokeMs = spokeMsOf(incident);
  return spokeMs === undefined
    ? { ...opened(incident), phase: 'pending' }
    : { ...opened(incident), phase: 'told', spokeMs };
}

function opened({ openedAt, badSinceMs, state, severity, fromStartup, interrupted }: Incident): Opened {
  return { openedAt, badSinceMs, state, severity, fromStartup, ...(interrupted && { interrupted }) };
}
