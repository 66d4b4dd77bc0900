import { MINUTE_MS, SECOND_MS, HOUR_MS } from '../../base/time';

/** Where moments stand on the lanes. */
export interface Scale {
  readonly sinceAt: number;
  readonly nowAt: number;
  /** The place of a moment, in percent of the lane. */
  x(at: number): number;
}

export function scaleOf(sinceAt: number, nowAt: number): Scale {
  const wholeMs = Math.max(SECOND_MS, nowAt - sinceAt);
  return {
    sinceAt,
    nowAt,
    x: (at) => Math.min(100, Math.max(0, ((at - sinceAt) / wholeMs) * 100)),
  };
}

/** SVG takes a share of the whole width. A thousandth of a percent is a second of a day. */
export function percent(value: number): string {
  return `${Number(value.toFixed(4))}%`;
}

const STEPS_MS = [
  10 * SECOND_MS,
  MINUTE_MS,
  5 * MINUTE_MS,
  10 * MINUTE_MS,
  15 * MINUTE_MS,
  HOUR_MS,
  3 * HOUR_MS,
  6 * HOUR_MS,
  24 * HOUR_MS,
];
/** More labels than these run into each other in half a window. */
const MAX_TICKS = 6;

/** Whole moments of the local clock for an axis. */
export function ticksOf({ sinceAt, nowAt }: Scale): readonly number[] {
  const wholeMs = nowAt - sinceAt;
  const stepMs = STEPS_MS.find((step) => wholeMs / step <= MAX_TICKS) ?? STEPS_MS.at(-1)!;
  const zoneMs = new Date(nowAt).getTimezoneOffset() * MINUTE_MS;
  const first = Math.ceil((sinceAt - zoneMs) / stepMs) * stepMs + zoneMs;
  const ticks: number[] = [];
  for (let at = first; at <= nowAt; at += stepMs) ticks.push(at);
  return ticks;
}
