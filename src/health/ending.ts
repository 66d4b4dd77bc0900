import type { Instant } from '../base/time';
import { PART_ENDS_WITHIN_MS } from './policy';
import type { Failure, Report, Sample, Session } from './report';
import { isLive } from './sessions';
import type { KnownEnding, Track } from './trackState';

/**
 * What is known of a daemon's end after one more answer. The parts of one that ends say so one after the other; a part
 * that has said so for long, while the rest goes on, was ended alone.
 */
export function nextEnding({ ending, last }: Track, report: Report, now: Instant): KnownEnding | undefined {
  if (!report.ending) return undefined;
  const { isWhole, parts } = report.ending;
  if (!last) return { isWhole, parts };
  const isMore = (isWhole && !ending?.isWhole) || parts > (ending?.parts ?? 0);
  if (isMore) return { isWhole, parts, sinceMs: now.monotonicMs };
  return { ...ending!, isWhole, parts };
}

/** Whether it is being ended: of the work that is missing, or cancelled, since then nothing says that it was done. */
export function isEnding({ ending }: Pick<Track, 'ending'>, now: Pick<Instant, 'monotonicMs'>): boolean {
  if (!ending) return false;
  return ending.isWhole || now.monotonicMs - (ending.sinceMs ?? -Infinity) < PART_ENDS_WITHIN_MS;
}

/** What ran before a life began to end, with what its answers name since then. */
export function stillRan(
  before: readonly Session[],
  said: readonly Session[] | undefined,
): readonly Session[] {
  const ran = new Map(before.filter(isLive).map((session) => [session.id, session]));
  const others = [...before, ...(said ?? [])].filter(({ id }) => !ran.has(id));
  return [...ran.values(), ...new Map(others.map((session) => [session.id, session])).values()];
}

/**
 * How a daemon ended that nobody answers for any more; so it stays until it answers again. It ended by itself, in good
 * order, where its own files say so, or, where nothing tells, it had said that it does not run. What a restart ended is
 * expected to be back, also where the window is gone that restarted it.
 */
export function nextEnded(
  { last, ended }: Track,
  sample: Sample,
  isRestarted: boolean,
): 'byItself' | 'byRestart' | undefined {
  if (sample.ok) return undefined;
  const { failure } = sample;
  if (ended || !isNobody(failure)) return ended;
  if (isRestarted) return 'byRestart';
  const isStopped = last?.report.isRunning === false && last.report.available !== false;
  return (failure.endedItself ?? (failure.kind === 'refused' && isStopped)) ? 'byItself' : undefined;
}

function isNobody(failure: Failure): failure is Extract<Failure, { kind: 'refused' | 'reset' }> {
  return failure.kind === 'refused' || failure.kind === 'reset';
}
