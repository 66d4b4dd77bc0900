import { readFile, readdir, readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { cleanText } from '../base/text';
import { parseStartTicks } from './identity';
import { shownCommandLine } from './commandLine';
import { BUNDLED_DAEMON, namesBeside, type Listener, type ProcessInfo } from './processInfo';
import { MAX_NAME_CHARS, TICK_MS } from './policy';

/** Linux tells everything in /proc; no tool has to be there. */

// /proc/net/tcp: "sl local_address rem_address st … uid timeout inode", addresses in hex, state 0A = LISTEN.
const LISTEN = '0A';

/** The sockets that listen on a port, with all processes that hold them. */
export async function listenersLinux(port: number): Promise<readonly Listener[]> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readOr(file)));
  const addresses = new Map<string, string>();
  for (const line of tables.join('\n').split('\n')) {
    const fields = line.trim().split(/\s+/);
    const [address = '', hexPort = ''] = (fields[1] ?? '').split(':');
    if (fields[3] !== LISTEN || parseInt(hexPort, 16) !== port) continue;
    addresses.set(`socket:[${fields[9]}]`, readAddress(address));
  }
  const listeners: Listener[] = [];
  if (addresses.size === 0) return listeners;
  for (const pid of await pids()) {
    for (const socket of await socketsOf(pid)) {
      const address = addresses.get(socket);
      if (address !== undefined) listeners.push({ address, pid });
    }
  }
  return listeners;
}

/** The kernel writes an address as words of four bytes, each in the machine's order: the last byte first. */
function readAddress(hex: string): string {
  const words = hex.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) =>
    (word.match(/../g) ?? []).reverse().map((byte) => parseInt(byte, 16)),
  );
  if (bytes.length === 4) return bytes.join('.');
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  if (isMapped) return `::ffff:${bytes.slice(12).join('.')}`;
  if (bytes.every((byte) => byte === 0)) return '::';
  if (bytes.slice(0, 15).every((byte) => byte === 0) && bytes[15] === 1) return '::1';
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function socketsOf(pid: number): Promise<readonly string[]> {
  const folder = `/proc/${pid}/fd`;
  const fds = await readdir(folder).catch(() => []);
  return Promise.all(fds.map((fd) => readlink(`${folder}/${fd}`).catch(() => '')));
}

export async function describeLinux(pid: number): Promise<ProcessInfo> {
  const birth = await birthLinux(pid);
  const [commandLine, executable, status, startedAt, inContainer] = await Promise.all([
    readOr(`/proc/${pid}/cmdline`),
    readlink(`/proc/${pid}/exe`).catch(() => ''),
    readOr(`/proc/${pid}/status`),
    startedAtLinux(birth),
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
    ...(startedAt !== undefined && { startedAt }),
    ...(birth !== undefined && { birth }),
    ...(inContainer && { inContainer }),
  };
}

/** Whether it numbers its processes apart from us, as containers do. */
async function isElsewhere(pid: number): Promise<boolean> {
  const [theirs, ours] = await Promise.all(
    [pid, 'self'].map((who) => readlink(`/proc/${who}/ns/pid`).catch(() => undefined)),
  );
  return theirs !== undefined && ours !== undefined && theirs !== ours;
}

/** When it began, in ticks since the machine did: told apart by this from a later process of the same number. */
async function birthLinux(pid: number): Promise<number | undefined> {
  return parseStartTicks(await readOr(`/proc/${pid}/stat`));
}

/** The times of /proc/PID itself are those of looking at it. */
async function startedAtLinux(birth: number | undefined): Promise<number | undefined> {
  const stat = await readOr('/proc/stat');
  const bootedAtS = /^btime (\d+)$/m.exec(stat)?.[1];
  return birth === undefined || bootedAtS === undefined
    ? undefined
    : Number(bootedAtS) * 1_000 + birth * TICK_MS;
}

export async function isZombieLinux(pid: number): Promise<boolean> {
  const [state = ''] = statFields(await readOr(`/proc/${pid}/stat`));
  return ['', 'Z', 'X'].includes(state);
}

export async function parentsLinux(): Promise<{ pid: number; ppid: number; birth?: number }[]> {
  return Promise.all(
    (await pids()).map(async (pid) => {
      const stat = await readOr(`/proc/${pid}/stat`);
      const birth = parseStartTicks(stat);
      return { pid, ppid: Number(statFields(stat)[1] ?? 0), ...(birth !== undefined && { birth }) };
    }),
  );
}

/** The CPU time in a `/proc/…/stat`, in ms: utime and stime are fields 14 and 15. */
export function cpuMsIn(stat: string): number {
  const fields = statFields(stat);
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** "pid (name) state ppid …" from the state on: the name may hold spaces and brackets. */
export function statFields(stat: string): readonly string[] {
  return stat === '' ? [] : stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

async function pids(): Promise<number[]> {
  return (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
}

/** A file's text; empty where it cannot be read. */
export async function readOr(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}
