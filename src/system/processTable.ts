import { darwinReader } from './darwin';
import { runTool, type RunTool } from './exec';
import { choose } from './holders';
import { isPidRunning, isProvenAliveNow, isSameProcess, systemKill } from './identity';
import { linuxReader } from './linux';
import { addressesOf, isPortFree, reachedBy } from './ports';
import type { Listener, ProcessInfo, SystemReader, PartialIdentity, ProcessIdentity } from './processInfo';
import { ancestorsIn, descendantsIn } from './relatives';
import { windowsReader } from './windows';

export { identityIn, isSameProcess } from './identity';
export type { ProcessFacts, ProcessInfo } from './processInfo';
export { type RunTool } from './exec';

/** The processes of a machine: who they are, who is whose child, who listens where. */
export interface ProcessTable extends SystemReader {
  readonly platform: NodeJS.Platform;
  /** The processes below a pid, deepest last; those whose birth is not told are left out. @throws {ToolFailed} */
  descendants(pid: number): Promise<readonly ProcessIdentity[]>;
  /** Its parent, its parent's parent and so on, as far as that is certain. @throws {ToolFailed} */
  ancestors(pid: number): Promise<readonly number[]>;
  /**
   * The processes that a connection to `host:port` on this machine may reach. Several only where `host` is a name
   * of more than one address (`localhost`) and each has a process of its own, or where processes share a socket and
   * nothing tells which of them is meant. Empty where nothing listens, or where the system does not tell of one of
   * the sockets who holds it (another user's process), unless the daemon names another holder.
   *
   * @param named the process number that the daemon gave in its own answer
   * @throws {ToolFailed}
   */
  reached(port: number, host: string, named?: number): Promise<readonly ProcessInfo[]>;
  /**
   * Sends a signal to exactly these processes, each looked at right before. On Linux nothing comes between the look and
   * the signal. Elsewhere a tool lists all processes once, and the signals follow at once: a process that ends and
   * whose number is given away within these few milliseconds is not told apart.
   *
   * @returns who got it: not who has ended, is not ours, or whose birth is not told
   * @throws {ToolFailed}
   */
  signal(targets: readonly ProcessIdentity[], signal: NodeJS.Signals): Promise<readonly ProcessIdentity[]>;
}

/** What a table rests on; a seam for tests of other systems. */
export interface TableOptions {
  readonly platform?: NodeJS.Platform;
  readonly run?: RunTool;
  readonly kill?: (pid: number, signal: NodeJS.Signals) => void;
}

/** The table of this machine, or of the given system as the given tools tell of it. */
export function processTable({
  platform = process.platform,
  run = runTool,
  kill = systemKill,
}: TableOptions = {}): ProcessTable {
  const others = platform === 'win32' ? windowsReader : darwinReader;
  const reader = platform === 'linux' ? linuxReader : others(run);
  return {
    ...reader,
    platform,
    descendants: async (pid) => descendantsIn(await reader.parents(), pid, platform),
    ancestors: async (pid) => ancestorsIn(await reader.parents(), pid, platform),
    async reached(port, host, named) {
      const listeners = await reader.listeners(port);
      const reached = await Promise.all(
        addressesOf(host).map((address) =>
          acceptedBy(reachedBy(listeners, address), address, port, platform),
        ),
      );
      const isUntold = reached.flat().some(({ pid }) => pid === undefined);
      if (isUntold && !reached.flat().some(({ pid }) => pid !== undefined && pid === named)) return [];
      const groups = reached.map((sockets) => [...new Set(sockets.flatMap(({ pid }) => pid ?? []))]);
      const table = groups.some((group) => group.length > 1) ? await reader.parents() : [];
      const found = new Map<number, ProcessInfo>();
      for (const group of groups) {
        const holders = await Promise.all(
          group.map(async (pid) => ({
            ...(await reader.describe(pid)),
            ...(group.length > 1 && { ancestors: ancestorsIn(table, pid, platform) }),
          })),
        );
        for (const one of choose(holders, named)) if (!found.has(one.pid)) found.set(one.pid, one);
      }
      return [...found.values()];
    },
    async signal(targets, signal) {
      let listed: readonly PartialIdentity[] | undefined;
      const sent: ProcessIdentity[] = [];
      for (const target of targets) {
        // A table of another system than this one is a test's.
        const now = platform === process.platform ? isProvenAliveNow(target) : undefined;
        if (now === undefined) listed ??= await reader.parents();
        if (!(now ?? listed!.some((each) => isSameProcess(each, target)))) continue;
        try {
          kill(target.pid, signal);
          sent.push(target);
        } catch {
          // It has ended, or is not ours.
        }
      }
      return sent;
    },
  };
}

/**
 * A socket of `::` takes IPv4 as well, unless it is of IPv6 alone (`IPV6_V6ONLY` of ipv6(7)), which no table tells.
 * Whether the address accepts tells it; of another system than this one a test is not asked.
 */
async function acceptedBy(
  sockets: readonly Listener[],
  address: string,
  port: number,
  platform: NodeJS.Platform,
): Promise<readonly Listener[]> {
  const isDoubtful = platform === process.platform && !address.includes(':') && sockets[0]?.address === '::';
  return isDoubtful && (await isPortFree(address, port)) ? [] : sockets;
}

const ofThisMachine = processTable();

export interface FindOptions extends TableOptions {
  readonly named?: number | undefined;
}

/** As `ProcessTable.reached`. @throws {ToolFailed} */
export function findListeners(
  port: number,
  host: string,
  { named, ...options }: FindOptions = {},
): Promise<readonly ProcessInfo[]> {
  return processTable(options).reached(port, host, named);
}

/**
 * Whether somebody accepts connections at a port of the loopback. Windows tries a refused connection again for two
 * seconds: there the table of sockets tells.
 * @throws {ToolFailed}
 */
export async function isTaken(port: number, { platform, run }: TableOptions = {}): Promise<boolean> {
  const table = processTable({ ...(platform && { platform }), ...(run && { run }) });
  if (table.platform === 'win32') return (await table.listeners(port)).length > 0;
  return !(await isPortFree('localhost', port));
}

/** A process as a user would name it. @throws {ToolFailed} */
export function describeProcess(pid: number): Promise<ProcessInfo> {
  return ofThisMachine.describe(pid);
}

/** The one process that listens on this port of the loopback, by whatever address. @throws {ToolFailed} */
export async function findListener(port: number, host = 'localhost'): Promise<ProcessInfo | undefined> {
  return (await ofThisMachine.reached(port, host))[0];
}

/** This process and those that it was started by, up to the first of all. @throws {ToolFailed} */
export async function findOwnLine(): Promise<readonly number[]> {
  // 1 has started everything, and is nobody's editor; in a container it may be the daemon itself.
  const line = (await ofThisMachine.ancestors(process.pid)).filter((pid) => pid > 1);
  return [...new Set([process.pid, process.ppid, ...line])];
}

/** As `isPidRunning`, asked like all of the table. */
export function isAlive(pid: number): Promise<boolean> {
  return Promise.resolve(isPidRunning(pid));
}
