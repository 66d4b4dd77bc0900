import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { systemTool } from './exec';
import { TOOL_TIMEOUT_MS, START_TIME_TOLERANCE_MS } from './policy';

/** Enough to tell a process from a later one with the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Epoch milliseconds, exact to about a second. */
  readonly startedAtMs: number;
  /** Start time in clock ticks since boot, exact; Linux only. */
  readonly startTicks?: number;
}

/** What the system tells of a process; a seam for tests. */
export interface ProcessSources {
  readonly platform: NodeJS.Platform;
  /** Whether some process has this pid, a dead one that nobody has reaped included. */
  readonly exists: (pid: number) => boolean;
  /** `/proc/PID/stat`; throws where there is none. */
  readonly readStat: (pid: number) => Promise<string>;
  readonly run: (tool: string, args: readonly string[], env: NodeJS.ProcessEnv) => Promise<string>;
}

/** Notes who `pid` is, right after it was started. */
export function identify(pid: number, startedAtMs: number): ProcessIdentity {
  const startTicks = readStartTicks(pid);
  return { pid, startedAtMs, ...(startTicks !== undefined && { startTicks }) };
}

/** This process. Its birth by the clock as it was at the birth: systems do not tell another one after the clock is set. */
export function ownIdentity(): ProcessIdentity {
  return identify(process.pid, Math.round(performance.timeOrigin));
}

/** Notes who `pid` is, whenever it was started; `undefined` where it is gone or the platform does not tell. */
export async function identityOf(
  pid: number,
  sources: ProcessSources = systemSources,
): Promise<ProcessIdentity | undefined> {
  if (sources.platform === 'linux') {
    const { startTicks } = await readState(pid, sources);
    return startTicks === undefined ? undefined : { pid, startedAtMs: 0, startTicks };
  }
  const startedAtMs = await readStartTimeMs(pid, sources);
  return startedAtMs === undefined ? undefined : { pid, startedAtMs };
}

/**
 * Whether exactly this process is still there, dead but not reaped included. Pids are reused, so the start time must
 * match as well; where the platform does not tell it, the pid alone decides and the answer errs on the side of "there".
 */
export async function isSameProcess(
  identity: ProcessIdentity,
  sources: ProcessSources = systemSources,
): Promise<boolean> {
  return (await look(identity, sources)) !== 'gone';
}

/** The same of a process that still runs: in a container the dead may stay for ever, since nobody reaps them. */
export async function isSameProcessAlive(
  identity: ProcessIdentity,
  sources: ProcessSources = systemSources,
): Promise<boolean> {
  return ['alive', 'unknown'].includes(await look(identity, sources));
}

/**
 * Whether this is proven to be the process that is there now: its start time is told and matches. Where the platform
 * does not tell it, nothing is proven: who ends a process goes by this.
 */
export async function isProvenAlive(
  identity: ProcessIdentity,
  sources: ProcessSources = systemSources,
): Promise<boolean> {
  return (await look(identity, sources)) === 'alive';
}

/**
 * The same without awaiting, so that nothing comes between the look and what is done next; `undefined` where only a
 * tool tells, as on macOS and Windows.
 */
export function isProvenAliveNow({ pid, startTicks }: ProcessIdentity): boolean | undefined {
  if (process.platform !== 'linux' || startTicks === undefined) return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return parseStartTicks(stat) === startTicks && !isDeadState(stat);
  } catch {
    return false;
  }
}

/** `unknown`: a process of this number is there, and the platform does not tell since when. */
async function look(
  identity: ProcessIdentity,
  sources: ProcessSources,
): Promise<'alive' | 'unreaped' | 'gone' | 'unknown'> {
  if (!sources.exists(identity.pid)) return 'gone';
  const { startTicks, isDead } = await readState(identity.pid, sources);
  if (startTicks !== undefined && identity.startTicks !== undefined) {
    if (startTicks !== identity.startTicks) return 'gone';
    return isDead ? 'unreaped' : 'alive';
  }
  const startedAtMs = await readStartTimeMs(identity.pid, sources);
  // It may have gone while it was looked at.
  if (!sources.exists(identity.pid)) return 'gone';
  if (startedAtMs === undefined) return 'unknown';
  return Math.abs(startedAtMs - identity.startedAtMs) <= START_TIME_TOLERANCE_MS ? 'alive' : 'gone';
}

/** Field 22 of /proc/PID/stat; the name in field 2 may hold spaces and brackets, so count from its end. */
export function parseStartTicks(stat: string): number | undefined {
  const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  return Number.isFinite(ticks) ? ticks : undefined;
}

function readStartTicks(pid: number): number | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return parseStartTicks(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
}

async function readState(
  pid: number,
  { platform, readStat }: ProcessSources,
): Promise<{ startTicks: number | undefined; isDead: boolean }> {
  const stat = platform === 'linux' ? await readStat(pid).catch(() => '') : '';
  return { startTicks: parseStartTicks(stat), isDead: isDeadState(stat) };
}

/** Field 3 of /proc/PID/stat: dead and not reaped, or about to be gone. */
function isDeadState(stat: string): boolean {
  return ['Z', 'X'].includes(stat.charAt(stat.lastIndexOf(')') + 2));
}

async function readStartTimeMs(pid: number, { platform, run }: ProcessSources): Promise<number | undefined> {
  const [tool, args] =
    platform === 'win32'
      ? [
          'powershell',
          [
            '-NoProfile',
            '-NonInteractive',
            '-Command',
            `(Get-Process -Id ${pid}).StartTime.ToUniversalTime().ToString('o')`,
          ],
        ]
      : ['ps', ['-o', 'lstart=', '-p', String(pid)]];
  try {
    // In UTC: an hour that a local clock has twice would make a living process look like another one.
    const text = (await run(tool, args, { ...process.env, LC_ALL: 'C', TZ: 'UTC0' })).trim();
    const startedAtMs = Date.parse(platform === 'win32' ? text : `${text} UTC`);
    return Number.isNaN(startedAtMs) ? undefined : startedAtMs;
  } catch {
    return undefined;
  }
}

const systemSources: ProcessSources = {
  platform: process.platform,
  exists: isPidAlive,
  readStat: (pid) => readFile(`/proc/${pid}/stat`, 'utf8'),
  run: async (tool, args, env) => {
    const options = { timeout: TOOL_TIMEOUT_MS, windowsHide: true, env };
    return (await promisify(execFile)(systemTool(tool), [...args], options)).stdout;
  },
};

/** Whether a process is there. One that we may not signal is; a zombie counts too. */
export function isPidAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
