import type { NotOurs } from '../model/outcome';
import type { Exit } from '../model/startFailure';
import { forwarderIn, isServiceManager } from '../system/programs';
import { isSameProcessAlive } from '../system/identity';
import { hasVariable, uptimeTicks } from '../system/linux';
import { isUntold, type ProcessIdentity } from '../system/processInfo';
import { describeProcess, processTable, type ProcessInfo } from '../system/processTable';
import { WHOLE_SECONDS_MS } from './policy';

/**
 * Whether the process that answers is the one that a restart started. Something else may have taken the port, or may
 * have started the daemon first; then nothing was cured by us.
 */

/**
 * An environment variable of the start command, with a value that nobody can guess. Whatever the command starts has
 * it, too, also after its parents have ended and it was adopted.
 */
export const START_MARK = 'DAEMON_HEALTH_START';

/** A moment that can be compared with a process' start. */
export interface Moment {
  /** Epoch ms. */
  readonly at: number;
  /** Since the machine's start. Linux only. */
  readonly ticks?: number;
}

export async function momentNow(): Promise<Moment> {
  const ticks = process.platform === 'linux' ? await uptimeTicks() : undefined;
  return { at: Date.now(), ...(ticks !== undefined && { ticks }) };
}

/** What the system tells of where a process comes from. */
export interface Origin {
  readonly began: 'after' | 'before' | 'unknown';
  /** Whether it or one of its ancestors has the mark; `untold` where the system does not tell. */
  readonly mark: 'there' | 'missing' | 'untold';
  readonly parentIsManager: boolean;
  /** It descends from the process that starts the daemon again. */
  readonly isOfStarter?: boolean;
}

/**
 * @param mark the value of the mark, where the start command got it
 * @param starter who starts the daemon again, where that is known
 */
export async function originOf(
  process: ProcessInfo,
  since: Moment | undefined,
  mark: string | undefined,
  starter?: ProcessIdentity,
): Promise<Origin> {
  // Where a tool fails its ancestors are not known, and nothing is proven by them.
  const ancestors = await processTable()
    .ancestors(process.pid)
    .catch((): readonly number[] => []);
  const [parent] = ancestors;
  return {
    began: beganSince(process, since),
    mark: mark === undefined ? 'untold' : await findMark([process.pid, ...ancestors], mark),
    parentIsManager: parent !== undefined && (await isManager(parent)),
    isOfStarter:
      starter !== undefined && ancestors.includes(starter.pid) && (await isSameProcessAlive(starter)),
  };
}

async function isManager(pid: number): Promise<boolean> {
  return describeProcess(pid).then(isServiceManager, () => false);
}

/** Whether a process began before or after a moment, as far as that is told. */
export function beganSince(
  { startTicks, startedAtMs }: ProcessInfo,
  since: Moment | undefined,
): Origin['began'] {
  if (startTicks !== undefined && since?.ticks !== undefined)
    return startTicks >= since.ticks ? 'after' : 'before';
  if (startedAtMs === undefined || since === undefined) return 'unknown';
  return startedAtMs >= since.at - WHOLE_SECONDS_MS ? 'after' : 'before';
}

async function findMark(pids: readonly number[], mark: string): Promise<Origin['mark']> {
  if (process.platform !== 'linux') return 'untold';
  for (const pid of pids) {
    if (await hasVariable(pid, START_MARK, mark)) return 'there';
  }
  return 'missing';
}

/** Whether it is certain that a restart did not start who answers. */
export function isStranger({ is }: NotOurs): boolean {
  return is === 'otherUsers' || is === 'ranBefore';
}

/**
 * @param port of the daemon's address; `undefined` where it has none
 * @param listener who answers; `undefined` where the system does not tell
 * @param exit how the start command ended; `undefined` while it runs
 */
export function whyNotOurs(
  port: number | undefined,
  listener: ProcessInfo | undefined,
  origin: Origin | undefined,
  exit: Exit | undefined,
): NotOurs | undefined {
  if (!listener || !origin || isUntold(listener)) return { is: 'unnamed', port };
  const because = (is: Exclude<NotOurs['is'], 'unnamed'>): NotOurs => ({ is, port, process: listener });
  if (!listener.isOurs) return because('otherUsers');
  if (origin.began === 'before') return because('ranBefore');
  if (forwarderIn(listener) !== undefined) return because('passesOn');
  if (listener.inContainer) return because('inContainer');
  const isProven =
    origin.began === 'after' &&
    !isServiceManager(listener) &&
    (origin.mark === 'there' ||
      // What a service manager starts does not descend from the command that told it to.
      ((origin.parentIsManager || origin.isOfStarter) && exit?.code === 0) ||
      (origin.mark === 'untold' && (exit === undefined || exit.code === 0)));
  return isProven ? undefined : because('unproven');
}
