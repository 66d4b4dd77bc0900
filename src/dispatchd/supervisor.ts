import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { iso, type Clock } from './clock';
import { launch, type Launched } from './launch';
import type { Log } from './log';
import { duration, endState } from './outcome';
import { STOP_GRACE_MS } from './policy';
import { isTreeAlive, signalTree } from './processTree';
import { Run } from './run';
import { isRunning, readySessions, type RunningSession, type Session, type StopCause } from './session';
import type { SessionStore } from './sessionStore';
import { PRIVATE_DIR_MODE } from './stateFile';
import type { TimeoutEvent } from './timeoutController';

/** What the supervisor needs to know about this life of the daemon. */
export interface SupervisorContext {
  readonly instanceId: string;
  readonly bootId: string;
  readonly stateDir: string;
  readonly workers: number;
}

interface Slot {
  readonly run: Run;
  readonly launched: Launched;
  cancelKill: (() => void) | undefined;
}

/** Starts, watches and stops the commands; the only place that knows their processes. */
export class Supervisor {
  readonly #slots = new Map<string, Slot>();
  /** Sessions on their way to the disk or to their process: they occupy a worker already. */
  readonly #starting = new Map<string, Promise<void>>();
  readonly #ending = new Set<Promise<void>>();
  #stopped = false;

  constructor(
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly store: SessionStore,
    private readonly context: SupervisorContext,
  ) {}

  /** Workers in use. */
  get busyWorkers(): number {
    return this.#slots.size + this.#starting.size;
  }

  /** The deadline and activity of a running session. */
  run(id: string): Run | undefined {
    return this.#slots.get(id)?.run;
  }

