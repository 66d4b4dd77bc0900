import type { OfferedDaemon } from '../../src/model/foundDaemon';
import { withFindings } from '../../src/ui/tree/findingRows';

/** The rows that offer these daemons, as one reads them. */
export function rowTexts(found: readonly OfferedDaemon[]): readonly string[] {
  return withFindings([], [], found).map(([{ label, description = '' }]) => `${label} | ${description}`);
}
