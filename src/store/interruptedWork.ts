import type { DaemonId, Session } from '../health/report';
import type { Memento } from 'vscode';
import type { DaemonModel } from '../model/daemonModel';
import { lostOf, stillLost, withLost, type Lost } from '../health/interrupted';
import { INSTANCES_MAX_DAEMONS } from './policy';

const KEY = 'lostWork';

/** The work that restarts of smithys interrupted, by the smithy's address; kept in the workspace. */
export class InterruptedWork {
  readonly #byDaemon = new Map<string, readonly Lost[]>();

  /** @param onChange called after it changed, to draw it */
  constructor(
    private readonly state: Memento,
    private readonly wallAt: () => number,
    private readonly onChange: () => void,
  ) {
    const kept = state.get<unknown>(KEY);
    if (typeof kept !== 'object' || kept === null) return;
    for (const [daemonId, lost] of Object.entries(kept)) {
      if (Array.isArray(lost)) this.#byDaemon.set(daemonId, lost.filter(isLost));
    }
  }

  /** What the tree lists besides the daemon's own sessions. */
  of({ daemon, track }: DaemonModel): readonly Session[] {
    const lost = this.#byDaemon.get(daemon.id);
    return lost && track.last ? lostOf(lost, track.last.report) : [];
  }

  /** After every poll: what the daemon went on with is no longer lost, nor what is a day old. */
  update({ daemon, track }: DaemonModel): void {
    const lost = this.#byDaemon.get(daemon.id);
    if (!lost || track.sample?.ok !== true) return;
    this.#set(daemon.id, stillLost(lost, track.sample.report, this.wallAt()));
  }

  add({ daemon, track }: DaemonModel, sessions: readonly Session[]): void {
    if (!track.last || sessions.length === 0) return;
    const lost = this.#byDaemon.get(daemon.id) ?? [];
    this.#set(daemon.id, withLost(lost, sessions, track.last.report, this.wallAt()));
  }

  /** Somebody dealt with it. */
  dismiss(daemonId: DaemonId, id: string): void {
    const lost = this.#byDaemon.get(daemonId) ?? [];
    this.#set(
      daemonId,
      lost.filter(({ session }) => session.id !== id),
    );
  }

  #set(daemonId: DaemonId, lost: readonly Lost[]): void {
    if (lost === this.#byDaemon.get(daemonId)) return;
    this.#byDaemon.delete(daemonId); // so that the newest come last
    if (lost.length > 0) this.#byDaemon.set(daemonId, lost);
    void this.state.update(KEY, Object.fromEntries([...this.#byDaemon].slice(-INSTANCES_MAX_DAEMONS)));
    this.onChange();
  }
}

/** What is kept may be of another version. */
function isLost(value: unknown): value is Lost {
  const { session, foundAt } = (value ?? {}) as { session?: Partial<Session>; foundAt?: unknown };
  return (
    typeof foundAt === 'number' &&
    typeof session?.id === 'string' &&
    typeof session.title === 'string' &&
    session.status === 'interrupted'
  );
}
