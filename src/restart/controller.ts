import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DaemonModel, Fleet } from '../daemons/fleet';
import type { Monitor } from '../daemons/monitor';
import type { Report, Session } from '../health/report';
import { duration } from '../health/wording';
import { isLive } from '../health/sessions';
import { STOP_GRACE_MS } from '../health/policy';
import { SEVERITY } from '../health/verdict';
import { lockDaemon } from './lock';
import type { RestartRecord, RestartRecords } from './records';
import { findListener, type ProcessInfo } from './processes';
import { restart, waitLonger, type Outcome, type RestartEdges, type StartedCommand } from './restart';
import { isPortFree, stopProcess } from './stop';

/** What will happen if the user goes on, for the one who has to agree. */
export interface Plan {
  readonly model: DaemonModel;
  /** The process that will be ended; `undefined` where nothing listens. */
  readonly owner: ProcessInfo | undefined;
  /** The running work that ending it interrupts, each in words: what, for how long, what becomes of it. */
  readonly interrupts: readonly string[];
  /** The last restarts, newest first. */
  readonly records: readonly RestartRecord[];
  /** Whether the process is known to be this daemon, or was started by us; else the user must look at it. */
  readonly ownerIsKnown: boolean;
}

export interface ControllerDeps {
  readonly fleet: Fleet;
  readonly start: (model: DaemonModel, signal: AbortSignal) => Promise<StartedCommand>;
  readonly log: (line: string) => void;
  readonly records: RestartRecords;
  /** A folder that all windows of this machine share. */
  readonly folder: string;
  /** Keeps what is known before it is wiped; must not throw. */
  readonly keepEvidence: (
    model: DaemonModel,
    owner: ProcessInfo | undefined,
    inspect: boolean,
  ) => Promise<void>;
  /** A new process is there, proven to work or not. */
  readonly onRestarted: (origin: string) => void;
}

/** Where no lock file can be written, a restart is not refused. */
const NO_LOCK = () => Promise.resolve();

/** Restarts and stops daemons, one thing at a time for each. Knows nothing of how it looks. */
export class RestartController {
  readonly #busy = new Set<string>();
  readonly #startedPids = new Map<string, number>();
  readonly #lastArgs = new Map<string, readonly string[]>();

  constructor(private readonly deps: ControllerDeps) {}

  /** The flags the bundled daemon ran with, as last seen in its own state folder. */
  lastArgs(origin: string): readonly string[] {
    return this.#lastArgs.get(origin) ?? [];
  }

