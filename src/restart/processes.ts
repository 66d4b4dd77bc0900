import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isPidAlive } from '../alive';
import { systemTool } from '../systemTool';
import { identityOf, isProvenAlive, isProvenAliveNow, type ProcessIdentity } from '../processIdentity';
import { listenersLinux, parentsLinux, describeLinux, isZombieLinux } from './processesLinux';
import {
  describeByPs,
  describeWindows,
  listenersByLsof,
  listenersWindows,
  parentsByPs,
} from './processesByTool';
import type { Listener, ProcessInfo, RunTool } from './processInfo';

export { identityIn, isSameProcess } from './processInfo';
export type { ProcessInfo, RunTool } from './processInfo';

const TOOL_TIMEOUT_MS = 5_000;

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
}

/**
 * The processes that a connection to `host:port` on this machine may reach. Several only where `host` is a name
 * of more than one address (`localhost`) and each has a process of its own. Empty where nothing listens, or where
 * the system does not tell (another user's process).
 */
export async function findListeners(
  port: number,
  host: string,
  { platform = process.platform, run = runTool }: FindOptions = {},
): Promise<readonly ProcessInfo[]> {
  const system = systemOf(platform, run);
  const listeners = await system.listeners(port);
  const pids = new Set(addressesOf(host).flatMap((address) => reachedBy(listeners, address)?.pid ?? []));
  return Promise.all([...pids].map((pid) => system.describe(pid)));
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
  const processes = process.platform === 'win32' ? [] : await parents(run);
  const line = [process.pid, process.ppid];
  for (;;) {
    const parent = processes.find(({ pid }) => pid === line.at(-1))?.ppid;
    // 1 has started everything, and is nobody's editor; in a container it may be the daemon itself.
    if (parent === undefined || parent <= 1 || line.includes(parent)) return line;
    line.push(parent);
  }
}

function parents(run: RunTool): Promise<{ pid: number; ppid: number; birth?: number }[]> {
  return process.platform === 'linux' ? parentsLinux() : parentsByPs(run);
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

/** The system prefers the socket of exactly this address, then one of any address, first of its own family. */
function reachedBy(listeners: readonly Listener[], address: string): Listener | undefined {
  const choices = address.includes(':')
    ? [address, '::', '*']
    : [address, `::ffff:${address}`, '0.0.0.0', '*', '::'];
  for (const choice of choices) {
    const listener = listeners.find((each) => each.address === choice);
    if (listener) return listener;
  }
  return undefined;
}
