import type { Clock } from '../base/time';
import type { HealthEvent } from '../health/advance';
import type { AcrossStep, DaemonNotice } from '../health/across';
import type * as Core from '../health/core';
import type { Conflict } from '../health/conflicts';
import type { DaemonId } from '../health/report';
import type { Watched } from '../health/watched';

export interface TogetherDeps {
  readonly clock: Clock;
  readonly all: () => ReadonlyMap<DaemonId, Watched>;
  readonly conflicts: () => readonly Conflict[];
  /** Whether a daemon is asked at an address of this machine. */
  readonly isHere: (daemonId: DaemonId) => boolean;
  /** Asks a daemon now. */
  readonly ask: (daemonId: DaemonId) => void;
  /** Called where there is something to tell. */
  readonly onStep: (step: AcrossStep) => void;
}

/** Looks at all daemons together after each step of one of them, and when a group has waited for long enough. */
export class AllTogether {
  #step: AcrossStep | undefined;
  #timer: NodeJS.Timeout | undefined;
  #disposed = false;

  constructor(private readonly deps: TogetherDeps) {}

  stepped(daemonId: DaemonId, events: readonly HealthEvent[], core: typeof Core): void {
    if (events.some(({ kind }) => kind === 'transition')) this.#lookAround(daemonId, core);
    const arrived = events.flatMap((event) =>
      event.kind === 'notice' ? [{ daemonId, notice: event.notice }] : [],
    );
    const isIdle = arrived.length === 0 && this.deps.conflicts().length === 0;
    if (isIdle && (this.#step?.together.conflicts.size ?? 0) === 0 && this.#timer === undefined) return;
    this.#look(arrived, core);
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
  }

  /** Where a daemon of this machine has just failed, what hit it may have hit others: those are asked at once. */
  #lookAround(daemonId: DaemonId, core: typeof Core): void {
    const { all, ask, clock, isHere } = this.deps;
    const watched = all();
    if (watched.get(daemonId)?.track.streak?.count !== 1 || !isHere(daemonId)) return;
    const now = clock.now();
    for (const [id, other] of watched) {
      if (id !== daemonId && isHere(id) && core.isToBeLookedAt(other, now)) ask(id);
    }
  }

  #look(arrived: readonly DaemonNotice[], core: typeof Core): void {
    if (this.#disposed) return;
    const { clock, all, conflicts, onStep } = this.deps;
    const now = clock.now();
    const step = core.across(this.#step?.together, all(), arrived, conflicts(), now);
    this.#step = step;
    clearTimeout(this.#timer);
    this.#timer =
      step.wakeAtMs === Infinity
        ? undefined
        : setTimeout(() => this.#look([], core), Math.max(0, step.wakeAtMs - now.monotonicMs));
    const { tell, over } = step.conflicts;
    if (step.groups.length + tell.length + over.length > 0) onStep(step);
  }
}
