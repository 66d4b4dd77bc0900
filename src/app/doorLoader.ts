import type * as vscode from 'vscode';
import type { AcrossStep } from '../health/across';
import type { HealthEvent } from '../health/advance';
import type { DaemonModel } from '../model/daemonModel';
import type { Door, DoorDeps } from '../ui/notifications/door';
import type { CountdownNotice, Notice } from '../ui/notifications/notice';
import { Lazy } from './lazy';

/** What happens to one daemon and is told, besides its incidents. */
const TOLD: readonly HealthEvent['kind'][] = ['timedOut', 'restarted', 'ended', 'waits'];

/** The door of notifications is a chunk of its own, loaded with the first thing to tell. */
export class DoorLoader implements vscode.Disposable {
  readonly #door: Lazy<Door>;

  constructor(deps: DoorDeps) {
    this.#door = new Lazy(
      async () => (await import('../ui/notifications/door')).openDoor(deps),
      (error) => deps.onError('The notifications', error),
    );
  }

  tell(group: readonly Notice[]): void {
    this.#door.pass(({ notifications }) => notifications.tell(group));
  }

  withdraw(key: string): void {
    // What was never loaded has told nothing.
    if (this.#door.isWanted) this.#door.pass(({ notifications }) => notifications.withdraw(key));
  }

  goOn(notices: readonly CountdownNotice[], redraw: () => void): void {
    if (notices.length === 0 && !this.#door.isWanted) return;
    this.#door.pass(({ notifications }) => notifications.goOn(notices, redraw));
  }

  /** What happened to one daemon; its incidents come with those of all daemons. */
  happened(model: DaemonModel, event: HealthEvent): void {
    if (!TOLD.includes(event.kind)) return;
    this.#door.pass(({ notices }) => notices.happened(model, event));
  }

  /** What all daemons together have to tell. */
  together(step: AcrossStep): void {
    this.#door.pass(({ notices }) => notices.together(step));
  }

  /** Called after every poll. */
  update(): void {
    this.#door.now?.notifications.update();
  }

  dispose(): void {
    this.#door.dispose();
  }
}
