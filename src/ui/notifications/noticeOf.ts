import type { HealthEvent } from '../../health/advance';
import type { Conflict } from '../../health/conflicts';
import type { Entry } from '../../health/countdown';
import type { TimedOut } from '../../health/deadlines';
import type { Notice as Incident } from '../../health/incident';
import type { DaemonId } from '../../health/report';
import { SEVERITY, STATES, type DaemonState } from '../../health/states';
import { wallAtOf, type Instant } from '../../base/time';
import type { DaemonModel } from '../../model/daemonModel';
import { INSTANCE_TOLD_MS } from '../../store/policy';
import type { Claim, Span } from '../../store/speakerTurn';
import { answersForSessions, isFleet } from '../shared/usable';
import { interruptedRowId, sessionRowId } from '../tree/rowIds';
import type { Action } from './buttonsText';
import type { CountdownNotice, IncidentNotice, Notice } from './notice';
import { endedNotice, waitsNotice } from './workNotice';

/** Of what is over the page has the whole story. */
const WHAT_HAPPENED = { action: 'whatHappened', targets: [] } as const;

/** What a step of a daemon has to tell, besides its incident. */
export function noticeOf(model: DaemonModel, event: HealthEvent): Notice | undefined {
  if (event.kind === 'timedOut') return timedOutNotice(model, event);
  if (event.kind === 'ended') return endedNotice(model, event);
  if (event.kind === 'waits') return waitsNotice(model, event.session, event.isAgain);
  return event.kind === 'restarted' && event.isNews ? restartedNotice(model, event) : undefined;
}

export function incidentNotice(model: DaemonModel, notice: Incident, now: Instant): IncidentNotice {
  const { id } = model.daemon;
  const { state, openedAt } = notice;
  const common = { daemonIds: [id], model, state, muteAs: state };
  const details = { action: 'details', targets: [id] } as const;
  if (notice.kind === 'recovered') {
    return {
      ...common,
      kind: 'recovered',
      key: `${id} recovered`,
      // The end of each incident is told once, however soon the next one comes.
      toldFor: { afterAt: wallAtOf(openedAt, now), byAt: now.wallAt },
      lastedMs: notice.lastedMs,
      ended: {
        key: problemKey(id, state),
        wellSinceAt: wallAtOf(openedAt, now) + Math.round(notice.lastedMs),
      },
      level: 'info',
      isUrgent: false,
      offers: [WHAT_HAPPENED, details],
    };
  }
  const restart = { action: 'restart', targets: [id, openedAt.monotonicMs] } as const;
  const more = { action: 'more', targets: [id, state] } as const;
  return {
    ...common,
    kind: notice.kind,
    key: notice.kind === 'problem' ? problemKey(id, state) : `${id} reminder ${SEVERITY[state]}`,
    // An incident is told once while it goes on.
    ...(notice.kind === 'problem' && { toldFor: { afterAt: wallAtOf(openedAt, now) } }),
    openedAt,
    level: levelOf(state),
    isUrgent: SEVERITY[state] === 'red',
    offers: isCuredByRestart(state) && !isFleet(model) ? [restart, details, more] : [details, more],
  };
}

/** Windows that look at different moments may see one incident begin with different states; amber and red are two. */
function problemKey(daemonId: DaemonId, state: DaemonState): string {
  return `${daemonId} problem ${SEVERITY[state]}`;
}

/** The same, told because it goes on. @param model the daemon as it is now */
export function asReminder(
  { openedAt, state }: Extract<IncidentNotice, { kind: 'problem' | 'reminder' }>,
  model: DaemonModel,
  now: Instant,
): IncidentNotice {
  return incidentNotice(model, { kind: 'reminder', state, openedAt }, now);
}

/** As its colour: what is red is told as an error. */
function levelOf(state: DaemonState): 'error' | 'warning' {
  return SEVERITY[state] === 'red' ? 'error' : 'warning';
}

/** Whether restarting is something that could help. */
function isCuredByRestart(state: DaemonState): boolean {
  const row = STATES[state];
  return row.severity !== 'plain' && row.isCuredByRestart;
}

/** Its name among the muted notifications. */
const CONFLICT = 'conflict';

/** @param sinceAt epoch ms since when it is there */
export function conflictNotice(conflict: Conflict, sinceAt: number): Notice {
  return {
    kind: 'conflict',
    conflict,
    key: conflict.id,
    daemonIds: [],
    toldFor: { afterAt: sinceAt },
    level: 'warning',
    isUrgent: false,
    muteAs: CONFLICT,
    offers: [
      { action: 'details', targets: [conflict.id] },
      { action: 'mute', targets: [CONFLICT] },
    ],
  };
}

type RestartedEvent = Extract<HealthEvent, { kind: 'restarted' }>;

function restartedNotice({ daemon, track }: DaemonModel, event: RestartedEvent): Notice {
  const { restarted, instanceId, began } = event;
  const hasLost = restarted.interrupted > 0;
  return {
    kind: 'restarted',
    name: daemon.name,
    restarted,
    ...(track.last && { seen: track.last.at }),
    ...instanceTold(daemon.id, instanceId, began),
    daemonIds: [daemon.id],
    level: hasLost ? 'warning' : 'info',
    isUrgent: false,
    offers: [
      WHAT_HAPPENED,
      { action: 'details', targets: [hasLost ? interruptedRowId(daemon.id) : daemon.id] },
    ],
  };
}

/** A new life that the outcome of its restart tells: other windows see it, too, and none knows that it was asked for. */
export function toldByOutcome({ daemon }: DaemonModel, event: HealthEvent): readonly Claim[] {
  if (event.kind !== 'restarted' || event.isNews || event.announce !== 'told') return [];
  return [instanceTold(daemon.id, event.instanceId, event.began)];
}

function timedOutNotice(model: DaemonModel, { session, isInferred }: TimedOut): Notice {
  const { id, name } = model.daemon;
  const targets = [sessionRowId(id, session.id)];
  const actions: readonly Action[] = answersForSessions(model)
    ? ['runAgain', 'showSession', 'output']
    : // Only of a dispatchd's work there is more to be had.
      ['showSession'];
  return {
    kind: 'timedOut',
    name,
    timedOut: { session, isInferred },
    key: `${id} timed out ${session.id}`,
    daemonIds: [id],
    // Only an error with buttons stays on screen until somebody answers it.
    level: 'error',
    isUrgent: true,
    offers: actions.map((action) => ({ action, targets })),
  };
}

export function countdownNotice(entry: Entry): CountdownNotice {
  return {
    kind: 'countdown',
    entry,
    key: countdownKey(entry.daemonId, entry.session.id),
    daemonIds: [entry.daemonId],
    // One window counts a session down from its start to its end, whatever extends it.
    toldFor: 'whileOpen',
    level: entry.prospect === 'extended' ? 'info' : 'warning',
    isUrgent: false,
    offers: [],
  };
}

export function countdownKey(daemonId: DaemonId, sessionId: string): string {
  return `${daemonId} countdown ${sessionId}`;
}

/**
 * By which key, and for how long, a life counts as told in all windows. One without a name is known by the time in
 * which it began (epoch ms), which each window sees in its own way.
 */
export function instanceTold(
  daemonId: DaemonId,
  instanceId: string | undefined,
  began: Span,
): Required<Claim> {
  return {
    key: `${daemonId} restarted ${instanceId ?? 'new life'}`,
    toldFor: instanceId === undefined ? began : INSTANCE_TOLD_MS,
  };
}
