import type * as vscode from 'vscode';
import type { AcrossStep } from '../health/across';
import type { HealthEvent } from '../health/advance';
import type { DaemonModel } from '../model/daemonModel';
import type { Door } from '../ui/notifications/door';
import type { CountdownNotice, Notice } from '../ui/notifications/notice';
import type { NotificationsDeps } from '../ui/notifications/notifications';

/** The door of notifications is a chunk of its own, loaded with the first thing to tell. */
export class DoorLoader implements vscode.Disposable {
  #door: Door | undefined;
  #loading: Promise<Door> | undefined;
  #disposed = false;

  constructor(private readonly deps: NotificationsDeps) {}

  tell(group: readonly Notice[]): void {
    this.#pass(({ notifications }) => notifications.tell(group));
  }

  withdraw(key: string): void {
    // What was never loaded has told nothing.
    if (this.#loading) this.#pass(({ notifications }) => notifications.withdraw(key));
  }

  goOn(notices: readonly CountdownNotice[], redraw: () => void): void {
    if (notices.length === 0 && !this.#loading) return;
    this.#pass(({ notifications }) => notifications.goOn(notices, redraw));
  }

  /** What happened to one daemon; its incidents come with those of all daemons. */
  happened(model: DaemonModel, event: HealthEvent): void {
    if (event.kind !== 'timedOut' && event.kind !== 'restarted') return;
    this.#pass(({ notices }) => notices.happened(model, event));
  }

  /** What all daemons together have to tell. */
  together(step: AcrossStep): void {
    this.#pass(({ notices }) => notices.together(step));
  }

  /** Called after every poll. */
  update(): void {
    this.#door?.notifications.update();
  }

  dispose(): void {
    this.#disposed = true;
    this.#door?.notifications.dispose();
  }

  #pass(act: (door: Door) => void): void {
    if (this.#door) return act(this.#door);
    this.#loading ??= import('../ui/notifications/door').then(({ openDoor }) => {
      this.#door = openDoor(this.deps);
      if (this.#disposed) this.#door.notifications.dispose();
      return this.#door;
    });
    this.#loading.then(act).catch((error: unknown) => {
      // The next thing to tell tries again.
      this.#loading = undefined;
      this.deps.onError('The notifications', error);
    });
  }
}
