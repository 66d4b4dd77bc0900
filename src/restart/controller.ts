import { CodedError, messageOf } from '../base/errors';
import type { DaemonId, Report } from '../health/report';
import { randomUUID } from 'node:crypto';
import { hostOf } from '../system/address';
import type { Registry } from '../watch/registry';
import type { DaemonModel } from '../model/daemonModel';
import type { Monitor } from '../watch/monitor';
import type { Probe } from '../kinds/probe';
import { severityOf } from '../health/verdict';
import { endDaemon } from './endDaemon';
import { addressOf } from '../kinds/target';
import { lockDaemon, LockedElsewhere } from './restartLock';
import { isEndedByUs, ownersOf, planFor, type Plan } from './plan';
import { kindOf } from '../kinds/index';
import { identityIn, isSameProcessAlive } from '../system/identity';
import { isAlive, type ProcessInfo } from '../system/processTable';
import { momentNow, originOf, START_MARK, whyNotOurs, type Moment } from './provenance';
import type { RestartRecords } from '../store/restartRecords';
import type { DaemonState } from '../health/states';
import type { NamedProcess } from '../model/process';
import type { RestartRecord } from '../model/restartRecord';
import type { RestartRefusal } from '../model/restartRefusal';
import {
  restart,
  tellStop,
  waitLonger,
  whyNotAgreed,
  type RestartEdges,
  type RestartRequest,
  type StartedCommand,
} from './restart';
import type { Outcome, StopOutcome } from '../model/outcome';
import type { Progress, RestartStep } from '../model/restartStep';
import { isPortFree } from '../system/ports';
import { WorkWatch } from './workWatch';
import { orAborted } from '../base/wait';

/** A restart under way, and by what the process that it brings is told. */
interface Attempt {
  readonly mark: string;
  /** `performance.now()`. */
  readonly beganMs: number;
  /** The last answer before it. */
  readonly before?: Report;
  since?: Moment;
  command?: StartedCommand;
}

export interface ControllerDeps {
  readonly registry: Registry;
  /** @param env to be added to the environment of the command */
  readonly start: (
    model: DaemonModel,
    signal: AbortSignal,
    env: Readonly<Record<string, string>>,
  ) => Promise<StartedCommand>;
  /**
   * How the daemon would be restarted, and why the start may fail. Rejects with an error fit to show where there is no
   * way.
   */
  readonly prepare: (model: DaemonModel) => Promise<Required<Pick<Plan, 'way'>> & Pick<Plan, 'doubt'>>;
  readonly log: (line: string) => void;
  /** A step of one daemon, to be logged. */
  readonly logStep: (daemon: string, what: 'restart' | 'stop', step: RestartStep) => void;
  /** A stop that ended, to be logged. */
  readonly logStop: (outcome: StopOutcome) => void;
  readonly records: RestartRecords;
  /** What is kept of a restart: other versions read it in words. @param at epoch ms */
  readonly recordOf: (outcome: Outcome, why: DaemonState, at: number) => RestartRecord;
  /** The time that a restart is remembered by, epoch ms; the system's without it. */
  readonly wallAt?: () => number;
  /** A folder that all windows of this machine share. */
  readonly folder: string;
  /**
   * Keeps what is known before it is wiped, in bounded time; must not throw. Resolves with what it left behind in the
   * daemon until that ends, in words.
   */
  readonly keepEvidence: (
    model: DaemonModel,
    owner: ProcessInfo | undefined,
    inspect: boolean,
  ) => Promise<string | undefined>;
  /** An error that nobody expected, to be logged with its stack. */
  readonly onUnexpected: (where: string, error: unknown) => void;
  /** A new process is there, proven to work or not. */
  readonly onRestarted: (daemonId: DaemonId) => void;
}

export interface StopWork extends Progress {
  readonly signal: AbortSignal;
}

export interface RestartWork extends StopWork {
  /** Look into the daemon's event loop, too, before it is ended. */
  readonly inspect?: boolean;
  readonly proofTimeoutMs?: number;
}

/** Restarts and stops daemons, one thing at a time for each. Knows nothing of how it looks. */
export class RestartController {
  readonly #busy = new Set<string>();
  /** The process that was started for each daemon, and was seen to work. */
  readonly #started = new Map<DaemonId, NamedProcess>();
  readonly #lastArgs = new Map<DaemonId, readonly string[]>();
  /** What tells whether the last restart of each daemon started who answers. */
  readonly #attempts = new Map<DaemonId, Attempt>();

