import { randomBytes } from 'node:crypto';
import { duration } from '../../base/time';
import type { Clock } from '../clock';
import { ApiError } from './errors';
import type { Log } from '../log';
import { MAX_QUEUED_TASKS } from '../policy';
import { isRunning, label, type Session, type TaskSpec } from '../sessions/session';
import type { SessionStore } from '../sessions/sessionStore';
import type { Supervisor } from '../processes/supervisor';
import { readExtension, readRunAgain, readTask } from './taskInput';

export interface ActionParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: SessionStore;
  readonly supervisor: Supervisor;
  /** Where a task runs that names no folder, or only a relative one. */
  readonly defaultCwd: string;
}

/** What clients may do, free of HTTP. When a method resolves, its effect is on disk. */
export class Actions {
  #sequence = 0;
  /** Interrupted sessions whose "run again" is being written. */
  readonly #handling = new Set<string>();

  constructor(private readonly parts: ActionParts) {}

  /** Accepts a task. @throws ApiError 400, 429 */
  async submit(body: unknown): Promise<Session> {
    const lastTurn = (name: string) => this.#turnsOf(name).at(-1)?.spec;
    return this.#enqueue(await readTask(body, this.parts.defaultCwd, lastTurn));
  }

  /** Moves the deadline of a running session, as far as its cap allows. @throws ApiError 400, 409 */
  async extend({ id }: Session, body: unknown): Promise<number> {
    const { store, supervisor, log } = this.parts;
    const extensionMs = readExtension(body);
    await supervisor.started(id);
    const session = store.get(id);
    const run = supervisor.run(id);
    if (!session || !run || !isRunning(session) || session.state.stopping) {
      throw new ApiError(409, 'NOT_RUNNING', 'only a running session can be extended');
    }
    const grantedMs = run.extend(extensionMs ?? session.spec.activityExtensionMs);
    if (grantedMs === 0) {
      const cap = `${session.spec.maxTotalMs} ms (${duration(session.spec.maxTotalMs)})`;
      throw new ApiError(
        409,
        'AT_CAP',
        `the session may run ${cap} in all, and its deadline is there already`,
      );
    }
    log.info(`session ${label(session)} extended by ${duration(grantedMs)} on request`);
    // The deadline has moved: a disk that refuses does not undo that.
    await store.putAnyway({ ...session, requestedExtensions: run.requestedExtensions });
    return grantedMs;
  }

  /** A waiting session is cancelled at once, a running one when its processes are gone. @throws ApiError 409 */
  async cancel({ id }: Session): Promise<void> {
    const { store, supervisor, clock } = this.parts;
    // On its way to its process it may yet fail to start, and wait again.
    await supervisor.started(id);
    const session = store.get(id);
    if (session?.state.status === 'queued') {
      const outcome = 'Cancelled before it began.';
      await store.put({ ...session, state: { status: 'cancelled', endedAt: clock.wallMs(), outcome } });
    } else if (session && isRunning(session)) {
      await supervisor.stop(id, 'cancel');
    } else {
      throw new ApiError(409, 'NOT_RUNNING', 'the session is over already');
    }
  }

  /** Runs a finished session's task again; an interrupted one only once. @throws ApiError 400, 409, 429 */
  async runAgain(session: Session, body: unknown): Promise<Session> {
    const spec = await readRunAgain(body, session.spec);
    if (session.state.status !== 'interrupted') {
      if (session.state.status === 'queued' || isRunning(session)) {
        throw new ApiError(409, 'STILL_RUNNING', 'the session is not over yet');
      }
      return this.#enqueue(spec, session.id);
    }
    return this.#handle(session, 'run', async (handled) => {
      const again = await this.#enqueue(spec, session.id);
      // It will run, and on disk it names the session that it runs again: this one is dealt with.
      await this.parts.store.putAnyway(handled);
      return again;
    });
  }

  /** Takes an interrupted session off the list of what waits for somebody. @throws ApiError 409 */
  async dismiss(session: Session): Promise<void> {
    const { status } = session.state;
    if (status !== 'interrupted') {
      const message = `only an interrupted session can be dismissed; this one is ${status}`;
      throw new ApiError(409, 'NOT_INTERRUPTED', message);
    }
    await this.#handle(session, 'dismissed', (handled) => this.parts.store.put(handled));
  }

  /** @param work keeps the session as it is given: as one that somebody dealt with */
  async #handle<T>(
    { id }: Session,
    handled: 'run' | 'dismissed',
    work: (handled: Session) => Promise<T>,
  ): Promise<T> {
    const session = this.parts.store.get(id);
    const state = session?.state;
    if (!session || state?.status !== 'interrupted' || state.handled || this.#handling.has(id)) {
      throw new ApiError(409, 'NOT_INTERRUPTED', this.#whyHandled(id, session));
    }
    this.#handling.add(id);
    try {
      return await work({ ...session, state: { ...state, handled } });
    } finally {
      this.#handling.delete(id);
    }
  }

  #whyHandled(id: string, session: Session | undefined): string {
    if (!session) return 'the session is forgotten already';
    if (this.#handling.has(id)) return 'the session is being run again or dismissed just now';
    const handled = 'handled' in session.state ? session.state.handled : undefined;
    if (handled === 'dismissed') return 'the session was dismissed already';
    const again = this.parts.store.all().findLast(({ rerunOf }) => rerunOf === id);
    return `the session was run again already${again ? `, as ${again.id}` : ''}`;
  }

  async #enqueue(spec: TaskSpec, rerunOf?: string): Promise<Session> {
    const { store, clock } = this.parts;
    const { waitingCount: waiting } = store.lists;
    if (waiting >= MAX_QUEUED_TASKS)
      throw new ApiError(429, 'QUEUE_FULL', `${waiting} tasks are waiting already`);
    const session: Session = {
      id: this.#newId(),
      spec,
      createdAt: clock.wallMs(),
      attempt: 0,
      recovered: false,
      turn: spec.kind === 'named' ? (this.#turnsOf(spec.name).at(-1)?.turn ?? 0) + 1 : 1,
      ...(rerunOf !== undefined && { rerunOf }),
      extensionsUsed: 0,
      requestedExtensions: 0,
      state: { status: 'queued' },
    };
    await store.add(session);
    return session;
  }

  #turnsOf(name: string): Session[] {
    return this.parts.store.all().filter(({ spec }) => spec.kind === 'named' && spec.name === name);
  }

  /** Sorts in the order of acceptance, also within one millisecond. */
  #newId(): string {
    const parts = [this.parts.clock.wallMs().toString(36), (this.#sequence++).toString(36).padStart(4, '0')];
    return `session-${parts.join('-')}-${randomBytes(4).toString('hex')}`;
  }
}
