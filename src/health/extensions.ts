import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../base/time';
import type { Session } from './report';

/** Which extensions of a session to offer: as its own limit, its own step and its daemon's maximum make them. */

/** The longest that its daemon grants it yet, in ms; `undefined` where the daemon does not tell. */
export function longestExtensionMs({
  startedAt,
  createdAt,
  deadlineAt,
  maxTotalMs,
}: Session): number | undefined {
  const beganAt = startedAt ?? createdAt;
  if (beganAt === undefined || deadlineAt === undefined || maxTotalMs === undefined) return undefined;
  return Math.max(0, beganAt + maxTotalMs - deadlineAt);
}

/**
 * By how much sessions may be extended together, in ms: first half of the shortest limit, or their own step if that
 * is more, then what else fits, the longest being all that is granted. Empty where nothing is granted, or nobody knows.
 */
export function extensionsFor(sessions: readonly Session[]): readonly number[] {
  const granted = sessions.map(longestExtensionMs);
  const longestMs = Math.min(...granted.map((ms) => ms ?? 0));
  if (sessions.length === 0 || longestMs === 0) return [];
  const limitMs = shortest(sessions.map(({ timeoutMs }) => timeoutMs));
  const stepMs = shortest(sessions.map(({ activityExtensionMs }) => activityExtensionMs));
  const halfMs = round(limitMs / 2);
  const best = [Math.max(halfMs, stepMs), halfMs, round(limitMs), stepMs, longestMs];
  const fitting = best.filter((ms) => ms > 0 && ms <= longestMs);
  const [first, ...others] = new Set(fitting);
  return [first!, ...others.sort((one, other) => one - other)];
}

function shortest(all: readonly (number | undefined)[]): number {
  const known = all.filter((ms) => ms !== undefined);
  return known.length === 0 ? 0 : Math.min(...known);
}

/** From which length on a figure is rounded down to which step, both in ms: so that one says it. */
const STEPS = [
  { fromMs: HOUR_MS, stepMs: 30 * MINUTE_MS },
  { fromMs: 10 * MINUTE_MS, stepMs: 5 * MINUTE_MS },
  { fromMs: MINUTE_MS, stepMs: MINUTE_MS },
  { fromMs: 0, stepMs: 10 * SECOND_MS },
] as const;

function round(ms: number): number {
  const { stepMs } = STEPS.find(({ fromMs }) => ms >= fromMs)!;
  return Math.floor(ms / stepMs) * stepMs;
}
