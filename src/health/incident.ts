import { AMBER_PENDING_MS, RECOVERY_HOLD_MS, REMINDER_INTERVAL_MS, STARTUP_PENDING_MS } from './policy';
import type { Instant } from './report';
import { SEVERITY, type DaemonState, type Verdict } from './verdict';

/** From the moment a daemon leaves the good states until it is good again. */
export interface Incident {
  readonly openedAt: Instant;
  /** The bad state it is about, and the last one seen. */
  readonly state: DaemonState;
  readonly severity: 'red' | 'amber';
  /** It was bad when we first looked. */
  readonly fromStartup: boolean;
  /** Monotonic ms when it last spoke to the user. */
  readonly spokeMs?: number;
  /** Good samples in a row since then: the daemon is recovering. */
  readonly calm?: { readonly sinceMs: number; readonly cycleAt: number | undefined };
}

/** Something worth telling the user. Which window tells it, and how, is the notifier's. */
export type Notice =
  | { readonly kind: 'problem' | 'reminder'; readonly state: DaemonState; readonly openedAt: Instant }
  | { readonly kind: 'recovered'; readonly state: DaemonState; readonly lastedMs: number };

export interface IncidentStep {
  readonly incident: Incident | undefined;
  readonly notice?: Notice;
}

/** How long a state must have lasted before it speaks. A wedge has had its threshold already. */
function pendingMs(incident: Incident): number {
  if (incident.fromStartup) return STARTUP_PENDING_MS;
  return incident.severity === 'red' ? 0 : AMBER_PENDING_MS;
}

/**
 * The incident after one more verdict, and what to say about it: one notice per incident, a reminder at most
 * hourly while red, and a recovery only if it spoke. Amber that turns red is a new incident.
 *
 * @param answered whether the sample behind the verdict was an answer
 * @param completedAt the last completed poll cycle the daemon reported, on its clock
 */
export function advanceIncident(
  previous: Incident | undefined,
  verdict: Verdict,
  sample: { answered: boolean; completedAt: number | undefined; isFirst: boolean },
  now: Instant,
): IncidentStep {
  const severity = SEVERITY[verdict.state];
  if (severity !== 'plain') return worsen(previous, verdict.state, severity, sample.isFirst, now);
  if (!previous) return { incident: undefined };

  switch (verdict.state) {
    case 'restarting':
      return { incident: previous };
    case 'stopped':
    case 'offline':
      return { incident: undefined };
    case 'healthy':
    case 'paused':
      return settle(previous, sample.completedAt, now);
    case 'unverified':
      // A daemon that never tells about its loop can end an outage by answering, but not a wedge.
      return sample.answered && previous.state !== 'wedged'
        ? settle(previous, sample.completedAt, now)
        : { incident: withoutCalm(previous) };
    default:
      return { incident: withoutCalm(previous) };
  }
}

function worsen(
  previous: Incident | undefined,
  state: DaemonState,
  severity: 'red' | 'amber',
  isFirst: boolean,
  now: Instant,
): IncidentStep {
  const continues = previous && !(previous.severity === 'amber' && severity === 'red');
  const incident: Incident = continues
    ? { ...withoutCalm(previous), state: SEVERITY[state] === previous.severity ? state : previous.state }
    : { openedAt: now, state, severity, fromStartup: isFirst };

  if (incident.spokeMs === undefined) {
    if (now.monotonicMs - incident.openedAt.monotonicMs < pendingMs(incident)) return { incident };
    return {
      incident: { ...incident, spokeMs: now.monotonicMs },
      notice: { kind: 'problem', state: incident.state, openedAt: incident.openedAt },
    };
  }
  if (incident.severity === 'red' && now.monotonicMs - incident.spokeMs >= REMINDER_INTERVAL_MS) {
    return {
      incident: { ...incident, spokeMs: now.monotonicMs },
      notice: { kind: 'reminder', state: incident.state, openedAt: incident.openedAt },
    };
  }
  return { incident };
}

function settle(previous: Incident, cycleAt: number | undefined, now: Instant): IncidentStep {
  const calm = previous.calm ?? { sinceMs: now.monotonicMs, cycleAt };
  const heldLongEnough = now.monotonicMs - calm.sinceMs >= RECOVERY_HOLD_MS;
  const cycledSince = cycleAt === undefined || calm.cycleAt === undefined || cycleAt > calm.cycleAt;
  if (!heldLongEnough || !cycledSince) return { incident: { ...previous, calm } };
  if (previous.spokeMs === undefined) return { incident: undefined };
  const lastedMs = calm.sinceMs - previous.openedAt.monotonicMs;
  return { incident: undefined, notice: { kind: 'recovered', state: previous.state, lastedMs } };
}

function withoutCalm({ calm: _, ...incident }: Incident): Incident {
  return incident;
}
