import type { Clock } from '../../base/time';
import type { AcrossStep } from '../../health/across';
import type { HealthEvent } from '../../health/advance';
import type { DaemonId } from '../../health/report';
import { isEndWorthTelling, type FinishedWish, type WorkEnd } from '../../health/workNews';
import type { DaemonModel } from '../../model/daemonModel';
import { GATHER_WORK_MS } from '../policy';
import type { Notice } from './notice';
import { conflictNotice, incidentNotice, noticeOf, toldByOutcome } from './noticeOf';
import type { Notifications } from './notifications';
import { endTold } from './workNotice';

export interface NoticesDeps {
  readonly clock: Clock;
  readonly current: (daemonId: DaemonId) => DaemonModel | undefined;
  readonly door: Pick<Notifications, 'tell' | 'claim' | 'withdraw'>;
  /** Which work that finished the user wants to be told of. */
  readonly finished: () => FinishedWish;
  /** Monotonic ms since when the window has the focus; `undefined` where it has not. */
  readonly focusedSinceMs: () => number | undefined;
  /** Runs it later. @returns what calls that off */
  readonly later?: (run: () => void, ms: number) => () => void;
}

/** Brings what happened to the door. */
export class Notices {
  /** What happened to work, to be told with what happens to other work in the same moment. */
  #gathered: readonly Notice[] = [];
  #callOff: (() => void) | undefined;

  constructor(private readonly deps: NoticesDeps) {}

  /** What happened to one daemon; its incidents come with those of all daemons. */
  happened(model: DaemonModel, event: HealthEvent): void {
    const { door } = this.deps;
    door.claim(toldByOutcome(model, event));
    if (event.kind === 'ended' && !this.#isWorthTelling(model, event)) return;
    const notice = noticeOf(model, event);
    if (notice?.kind === 'restarted') door.tell([notice]);
    else if (notice) this.#gather(notice);
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

  dispose(): void {
    this.#callOff?.();
    this.#gathered = [];
  }

  #isWorthTelling({ daemon }: DaemonModel, ended: WorkEnd): boolean {
    const { door, finished, focusedSinceMs } = this.deps;
    const wish = finished();
    if (isEndWorthTelling(ended, focusedSinceMs(), wish)) return true;
    // Who looked on in this window need not be told by another one, which has no focus.
    if (wish === 'longOrAway') door.claim([endTold(daemon.id, ended.session)]);
    return false;
  }

  #gather(notice: Notice): void {
    this.#gathered = [...this.#gathered, notice];
    this.#callOff ??= (this.deps.later ?? later)(() => {
      this.#callOff = undefined;
      const group = this.#gathered;
      this.#gathered = [];
      this.deps.door.tell(group);
    }, GATHER_WORK_MS);
  }
}

function later(run: () => void, ms: number): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}
