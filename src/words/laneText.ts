import { clockTime, duration } from '../base/time';
import type { LanePart } from '../health/lane';
import { TOLD_BY_IT } from './pastText';
import { reasonText } from './reasons';
import { STATE_LABELS } from './states';

/** A part of a lane: "wedged 02:10:03 to 02:14:20 (4 min 17 s): the poll loop hangs". */
export function partText({ state, fromAt, toAt, reason, toldByIt }: LanePart, nowAt: number): string {
  const why = reason ? `: ${reasonText(reason)}` : '';
  const by = toldByIt ? TOLD_BY_IT : '';
  const span = `${clockTime(fromAt, nowAt)} to ${clockTime(toAt, nowAt)} (${duration(toAt - fromAt)})`;
  return `${partLabel(state)} ${span}${by}${why}`;
}

export function partLabel(state: LanePart['state']): string {
  if (state === 'notWatched') return 'not watched';
  return state === 'noProblem' ? 'no problem noted' : STATE_LABELS[state].label;
}
