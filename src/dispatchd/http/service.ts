import { iso, stamp, type Clock } from '../clock';
import { dispatchHealth, type LoopSample } from '../loop/health';
import { ApiError } from './errors';
import type { Instance } from '../life/instance';
import type { Options } from '../options';
import type { OutputFiles } from '../sessions/output';
import type { PollLoop } from '../loop/pollLoop';
import type { Recovered } from '../life/recovery';
import type { Session } from '../sessions/session';
import type { SessionStore } from '../sessions/sessionStore';
import type { SetAside } from '../../system/stateFile';
import type { Supervisor } from '../processes/supervisor';
import { instanceView, sessionView, setAsideView, taskView, type Reader } from './views';

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
      instance: instanceView(instance, reader),
      sessions: this.sessions(reader),
      recovery: this.#recovery(reader),
    };
  }

  /** Every session that began or was interrupted, oldest first. */
  sessions(reader: Reader) {
    return this.parts.store
      .all()
      .map((session) => this.#view(session, reader))
      .filter(({ status }) => status !== 'queued');
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

  #recovery(reader: Reader) {
    const { store, setAside } = this.parts;
    const { resumedIds, interruptedIds } = this.recovered;
    return {
      resumed: resumedIds.flatMap((id) => store.get(id) ?? []).map((session) => this.#view(session, reader)),
      interrupted: store
        .all()
        .filter(({ state }) => state.status === 'interrupted' && state.handled === undefined)
        .map((session) => this.#view(session, reader)),
      // Whatever became of them since: interrupted work of earlier lives waits in the list above as well.
      atStart: { resumed: resumedIds.length, interrupted: interruptedIds.length },
      setAside: setAside.map((each) => setAsideView(each, reader)),
    };
  }

  #view(session: Session, reader: Reader) {
    return sessionView(session, this.parts.supervisor.run(session.id), reader);
  }

  #taskView(session: Session, reader: Reader) {
    return taskView(session, this.parts.supervisor.run(session.id), reader);
  }
}
