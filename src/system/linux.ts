import { readdirSync } from 'node:fs';
import { readFile, readdir, readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { cleanText } from '../base/text';
import { shownCommandLine } from './commandLine';
import { LISTENS, parseSockets, type ProcSocket } from './procNet';
import {
  BUNDLED_DAEMON,
  namesBeside,
  type Listener,
  type ProcessFacts,
  type ProcessInfo,
  type Relative,
  type SystemReader,
} from './processInfo';
import { readStat } from './procStat';
import { MAX_NAME_CHARS, TICK_MS } from './policy';

/** Linux tells everything in /proc; no tool has to be there. */
export const linuxReader: SystemReader = {
  listeners: listenersLinux,
  describe: describeLinux,
  executable: (pid) => readlink(`/proc/${pid}/exe`).catch(() => ''),
  parents: parentsLinux,
  facts: factsLinux,
};

/** The sockets that listen on a port, with all processes that hold them. */
async function listenersLinux(port: number): Promise<readonly Listener[]> {
  const sockets = await listeningSockets(port);
  const addresses = new Map(sockets.map(({ inode, address }) => [`socket:[${inode}]`, address]));
  const listeners: Listener[] = [];
  if (addresses.size === 0) return listeners;
  const untold = new Map(addresses);
  for (const pid of await pids()) {
    for (const file of await filesOf(pid)) {
      const address = addresses.get(file);
      if (address === undefined) continue;
      listeners.push({ address, pid });
      untold.delete(file);
    }
  }
  return [...listeners, ...[...untold.values()].map((address) => ({ address }))];
}

/** The sockets that listen on a port, of every user. */
export async function listeningSockets(port: number): Promise<readonly ProcSocket[]> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readOr(file)));
  return tables.flatMap(parseSockets).filter((each) => each.state === LISTENS && each.port === port);
}

async function filesOf(pid: number): Promise<readonly string[]> {
  const folder = `/proc/${pid}/fd`;
  const fds = await readdir(folder).catch(() => []);
  return Promise.all(fds.map((fd) => readlink(`${folder}/${fd}`).catch(() => '')));
}

async function describeLinux(pid: number): Promise<ProcessInfo> {
  const startTicks = (await readStat(pid))?.startTicks;
  const [commandLine, executable, status, startedAtMs, inContainer] = await Promise.all([
    readOr(`/proc/${pid}/cmdline`),
    readlink(`/proc/${pid}/exe`).catch(() => ''),
    readOr(`/proc/${pid}/status`),
    startedAtLinux(startTicks),
    isElsewhere(pid),
  ]);
  const uid = /^Uid:\s+(\d+)/m.exec(status)?.[1];
  // The program of an update that was installed meanwhile is "… (deleted)".
  const program = basename(executable.replace(/ \(deleted\)$/, ''));
  const ownName = /^Name:\s+(.*)$/m.exec(status)?.[1] ?? '';
  const name = cleanText(program === '' ? ownName : program, MAX_NAME_CHARS);
  const [startedAs = '', script = ''] = commandLine.split('\0');
  const otherNames = namesBeside(name, [ownName, startedAs, basename(startedAs)]);
  return {
    pid,
    name,
    ...(otherNames.length > 0 && { otherNames }),
    ...(basename(script) === BUNDLED_DAEMON && { runsBundled: true }),
    commandLine: shownCommandLine(commandLine.split('\0')),
    isOurs: uid !== undefined && Number(uid) === process.getuid?.(),
    ...(uid !== undefined && { uid: Number(uid) }),
    ...(startedAtMs !== undefined && { startedAtMs }),
    ...(startTicks !== undefined && { startTicks }),
    ...(inContainer && { inContainer }),
  };
}

/** Whether it numbers its processes apart from us, as containers do. */
export async function isElsewhere(pid: number): Promise<boolean> {
  const [theirs, ours] = await Promise.all(
    [pid, 'self'].map((who) => readlink(`/proc/${who}/ns/pid`).catch(() => undefined)),
  );
  return theirs !== undefined && ours !== undefined && theirs !== ours;
}

/** The times of /proc/PID itself are those of looking at it. */
async function startedAtLinux(startTicks: number | undefined): Promise<number | undefined> {
  const stat = await readOr('/proc/stat');
  const bootedAtS = /^btime (\d+)$/m.exec(stat)?.[1];
  return startTicks === undefined || bootedAtS === undefined
    ? undefined
    : Number(bootedAtS) * 1_000 + startTicks * TICK_MS;
}

/** The ticks since the machine's start, in which Linux tells the births of processes. */
export async function uptimeTicks(): Promise<number | undefined> {
  const uptimeS = Number.parseFloat(await readOr('/proc/uptime'));
  return Number.isFinite(uptimeS) ? Math.round((uptimeS * 1_000) / TICK_MS) : undefined;
}

async function parentsLinux(): Promise<readonly Relative[]> {
  const found = await Promise.all(
    (await pids()).map(async (pid) => {
      const stat = await readStat(pid);
      return stat ? [{ pid, ppid: stat.ppid, startedAtMs: 0, startTicks: stat.startTicks }] : [];
    }),
  );
  return found.flat();
}

async function factsLinux(pid: number): Promise<ProcessFacts> {
  const [status, commandLine, folder, waitsIn, files, tables] = await Promise.all([
    readOr(`/proc/${pid}/status`),
    readOr(`/proc/${pid}/cmdline`),
    readlink(`/proc/${pid}/cwd`).catch(() => ''),
    readOr(`/proc/${pid}/wchan`),
    filesOf(pid),
    Promise.all(['tcp', 'tcp6'].map((table) => readOr(`/proc/${pid}/net/${table}`))),
  ]);
  const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? '';
  const inodes = new Set(files.flatMap((file) => /^socket:\[(\d+)\]$/.exec(file)?.[1] ?? []));
  const tcp = tables.flatMap(parseSockets).filter(({ inode }) => inodes.has(inode));
  return {
    commandLine: commandLine.replaceAll('\0', ' ').trim(),
    folder,
    state: field('State'),
    threads: field('Threads'),
    resident: field('VmRSS'),
    peak: field('VmHWM'),
    waitsIn: waitsIn === '0' ? '' : waitsIn,
    openFiles: files.length,
    sockets: { tcp, others: inodes.size - tcp.length },
  };
}

/** Whether a process has this variable with this value in its environment. Of another user's that is not told. */
export async function hasVariable(pid: number, name: string, value: string): Promise<boolean> {
  const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
  return environment.split('\0').includes(`${name}=${value}`);
}

/**
 * Whether a process catches a signal, by `SigCgt` of proc_pid_status(5); what does not is ended by it, or ignores it.
 * `undefined` where the system does not tell.
 */
export async function catches(pid: number, signal: number): Promise<boolean | undefined> {
  const mask = /^SigCgt:\s*([0-9a-f]+)$/m.exec(await readOr(`/proc/${pid}/status`))?.[1];
  return mask === undefined ? undefined : ((BigInt(`0x${mask}`) >> BigInt(signal - 1)) & 1n) === 1n;
}

async function pids(): Promise<readonly number[]> {
  return numbers(await readdir('/proc'));
}

export function pidsNow(): readonly number[] {
  return numbers(readdirSync('/proc'));
}

function numbers(names: readonly string[]): readonly number[] {
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}

/** A file's text; empty where it cannot be read. */
export async function readOr(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}
