import { isSame } from '../base/text';
import type { Reason } from './cause';
import { CLOCK_SET_MS, INCIDENT_LOG_MS, PHASE_SEEN_EVERY_MS, RECOVERY_HOLD_MS } from './policy';
import type { DaemonId } from './report';
import type { DaemonState } from './states';
import type { WorkMade } from './workMade';

/*
 * What happened on this machine, whichever window saw it. All times are epoch ms by the wall clock. Several windows
 * note the same: what they note is merged, so that noting it again changes nothing.
 */

/** A daemon in one bad state. Phases that touch are one incident. */
export interface Phase {
  readonly is: 'phase';
  readonly daemonId: DaemonId;
  /** As the daemon was called. */
  readonly name: string;
  readonly state: DaemonState;
  readonly reason: Reason;
  readonly fromAt: number;
  /** When a window last saw that it went on. */
  readonly seenAt: number;
  /** When it was over; absent while it goes on, and where no window saw its end. */
  readonly endedAt?: number;
  /** Since when each window that saw it says that it went on, by the window's name for it. */
  readonly seenBy: Readonly<Record<string, number>>;
  /** What was written down about it before it was changed: a file. */
  readonly evidence?: string;
  /** What its hang came to then, as a clause. */
  readonly found?: string;
  /** The daemon itself told it afterwards: no window watched. */
  readonly toldByIt?: true;
}

/** The begin of a new life of a daemon. */
export interface Life {
  readonly is: 'life';
  readonly daemonId: DaemonId;
  readonly name: string;
  readonly at: number;
  /** The daemon's own name of this life, where it has one. */
  readonly instanceId?: string;
  /** Who began it: this extension, in whichever window, or somebody else. */
  readonly by: 'us' | 'others';
  readonly isReboot: boolean;
  /** Of a daemon that does not name its lives: concluded from what is missing. */
  readonly isInferred: boolean;
  readonly wasUpMs?: number;
  readonly work: WorkMade;
  readonly toldByIt?: true;
}

/** Time in which a window watched a daemon. */
export interface Watch {
  readonly is: 'watch';
  readonly daemonId: DaemonId;
  readonly fromAt: number;
  readonly toAt: number;
}

export type Entry = Phase | Life | Watch;

/** The log with one more entry. What another window noted of the same happening becomes one with it. */
export function noted(log: readonly Entry[], entry: Entry): readonly Entry[] {
  const alike = log.filter((other) => isOfOne(other, entry));
  // Lives follow each other within seconds where a daemon crashes at its start: one is one of them.
  const same = entry.is === 'life' ? alike.sort(nearerTo(entry)).slice(0, 1) : alike;
  if (same.length === 0) return [...log, entry];
  const one = same.reduce((merged, other) => merge(other, merged), entry);
  let isIn = false;
  return log.flatMap((other) => {
    if (!same.includes(other)) return [other];
    if (isIn) return [];
    isIn = true;
    return [one];
  });
}

/** What a file of evidence was kept of: the phase that went on then. */
export function withEvidence(
  log: readonly Entry[],
  daemonId: DaemonId,
  { file, found }: { readonly file: string; readonly found?: string },
  at: number,
): readonly Entry[] {
  const of = log.findLast(
    (entry) =>
      entry.is === 'phase' && entry.daemonId === daemonId && entry.fromAt <= at && reachOf(entry) >= at,
  );
  if (of?.is !== 'phase') return log;
  const { found: _before, ...rest } = of;
  const kept = { ...rest, evidence: file, ...(found !== undefined && { found }) };
  return log.map((entry) => (entry === of ? kept : entry));
}

/** Without what is too old to be asked about. A clock that was set back leaves entries ahead of it, for as long. */
export function recent(log: readonly Entry[], nowAt: number): readonly Entry[] {
  const isRecent = (entry: Entry) => Math.abs(nowAt - lastOf(entry)) < INCIDENT_LOG_MS;
  return log.every(isRecent) ? log : log.filter(isRecent);
}

/** Without the oldest ones that do not fit. @param sizeOf what an entry takes */
export function fitting<E>(
  log: readonly E[],
  atOf: (entry: E) => number,
  sizeOf: (entry: E) => number,
  most: number,
): readonly E[] {
  const newestFirst = [...log].sort((one, other) => atOf(other) - atOf(one));
  let size = 0;
  const left = new Set(newestFirst.filter((entry) => (size += sizeOf(entry)) > most));
  return left.size === 0 ? log : log.filter((entry) => !left.has(entry));
}

/** When an entry was last true. */
export function lastOf(entry: Entry): number {
  switch (entry.is) {
    case 'phase':
      return entry.endedAt ?? entry.seenAt;
    case 'life':
      return entry.at;
    case 'watch':
      return entry.toAt;
  }
}

