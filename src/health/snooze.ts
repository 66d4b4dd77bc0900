import { CLOCK_CORRECTED_MS, LONGEST_SNOOZE_MS } from './policy';
import type { Report } from './report';

/** Notifications of one daemon held back by the user. `untilAt` is epoch ms. */
export type Snooze =
  | { readonly kind: 'until'; readonly untilAt: number }
  /** `instanceId` is the life it was asked in; another one ends it. */
  | { readonly kind: 'untilRestart'; readonly instanceId?: string };

/** Whether a snooze still holds. One "until restart" ends with a new instance, where the daemon names its lives. */
export function isSnoozed(snooze: Snooze | undefined, report: Report | undefined, nowAt: number): boolean {
  switch (snooze?.kind) {
    case undefined:
      return false;
    case 'until':
      return nowAt < snooze.untilAt && snooze.untilAt - nowAt <= LONGEST_SNOOZE_MS + CLOCK_CORRECTED_MS;
    case 'untilRestart': {
      const id = report?.instance?.id;
      return snooze.instanceId === undefined || id === undefined || id === snooze.instanceId;
    }
  }
}
