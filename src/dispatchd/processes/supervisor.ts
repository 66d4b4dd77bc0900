import { mkdir } from 'node:fs/promises';
import { duration } from '../../base/time';
import { iso, stamp, type Clock } from '../clock';
import type { ExitFiles } from '../sessions/exitFile';
import { canGate, commandEnvironment, launch, type Exit, type Launched } from './launch';
import type { Log } from '../log';
import { endState } from '../sessions/outcome';
import { goneWithin } from './orphans';
import { inStages } from '../../system/endProcess';
import type { ProcessIdentity } from '../../system/processInfo';
import type { OutputFiles, OutputWriter } from '../sessions/output';
import { AFTER_KILL_MS, FIRST_SHORTAGE_PAUSE_MS, MAX_SHORTAGE_PAUSE_MS, STOP_GRACE_MS } from '../policy';
import { findMarked, isOwnTree, isTreeAlive, signalTree } from './processTree';
import { findHolders, trySignal } from '../../system/processGroup';
import { Run } from '../sessions/run';
import { isRunning, label, type RunningSession, type Session, type StopCause } from '../sessions/session';
import type { SessionStore } from '../sessions/sessionStore';
import { PRIVATE_DIR_MODE } from '../../system/privateFile';
import { CannotStartCommands, isShortage, Trouble, writingState } from '../../system/trouble';

/** What the supervisor needs to know about this life of the daemon. */
export interface SupervisorContext {
  readonly instanceId: string;
  readonly bootId: string;
  readonly workers: number;
  readonly outputFiles: OutputFiles;
  readonly exitFiles: ExitFiles;
  /** Called when a session has come to its end. */
  readonly onEnded: () => void;
}

interface Slot {
  readonly run: Run;
  readonly launched: Launched;
  readonly output: OutputWriter;
  /** Set once it is being stopped: resolves when nothing of it is left, or the grace time is over. */
  stopping: Promise<void> | undefined;
  /** The command has ended; its pid may belong to somebody else by now. */
  over: boolean;
}

/** Starts, watches and stops the commands; the only place that knows their processes. */
export class Supervisor {
  readonly #slots = new Map<string, Slot>();
  /** Sessions on their way to the disk or to their process: they occupy a worker already. */
  readonly #starting = new Map<string, Promise<void>>();
  readonly #ending = new Set<Promise<void>>();
  /** What was lacking at the last start, and until when nothing is started for want of it. */
  #shortage: { readonly error: Trouble; readonly pauseMs: number; readonly untilMs: number } | undefined;
  #stopped = false;
  #dispatched = 0;

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

  /** How many commands were started in this life, those included that the system then refused to run. */
  get dispatched(): number {
    return this.#dispatched;
  }

