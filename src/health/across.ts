import type { Instant } from '../base/time';
import { advanceConflicts, type Conflict, type ConflictLog, type ConflictStep } from './conflicts';
import { speaksWithin, type Notice } from './incident';
import { GATHER_MS, GATHER_RECOVERY_MS, UNDECIDED_POLL_INTERVAL_MS } from './policy';
import type { DaemonId } from './report';
import { rowOf, STATES } from './states';
import type { Watched } from './watched';

/** A notice of one daemon, to be told with those of other daemons that have the same cause. */
export interface DaemonNotice {
  readonly daemonId: DaemonId;
  readonly notice: Notice;
}

/** Notices of one cause that wait for daemons that may yet have the same. */
interface Gathering {
  readonly notices: readonly DaemonNotice[];
  /** Monotonic ms of the first one. */
  readonly sinceMs: number;
}

/** What is remembered of all daemons together. */
export interface Together {
  readonly conflicts: ConflictLog;
  readonly gatherings: readonly Gathering[];
  /** The daemons whose problem was told in one notification with this daemon's, and is not over. */
  readonly fellWith: ReadonlyMap<DaemonId, readonly DaemonId[]>;
}

export interface AcrossStep {
  readonly together: Together;
  /** To be told now, each group as one. */
  readonly groups: readonly (readonly DaemonNotice[])[];
  /** The conflicts to be told now, and those that are over. */
  readonly conflicts: Pick<ConflictStep, 'tell' | 'over'>;
  /** Monotonic ms when a group must not wait any longer; `Infinity` where none waits. */
  readonly wakeAtMs: number;
}

const NOTHING: Together = { conflicts: new Map(), gatherings: [], fellWith: new Map() };

/**
 * What only all daemons together show: daemons that get into each other's way, and one cause for many. A notice is told
 * at once, unless other daemons are about to have the same: then they are told together, moments later.
 *
 * @param together what was remembered so far
 * @param arrived the notices of this step
 * @param conflicts those that are there now
 */
export function across(
  together: Together = NOTHING,
  all: ReadonlyMap<DaemonId, Watched>,
  arrived: readonly DaemonNotice[],
  conflicts: readonly Conflict[],
  now: Instant,
): AcrossStep {
  const { log, tell, over } = advanceConflicts(together.conflicts, conflicts, now);
  const left = withoutOver(together.gatherings, all);
  const gatherings = arrived.reduce((each, notice) => gathered(each, notice, now), left);
  const isReady = (each: Gathering) =>
    now.monotonicMs >= endOf(each) || !othersFollow(each.notices, all, together.fellWith, now);
  const ready = gatherings.filter(isReady);
  const waiting = gatherings.filter((each) => !ready.includes(each));
  const groups = ready.map(({ notices }) => notices);
  return {
    together: { conflicts: log, gatherings: waiting, fellWith: groups.reduce(nowFallen, together.fellWith) },
    groups,
    conflicts: { tell, over },
    wakeAtMs: Math.min(...waiting.map(endOf), Infinity),
  };
}

/**
 * Whether a daemon is to be asked at once, since another one of this machine has just failed: one cause may have hit
 * both, and by its own time to be asked it would be told too late for one message.
 */
export function isToBeLookedAt({ track, askDueMs }: Watched, now: Instant): boolean {
  const { facts, streak, verdict } = track;
  const isUp = STATES[verdict.state].phase === 'up' && streak === undefined;
  const asksToWait = facts.failure?.cause.is === 'asksToWait';
  return isUp && !asksToWait && askDueMs - now.monotonicMs > GATHER_MS - UNDECIDED_POLL_INTERVAL_MS;
}

/** Of one cause are notices of one kind about one state. */
function isOfOneCause({ notice: a }: DaemonNotice, { notice: b }: DaemonNotice): boolean {
  return a.kind === b.kind && a.state === b.state;
}

function gathered(
  gatherings: readonly Gathering[],
  notice: DaemonNotice,
  now: Instant,
): readonly Gathering[] {
  const same = gatherings.find(({ notices }) => isOfOneCause(notices[0]!, notice));
  if (!same) return [...gatherings, { notices: [notice], sinceMs: now.monotonicMs }];
  const more = { ...same, notices: [...same.notices, notice] };
  return gatherings.map((each) => (each === same ? more : each));
}

/** What is over before it was told is not told. */
function withoutOver(
  gatherings: readonly Gathering[],
  all: ReadonlyMap<DaemonId, Watched>,
): readonly Gathering[] {
  const goesOn = ({ daemonId, notice }: DaemonNotice) =>
    notice.kind === 'recovered'
      ? all.has(daemonId)
      : all.get(daemonId)?.track.incident?.openedAt === notice.openedAt;
  return gatherings
    .map((each) => ({ ...each, notices: each.notices.filter(goesOn) }))
    .filter(({ notices }) => notices.length > 0);
}

function endOf({ notices, sinceMs }: Gathering): number {
  return sinceMs + (notices[0]!.notice.kind === 'recovered' ? GATHER_RECOVERY_MS : GATHER_MS);
}

/** Whether other daemons are about to have the same. */
function othersFollow(
  notices: readonly DaemonNotice[],
  all: ReadonlyMap<DaemonId, Watched>,
  fellWith: Together['fellWith'],
  now: Instant,
): boolean {
  const here = new Set(notices.map(({ daemonId }) => daemonId));
  const { notice } = notices[0]!;
  if (notice.kind === 'problem') {
    return [...all].some(([daemonId, watched]) => !here.has(daemonId) && isAboutTo(watched, notice, now));
  }
  // Those that fell together are reminded of together, and come back together.
  const fallen = notices.flatMap(({ daemonId }) => fellWith.get(daemonId) ?? []);
  return fallen.some((daemonId) => !here.has(daemonId) && all.get(daemonId)?.track.incident !== undefined);
}

/** It is in the same state and has not spoken yet; or it does not answer, and nothing is decided yet. */
function isAboutTo({ track }: Watched, { state }: Notice, now: Instant): boolean {
  const { incident, streak, verdict } = track;
  if (incident?.state === state) return speaksWithin(incident, GATHER_MS, now);
  // What is amber may be down a moment later, which is another incident; what is red stays that one.
  if (incident?.severity === 'red') return false;
  const isUndecided = streak !== undefined && rowOf(verdict).phase === 'up';
  return STATES[state].isDown && isUndecided;
}

function nowFallen(fellWith: Together['fellWith'], notices: readonly DaemonNotice[]): Together['fellWith'] {
  const ids = notices.map(({ daemonId }) => daemonId);
  const next = new Map(fellWith);
  switch (notices[0]!.notice.kind) {
    case 'problem':
      for (const id of ids) next.set(id, ids);
      break;
    case 'recovered':
      for (const id of ids) next.delete(id);
      break;
    case 'reminder':
      break;
  }
  return next;
}