  constructor(private readonly deps: ControllerDeps) {}

  /** The flags that the daemon was last seen to run with. */
  lastArgs(daemonId: DaemonId): readonly string[] {
    return this.#lastArgs.get(daemonId) ?? [];
  }

  /**
   * What a restart would end, looked at before it does: what cannot be started again is not ended unasked.
   * @throws an error fit to show where it must not go on
   */
  async planRestart(model: DaemonModel): Promise<Plan> {
    const plan = await this.plan(model);
    const { way, doubt } = await this.deps.prepare(plan.model);
    return {
      ...plan,
      way,
      ...(way.keepsWork && { interrupts: [] }),
      ...(doubt !== undefined && { doubt }),
    };
  }

  /** What a stop would end. @throws an error fit to show where it must not go on */
  async plan({ daemon }: DaemonModel): Promise<Plan> {
    const { name, id: daemonId } = daemon;
    if (this.#busy.has(daemonId)) throw refusalOf({ is: 'busy', daemon: name });
    // What was asked for may be old: the user was asked for trust first.
    const monitor = this.deps.registry.monitor(daemonId);
    if (!monitor) throw refusalOf({ is: 'unwatched', daemon: name });
    const started = this.#started.get(daemonId);
    const plan = await planFor(monitor, { started, records: this.deps.records.of(daemonId) });
    const flags = await flagsOf(plan);
    if (flags) this.#lastArgs.set(daemonId, flags);
    return plan;
  }

  /** Carries out a plan; never throws. */
  restart(plan: Plan, work: RestartWork): Promise<Outcome> {
    return this.#carryOut(plan, async (monitor) => {
      const { model, owner } = plan;
      const left = await this.#keepEvidence(plan, work);
      const before = monitor.track.last?.report;
      const attempt: Attempt = { mark: randomUUID(), beganMs: performance.now(), ...(before && { before }) };
      this.#attempts.set(model.daemon.id, attempt);
      monitor.beginRestart();
      const nobody = addressOf(model.daemon.target) ? 'nothing listens' : 'no process is known';
      const first = isEndedByUs(plan.way) ? 'ending' : 'the start command ends';
      this.#log(model, `restart: ${owner ? `${first} process ${owner.pid}` : `${nobody}, starting it`}`);
      const came = await this.#prove(plan, monitor, attempt, work, restart);
      const isLeft = left !== undefined && owner && (await isThere(owner));
      return isLeft ? { ...came, leftOpen: left } : came;
    });
  }

  /** Waits on for the proof of a restart that was late; ends nothing and starts nothing. Never throws. */
  waitLonger(plan: Plan, work: StopWork): Promise<Outcome> {
    return this.#carryOut(plan, (monitor) => {
      const attempt = this.#attempts.get(plan.model.daemon.id) ?? {
        mark: randomUUID(),
        beganMs: performance.now(),
      };
      monitor.beginRestart();
      this.#log(plan.model, 'restart: waiting longer for its proof');
      const command = attempt.command ?? { ended: new Promise<never>(() => undefined) };
      return this.#prove(plan, monitor, attempt, work, (request, edges) =>
        waitLonger(request, edges, command),
      );
    });
  }

  async #carryOut(plan: Plan, restarts: (monitor: Monitor) => Promise<Outcome>): Promise<Outcome> {
    const { name, id: daemonId } = plan.model.daemon;
    const refuse = (why: RestartRefusal): Outcome => ({
      kind: 'failed',
      daemon: name,
      why,
      isStopped: false,
      nothingRuns: false,
    });
    const monitor = this.deps.registry.monitor(daemonId);
    if (!monitor) return refuse({ is: 'unwatched', daemon: name });
    let began = false;
    let outcome: Outcome | undefined;
    let record: RestartRecord | undefined;
    try {
      return await this.#alone(
        plan.model,
        'restart',
        async () => {
          began = true;
          outcome = await restarts(monitor);
          record = this.#recordOf(plan, outcome);
          await this.#remember(plan, outcome, record);
          return outcome;
        },
        refuse,
      );
    } finally {
      // Only now, when the next thing may be done with it.
      if (began) endRestart(monitor, outcome, record?.startFailed);
    }
  }

  /** @returns what it leaves behind in the daemon until that ends, in words */
  async #keepEvidence({ model, owner }: Plan, work: RestartWork): Promise<string | undefined> {
    if (!owner || severityOf(model.track.verdict) === 'plain') return undefined;
    work.onStep({ is: 'keepingEvidence' });
    // Whoever cancels now waits for nothing; that nothing was changed is said in the outcome.
    const keeping = this.deps.keepEvidence(model, owner, work.inspect ?? false);
    return orAborted(keeping, work.signal).catch(() => undefined);
  }

  async #prove(
    plan: Plan,
    monitor: Monitor,
    attempt: Attempt,
    work: RestartWork,
    restarts: (request: RestartRequest, edges: RestartEdges) => Promise<Outcome>,
  ): Promise<Outcome> {
    const { model, owner, way } = plan;
    const made = new WorkWatch(this.deps.registry, monitor);
    const request: RestartRequest = {
      ...work,
      ...this.#logged(model, 'restart', work),
      daemon: model.daemon,
      owner,
      ...(way && { way }),
      before: attempt.before,
      startedMs: attempt.beganMs,
    };
    try {
      return await restarts(request, this.#edges(plan, monitor, attempt, made));
    } finally {
      made.dispose();
    }
  }

  #recordOf({ model }: Plan, outcome: Outcome): RestartRecord {
    const { recordOf, wallAt = Date.now } = this.deps;
    return recordOf(outcome, model.track.verdict.state, wallAt());
  }

  async #remember({ model }: Plan, outcome: Outcome, record: RestartRecord): Promise<void> {
    const { id: daemonId } = model.daemon;
    if (outcome.kind === 'cured' || outcome.kind === 'unproven') {
      if ('process' in outcome && outcome.process) this.#started.set(daemonId, outcome.process);
      this.deps.onRestarted(daemonId);
    }
    this.#log(model, record.text);
    await this.deps.records.add(daemonId, record);
  }

  /** Ends the daemon and remembers that it was us. @throws an error fit to show where it could not be ended */
  async stop(plan: Plan, work: StopWork): Promise<StopOutcome> {
    const { owner } = plan;
    const { name, target, id: daemonId } = plan.model.daemon;
    const monitor = this.deps.registry.monitor(daemonId);
    if (!owner || !monitor) {
      return { kind: 'stopped', daemon: name, is: 'notRunning', port: addressOf(target)?.port };
    }
    return this.#alone(
      plan.model,
      'stop',
      () => this.#stop(plan.model, owner, monitor, work),
      (why) => {
        throw refusalOf(why);
      },
    );
  }

  async #stop(
    model: DaemonModel,
    owner: ProcessInfo,
    monitor: Monitor,
    work: StopWork,
  ): Promise<StopOutcome> {
    const { name, target } = model.daemon;
    const port = addressOf(target)?.port;
    const startedMs = performance.now();
    const tell = tellStop(owner.pid, this.#logged(model, 'stop', work));
    let isAsked = false;
    let outcome: StopOutcome;
    try {
      const [holder] = await ownersOf(model);
      const why = whyNotAgreed(owner, port, holder, await isThere(owner));
      if (why) throw refusalOf(why);
      const ended = await endDaemon(model, owner, await probeOf(monitor), {
        signal: work.signal,
        onStage: (stage) => {
          if (!isAsked && stage.kind !== 'notAsked') {
            isAsked = true;
            monitor.markStopped();
          }
          tell(stage);
        },
      });
      if (!ended) throw refusalOf({ is: 'stays', process: owner, port });
      // It has ended: who listens now, where a tool can tell, is all that is left to say.
      const [next] = await ownersOf(model).catch(() => []);
      if (next) throw refusalOf({ is: 'anotherCame', daemon: name, pid: owner.pid, port, process: next });
      const tookMs = performance.now() - startedMs;
      outcome = { kind: 'stopped', daemon: name, is: 'ended', pid: owner.pid, how: ended, tookMs };
    } catch (error) {
      if (!work.signal.aborted) throw error;
      outcome = { kind: 'cancelled', daemon: name, pid: owner.pid, isAsked };
    } finally {
      void monitor.poll();
    }
    this.deps.logStop(outcome);
    return outcome;
  }

  /** Does one thing with a daemon at a time, in all windows of this machine. */
  async #alone<T>(
    { daemon: { name, id: daemonId } }: DaemonModel,
    what: 'restart' | 'stop',
    work: () => Promise<T>,
    refuse: (why: RestartRefusal) => T,
  ): Promise<T> {
    if (this.#busy.has(daemonId)) return refuse({ is: 'busy', daemon: name });
    this.#busy.add(daemonId);
    try {
      let unlock: (() => Promise<void>) | undefined;
      try {
        unlock = await lockDaemon(this.deps.folder, daemonId, what);
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
        await unlock().catch((error: unknown) =>
          this.deps.log(`the lock of ${name} stays: ${String(error)}`),
        );
      }
    } finally {
      this.#busy.delete(daemonId);
    }
  }

  #edges({ model, owner }: Plan, monitor: Monitor, attempt: Attempt, work: WorkWatch): RestartEdges {
    const address = addressOf(model.daemon.target);
    return {
      beginStart: async () => {
        attempt.since = await momentNow();
      },
      whyNotOurs: async (listener, exit) => {
        const mark = attempt.command?.isMarked ? attempt.mark : undefined;
        const origin = listener && (await originOf(listener, attempt.since, mark));
        return whyNotOurs(address?.port, listener, origin, exit);
      },
      // Without an address the newest answer names the process; the one of the plan names the old process.
      findListener: async () => (await ownersOf(address ? model : monitor))[0],
      isThere,
      stop: async (options) => endDaemon(model, owner!, await probeOf(monitor), options),
      isPortFree: async () => !address || isPortFree(hostOf(address.origin), address.port),
      start: async (aborted) => {
        attempt.command = await this.deps.start(model, aborted, { [START_MARK]: attempt.mark });
        return attempt.command;
      },
      ask: async () => {
        await monitor.poll();
        return monitor.track.sample;
      },
      workMade: (signal) => work.made(signal),
      workTold: () => work.told,
      onUnexpected: (error) => this.deps.onUnexpected(`A restart of ${model.daemon.name}`, error),
    };
  }

  /** Each step is logged; what is said anew every second is not. */
  #logged(model: DaemonModel, what: 'restart' | 'stop', { onStep, onWait }: Progress): Progress {
    return {
      onStep: (step) => {
        this.deps.logStep(model.daemon.name, what, step);
        onStep(step);
      },
      ...(onWait && { onWait }),
    };
  }

  #log({ daemon }: DaemonModel, text: string): void {
    this.deps.log(`[${daemon.name}] ${text}`);
  }
}

