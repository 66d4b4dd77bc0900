import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { systemTool } from '../../system/exec';
import { TOOL_TIMEOUT_MS } from '../../system/policy';

/** How processes are ended; a seam for the platforms that tests do not run on. */
export interface TreeSystem {
  readonly platform: NodeJS.Platform;
  /** As `process.kill`: negative for a whole group, signal 0 only asks. Throws. */
  readonly kill: (pid: number, signal: NodeJS.Signals | 0) => void;
  /** Runs a tool of the system and does not wait for it. */
  readonly run: (tool: string, args: readonly string[]) => void;
}

const SYSTEM: TreeSystem = {
  platform: process.platform,
  kill: (pid, signal) => void process.kill(pid, signal),
  run: (tool, args) =>
    void execFile(systemTool(tool), [...args], { timeout: TOOL_TIMEOUT_MS, windowsHide: true }, () => {}),
};

/** Every process of a session inherits this variable; on Linux it finds those that left their group. */
export const SESSION_VARIABLE = 'DISPATCHD_SESSION_ID';

/**
 * Signals a session's whole tree: on POSIX the process group its leader was started in, on Linux also what left
 * the group. On Windows taskkill walks the children, and knows no gentle way that console programs notice.
 */
export function signalTree(
  pid: number | undefined,
  sessionId: string,
  signal: 'SIGTERM' | 'SIGKILL',
  system: TreeSystem = SYSTEM,
): void {
  if (system.platform === 'win32') {
    if (pid !== undefined) system.run('taskkill', ['/pid', String(pid), '/T', '/F']);
    return;
  }
  const marked = findMarked(sessionId, system.platform);
  if (pid !== undefined) trySignal(system, -pid, signal);
  for (const escaped of marked) trySignal(system, escaped, signal);
}

/** Whether anybody of the group is left; on Windows only the leader can be asked for. */
export function isTreeAlive(pid: number, { platform, kill }: TreeSystem = SYSTEM): boolean {
  try {
    kill(platform === 'win32' ? pid : -pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  // The dead that nobody has reaped yet answer to signals as well; in a container that may last.
  return platform !== 'linux' || processes().some((other) => isLiveMember(other, pid));
}

/** Reads state and group from /proc/PID/stat: fields 3 and 5, counted from behind the name. */
export function parseGroup(stat: string): { state: string; group: number } {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', group: Number(fields[2]) };
}

function isLiveMember(pid: string, group: number): boolean {
  try {
    const member = parseGroup(readFileSync(`/proc/${pid}/stat`, 'latin1'));
    return member.group === group && member.state !== 'Z' && member.state !== 'X';
  } catch {
    return false;
  }
}

function processes(): string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
}

/** The pids that carry the mark of this session; empty where the platform does not show environments. */
export function findMarked(sessionId: string, platform: NodeJS.Platform = process.platform): number[] {
  if (platform !== 'linux') return [];
  const mark = `\0${SESSION_VARIABLE}=${sessionId}\0`;
  const hasMark = (pid: string) => {
    try {
      return `\0${readFileSync(`/proc/${pid}/environ`, 'latin1')}`.includes(mark);
    } catch {
      return false;
    }
  };
  return processes().filter(hasMark).map(Number);
}

function trySignal({ kill }: TreeSystem, pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    kill(pid, signal);
  } catch {
    // It is gone already.
  }
}
