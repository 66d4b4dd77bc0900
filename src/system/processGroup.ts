import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { isPidAlive, systemKill, type Kill } from './identity';
import { pidsNow } from './linux';
import { isDeadState, readStatNow } from './procStat';

/**
 * Groups of processes, and processes that carry a mark in their environment: by them a command is ended with all that
 * it started. Nothing here awaits, so that nothing comes between the look and the signal.
 */

/** Whether anybody of a group is left. */
export function isGroupAlive(group: number, platform: NodeJS.Platform, kill: Kill = systemKill): boolean {
  if (!isPidAlive(-group, kill)) return false;
  // The dead that nobody has reaped yet answer to signals as well; in a container that may last.
  return platform !== 'linux' || pidsNow().some((pid) => isLiveMember(pid, group));
}

/** The processes with this variable in their environment; nobody where the system does not show environments. */
export function findMarked(
  name: string,
  value: string,
  platform: NodeJS.Platform = process.platform,
): readonly number[] {
  if (platform !== 'linux') return [];
  const mark = `\0${name}=${value}\0`;
  return pidsNow().filter((pid) => {
    try {
      return `\0${readFileSync(`/proc/${pid}/environ`, 'latin1')}`.includes(mark);
    } catch {
      return false;
    }
  });
}

/** Where a process of Linux writes to, as the system names it; nothing where the system does not tell. */
export function outletsOf(pid: number, platform: NodeJS.Platform = process.platform): readonly string[] {
  if (platform !== 'linux') return [];
  return [...new Set([1, 2].flatMap((fd) => linkOf(`/proc/${pid}/fd/${fd}`) ?? []))].filter((link) =>
    /^(pipe|socket):/.test(link),
  );
}

/** The processes, besides this one, that hold one of these pipes or sockets open. */
export function findHolders(outlets: readonly string[]): readonly number[] {
  if (outlets.length === 0) return [];
  return pidsNow().filter(
    (pid) => pid !== process.pid && fdsOf(pid).some((fd) => outlets.includes(linkOf(fd) ?? '')),
  );
}

function fdsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => `/proc/${pid}/fd/${fd}`);
  } catch {
    return [];
  }
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** Whether a process of Linux is of this group, and has not ended. */
export function isLiveMember(pid: number, group: number): boolean {
  const member = readStatNow(pid);
  return member !== undefined && member.group === group && !isDeadState(member.state);
}

/** Signals a process, or the group of a negative number. Who has ended is left alone. */
export function trySignal(pid: number, signal: NodeJS.Signals, kill: Kill = systemKill): void {
  try {
    kill(pid, signal);
  } catch {
    // It is gone already.
  }
}
