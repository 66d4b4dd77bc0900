import type { TrackEvent } from '../health/trackState';
import type { DaemonConfig } from '../model/daemonConfig';
import { reasonText } from './reasons';
import { looksOf } from './states';

/** "[smithy] healthy → wedged: the poll loop hangs", for the log. */
export function transitionLine(
  { name }: Pick<DaemonConfig, 'name'>,
  { from, to }: Extract<TrackEvent, { kind: 'transition' }>,
): string {
  return `[${name}] ${looksOf(from).label} → ${looksOf(to).label}: ${reasonText(to.reason)}`;
}