  /** The work of one poll cycle: starts ready sessions while workers are free. */
  async dispatchReady(): Promise<void> {
    for (const session of readySessions(this.store.all())) {
      if (this.#stopped || this.busyWorkers >= this.context.workers) return;
      // It may have been cancelled while an earlier one was started.
      if (this.store.get(session.id)?.state.status !== 'queued') continue;
      const start = this.#start(session).finally(() => this.#starting.delete(session.id));
      this.#starting.set(session.id, start);
      await start;
    }
  }

  /**
   * Stops a running session: SIGTERM to its tree, then SIGKILL after `graceMs`. Its status changes only when it
   * is gone; the intent is on disk before the signal, so that a crash in between does not run it again.
   */
  async stop(id: string, cause: StopCause, graceMs = STOP_GRACE_MS): Promise<void> {
    await this.#starting.get(id)?.catch(() => {});
    const slot = this.#slots.get(id);
    const session = this.store.get(id);
    if (!slot || !session || !isRunning(session) || session.state.stopping) return;
    slot.run.end();
    const state = { ...session.state, stopping: { cause, at: this.clock.wallMs() } };
    await this.#tryPut({ ...session, ...progress(slot.run), state });
    const pid = slot.launched.process?.pid;
    if (pid === undefined || this.#slots.get(id) !== slot) return;
    signalTree(pid, 'SIGTERM');
    slot.cancelKill = this.clock.after(graceMs, () => signalTree(pid, 'SIGKILL'));
  }

  /** Stops everything and waits until it is gone; nothing starts any more. */
  async stopAll(graceMs: number): Promise<void> {
    this.#stopped = true;
    await Promise.allSettled(this.#starting.values());
    await Promise.all([...this.#slots.keys()].map((id) => this.stop(id, 'shutdown', graceMs)));
    await Promise.all(this.#ending);
  }

  /** At once and for good, when a second signal says so. */
  killAll(): void {
    for (const { launched } of this.#slots.values())
      if (launched.process) signalTree(launched.process.pid, 'SIGKILL');
  }

  async #start(queued: Session): Promise<void> {
    const { id, spec } = queued;
    const { instanceId, bootId } = this.context;
    const state = { status: 'running', startedAt: this.clock.wallMs(), instanceId, bootId } as const;
    const claimed: RunningSession = { ...queued, attempt: queued.attempt + 1, state };
    let launched: Launched | undefined;
    try {
      await this.store.put(claimed);
      const exitDir = join(this.context.stateDir, 'exits');
      await mkdir(exitDir, { recursive: true, mode: PRIVATE_DIR_MODE });
      launched = launch({
        spec,
        env: environment(claimed),
        exitFile: join(exitDir, `${id}.${claimed.attempt}`),
        onOutput: () => this.run(id)?.recordActivity(),
      });
      if (launched.process)
        await this.store.put({ ...claimed, state: { ...state, process: launched.process } });
    } catch (error) {
      // The gate is still closed: nothing ran, so it may simply wait for the next cycle.
      if (launched?.process) signalTree(launched.process.pid, 'SIGKILL');
      this.store.restore(queued);
      throw error;
    }
    const run = new Run(this.clock, spec, (event) => this.#onTimeout(id, event));
    this.#slots.set(id, { run, launched, cancelKill: undefined });
    launched.open();
    this.#follow(id, launched);
  }

  #follow(id: string, launched: Launched): void {
    const ending = launched.exited.then(async (exit) => {
      const slot = this.#slots.get(id);
      const session = this.store.get(id);
      this.#slots.delete(id);
      if (!slot || !session || !isRunning(session)) return;
      slot.run.end();
      slot.cancelKill?.();
      const pid = launched.process?.pid;
      // The leader went, but what it started must not outlive a stop.
      if (session.state.stopping && pid !== undefined && isTreeAlive(pid)) signalTree(pid, 'SIGKILL');
      // Interrupted by our own end: the next instance decides whether it goes on.
      if (session.state.stopping?.cause === 'shutdown') return;
      const ended = { ...session, ...progress(slot.run) };
      const state = endState(ended, exit, this.clock.wallMs());
      this.log[state.status === 'completed' ? 'info' : 'warn'](
        `session ${label(session)} ${state.status}: ${state.outcome}`,
      );
      await this.#tryPut({ ...ended, state });
    });
    this.#ending.add(ending);
    void ending.finally(() => this.#ending.delete(ending));
  }

  #onTimeout(id: string, event: TimeoutEvent): void {
    const session = this.store.get(id);
    const run = this.run(id);
    if (!session || !run || !isRunning(session)) return;
    switch (event.kind) {
      case 'warning':
        this.log.warn(`session ${label(session)} times out in ${duration(event.remainingMs)}`);
        return;
      case 'extended':
        this.log.info(
          `session ${label(session)} is active: extended by ${duration(event.byMs)} ` +
            `(${run.extensionsUsed} of ${session.spec.maxExtensions}) until ${iso(run.deadlineAt())}`,
        );
        void this.#tryPut({ ...session, ...progress(run) });
        return;
      case 'timed-out':
        void this.stop(id, 'timeout');
        return;
    }
  }

  /** For what must go on even when the disk is full. */
  async #tryPut(session: Session): Promise<void> {
    try {
      await this.store.put(session);
    } catch (error) {
      this.log.error(`session ${label(session)}: its state could not be written: ${String(error)}`);
    }
  }
}

function progress(run: Run) {
  const lastActivityAt = run.lastActivityAt();
  return {
    extensionsUsed: run.extensionsUsed,
    requestedExtensions: run.requestedExtensions,
    ...(lastActivityAt !== undefined && { lastActivityAt }),
  };
}

function environment({ id, spec, attempt, recovered, turn }: Session): NodeJS.ProcessEnv {
  return {
    ...process.env,
    DISPATCHD_SESSION_ID: id,
    DISPATCHD_SESSION_NAME: spec.name,
    DISPATCHD_TURN: String(turn),
    DISPATCHD_ATTEMPT: String(attempt),
    DISPATCHD_RECOVERED: recovered ? '1' : '0',
    ...(spec.prompt !== undefined && { DISPATCHD_PROMPT: spec.prompt }),
  };
}

function label({ id, spec }: Session): string {
  return `"${spec.name}" (${id})`;
}