function nearerTo({ at, instanceId }: Life) {
  const farOf = (entry: Entry) => {
    if (entry.is !== 'life') return Infinity;
    return instanceId !== undefined && entry.instanceId === instanceId ? -1 : Math.abs(entry.at - at);
  };
  return (one: Entry, other: Entry) => farOf(one) - farOf(other);
}

function isOfOne(one: Entry, other: Entry): boolean {
  if (one.daemonId !== other.daemonId) return false;
  if (one.is === 'phase' && other.is === 'phase') {
    if (Object.keys(one.seenBy).some((key) => key in other.seenBy)) return true;
    const touches = one.fromAt <= reachOf(other) && other.fromAt <= reachOf(one);
    return one.state === other.state && touches;
  }
  if (one.is === 'life' && other.is === 'life') {
    if (one.instanceId !== undefined && other.instanceId !== undefined) {
      return one.instanceId === other.instanceId;
    }
    // What a daemon tells again it tells of the same moment.
    const withinMs = one.toldByIt && other.toldByIt ? CLOCK_SET_MS : RECOVERY_HOLD_MS;
    return Math.abs(one.at - other.at) <= withinMs;
  }
  if (one.is === 'watch' && other.is === 'watch') return one.fromAt <= other.toAt && other.fromAt <= one.toAt;
  return false;
}

/** How long after it a phase of the same state is the same: what clears for moments, or was noted that long ago. */
export function reachOf({ endedAt, seenAt }: Phase): number {
  return (endedAt ?? seenAt + PHASE_SEEN_EVERY_MS) + RECOVERY_HOLD_MS;
}

/** @param known what the log has. @param now what is noted, which has the newer fields */
function merge(known: Entry, now: Entry): Entry {
  if (known.is === 'phase' && now.is === 'phase') return mergePhases(known, now);
  if (known.is === 'life' && now.is === 'life') {
    const by = [known.by, now.by].includes('us') ? 'us' : 'others';
    // The daemon's own word comes second: what a window saw also tells what became of the work.
    const [first, second] = known.toldByIt ? [now, known] : [known, now];
    const { toldByIt: _told, ...more } = second;
    return { ...more, ...first, by, ...(first.toldByIt && { toldByIt: true }) };
  }
  if (known.is === 'watch' && now.is === 'watch') {
    return {
      ...known,
      fromAt: Math.min(known.fromAt, now.fromAt),
      toAt: Math.max(known.toAt, now.toAt),
    };
  }
  return now;
}

function mergePhases(before: Phase, now: Phase): Phase {
  const known = inStep(before, now);
  const isOfOneWindow = isSame(Object.keys(known.seenBy), Object.keys(now.seenBy));
  const seenAt = Math.max(known.seenAt, now.seenAt);
  const ends = [known.endedAt, now.endedAt].filter((at) => at !== undefined && at >= seenAt) as number[];
  // What one window alone saw, that window knows best.
  const times = isOfOneWindow
    ? { fromAt: now.fromAt, seenAt: now.seenAt, endedAt: now.endedAt }
    : {
        fromAt: Math.min(known.fromAt, now.fromAt),
        seenAt,
        endedAt: ends.length > 0 ? Math.min(...ends) : undefined,
      };
  const seenBy = Object.entries({ ...known.seenBy, ...now.seenBy }).slice(-MAX_WINDOWS);
  const merged = {
    ...known,
    ...now,
    reason: known.reason,
    ...times,
    seenBy: Object.fromEntries(seenBy),
    // What a window saw as well is not told by the daemon alone.
    toldByIt: known.toldByIt && now.toldByIt,
  };
  // In the order of the fields as they were: what is noted again is then written alike.
  return Object.fromEntries(
    Object.entries(merged).filter(([, value]) => value !== undefined),
  ) as unknown as Phase;
}

/** The wall clock was set since a window noted it: what is known moves with the clock, once for all windows. */
function inStep(known: Phase, { seenBy }: Phase): Phase {
  const key = Object.keys(seenBy).find((each) => each in known.seenBy);
  const byMs = key === undefined ? 0 : seenBy[key]! - known.seenBy[key]!;
  if (Math.abs(byMs) <= CLOCK_SET_MS) return known;
  return {
    ...known,
    fromAt: known.fromAt + byMs,
    seenAt: known.seenAt + byMs,
    ...(known.endedAt !== undefined && { endedAt: known.endedAt + byMs }),
    seenBy: Object.fromEntries(Object.entries(known.seenBy).map(([each, at]) => [each, at + byMs])),
  };
}

/** More windows than anybody opens. */
const MAX_WINDOWS = 20;
