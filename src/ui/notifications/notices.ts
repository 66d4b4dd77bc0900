import type { Clock } from '../../base/time';
import type { AcrossStep } from '../../health/across';
import type { HealthEvent } from '../../health/advance';
import type { DaemonId } from '../../health/report';
import type { DaemonModel } from '../../model/daemonModel';
import { conflictNotice, incidentNotice, noticeOf, toldByOutcome } from './noticeOf';
import type { Notifications } from './notifications';

export interface NoticesDeps {
  readonly clock: Clock;
  readonly current: (daemonId: DaemonId) => DaemonModel | undefined;
  readonly door: Pick<Notifications, 'tell' | 'claim' | 'withdraw'>;
}

/** Brings what happened to the door. */
export class Notices {
  constructor(private readonly deps: NoticesDeps) {}

  /** What happened to one daemon; its incidents come with those of all daemons. */
  happened(model: DaemonModel, event: HealthEvent): void {
    const { door } = this.deps;
    door.claim(toldByOutcome(model, event));
    const notice = noticeOf(model, event);
    if (notice) door.tell([notice]);
  }

  /** What all daemons together have to tell. */
  together({ groups, conflicts }: AcrossStep): void {
    const { door, current, clock } = this.deps;
    const now = clock.now();
    for (const group of groups) {
      door.tell(
        group.flatMap(({ daemonId, notice }) => {
          const model = current(daemonId);
          return model ? [incidentNotice(model, notice, now)] : [];
        }),
      );
    }
    for (const { conflict, sinceMs } of conflicts.tell) {
      door.tell([conflictNotice(conflict, now.wallAt - (now.monotonicMs - sinceMs))]);
    }
    for (const id of conflicts.over) door.withdraw(id);
  }
}
