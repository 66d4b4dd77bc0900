import { cimBirth } from './cim';
import { runTool, type RunTool } from './exec';
import { isDeadState, parseStat, readStatNow } from './procStat';
import { psBirth } from './ps';
import { START_TIME_TOLERANCE_MS } from './policy';
import type { PartialIdentity, ProcessIdentity } from './processInfo';
import { readFile } from 'node:fs/promises';

/** As the system's own call: negative for a whole group, signal 0 only asks. Throws. */
export type Kill = (pid: number, signal: NodeJS.Signals | 0) => void;

export const systemKill: Kill = (pid, signal) => void process.kill(pid, signal);

/** What the system tells of a process; a seam for tests. */
export interface ProcessSources {
  readonly platform: NodeJS.Platform;
  /** Whether some process has this pid, a dead one that nobody has reaped included. */
  readonly exists: (pid: number) => boolean;
  /** `/proc/PID/stat`; throws where there is none. */
  readonly readStat: (pid: number) => Promise<string>;
  readonly run: RunTool;
}

/**
 * What became of a process. `unreaped`: it has ended, and its parent has not taken note. `unknown`: some process of
 * its number is there, and the system does not tell since when.
 */
export type Fate = 'alive' | 'unreaped' | 'gone' | 'unknown';

/** Notes who `pid` is, right after it was started: by the clock, on Linux also by what the kernel noted. */
export function identify(pid: number, startedAtMs: number): ProcessIdentity {
  const startTicks = process.platform === 'linux' ? readStatNow(pid)?.startTicks : undefined;
  return { pid, startedAtMs, ...(startTicks !== undefined && { startTicks }) };
}

/** This process. Its birth by the clock as it was at the birth: systems do not tell another one after the clock is set. */
export function ownIdentity(): ProcessIdentity {
  return identify(process.pid, Math.round(performance.timeOrigin));
}

/** Asks the system who `pid` is, whenever it was started; `undefined` where it is gone or the system does not tell. */
export async function identityOf(
  pid: number,
  sources: ProcessSources = systemSources,
): Promise<ProcessIdentity | undefined> {
  if (sources.platform === 'linux') {
    const stat = await readState(pid, sources);
    return stat && { pid, startedAtMs: 0, startTicks: stat.startTicks };
  }
  const startedAtMs = await readStartTimeMs(pid, sources);
  return startedAtMs === undefined ? undefined : { pid, startedAtMs };
}

/** Who a process is; `undefined` where its birth was not told. */
export function identityIn({ pid, startedAtMs, startTicks }: PartialIdentity): ProcessIdentity | undefined {
  if (startTicks !== undefined) return { pid, startedAtMs: startedAtMs ?? 0, startTicks };
  return startedAtMs === undefined ? undefined : { pid, startedAtMs };
}

/** Whether two looks at the system saw the same process. Where a birth is missing they are not proven to have. */
export function isSameProcess(a: PartialIdentity, b: PartialIdentity): boolean {
  if (a.pid !== b.pid) return false;
  if (a.startTicks !== undefined && b.startTicks !== undefined) return a.startTicks === b.startTicks;
  return (
    a.startedAtMs !== undefined &&
    b.startedAtMs !== undefined &&
    Math.abs(a.startedAtMs - b.startedAtMs) <= START_TIME_TOLERANCE_MS
  );
}

/**
 * What became of exactly this process. Pids are reused, so the start time must match as well.
 */
export async function fateOf(
  identity: ProcessIdentity,
  sources: ProcessSources = systemSources,
): Promise<Fate> {
  if (!sources.exists(identity.pid)) return 'gone';
  const stat = await readState(identity.pid, sources);
  if (stat && identity.startTicks !== undefined) {
    if (stat.startTicks !== identity.startTicks) return 'gone';
    return isDeadState(stat.state) ? 'unreaped' : 'alive';
  }
  const startedAtMs = await readStartTimeMs(identity.pid, sources);
  // It may have gone while it was looked at.
  if (!sources.exists(identity.pid)) return 'gone';
  if (startedAtMs === undefined) return 'unknown';
  return Math.abs(startedAtMs - identity.startedAtMs) <= START_TIME_TOLERANCE_MS ? 'alive' : 'gone';
}

/**
 * Whether exactly this process may still run: it errs on the side of "runs". For who waits for an end; who trusts or
 * ends a process goes by `isProvenAlive`. In a container the dead may stay for ever, since nobody reaps them.
 */
export async function isSameProcessAlive(
  identity: ProcessIdentity,
  sources?: ProcessSources,
): Promise<boolean> {
  return ['alive', 'unknown'].includes(await fateOf(identity, sources));
}

/**
 * Whether this is proven to be the process that is there now: its start time is told and matches. Where the platform
 * does not tell it, nothing is proven: who ends or trusts a process goes by this.
 */
export async function isProvenAlive(identity: ProcessIdentity, sources?: ProcessSources): Promise<boolean> {
  return (await fateOf(identity, sources)) === 'alive';
}

/**
 * The same without awaiting, so that nothing comes between the look and what is done next; `undefined` where only a
 * tool tells, as on macOS and Windows.
 */
export function isProvenAliveNow({ pid, startTicks }: ProcessIdentity): boolean | undefined {
  if (process.platform !== 'linux' || startTicks === undefined) return undefined;
  const stat = readStatNow(pid);
  return stat !== undefined && stat.startTicks === startTicks && !isDeadState(stat.state);
}

async function readStartTimeMs(pid: number, { platform, run }: ProcessSources): Promise<number | undefined> {
  try {
    return await (platform === 'win32' ? cimBirth(pid, run) : psBirth(pid, run));
  } catch {
    // Not told is not known: what becomes of that is for the caller to say.
    return undefined;
  }
}

async function readState(pid: number, { platform, readStat }: ProcessSources) {
  return platform === 'linux' ? parseStat(await readStat(pid).catch(() => '')) : undefined;
}

const systemSources: ProcessSources = {
  platform: process.platform,
  exists: isPidAlive,
  readStat: (pid) => readFile(`/proc/${pid}/stat`, 'latin1'),
  run: runTool,
};

/**
 * Whether a process has this number, or a group this negative one. One that we may not signal does; a zombie does too. That nobody has the number
 * proves an end; that somebody has it proves nothing of who that is.
 */
export function isPidAlive(pid: number, kill: Kill = systemKill): boolean {
  try {
    kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Whether a process of this number runs. One that we may not signal does. On Linux a process that has ended and is not
 * reaped is gone; of who is hidden (`hidepid` of proc(5)) that is not told.
 */
export function isPidRunning(pid: number): boolean {
  if (!isPidAlive(pid)) return false;
  if (process.platform !== 'linux') return true;
  const stat = readStatNow(pid);
  // Between the two looks a zombie may have been waited for: then its state cannot be read any more.
  return stat ? !isDeadState(stat.state) : isPidAlive(pid);
}
