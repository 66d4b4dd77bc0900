import type { DaemonId, Session } from './report';
import type { Instant } from '../base/time';
import type { Stage, Extension, KnownDeadlines } from './deadlines';
import { EXTENSION_SHOWN_MS, COUNTDOWN_FIRST_MS, DEADLINE_WATCH_MS, COUNTDOWN_LAST_MS } from './policy';

/** One line of the countdown. */
export interface Entry extends Counted {
  readonly daemonId: DaemonId;
  readonly daemon: string;
}

/**
 * What comes of a session at its deadline, as far as its daemon tells: the daemon extends it by itself, does so if it is
 * active until then, or ends it.
 */
export type Prospect = 'extended' | 'extendedIfActive' | 'ends';

interface Counted {
  readonly session: Session;
  readonly stage: Stage;
  readonly prospect: Prospect;
  /** Never negative. */
  readonly remainingMs: number;
  readonly extension?: Extension;
  readonly canExtend: boolean;
}

/** One daemon whose sessions are counted down. */
export interface CountedDaemon {
  readonly daemonId: DaemonId;
  readonly name: string;
  readonly deadlines: KnownDeadlines | undefined;
}

/** What a countdown shows now, the nearest deadline first; empty where there is nothing to count. */
export function countdown(daemons: readonly CountedDaemon[], now: Instant): readonly Entry[] {
  return daemons
    .flatMap(({ daemonId, name, deadlines }) =>
      countedOf(deadlines, now).map((counted) => ({ daemonId, daemon: name, ...counted })),
    )
    .sort((a, b) => a.remainingMs - b.remainingMs);
}

function countedOf(deadlines: KnownDeadlines | undefined, now: Instant): readonly Counted[] {
  if (!deadlines || deadlines.isInhibited) return [];
  const counted: Counted[] = [];
  for (const { session, dueMs, extension } of deadlines.watched.values()) {
    const leftMs = dueMs - now.monotonicMs;
    const isFresh = extension !== undefined && now.monotonicMs - extension.seenMs < EXTENSION_SHOWN_MS;
    if (leftMs > COUNTDOWN_FIRST_MS && !isFresh) continue;
    if (leftMs <= -DEADLINE_WATCH_MS || isStopped(session, leftMs)) continue;
    const stage = session.stopping === undefined ? stageAt(leftMs) : 'due';
    counted.push({
      session,
      stage,
      prospect: prospectOf(session, leftMs, deadlines.extendsOnActivityWithinMs),
      remainingMs: Math.max(0, leftMs),
      ...(isFresh && { extension }),
      canExtend: deadlines.canExtend && stage !== 'due',
    });
  }
  return counted;
}

/** The word of a dispatchd for what its deadline ends. */
const AT_ITS_LIMIT = 'timeout';

/** Whether it is being ended for another reason than its deadline: somebody asked for that, or its daemon ends. */
function isStopped({ status, stopping }: Session, leftMs: number): boolean {
  return stopping === undefined ? status === 'terminating' && leftMs > 0 : stopping !== AT_ITS_LIMIT;
}

/** @param withinMs how shortly before its deadline it must be active for that; `undefined` where that is not told */
function prospectOf(session: Session, leftMs: number, withinMs: number | undefined): Prospect {
  const { deadlineAt, lastActivityAt, stopping } = session;
  const { extensionsUsed = 0, maxExtensions = 0, maxTotalMs = Infinity } = session;
  const startedAt = session.startedAt ?? session.createdAt ?? -Infinity;
  const isAtCap = deadlineAt === undefined || startedAt + maxTotalMs <= deadlineAt;
  const hasNone = withinMs === undefined || extensionsUsed >= maxExtensions;
  if (hasNone || isAtCap || stopping !== undefined) return 'ends';
  // Where nothing was printed the start stands there, and to start is not to be active.
  const isActive = lastActivityAt !== undefined && lastActivityAt > startedAt;
  if (isActive && deadlineAt - lastActivityAt <= withinMs) return 'extended';
  return leftMs > withinMs ? 'extendedIfActive' : 'ends';
}

function stageAt(leftMs: number): Stage {
  if (leftMs <= 0) return 'due';
  if (leftMs <= COUNTDOWN_LAST_MS) return 'last';
  return leftMs <= COUNTDOWN_FIRST_MS ? 'soon' : 'extended';
}

/**
 * When a countdown of one daemon shows something else, in ms from now: at the next whole second of the nearest deadline
 * while there is one, else when the first session comes into sight. `undefined` where nothing is to be expected.
 */
export function nextDrawMs(deadlines: KnownDeadlines | undefined, now: Instant): number | undefined {
  const left = countedOf(deadlines, now).map(({ remainingMs }) => remainingMs);
  if (left.length > 0) return Math.min(...left) % 1_000 || 1_000;
  if (!deadlines || deadlines.isInhibited) return undefined;
  let nearestMs = Infinity;
  for (const { dueMs } of deadlines.watched.values()) {
    const leftMs = dueMs - now.monotonicMs;
    if (leftMs > COUNTDOWN_FIRST_MS) nearestMs = Math.min(nearestMs, leftMs - COUNTDOWN_FIRST_MS);
  }
  return nearestMs === Infinity ? undefined : nearestMs;
}
