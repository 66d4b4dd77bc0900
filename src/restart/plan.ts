import { setTimeout as delay } from 'node:timers/promises';
import { CodedError } from '../base/errors';
import { hostOf } from '../system/address';
import { addressOf } from '../kinds/target';
import type { DaemonModel } from '../model/daemonModel';
import type { Report, Session } from '../health/report';
import { isLive } from '../health/sessions';
import { whyNotHere, whyNotToEnd } from './refusals';
import type { RestartWay } from '../kinds/kind';
import { isInstance } from '../kinds/sameInstance';
import {
  describeProcess,
  findListeners,
  findOwnLine,
  isAlive,
  isSameProcess,
  type ProcessInfo,
} from '../system/processTable';
import type { Offspring } from '../model/outliving';
import type { NamedProcess } from '../model/process';
import type { PlanRefusal } from '../model/restartRefusal';
import type { RestartRecord } from '../model/restartRecord';
import type { StartDoubt } from '../model/startFailure';
import type { LostVariables } from './lostVariables';
import { isPortFree } from '../system/ports';
import type { Supervisor } from '../system/supervisor';
import { ToolFailed } from '../system/exec';
import { SYSTEMS_WITH_A_RECORDED_RUN, UNNAMED_SETTLES_MS } from './policy';

/** What will happen if the user goes on, for the one who has to agree. */
export interface Plan {
  readonly model: DaemonModel;
  /** The process that will be ended; `undefined` where nothing listens, or no process is proven to be the daemon. */
  readonly owner: ProcessInfo | undefined;
  /** The running work that ending it interrupts. */
  readonly interrupts: readonly Interrupted[];
  /** The last restarts, newest first. */
  readonly records: readonly RestartRecord[];
  /**
   * Whether the process is known to be this daemon, or was started by us; else the user must look at it. Never on a
   * system of which no run is on record.
   */
  readonly ownerIsKnown: boolean;
  /** How it will be restarted: only of a plan for a restart. */
  readonly way?: Pick<RestartWay, 'by' | 'keepsWork'> & Partial<RestartWay>;
  /** Why it may not start again. */
  readonly doubt?: StartDoubt;
  /** Why it will not be restarted in the best way. */
  readonly instead?: StartDoubt;
  /** The folder that it will be started in, where only its last answer names that, and this window does not have it. */
  readonly outside?: string;
  /** Who starts the process again when it ends, or may. */
  readonly supervisor?: Supervisor;
  /** What the process has started; `notKnown` where the system does not tell. */
  readonly family?: readonly Offspring[] | 'notKnown';
  /** What the new process will lack of the old one's environment; `notKnown` where the system does not tell. */
  readonly lost?: LostVariables | 'notKnown';
}

/** A running session that a restart interrupts. */
export interface Interrupted {
  readonly title: string;
  /** For how long it has run, where that is known. */
  readonly ranMs?: number;
  /** What becomes of it, where that is known. */
  readonly then?: 'resumed' | 'runAgain';
}

/** Whether we end the old process: so also where how it will be restarted is not known, as of a plan to stop. */
export function isEndedByUs(way: Pick<RestartWay, 'by'> | undefined): boolean {
  return way === undefined || way.by === 'spawn';
}

/**
 * Who listens on its port, the daemon itself first where it is known; nobody for a daemon of another machine. Of a daemon
 * without an address: the process that its last answer names, where the process' birth proves that; else nobody.
 * @throws {ToolFailed}
 */
export async function ownersOf(model: DaemonModel): Promise<readonly ProcessInfo[]> {
  if (whyNotHere(model) !== undefined) return [];
  const named = model.track.last?.report.instance?.pid;
  const address = addressOf(model.daemon.target);
  if (!address) {
    const owner = named !== undefined && (await isAlive(named)) ? await describeProcess(named) : undefined;
    return owner && isInstance(model, owner) ? [owner] : [];
  }
  const owners = await findListeners(address.port, hostOf(address.origin), { named });
  const itself = owners.find((owner) => isInstance(model, owner));
  return itself ? [itself, ...owners.filter((owner) => owner !== itself)] : owners;
}

