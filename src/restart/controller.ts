import { randomUUID } from 'node:crypto';
import { CodedError } from '../base/errors';
import { orAborted } from '../base/wait';
import type { DaemonId } from '../health/report';
import { rowOf, type DaemonState } from '../health/states';
import { severityOf } from '../health/verdict';
import { kindOf } from '../kinds/index';
import type { Running, StartPlace } from '../kinds/kind';
import { addressOf } from '../kinds/target';
import type { DaemonModel } from '../model/daemonModel';
import type { KeptReport, Outcome, StopOutcome } from '../model/outcome';
import type { Offspring } from '../model/outliving';
import type { NamedProcess } from '../model/process';
import type { RestartRecord } from '../model/restartRecord';
import type { RestartRefusal } from '../model/restartRefusal';
import type { Progress, RestartStep } from '../model/restartStep';
import type { Keepers } from '../store/keepers';
import type { RestartRecords } from '../store/restartRecords';
import { environmentOf, startedAs } from '../system/processEnv';
import type { ProcessInfo } from '../system/processTable';
import { supervisorOf } from '../system/supervisor';
import type { Monitor } from '../watch/monitor';
import type { Registry } from '../watch/registry';
import { Comebacks } from './comebacks';
import { edgesOf, type Attempt, type AttemptDeps } from './attempt';
import type { AskOutliving, RestartRequest, StartedCommand } from './edges';
import { whyNotTwo } from './chooseWay';
import { OneAtATime } from './restartLock';
import { endOutliving, familyOf, Outliving } from './outliving';
import { isEndedByUs, planFor, type Plan } from './plan';
import { momentNow } from './provenance';
import { restart } from './restart';
import { isThere, stopDaemon, type StopWork } from './stop';
import { WorkWatch } from './workWatch';

export interface ControllerDeps extends AttemptDeps {
  readonly registry: Registry;
  /**
   * How the daemon would be restarted, and why the start may fail. Rejects with an error fit to show where there is no
   * way. `running` is its process as it runs.
   */
  readonly prepare: (
    model: DaemonModel,
    running: Running | undefined,
  ) => Promise<Required<Pick<Plan, 'way'>> & Pick<Plan, 'doubt' | 'instead' | 'lost' | 'outside'>>;
  readonly log: (line: string) => void;
  /** A step of one daemon, to be logged. */
  readonly logStep: (daemon: string, what: 'restart' | 'stop', step: RestartStep) => void;
  /** A stop that ended, to be logged. */
  readonly logStop: (outcome: StopOutcome) => void;
  readonly records: RestartRecords;
  readonly keepers: Keepers;
  /** What is kept of a restart: other versions read it in words. @param at epoch ms */
  readonly recordOf: (outcome: Outcome, why: DaemonState, at: number) => RestartRecord;
  /** The time that a restart is remembered by, epoch ms; the system's without it. */
  readonly wallAt?: () => number;
  /** A folder that all windows of this machine share. */
  readonly folder: string;
  /**
   * Keeps what is known before it is wiped, in bounded time; must not throw.
   * @returns nothing of what could not be kept
   */
  readonly keepEvidence: (
    model: DaemonModel,
    owner: ProcessInfo | undefined,
    inspect: boolean,
  ) => Promise<KeptEvidence>;
  /** A new process is there, proven to work or not. */
  readonly onRestarted: (daemonId: DaemonId) => void;
}

export interface KeptEvidence {
  readonly report?: KeptReport;
  /** What it left behind in the daemon until that ends, in words. */
  readonly leftOpen?: string;
}

export interface RestartWork extends StopWork {
  /** Look into the daemon's event loop, too, before it is ended. */
  readonly inspect?: boolean;
  readonly proofTimeoutMs?: number;
  readonly respawnTimeoutMs?: number;
  readonly askOutliving?: AskOutliving | undefined;
  readonly answerTimeoutMs?: number;
}

/** Restarts and stops daemons, one thing at a time for each. Knows nothing of how it looks. */
export class RestartController {
  readonly #oneAtATime: OneAtATime;
  readonly #comebacks: Comebacks;
  /** The process that was started for each daemon, and was seen to work. */
  readonly #started = new Map<DaemonId, NamedProcess>();
  readonly #lastArgs = new Map<DaemonId, readonly string[]>();
  readonly #seen = new Map<DaemonId, Pick<StartPlace, 'running' | 'supervisor'>>();
  /** What tells whether the last restart of each daemon started who answers. */
  readonly #attempts = new Map<DaemonId, Attempt>();

