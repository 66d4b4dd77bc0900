import type { DaemonId, Session } from './report';
import type { Instant } from '../base/time';
import type { Stage, Extension, KnownDeadlines } from './deadlines';
import { EXTENSION_SHOWN_MS, COUNTDOWN_FIRST_MS, DEADLINE_WATCH_MS, COUNTDOWN_LAST_MS } from './policy';

/** One line of the countdown. */
export interface Entry {
  readonly daemonId: DaemonId;
  readonly daemon: string;
  readonly session: Session;
  readonly stage: Stage;
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
  const entries: Entry[] = [];
  for (const { daemonId, name, deadlines } of daemons) {
    if (!deadlines || deadlines.isInhibited) continue;
    const { canExtend, watched } = deadlines;
    for (const { session, dueMs, extension } of watched.values()) {
      const leftMs = dueMs - now.monotonicMs;
      const isFresh = extension !== undefined && now.monotonicMs - extension.seenMs < EXTENSION_SHOWN_MS;
      if (leftMs > COUNTDOWN_FIRST_MS && !isFresh) continue;
      if (leftMs <= -DEADLINE_WATCH_MS) continue;
      const stage = session.stopping === undefined ? stageAt(leftMs) : 'due';
      entries.push({
        daemonId,
        daemon: name,
        session,
        stage,
        remainingMs: Math.max(0, leftMs),
        ...(isFresh && { extension }),
        canExtend: canExtend && stage !== 'due',
      });
    }
  }
  return entries.sort((a, b) => a.remainingMs - b.remainingMs);
}

function stageAt(leftMs: number): Stage {
  if (leftMs <= 0) return 'due';
  if (leftMs <= COUNTDOWN_LAST_MS) return 'last';
  return leftMs <= COUNTDOWN_FIRST_MS ? 'soon' : 'extended';
}

/**
 * When the countdown has to be drawn next, in ms from now: at the next whole second of the nearest deadline while
 * there is one, else when the first session comes into sight. `undefined` where nothing is to be expected.
 */
export function nextDrawMs(daemons: readonly CountedDaemon[], now: Instant): number | undefined {
  const [first] = countdown(daemons, now);
  if (first) return first.remainingMs % 1_000 || 1_000;
  let nearestMs = Infinity;
  for (const { deadlines } of daemons) {
    if (!deadlines || deadlines.isInhibited) continue;
    for (const { dueMs } of deadlines.watched.values()) {
      const leftMs = dueMs - now.monotonicMs;
      if (leftMs > COUNTDOWN_FIRST_MS) nearestMs = Math.min(nearestMs, leftMs - COUNTDOWN_FIRST_MS);
    }
  }
  return nearestMs === Infinity ? undefined : nearestMs;
}
