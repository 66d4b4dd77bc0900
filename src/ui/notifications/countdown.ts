import type * as vscode from 'vscode';
import type { Clock } from '../../base/time';
import { countdown, type CountedDaemon } from '../../health/countdown';
import type { DaemonModel } from '../../model/daemonModel';
import { countdownKey, countdownNotice } from './noticeOf';
import type { Notifications } from './notifications';

export interface CountdownDeps {
  readonly clock: Clock;
  readonly models: () => readonly DaemonModel[];
  readonly door: Pick<Notifications, 'goOn' | 'withdraw'>;
}

/** The countdown before a time-out: one notification for all sessions, which ends by itself. */
export class Countdown implements vscode.Disposable {
  #disposed = false;
  /** What was shown to the door, and may still be counted down. */
  #keys: ReadonlySet<string> = new Set();

  constructor(private readonly deps: CountdownDeps) {}

  /** Called after every poll, and when time alone changed what the countdown shows. */
  update(): void {
    if (this.#disposed) return;
    const now = this.deps.clock.now();
    const daemons = this.deps
      .models()
      .map(({ daemon, deadlines }) => ({ daemonId: daemon.id, name: daemon.name, deadlines }));
    const notices = countdown(daemons, now).map(countdownNotice);
    this.#withdrawEnded(daemons);
    this.#keys = new Set([...this.#keys, ...notices.map(({ key }) => key)]);
    this.deps.door.goOn(notices, () => this.update());
  }

  dispose(): void {
    this.#disposed = true;
    for (const key of this.#keys) this.deps.door.withdraw(key);
    this.deps.door.goOn([], () => undefined);
  }

  /** One window counts a session down from its start to its end: also while it is out of sight, having been extended. */
  #withdrawEnded(daemons: readonly CountedDaemon[]): void {
    if (this.#keys.size === 0) return;
    const watched = new Set(
      daemons.flatMap(({ daemonId, deadlines }) =>
        [...(deadlines?.watched.keys() ?? [])].map((id) => countdownKey(daemonId, id)),
      ),
    );
    for (const key of this.#keys) if (!watched.has(key)) this.deps.door.withdraw(key);
    this.#keys = new Set([...this.#keys].filter((key) => watched.has(key)));
  }
}