  constructor(private readonly deps: ControllerDeps) {
    this.#oneAtATime = new OneAtATime(deps.folder, deps.log);
    const { keepers, log, wallAt = Date.now } = deps;
    this.#comebacks = new Comebacks({
      keepers,
      log,
      wallAt,
      isBusy: (daemonId) => this.#oneAtATime.isBusy(daemonId),
    });
  }

  /** The flags that the daemon was last seen to run with. */
  lastArgs(daemonId: DaemonId): readonly string[] {
    return this.#lastArgs.get(daemonId) ?? [];
  }

  /** How its process was started, and who starts it again, as it runs or ran last in sight of this window. In memory only. */
  seen(daemonId: DaemonId): Pick<StartPlace, 'running' | 'supervisor'> {
    return this.#seen.get(daemonId) ?? {};
  }

  /**
   * What a restart would end, looked at before it does: what cannot be started again is not ended unasked.
   * @throws an error fit to show where it must not go on
   */
  async planRestart(model: DaemonModel): Promise<Plan> {
    const plan = await this.plan(model);
    const { running } = plan.owner ? this.seen(model.daemon.id) : {};
    const prepared = await this.deps.prepare(plan.model, running);
    // Whom a supervisor starts again, the launcher does not look at.
    const isLookedAt = plan.owner && !plan.supervisor && !prepared.doubt;
    const doubt = isLookedAt ? await whyNotTwo(prepared.way, plan.model) : undefined;
    return {
      ...plan,
      ...prepared,
      ...(doubt && { doubt }),
      ...(prepared.way.keepsWork && { interrupts: [] }),
    };
  }

  /** What a stop would end. @throws an error fit to show where it must not go on */
  async plan({ daemon }: DaemonModel): Promise<Plan> {
    const { name, id: daemonId } = daemon;
    if (this.#oneAtATime.isBusy(daemonId)) throw new CodedError<RestartRefusal>({ is: 'busy', daemon: name });
    // What was asked for may be old: the user was asked for trust first.
    const monitor = this.deps.registry.monitor(daemonId);
    if (!monitor) throw new CodedError<RestartRefusal>({ is: 'unwatched', daemon: name });
    const started = this.#started.get(daemonId);
    const plan = await planFor(monitor, started, this.deps.records.of(daemonId));
    const [flags, seen, family] = await Promise.all([
      flagsOf(plan),
      plan.owner && seenOf(plan.owner),
      plan.owner && familyOf(plan.model, plan.owner, this.#otherDaemons(daemonId)),
    ]);
    if (flags) this.#lastArgs.set(daemonId, flags);
    if (seen) this.#seen.set(daemonId, seen);
    const supervisor =
      seen?.supervisor ?? (plan.owner && (await this.#comebacks.keeperOf(daemonId, plan.owner)));
    return {
      ...plan,
      ...(supervisor && { supervisor }),
      ...(family && { family }),
    };
  }

  /** Ends what a daemon had started and left behind. @returns what is still there */
  endOutliving(daemonId: DaemonId, left: readonly Offspring[]): Promise<readonly Offspring[]> {
    return endOutliving(left, this.#otherDaemons(daemonId));
  }

  #otherDaemons(daemonId: DaemonId): ReadonlySet<number> {
    const others = this.deps.registry.models.filter(({ daemon }) => daemon.id !== daemonId);
    return new Set(others.flatMap(({ track }) => track.last?.report.instance?.pid ?? []));
  }

  #outliving({ model, owner, family }: Plan): Outliving {
    return new Outliving(model, owner, family, this.#otherDaemons(model.daemon.id));
  }

  /** Carries out a plan; never throws. */
  restart(plan: Plan, work: RestartWork): Promise<Outcome> {
    return this.#carryOut(plan, async (monitor) => {
      const { model, owner } = plan;
      // The user agreed just now: what the evidence takes is waited for as well.
      const beganMs = performance.now();
      const { report, leftOpen } = await this.#keepEvidence(plan, work);
      const before = monitor.track.last?.report;
      const attempt: Attempt = {
        mark: randomUUID(),
        beganMs,
        outliving: this.#outliving(plan),
        ...(before && { before }),
        ...(report && { report }),
      };
      this.#attempts.set(model.daemon.id, attempt);
      monitor.input({ kind: 'restartBegan' });
      const nobody = addressOf(model.daemon.target) ? 'nothing listens' : 'no process is known';
      const first = isEndedByUs(plan.way) ? 'ending' : 'the start command ends';
      this.#log(model, `restart: ${owner ? `${first} process ${owner.pid}` : `${nobody}, starting it`}`);
      const came = await this.#prove(plan, monitor, attempt, work);
      const isLeft = leftOpen !== undefined && owner && (await isThere(owner));
      // What still runs of a process that is still there has not outlived it.
      const isOver = owner && !(await isThere(owner));
      if (isOver && attempt.since && mayComeBack(plan)) {
        await this.#comebacks.judge({
          model: { ...model, track: monitor.track },
          owner,
          since: attempt.since,
        });
      }
      const outlived = isOver ? await attempt.outliving.atEnd() : undefined;
      return { ...came, ...(isLeft && { leftOpen }), ...(outlived && { outlived }) };
    });
  }

  /** Waits on for the proof of a restart that was late; ends nothing and starts nothing. Never throws. */
  waitLonger(plan: Plan, work: StopWork): Promise<Outcome> {
    return this.#carryOut(plan, (monitor) => {
      const attempt = this.#attempts.get(plan.model.daemon.id)!;
      monitor.input({ kind: 'restartBegan' });
      this.#log(plan.model, 'restart: waiting longer for its proof');
      // A later restart may have begun, and been cancelled before it started anything.
      const command = attempt.command ?? { ended: new Promise<never>(() => undefined) };
      return this.#prove(plan, monitor, attempt, work, command);
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
      return await this.#oneAtATime.run(
        plan.model.daemon,
        'restart',
        async () => {
          began = true;
          outcome = await restarts(monitor);
          const { recordOf, wallAt = Date.now } = this.deps;
          record = recordOf(outcome, plan.model.track.verdict.state, wallAt());
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

  async #keepEvidence({ model, owner }: Plan, work: RestartWork): Promise<KeptEvidence> {
    if (!owner || severityOf(model.track.verdict) === 'plain') return {};
    work.onStep({ is: 'keepingEvidence' });
    // Whoever cancels now waits for nothing; that nothing was changed is said in the outcome.
    const keeping = this.deps.keepEvidence(model, owner, work.inspect ?? false);
    return orAborted(keeping, work.signal).catch(() => ({}));
  }

  async #prove(
    plan: Plan,
    monitor: Monitor,
    attempt: Attempt,
    work: RestartWork,
    begun?: StartedCommand,
  ): Promise<Outcome> {
    const { model, owner, way, supervisor } = plan;
    using made = new WorkWatch(this.deps.registry, monitor);
    const request: RestartRequest = {
      ...work,
      ...this.#logged(model, 'restart', work),
      daemon: model.daemon,
      owner,
      ...(way && { way }),
      ...(supervisor && { supervisor }),
      before: attempt.before,
      wasUp: rowOf(model.track.verdict).phase === 'up',
      startedMs: attempt.beganMs,
    };
    const came = await restart(request, edgesOf(plan, monitor, attempt, made, this.deps), begun);
    return attempt.report ? { ...came, report: attempt.report } : came;
  }

  async #remember({ model }: Plan, outcome: Outcome, record: RestartRecord): Promise<void> {
    const { id: daemonId } = model.daemon;
    if (outcome.kind === 'cured' || outcome.kind === 'unproven') {
      if ('process' in outcome && outcome.process) this.#started.set(daemonId, outcome.process);
      this.deps.onRestarted(daemonId);
    }
    this.#log(model, record.text);
    if (!model.daemon.demo) await this.deps.records.add(daemonId, record);
  }

  /** Ends the daemon and remembers that it was us. @throws an error fit to show where it could not be ended */
  async stop(plan: Plan, work: StopWork): Promise<StopOutcome> {
    const { owner } = plan;
    const { name, target, id: daemonId } = plan.model.daemon;
    const monitor = this.deps.registry.monitor(daemonId);
    if (!owner || !monitor) {
      return { kind: 'stopped', daemon: name, is: 'notRunning', port: addressOf(target)?.port };
    }
    const since = await momentNow();
    try {
      return await this.#oneAtATime.run(
        plan.model.daemon,
        'stop',
        async () => {
          const shown = { signal: work.signal, ...this.#logged(plan.model, 'stop', work) };
          const outcome = await stopDaemon(plan.model, owner, monitor, shown, this.#outliving(plan));
          this.deps.logStop(outcome);
          return outcome;
        },
        (why) => {
          throw new CodedError(why);
        },
      );
    } finally {
      const isOver = mayComeBack(plan) && !(await isThere(owner));
      if (isOver) void this.#comebacks.watch({ model: plan.model, owner, since });
    }
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

/** Whether what starts the daemon again, if anything does, is not known for sure. */
function mayComeBack({ way, supervisor }: Plan): boolean {
  return isEndedByUs(way) && (!supervisor || supervisor.lastTime !== undefined);
}

/** The flags that the process of a plan runs with, where its kind tells them. */
async function flagsOf({ model, owner }: Plan): Promise<readonly string[] | undefined> {
  const report = model.track.last?.report;
  if (!report || !owner) return undefined;
  return (await kindOf(report.kind)?.load())?.startFlags?.(report, owner.pid);
}

/** How a process was started, and who starts it again, as far as the system tells. */
async function seenOf(owner: ProcessInfo): Promise<Pick<StartPlace, 'running' | 'supervisor'>> {
  const [started, env] = await Promise.all([startedAs(owner.pid), environmentOf(owner.pid)]);
  const supervisor = await supervisorOf(owner, env);
  return {
    ...(started && { running: { ...started, ...(env && { env }) } }),
    ...(supervisor && { supervisor }),
  };
}

/** @param startFailed why nothing runs, in words */
function endRestart(monitor: Monitor, outcome: Outcome | undefined, startFailed: string | undefined): void {
  if (startFailed !== undefined) monitor.endRestart({ is: 'startFailed', why: startFailed });
  else monitor.endRestart({ is: outcome?.kind === 'cured' ? 'proven' : 'notProven' });
  // Cancelled half-way it is down because we were asked to end it: that is no outage.
  if (outcome?.kind !== 'cancelled' || (outcome.left !== 'ending' && outcome.left !== 'stopped')) return;
  monitor.input({ kind: 'stoppedByUs' });
  void monitor.poll();
}
