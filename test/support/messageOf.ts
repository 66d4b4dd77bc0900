import type { Instant } from '../../src/base/time';
import type { Notice } from '../../src/health/incident';
import type { DaemonModel } from '../../src/model/daemonModel';
import { incidentNotice } from '../../src/ui/notifications/noticeOf';
import { message } from '../../src/ui/notifications/notificationsText';

/** What is shown of the notice of one daemon. */
export function messageOf(
  model: DaemonModel,
  notice: Notice,
  now: Instant,
): { readonly level: string; readonly text: string; readonly offersRestart: boolean } {
  const { level, text, offers } = message([incidentNotice(model, notice, now)], now);
  return { level, text, offersRestart: offers.some(({ action }) => action === 'restart') };
}