/** The flags that the process of a plan runs with, where its kind tells them. */
async function flagsOf({ model, owner }: Plan): Promise<readonly string[] | undefined> {
  const report = model.track.last?.report;
  if (!report || !owner) return undefined;
  return (await kindOf(report.kind)?.load())?.startFlags?.(report, owner.pid);
}

/** What talks to the daemon, where that can be loaded: without it the daemon ends as every process does. */
function probeOf(monitor: Monitor): Promise<Probe | undefined> {
  return monitor.probe().catch(() => undefined);
}

/** @param startFailed why nothing runs, in words */
function endRestart(monitor: Monitor, outcome: Outcome | undefined, startFailed: string | undefined): void {
  if (startFailed !== undefined) monitor.endRestart({ is: 'startFailed', why: startFailed });
  else monitor.endRestart({ is: outcome?.kind === 'cured' ? 'proven' : 'notProven' });
  // Cancelled half-way it is down because we were asked to end it: that is no outage.
  if (outcome?.kind !== 'cancelled' || (outcome.left !== 'ending' && outcome.left !== 'stopped')) return;
  monitor.markStopped();
  void monitor.poll();
}

/** Where the system does not tell when it began, a process of its number counts as this one. */
async function isThere(process: ProcessInfo): Promise<boolean> {
  const identity = identityIn(process);
  return identity ? isSameProcessAlive(identity) : isAlive(process.pid);
}

function refusalOf(why: RestartRefusal): CodedError<RestartRefusal> {
  return new CodedError(why);
}
