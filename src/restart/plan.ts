import { UserError } from '../base/errors';
import { hostOf } from '../system/address';
import { addressOf } from '../kinds/target';
import type { DaemonModel } from '../model/daemonModel';
import type { Report, Session } from '../health/report';
import { isLive } from '../health/sessions';
import { duration } from '../base/time';
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
import type { RestartRecord } from '../model/restartRecord';
import { isPortFree } from '../system/ports';
import { ToolFailed } from '../system/exec';
import { SYSTEMS_WITH_A_RECORDED_RUN } from './policy';

/** What will happen if the user goes on, for the one who has to agree. */
export interface Plan {
  readonly model: DaemonModel;
  /** The process that will be ended; `undefined` where nothing listens, or no process is proven to be the daemon. */
  readonly owner: ProcessInfo | undefined;
  /** The running work that ending it interrupts, each in words: what, for how long, what becomes of it. */
  readonly interrupts: readonly string[];
  /** The last restarts, newest first. */
  readonly records: readonly RestartRecord[];
  /**
   * Whether the process is known to be this daemon, or was started by us; else the user must look at it. Never on a
   * system of which no run is on record.
   */
  readonly ownerIsKnown: boolean;
  /** How it will be restarted: only of a plan for a restart. */
  readonly way?: Pick<RestartWay, 'by' | 'keepsWork' | 'name'>;
  /** Why it may not start again. */
  readonly doubt?: string;
}

/** Whether we end the old process: so also where how it will be restarted is not known, as of a plan to stop. */
export function isEndedByUs(way: Pick<RestartWay, 'by'> | undefined): boolean {
  return way === undefined || way.by === 'spawn';
}

/**
 * Who holds a daemon's port, or is the daemon where it has no address; and why that must not be ended or looked into,
 * where it must not.
 */
export interface Holder {
  readonly owner: ProcessInfo | undefined;
  readonly refusal: string | undefined;
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

export async function holderOf(model: DaemonModel): Promise<Holder> {
  const elsewhere = whyNotHere(model);
  if (elsewhere !== undefined) return { owner: undefined, refusal: `${elsewhere} Nothing was done.` };
  try {
    const owners = await ownersOf(model);
    const [owner] = owners;
    const refusal = whyNotToEnd(model, owners, owner ? await findOwnLine() : []);
    return { owner, refusal: refusal === undefined ? undefined : `${refusal} Nothing was ended.` };
  } catch (error) {
    if (!(error instanceof ToolFailed)) throw error;
    // Who holds the port, or what the editor was started from, is not known: nobody is ended on a guess.
    return { owner: undefined, refusal: `${error.message} Nothing was ended.` };
  }
}

/**
 * What a restart or a stop would end.
 *
 * @param started the process that we started for this daemon
 * @param platform the system that it runs on
 * @throws an error fit to show where it must not go on
 */
export async function planFor(
  { daemon, track }: DaemonModel,
  {
    started,
    records,
    platform = process.platform,
  }: {
    started: ProcessInfo | undefined;
    records: readonly RestartRecord[];
    platform?: NodeJS.Platform;
  },
): Promise<Plan> {
  // A monitor's track is another one after the next poll; a plan rests on this one.
  const model = { daemon, track };
  const { owner, refusal } = await holderOf(model);
  if (refusal !== undefined) throw new UserError(refusal);
  const unnamed = owner ? undefined : await unnamedIn(model);
  if (unnamed !== undefined) throw new UserError(unnamed);
  const report = track.last?.report;
  const interrupted = owner && report ? (report.sessions ?? []).filter(isLive) : [];
  return {
    model,
    owner,
    interrupts: interrupted.map((session) => inWords(session, report!)),
    records,
    ownerIsKnown:
      owner === undefined ||
      (SYSTEMS_WITH_A_RECORDED_RUN.includes(platform) &&
        (isInstance(model, owner) || (started !== undefined && isSameProcess(started, owner)))),
  };
}

/** Why nothing may be started although no process is known: something is there all the same. `undefined` where nothing is. */
async function unnamedIn({ daemon, track }: DaemonModel): Promise<string | undefined> {
  const address = addressOf(daemon.target);
  if (!address) {
    // What is not running may be started.
    if (!track.sample?.ok || !track.sample.report.isRunning) return undefined;
    return (
      `${daemon.name} runs, but no process of this machine is proven to be ${daemon.name}: ` +
      'end it where it was started. Nothing was ended.'
    );
  }
  if (await isPortFree(hostOf(address.origin), address.port)) return undefined;
  return (
    `Something listens on port ${address.port}, but the system does not tell which process it is; ` +
    'it may belong to another user or run in a container. Nothing was ended.'
  );
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
