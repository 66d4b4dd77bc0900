import type { TrackEvent } from '../health/trackState';
import type { DaemonConfig } from '../model/daemonConfig';
import { reasonText } from './reasons';
import { STATE_LABELS } from './states';

/** "[smithy] healthy → wedged: the poll loop hangs", for the log. */
export function transitionLine(
  { name }: Pick<DaemonConfig, 'name'>,
  { from, to }: Extract<TrackEvent, { kind: 'transition' }>,
): string {
  return `[${name}] ${STATE_LABELS[from.state].label} → ${STATE_LABELS[to.state].label}: ${reasonText(to.reason)}`;
}
