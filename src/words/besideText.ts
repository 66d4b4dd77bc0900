import type { Beside } from '../health/report';
import { causeText } from './causes';

/** "[::1]:3457 is another program: the answer is not JSON". */
export function besideText({ place, kind, cause }: Beside): string {
  if (kind !== undefined) return `${place} is another daemon: a ${kind}`;
  return `${place} is another program${cause ? `: ${causeText(cause)}` : ''}`;
}
