import { randomBytes } from 'node:crypto';
import { iso, stamp, type Clock } from './clock';
import { dispatchHealth } from './health';
import { ApiError } from './http/errors';
import type { Instance } from './instance';
import type { Options } from './options';
import type { PollLoop } from './pollLoop';
import { MAX_QUEUED_TASKS } from './policy';
import { readySessions, type Session } from './session';
import type { SessionStore } from './sessionStore';
import type { Supervisor } from './supervisor';
import { readTask } from './taskInput';
import { instanceView, sessionView, taskView } from './views';

export interface ServiceParts {
  readonly clock: Clock;
  readonly options: Options;
  readonly instance: Instance;
  readonly store: SessionStore;
  readonly supervisor: Supervisor;
  readonly loop: PollLoop;
  /** Where a task runs that names no folder, or only a relative one. */
  readonly defaultCwd: string;
}

/** What clients may ask for, free of HTTP: every method is one route. */
export class Service {
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
  status() {
    const { options, instance, store, loop, clock } = this.parts;
    return {
      isRunning: true,
      available: true,
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
        ...dispatchHealth({
          poll: loop.times,
          thresholdMs: options.pollStaleThresholdMs,
          readyTasks: readySessions(store.all()).length,
          workers: options.workers,
          now: stamp(clock),
        }),
        busyWorkers: this.parts.supervisor.busyWorkers,
      },
      instance: instanceView(instance),
      sessions: this.sessions(),
      recovery: { resumed: [], interrupted: [] },
    };
  }

  /** Every session that began, oldest first. */
  sessions() {
    const { store, supervisor } = this.parts;
    return store
      .all()
      .filter(({ state }) => state.status !== 'queued')
      .map((session) => sessionView(session, supervisor.run(session.id)));
  }

  /** Every task, oldest first. */
  tasks() {
    return this.parts.store.all().map(taskView);
  }

  /** Accepts a task; when this resolves, it is on disk. */
  async submit(body: unknown) {
    const { store } = this.parts;
    const spec = await readTask(body, this.parts.defaultCwd);
    const queued = store.all().filter(({ state }) => state.status === 'queued').length;
    if (queued >= MAX_QUEUED_TASKS)
      throw new ApiError(429, 'QUEUE_FULL', `${queued} tasks are waiting already`);
    const session: Session = {
      id: this.#newId(),
      spec,
      createdAt: this.parts.clock.wallMs(),
      attempt: 0,
      recovered: false,
      turn: 1,
      extensionsUsed: 0,
      requestedExtensions: 0,
      state: { status: 'queued' },
    };
    await store.put(session);
    return taskView(session);
  }

  #newId(): string {
    return `session-${this.parts.clock.wallMs().toString(36)}-${randomBytes(4).toString('hex')}`;
  }
}
