import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { START_TIME_TOLERANCE_MS, TOOL_TIMEOUT_MS } from './policy';
import type { ProcessIdentity } from './session';

const run = promisify(execFile);

/** Notes who `pid` is, right after it was started. */
export function identify(pid: number, startedAtMs: number): ProcessIdentity {
  const startTicks = readStartTicks(pid);
  return { pid, startedAtMs, ...(startTicks !== undefined && { startTicks }) };
}

/** This process. */
export function ownIdentity(): ProcessIdentity {
  return identify(process.pid, Math.round(Date.now() - process.uptime() * 1000));
}

/** Whether some process has this pid; one that we may not signal exists too. */
export function pidExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Whether exactly this process still lives. Pids are reused, so the start time must match as well; where the
 * platform does not tell it, the pid alone decides and the answer errs on the side of "alive".
 */
export async function isSameProcessAlive(identity: ProcessIdentity): Promise<boolean> {
  if (!pidExists(identity.pid)) return false;
  const startTicks = readStartTicks(identity.pid);
  if (startTicks !== undefined && identity.startTicks !== undefined)
    return startTicks === identity.startTicks;
  const startedAtMs = await readStartTimeMs(identity.pid);
  return startedAtMs === undefined || Math.abs(startedAtMs - identity.startedAtMs) <= START_TIME_TOLERANCE_MS;
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

async function readStartTimeMs(pid: number): Promise<number | undefined> {
  const [tool, args] =
    process.platform === 'win32'
      ? [
          'powershell.exe',
          ['-NoProfile', '-Command', `(Get-Process -Id ${pid}).StartTime.ToUniversalTime().ToString('o')`],
        ]
      : ['ps', ['-o', 'lstart=', '-p', String(pid)]];
  try {
    const { stdout } = await run(tool, args, {
      timeout: TOOL_TIMEOUT_MS,
      windowsHide: true,
      env: { ...process.env, LC_ALL: 'C' },
    });
    const startedAtMs = Date.parse(stdout.trim());
    return Number.isNaN(startedAtMs) ? undefined : startedAtMs;
  } catch {
    return undefined;
  }
}
