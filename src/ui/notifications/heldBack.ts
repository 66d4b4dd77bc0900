import type { Instant } from '../../base/time';
import { asReminder } from './noticeOf';
import { isTrue, type Notice, type World } from './notice';

/** What goes on, and is told once it is not snoozed any more. */
type Held = Extract<Notice, { kind: 'problem' | 'reminder' | 'waits' }>;

interface Released {
  /** What is told together has the same. */
  readonly as: string;
  readonly notice: Notice;
}

/** What snoozes hold back: one problem of each daemon, the newest, and each question. */
export class HeldBack {
  readonly #held = new Map<string, Held>();

  /** Of what has happened nothing is left to tell. */
  hold(notice: Notice): void {
    if (notice.kind === 'waits') this.#held.set(notice.key, notice);
    else if (notice.kind === 'problem' || notice.kind === 'reminder')
      this.#held.set(notice.model.daemon.id, notice);
  }

  /** What has this key is not true any more. */
  withdraw(key: string): void {
    for (const [place, notice] of this.#held) if (notice.key === key) this.#held.delete(place);
  }

  /** The groups that are to be told now: their snoozes ended, and they still hold. */
  release(world: World, now: Instant): readonly (readonly Notice[])[] {
    const released = [...this.#held].flatMap(([place, notice]): Released[] => {
      const model = world.current(notice.daemonIds[0]!);
      const holds = isTrue(notice, world);
      if (model?.snooze && holds) return [];
      this.#held.delete(place);
      if (!model || !holds) return [];
      if (notice.kind === 'waits') return [{ as: notice.kind, notice }];
      return [{ as: notice.state, notice: asReminder(notice, model, now) }];
    });
    return [...new Set(released.map(({ as }) => as))].map((group) =>
      released.filter(({ as }) => as === group).map(({ notice }) => notice),
    );
  }
}
