import { iso, stamp, type Clock } from '../clock';
import { dispatchHealth, type LoopSample } from '../loop/health';
import { MAX_LISTED_WAITING } from '../policy';
import { ApiError } from './errors';
import type { Entry, History } from '../life/history';
import type { Instance } from '../life/instance';
import type { Options } from '../options';
import type { OutputFiles } from '../sessions/output';
import type { PollLoop } from '../loop/pollLoop';
import type { Recovered } from '../life/recovery';
import type { Session } from '../sessions/session';
import { isWaiting } from '../sessions/retention';
import type { SessionStore } from '../sessions/sessionStore';
import type { SetAside } from '../../system/stateFile';
import type { Figures } from './figures';
import type { Supervisor } from '../processes/supervisor';
import {
  entryView,
  instanceView,
  sessionView,
  setAsideView,
  taskView,
  waitingView,
  type Reader,
} from './views';

export interface ServiceParts {
  readonly clock: Clock;
  readonly options: Options;
  readonly instance: Instance;
  readonly store: SessionStore;
  readonly supervisor: Supervisor;
  readonly loop: PollLoop;
  readonly loopSample: () => LoopSample;
  readonly outputFiles: OutputFiles;
  readonly setAside: readonly SetAside[];
  readonly history: History;
  /** How many cycles of this life were late. */
  readonly lateCycles: () => number;
  /** When this life began, on the monotonic clock. */
  readonly startedMs: number;
}

/** What clients may ask, free of HTTP: every method is one route that changes nothing. */
export class Service {
  /** What the start of this life did; nothing until the recovery is over. */
  recovered: Recovered = { resumedIds: [], interruptedIds: [] };

  constructor(private readonly parts: ServiceParts) {}

  /** Cheap liveness, in the shape of smithy's. Says "running" also while wedged, as smithy does. */
  health() {
    const { clock, instance } = this.parts;
    const { id, pid, workspace, stateDir } = instance;
    return {
      status: 'ok',
      timestamp: iso(clock.wallMs()),
      services: { dispatchDaemon: 'running' },
      instance: { id, pid, workspace, stateDir },
    };
  }

  /** What programs of any make are told, as numbers. None of them takes longer where more waits. */
  figures(): Figures {
    const { clock, options, instance, loop, loopSample, store, supervisor, lateCycles } = this.parts;
    return {
      now: stamp(clock),
      version: instance.version,
      startedAt: instance.startedAt,
      loop: loopSample(),
      intervalMs: options.pollIntervalMs,
      failure: loop.failure,
      cycles: { ...loop.counts, late: lateCycles() },
      queued: store.lists.waitingCount,
      running: supervisor.busyWorkers,
      dispatched: supervisor.dispatched,
      earliestDeadlineAt: supervisor.earliestDeadlineAt(),
    };
  }

  /** A strict superset of smithy's status. */
  status(reader: Reader) {
    const { options, instance, loop, clock, supervisor, loopSample } = this.parts;
    return {
      isRunning: true,
      // While its cycles fail it starts nothing: who waits for it must know, and why.
      available: loop.failure === undefined,
      ...(loop.failure !== undefined && { reason: loop.failure }),
      serverManaged: true,
      config: {
        pollIntervalMs: options.pollIntervalMs,
        pollStaleThresholdMs: options.pollStaleThresholdMs,
        workers: options.workers,
        workerAvailabilityPollEnabled: true,
        inboxPollEnabled: false,
        stewardTriggerPollEnabled: false,
        workflowTaskPollEnabled: false,
        directorInboxForwardingEnabled: false,
      },
      rateLimit: { isPaused: false, limits: [] },
      health: {
        ...dispatchHealth(loopSample(), stamp(clock)),
        busyWorkers: supervisor.busyWorkers,
      },
      waiting: this.#waiting(reader),
      instance: instanceView(instance, reader),
      sessions: this.sessions(reader),
      recovery: this.#recovery(reader),
    };
  }

  /** Every session that began or was interrupted, oldest first. */
  sessions(reader: Reader) {
    return this.parts.store.lists
      .begun()
      .map((session) => this.#view(session, reader))
      .filter(({ status }) => status !== 'queued');
  }

  /** What happened in the last seven days, the oldest first; the life that is now comes last. */
  history() {
    const { history, clock, instance } = this.parts;
    const now = clock.wallMs();
    const entries = history.since(now);
    const of = (type: Entry['type']) => entries.filter((entry) => entry.type === type).map(entryView);
    const running = {
      instanceId: instance.id,
      startedAt: iso(instance.startedAt),
      lastAliveAt: iso(now),
      upMs: clock.monotonicMs() - this.parts.startedMs,
      end: 'running',
    };
    return {
      now: iso(now),
      lives: [...of('life'), running],
      lateCycles: of('late'),
      outcomes: of('outcome'),
    };
  }

  /** @throws ApiError 404 */
  session(id: string, reader: Reader) {
    return this.#view(this.find(id), reader);
  }

  /** Every task, oldest first. */
  tasks(reader: Reader) {
    return this.parts.store.all().map((session) => this.#taskView(session, reader));
  }

  /** @throws ApiError 404 */
  task(id: string, reader: Reader) {
    return this.#taskView(this.find(id), reader);
  }

  /** The last lines of a session's output. @throws ApiError 404 */
  async output(id: string, lines: number): Promise<string> {
    return this.parts.outputFiles.tail(this.find(id).id, lines);
  }

  /** @throws ApiError 404 */
  find(id: string): Session {
    const session = this.parts.store.get(id);
    if (!session) throw new ApiError(404, 'NOT_FOUND', `there is no session ${id}`);
    return session;
  }

  /** How many wait, also behind another turn of their name, and the oldest of them. */
  #waiting(reader: Reader) {
    const { lists } = this.parts.store;
    const oldest = [];
    for (const session of lists.waiting()) {
      if (oldest.length === MAX_LISTED_WAITING) break;
      oldest.push(waitingView(session, reader));
    }
    return { count: lists.waitingCount, oldest };
  }

  #recovery(reader: Reader) {
    const { store, setAside } = this.parts;
    const { resumedIds, interruptedIds } = this.recovered;
    const waiting = store.lists.begun().filter(isWaiting);
    if (reader === 'owner') this.#noteSeen(waiting);
    return {
      resumed: resumedIds.flatMap((id) => store.get(id) ?? []).map((session) => this.#view(session, reader)),
      interrupted: waiting.map((session) => this.#view(session, reader)),
      // Whatever became of them since: interrupted work of earlier lives waits in the list above as well.
      atStart: { resumed: resumedIds.length, interrupted: interruptedIds.length },
      setAside: setAside.map((each) => setAsideView(each, reader)),
    };
  }

  /** From now on they may be forgotten some day. A disk that refuses learns it later. */
  #noteSeen(waiting: readonly Session[]): void {
    const { store, clock } = this.parts;
    for (const session of waiting) {
      const { state } = session;
      if (state.status !== 'interrupted' || state.seenAt !== undefined) continue;
      const seen = { ...session, state: { ...state, seenAt: clock.wallMs() } };
      store.putAnyway(seen).catch(() => {});
    }
  }

  #view(session: Session, reader: Reader) {
    return sessionView(session, this.parts.supervisor.run(session.id), reader);
  }

  #taskView(session: Session, reader: Reader) {
    return taskView(session, this.parts.supervisor.run(session.id), reader);
  }
}