/**
 * Who holds a daemon's port, or is the daemon where it has no address; and why that must not be ended or looked into,
 * where it must not.
 */
export async function holderOf(
  model: DaemonModel,
): Promise<Pick<Plan, 'owner'> & { readonly refusal: PlanRefusal | undefined }> {
  const elsewhere = whyNotHere(model);
  if (elsewhere) return { owner: undefined, refusal: elsewhere };
  try {
    const owners = await ownersOf(model);
    const [owner] = owners;
    return { owner, refusal: whyNotToEnd(model, owners, owner ? await findOwnLine() : []) };
  } catch (error) {
    if (!(error instanceof ToolFailed)) throw error;
    // Who holds the port, or what the editor was started from, is not known: nobody is ended on a guess.
    return { owner: undefined, refusal: { is: 'toolFailed', said: error.message } };
  }
}

/**
 * What a restart or a stop would end.
 *
 * @param started the process that we started for this daemon
 * @param records the last restarts, newest first
 * @param platform the system that it runs on
 * @throws an error fit to show where it must not go on
 */
export async function planFor(
  { daemon, track }: DaemonModel,
  started: NamedProcess | undefined,
  records: readonly RestartRecord[],
  platform = process.platform,
): Promise<Plan> {
  // A monitor's track is another one after the next poll; a plan rests on this one.
  const model = { daemon, track };
  let holder = await whoHolds(model);
  if (holder.why?.is === 'listenerUnnamed') {
    await delay(UNNAMED_SETTLES_MS);
    holder = await whoHolds(model);
  }
  const { owner, why } = holder;
  if (why) throw new CodedError(why);
  const report = track.last?.report;
  const interrupted = owner && report ? (report.sessions ?? []).filter(isLive) : [];
  return {
    model,
    owner,
    interrupts: interrupted.map((session) => interruptedIn(session, report!)),
    records,
    ownerIsKnown:
      owner === undefined ||
      (SYSTEMS_WITH_A_RECORDED_RUN.includes(platform) &&
        (isInstance(model, owner) || (started !== undefined && isSameProcess(started, owner)))),
  };
}

/** Whom a restart would end, or why it must not go on. */
async function whoHolds(model: DaemonModel): Promise<{ owner: ProcessInfo | undefined; why?: PlanRefusal }> {
  const { owner, refusal } = await holderOf(model);
  const why = refusal ?? (owner ? undefined : await unnamedIn(model));
  return { owner, ...(why && { why }) };
}

/** Why nothing may be started although no process is known: something is there all the same. `undefined` where nothing is. */
async function unnamedIn({ daemon, track }: DaemonModel): Promise<PlanRefusal | undefined> {
  // Its own command knows which process that is.
  if (daemon.restart?.by === 'itself') return undefined;
  const address = addressOf(daemon.target);
  if (!address) {
    // What is not running may be started.
    const isRunning = track.sample?.ok === true && track.sample.report.isRunning;
    return isRunning ? { is: 'unprovenProcess', daemon: daemon.name } : undefined;
  }
  const isFree = await isPortFree(hostOf(address.origin), address.port);
  return isFree ? undefined : { is: 'listenerUnnamed', port: address.port };
}

function interruptedIn(
  { title, startedAt, createdAt, resumable, kind }: Session,
  { daemonNow }: Report,
): Interrupted {
  const beganAt = startedAt ?? createdAt;
  return {
    title,
    ...(beganAt !== undefined && daemonNow !== undefined && { ranMs: daemonNow - beganAt }),
    ...((resumable !== undefined || kind !== undefined) && {
      then: resumable || kind === 'named' ? 'resumed' : 'runAgain',
    }),
  };
}
