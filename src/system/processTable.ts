import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isPidAlive, identityOf, isProvenAlive, isProvenAliveNow, type ProcessIdentity } from './identity';
import { systemTool } from './exec';
import { listenersLinux, parentsLinux, describeLinux, isZombieLinux } from './linux';
import { describeByPs, describeWindows, listenersByLsof, listenersWindows, parentsByPs } from './darwin';
import { choose } from './holders';
import type { Listener, ProcessInfo, RunTool } from './processInfo';
import { TOOL_TIMEOUT_MS } from './policy';

export { identityIn, isSameProcess } from './processInfo';
export type { ProcessInfo, RunTool } from './processInfo';

export const runTool: RunTool = async (command, args) => {
  try {
    const { stdout } = await promisify(execFile)(systemTool(command), [...args], {
      timeout: TOOL_TIMEOUT_MS,
      windowsHide: true,
      maxBuffer: 8 * 1024 * 1024,
    });
    return stdout;
  } catch (error) {
    return (error as { stdout?: string }).stdout ?? '';
  }
};

export interface FindOptions {
  readonly platform?: NodeJS.Platform;
  readonly run?: RunTool;
  readonly named?: number | undefined;
}

/**
 * The processes that a connection to `host:port` on this machine may reach. Several only where `host` is a name
 * of more than one address (`localhost`) and each has a process of its own, or where processes share a socket and
 * nothing tells which of them is meant. Empty where nothing listens, or where the system does not tell (another
 * user's process).
 *
 * @param named the process number that the daemon gave in its own answer
 */
export async function findListeners(
  port: number,
  host: string,
  { platform = process.platform, run = runTool, named }: FindOptions = {},
): Promise<readonly ProcessInfo[]> {
  const system = systemOf(platform, run);
  const listeners = await system.listeners(port);
  const groups = addressesOf(host).map((address) => [
    ...new Set(reachedBy(listeners, address).map(({ pid }) => pid)),
  ]);
  const table = groups.some((group) => group.length > 1) ? await parents(run, platform) : [];
  const found = new Map<number, ProcessInfo>();
  for (const group of groups) {
    const holders = await Promise.all(
      group.map(async (pid) => ({
        ...(await system.describe(pid)),
        ...(group.length > 1 && { ancestors: ancestorsOf(pid, table) }),
      })),
    );
    for (const one of choose(holders, named)) if (!found.has(one.pid)) found.set(one.pid, one);
  }
  return [...found.values()];
}

/** A process as a user would name it. */
export function describeProcess(pid: number): Promise<ProcessInfo> {
  return systemOf(process.platform, runTool).describe(pid);
}

interface System {
  listeners(port: number): Promise<readonly Listener[]>;
  describe(pid: number): Promise<ProcessInfo>;
}

function systemOf(platform: NodeJS.Platform, run: RunTool): System {
  switch (platform) {
    case 'linux':
      return { listeners: listenersLinux, describe: describeLinux };
    case 'win32':
      return {
        listeners: (port) => listenersWindows(port, run),
        describe: (pid) => describeWindows(pid, run),
      };
    default:
      return { listeners: (port) => listenersByLsof(port, run), describe: (pid) => describeByPs(pid, run) };
  }
}

/** The one process that listens on this port of the loopback, by whatever address. */
export async function findListener(port: number, host = 'localhost'): Promise<ProcessInfo | undefined> {
  return (await findListeners(port, host))[0];
}

/**
 * The processes below a pid, deepest last; those whose birth the system does not tell are left out. Linux and macOS;
 * Windows ends trees by itself.
 */
export async function findDescendants(
  pid: number,
  run: RunTool = runTool,
): Promise<readonly ProcessIdentity[]> {
  const processes = await parents(run);
  const found: ProcessIdentity[] = [];
  for (let level = [pid]; level.length > 0;) {
    const next = processes.filter(({ ppid }) => level.includes(ppid));
    for (const { pid: child, birth: startTicks } of next) {
      const identity =
        startTicks === undefined ? await identityOf(child) : { pid: child, startedAtMs: 0, startTicks };
      if (identity) found.push(identity);
    }
    level = next.map((child) => child.pid);
  }
  return found;
}

/** This process and those that it was started by, up to the first of all. Not on Windows: there, only the parent. */
export async function findOwnLine(run: RunTool = runTool): Promise<readonly number[]> {
  // 1 has started everything, and is nobody's editor; in a container it may be the daemon itself.
  const line = ancestorsOf(process.pid, await parents(run)).filter((pid) => pid > 1);
  return [...new Set([process.pid, process.ppid, ...line])];
}

/** Its parent, its parent's parent and so on. Empty on Windows, where a parent's number may be another's by now. */
export async function findAncestors(pid: number, run: RunTool = runTool): Promise<readonly number[]> {
  return ancestorsOf(pid, await parents(run));
}

interface Parent {
  readonly pid: number;
  readonly ppid: number;
  readonly birth?: number;
}

function ancestorsOf(pid: number, table: readonly Parent[]): readonly number[] {
  const line: number[] = [];
  for (let next = pid; ;) {
    const parent = table.find((each) => each.pid === next)?.ppid;
    if (parent === undefined || parent < 1 || line.includes(parent)) return line;
    line.push(parent);
    next = parent;
  }
}

async function parents(
  run: RunTool,
  platform: NodeJS.Platform = process.platform,
): Promise<readonly Parent[]> {
  if (platform === 'win32') return [];
  return platform === 'linux' ? parentsLinux() : parentsByPs(run);
}

/**
 * Sends a signal to exactly this process. On Linux nothing comes between the look at it and the signal; elsewhere a
 * tool is asked right before.
 *
 * @returns whether it was sent: not to a process that has ended, that is not ours, or whose birth is not told
 */
export async function sendSignal(target: ProcessIdentity, signal: NodeJS.Signals): Promise<boolean> {
  if (!(isProvenAliveNow(target) ?? (await isProvenAlive(target)))) return false;
  try {
    process.kill(target.pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** Whether a process of this number is there. One that we may not signal is. A zombie has ended. */
export async function isAlive(pid: number): Promise<boolean> {
  return isPidAlive(pid) && !(process.platform === 'linux' && (await isZombieLinux(pid)));
}

/** The addresses that a host of this machine stands for. */
function addressesOf(host: string): readonly string[] {
  const address = host.toLowerCase().replace(/^\[|\]$/g, '');
  if (address === 'localhost') return ['127.0.0.1', '::1'];
  // The form in which a URL keeps ::ffff:127.0.0.1.
  return [address === '::ffff:7f00:1' ? '127.0.0.1' : address.replace(/^::ffff:(?=\d+\.)/, '')];
}

/** The system prefers the sockets of exactly this address, then those of any address, first of its own family. */
function reachedBy(listeners: readonly Listener[], address: string): readonly Listener[] {
  const choices = address.includes(':')
    ? [address, '::', '*']
    : [address, `::ffff:${address}`, '0.0.0.0', '*', '::'];
  for (const choice of choices) {
    const reached = listeners.filter((each) => each.address === choice);
    if (reached.length > 0) return reached;
  }
  return [];
}
