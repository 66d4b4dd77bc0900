import { messageOf } from '../base/errors';
import type { DaemonId } from '../health/report';
import type { DaemonConfig } from '../model/daemonConfig';
import type { RestartRefusal } from '../model/restartRefusal';
import { lockDaemon, LockedElsewhere } from './restartLock';

/** One thing with a daemon at a time, in all windows of this machine. */
export class OneAtATime {
  readonly #busy = new Set<DaemonId>();

  /** @param folder one that all windows of this machine share */
  constructor(
    private readonly folder: string,
    private readonly log: (line: string) => void,
  ) {}

  isBusy(daemonId: DaemonId): boolean {
    return this.#busy.has(daemonId);
  }

  /** Does a thing, or tells why that cannot be done now. */
  async run<T>(
    { name, id: daemonId }: DaemonConfig,
    what: 'restart' | 'stop',
    work: () => Promise<T>,
    refuse: (why: RestartRefusal) => T,
  ): Promise<T> {
    if (this.#busy.has(daemonId)) return refuse({ is: 'busy', daemon: name });
    this.#busy.add(daemonId);
    try {
      let unlock: (() => Promise<void>) | undefined;
      try {
        unlock = await lockDaemon(this.folder, daemonId, what);
      } catch (error) {
        if (!(error instanceof LockedElsewhere)) {
          return refuse({ is: 'lockUnusable', daemon: name, said: messageOf(error) });
        }
        return refuse({ is: 'lockUnproven', daemon: name, pid: error.pid, ...error.unproven });
      }
      if (!unlock) return refuse({ is: 'busyElsewhere', daemon: name });
      try {
        return await work();
      } finally {
        // What happened has happened. A lock that stays ends with this process.
        await unlock().catch((error: unknown) => this.log(`the lock of ${name} stays: ${String(error)}`));
      }
    } finally {
      this.#busy.delete(daemonId);
    }
  }
}