  /** When the first of the running commands is to be stopped, in epoch ms; `undefined` where none runs. */
  earliestDeadlineAt(): number | undefined {
    const deadlines = [...this.#slots.values()].map(({ run }) => run.deadlineAt());
    return deadlines.length === 0 ? undefined : Math.min(...deadlines);
  }

  /** Resolves when a session that is on its way to its process has got there, or failed to. */
  async started(id: string): Promise<void> {
    await this.#starting.get(id)?.catch(() => {});
  }

  /** The deadline and activity of a running session. */
  run(id: string): Run | undefined {
    return this.#slots.get(id)?.run;
  }

  /**
   * The work of one poll cycle: starts ready sessions while workers are free. One that fails to start does not
   * keep the others waiting, unless what it lacked is lacking for all of them: then they wait for a while.
   * @throws the first failure, once the others have had their chance
   */
  async dispatchReady(): Promise<void> {
    const failures: unknown[] = [];
    for (const { id } of this.store.lists.ready()) {
      if (this.#stopped || this.busyWorkers + failures.length >= this.context.workers) break;
      // It may have been cancelled while an earlier one was started, or not be on disk yet.
      const session = this.store.get(id);
      if (session?.state.status !== 'queued' || !this.store.isKept(id)) continue;
      if (this.#shortage && this.clock.monotonicMs() < this.#shortage.untilMs) throw this.#shortage.error;
      const start = this.#start(session).finally(() => this.#starting.delete(id));
      this.#starting.set(id, start);
      const failure: unknown = await start.catch((error: unknown) => error);
      if (failure === undefined) this.#shortage = undefined;
      else failures.push(failure);
      if (failure instanceof Trouble && isShortage(failure.code)) {
        const pauseMs = Math.min(
          MAX_SHORTAGE_PAUSE_MS,
          2 * (this.#shortage?.pauseMs ?? FIRST_SHORTAGE_PAUSE_MS / 2),
        );
        this.#shortage = { error: failure, pauseMs, untilMs: this.clock.monotonicMs() + pauseMs };
        break;
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  /**
   * Stops a running session: SIGTERM to its tree, then SIGKILL after `graceMs`. Its status changes only when it
   * is gone; the intent is on disk before the signal, so that a crash in between does not run it again.
   */
  async stop(id: string, cause: StopCause, graceMs = STOP_GRACE_MS): Promise<void> {
    await this.started(id);
    const slot = this.#slots.get(id);
    const session = this.store.get(id);
    if (!slot || !session || !isRunning(session) || session.state.stopping) return;
    slot.run.end();
    const state = { ...session.state, stopping: { cause, at: this.clock.wallMs() } };
    await this.#tryPut({ ...session, ...progress(slot.run), state });
    const leader = slot.launched.process;
    if (!leader || slot.over) return;
    slot.stopping = this.#end(slot, leader, id, graceMs);
  }

  /** Stops everything and waits until it is gone; nothing starts any more. */
  async stopAll(graceMs: number): Promise<void> {
    this.#stopped = true;
    await Promise.allSettled(this.#starting.values());
    await Promise.all([...this.#slots.keys()].map((id) => this.stop(id, 'shutdown', graceMs)));
    await Promise.all(this.#ending);
  }

  /** At once and for good, when a second signal says so. Resolves when that is done; on POSIX it is by then. */
  async killAll(): Promise<void> {
    const ends = [...this.#slots].map(([id, { launched }]) => signalTree(launched.process, id, 'SIGKILL'));
    await Promise.all(ends);
  }

  async #end(slot: Slot, leader: ProcessIdentity, id: string, graceMs: number): Promise<void> {
    const holders = () => findHolders(slot.launched.outlets ?? []);
    const signalHolders = (signal: 'SIGTERM' | 'SIGKILL') => {
      for (const pid of holders()) trySignal(pid, signal);
    };
    const alive = () => isTreeAlive(leader.pid) || findMarked(id).length > 0 || holders().length > 0;
    await inStages(
      {
        terminate: async () => {
          await signalTree(leader, id, 'SIGTERM');
          signalHolders('SIGTERM');
        },
        // A child of ours that has not been seen to end keeps its number; afterwards it may be another's.
        kill: async () => {
          await signalTree(!slot.over || (await isOwnTree(leader)) ? leader : undefined, id, 'SIGKILL');
          signalHolders('SIGKILL');
        },
        isGone: (timeoutMs) => goneWithin(this.clock, alive, timeoutMs),
      },
      { graceMs, killWaitMs: AFTER_KILL_MS },
    );
  }

  async #start(queued: Session): Promise<void> {
    const { id, spec } = queued;
    const { instanceId, bootId, exitFiles, outputFiles } = this.context;
    const started = stamp(this.clock);
    const startedAt = started.wallMs;
    const state = { status: 'running', startedAt, instanceId, bootId, gated: canGate() } as const;
    const claimed: RunningSession = {
      ...queued,
      attempt: queued.attempt + 1,
      extensionsUsed: 0,
      requestedExtensions: 0,
      state,
    };
    let launched: Launched | undefined;
    let output: OutputWriter | undefined;
    try {
      await this.store.put(claimed);
      const writer = (output = await writingState(async () => {
        await mkdir(exitFiles.dir, { recursive: true, mode: PRIVATE_DIR_MODE });
        return outputFiles.openWriter(id);
      }));
      if (claimed.attempt > 1)
        writer.write(Buffer.from(`--- attempt ${claimed.attempt}, ${iso(startedAt)} ---\n`));
      launched = launch({
        spec,
        env: commandEnvironment(claimed),
        exitFile: exitFiles.path(id, claimed.attempt),
        onOutput: (chunk, source) => {
          this.run(id)?.recordActivity();
          writer.write(chunk, source);
        },
      });
      if (launched.process) {
        await this.store.put({ ...claimed, state: { ...state, process: launched.process } });
      } else {
        const { error, errorCode } = await launched.exited;
        if (isShortage(errorCode))
          throw new CannotStartCommands(Object.assign(new Error(error), { code: errorCode }));
      }
    } catch (error) {
      // The gate is still closed: nothing ran, so it may simply wait for another cycle, and the attempt is none.
      if (launched?.process) await signalTree(launched.process, id, 'SIGKILL');
      await output?.close();
      await this.store.putAnyway(queued);
      throw error;
    }
    const run = new Run(this.clock, started, spec, (byMs) => this.#onDeadline(id, byMs));
    const slot: Slot = { run, launched, output, stopping: undefined, over: false };
    this.#slots.set(id, slot);
    launched.open();
    this.#dispatched++;
    const ending = launched.exited
      .then((exit) => this.#ended(id, slot, exit))
      .catch((error: unknown) => this.log.error(`session ${label(claimed)}: ${String(error)}`))
      .finally(() => {
        this.#slots.delete(id);
        this.#ending.delete(ending);
      });
    this.#ending.add(ending);
  }

  async #ended(id: string, slot: Slot, exit: Exit): Promise<void> {
    slot.over = true;
    slot.run.end();
    const current = this.store.get(id);
    // It ended by itself, before the signal that was about to be sent.
    if (!slot.stopping && current && isRunning(current)) {
      const { stopping: _, ...state } = current.state;
      this.store.setInMemory({ ...current, state });
    }
    // The leader went, but what it started must not outlive a stop.
    await slot.stopping;
    await slot.output.close();
    const session = this.store.get(id);
    // Interrupted by our own end: the next instance decides whether it goes on.
    if (!session || !isRunning(session) || session.state.stopping?.cause === 'shutdown') return;
    const ended = { ...session, ...progress(slot.run) };
    const state = endState(ended, exit, this.clock.wallMs(), slot.run.ranMs());
    const level = state.status === 'completed' ? 'info' : 'warn';
    this.log[level](`session ${label(session)} ${state.status}: ${state.outcome}`);
    if (await this.#tryPut({ ...ended, state })) await this.context.exitFiles.remove(id, session.attempt);
    this.context.onEnded();
  }

  #onDeadline(id: string, extendedByMs: number): void {
    const session = this.store.get(id);
    const run = this.run(id);
    if (!session || !run || !isRunning(session)) return;
    if (extendedByMs === 0) {
      void this.stop(id, 'timeout');
      return;
    }
    this.log.info(
      `session ${label(session)} is active: extended by ${duration(extendedByMs)} ` +
        `(${run.extensionsUsed} of ${session.spec.maxExtensions}) until ${iso(run.deadlineAt())}`,
    );
    void this.#tryPut({ ...session, ...progress(run) });
  }

  /** For what must go on even when the disk is full: a later cycle writes it. */
  async #tryPut(session: Session): Promise<boolean> {
    const isWritten = await this.store.putAnyway(session);
    if (!isWritten) this.log.error(`session ${label(session)}: its state could not be written yet`);
    return isWritten;
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