  /** What a restart or a stop would end. @throws an error fit to show where it must not go on */
  async plan(model: DaemonModel): Promise<Plan> {
    const { daemon, track } = model;
    if (this.#busy.has(daemon.origin))
      throw new Error(`${daemon.name} is already being restarted or stopped.`);
    const owner = await findListener(daemon.port);
    const report = track.last?.report;
    if (owner) refuseForeign(model, owner);
    else if (track.sample?.ok || track.verdict.state === 'wrongAnswer') {
      throw new Error(
        `Something answers on port ${daemon.port}, but the system does not tell which process it is; ` +
          'it may belong to another user or run in a container. Nothing was ended.',
      );
    }
    if (owner) await this.#rememberArgs(daemon.origin, report, owner.pid);
    return {
      model,
      owner,
      interrupts: owner
        ? (report?.sessions ?? []).filter(isLive).map((session) => inWords(session, report!))
        : [],
      records: this.deps.records.of(daemon.origin),
      ownerIsKnown:
        owner === undefined ||
        report?.instance?.pid === owner.pid ||
        this.#startedPids.get(daemon.origin) === owner.pid,
    };
  }

  /** Carries out a plan; never throws. */
  async restart(
    { model, owner }: Plan,
    {
      signal,
      onStep,
      inspect = false,
      onlyWait = false,
      proofTimeoutMs,
    }: {
      signal: AbortSignal;
      onStep: (step: string) => void;
      inspect?: boolean;
      /** Wait on for the proof of a restart that was late. */
      onlyWait?: boolean;
      proofTimeoutMs?: number;
    },
  ): Promise<Outcome> {
    const { daemon } = model;
    const monitor = this.deps.fleet.monitor(daemon.origin);
    if (!monitor || this.#busy.has(daemon.origin)) {
      return { kind: 'failed', text: `${daemon.name} is already being restarted or stopped.` };
    }
    this.#busy.add(daemon.origin);
    const unlock = await lockDaemon(this.deps.folder, daemon.origin).catch(() => NO_LOCK);
    if (!unlock) {
      this.#busy.delete(daemon.origin);
      return { kind: 'failed', text: `${daemon.name} is being restarted or stopped in another window.` };
    }
    const why = model.track.verdict.state;
    if (owner && !onlyWait && SEVERITY[why] !== 'plain') {
      onStep('keeping the evidence');
      await this.deps.keepEvidence(model, owner, inspect);
    }
    monitor.beginRestart();
    this.deps.log(
      `[${daemon.name}] restart: ${owner ? `ending process ${owner.pid}` : 'nothing listens, starting it'}`,
    );
    let proven = false;
    try {
      const outcome = await (onlyWait ? waitLonger : restart)(
        {
          daemon,
          owner,
          before: model.track.last?.report,
          ...(proofTimeoutMs !== undefined && { proofTimeoutMs }),
          signal,
          onStep: (step) => {
            this.deps.log(`[${daemon.name}] restart: ${step}`);
            onStep(step);
          },
        },
        this.#edges(model, monitor),
      );
      proven = outcome.kind === 'cured';
      if (outcome.kind === 'cured' || outcome.kind === 'unproven') {
        const now = await findListener(daemon.port);
        if (now) this.#startedPids.set(daemon.origin, now.pid);
        this.deps.onRestarted(daemon.origin);
      }
      this.deps.log(`[${daemon.name}] ${outcome.text}`);
      await this.deps.records.add(daemon.origin, {
        at: Date.now(),
        why,
        kind: outcome.kind,
        text: outcome.text,
      });
      return outcome;
    } finally {
      this.#busy.delete(daemon.origin);
      await unlock();
      monitor.endRestart(proven);
    }
  }

  /** Ends the daemon and remembers that it was us. @throws an error fit to show */
  async stop({ model, owner }: Plan, signal: AbortSignal): Promise<void> {
    const { daemon } = model;
    const monitor = this.deps.fleet.monitor(daemon.origin);
    if (!owner || !monitor) return;
    this.#busy.add(daemon.origin);
    const unlock = await lockDaemon(this.deps.folder, daemon.origin).catch(() => NO_LOCK);
    if (!unlock) {
      this.#busy.delete(daemon.origin);
      throw new Error(`${daemon.name} is being restarted or stopped in another window.`);
    }
    monitor.markStopped();
    try {
      this.deps.log(`[${daemon.name}] stop: ending process ${owner.pid}`);
      const gone = await stopProcess(owner.pid, { graceMs: STOP_GRACE_MS, signal });
      if (!gone) throw new Error(`Process ${owner.pid} (${owner.commandLine}) could not be ended.`);
    } finally {
      this.#busy.delete(daemon.origin);
      await unlock();
      await monitor.poll();
    }
  }

  #edges(model: DaemonModel, monitor: Monitor): RestartEdges {
    return {
      findListener,
      stop: stopProcess,
      isPortFree,
      start: (aborted) => this.deps.start(model, aborted),
      ask: async () => {
        await monitor.poll();
        const { sample } = monitor.track;
        if (!sample) return {};
        return sample.ok ? { report: sample.report } : { cause: sample.failure.cause };
      },
    };
  }

  async #rememberArgs(origin: string, report: Report | undefined, ownerPid: number): Promise<void> {
    const folder = report?.instance?.stateDir;
    if (folder === undefined) return;
    try {
      const text = await readFile(join(folder, 'instance.json'), 'utf8');
      const { pid, argv } = JSON.parse(text) as { pid?: unknown; argv?: unknown };
      // Only the file of the very process that holds the port speaks for it.
      if (pid !== ownerPid || !Array.isArray(argv)) return;
      this.#lastArgs.set(
        origin,
        argv.filter((arg) => typeof arg === 'string'),
      );
    } catch {
      // Without it the daemon starts with its defaults.
    }
  }
}

/** "Nightly report, running for 12 min, will be resumed"; what is not known is left out. */
function inWords({ title, startedAt, createdAt, resumable, kind }: Session, report: Report): string {
  const beganAt = startedAt ?? createdAt;
  const ranMs =
    beganAt === undefined || report.daemonNow === undefined ? undefined : report.daemonNow - beganAt;
  return [
    title,
    ...(ranMs === undefined ? [] : [`running for ${duration(ranMs)}`]),
    ...(resumable === undefined && kind === undefined
      ? []
      : [resumable || kind === 'named' ? 'will be resumed' : 'can be run again']),
  ].join(', ');
}

/** Never ends a process of another user, our own editor, or a server that was never this daemon. */
function refuseForeign({ daemon, track }: DaemonModel, owner: ProcessInfo): void {
  const who = `process ${owner.pid} (${owner.commandLine})`;
  if (!owner.isOurs) {
    throw new Error(`Port ${daemon.port} is held by ${who} of another user. Nothing was ended.`);
  }
  if (owner.pid === process.pid || owner.pid === process.ppid) {
    throw new Error(`Port ${daemon.port} is held by this editor itself (${who}). Nothing was ended.`);
  }
  if (track.verdict.state === 'wrongAnswer' && !track.last) {
    throw new Error(
      `Port ${daemon.port} is held by ${who}, which does not answer as a daemon: ${track.verdict.reason}. Nothing was ended.`,
    );
  }
}
