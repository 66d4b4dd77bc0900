import { readFile, readdir, readlink, stat } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isPidAlive } from '../alive';
import { cleanText } from '../daemons/text';
import { systemTool } from '../systemTool';

/** A process as a user would name it. */
export interface ProcessInfo {
  readonly pid: number;
  readonly commandLine: string;
  /** Whether it belongs to the user we run as; only such a process may be ended. */
  readonly isOurs: boolean;
  /** Epoch ms, where the system tells. */
  readonly startedAt?: number;
}

/** Runs a system tool and returns what it printed; `''` where it fails. Injected in tests. */
export type RunTool = (command: string, args: readonly string[]) => Promise<string>;

const TOOL_TIMEOUT_MS = 5_000;
const MAX_COMMAND_LINE_CHARS = 200;

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

/**
 * The process that listens on a TCP port of this machine's loopback or of all its addresses.
 * `undefined` where nothing listens, or where the system does not tell (another user's process).
 */
export async function findListener(
  port: number,
  platform: NodeJS.Platform = process.platform,
  run: RunTool = runTool,
): Promise<ProcessInfo | undefined> {
  switch (platform) {
    case 'linux':
      return findListenerLinux(port);
    case 'win32':
      return findListenerWindows(port, run);
    default:
      return findListenerByLsof(port, run);
  }
}

/** The processes below a pid, deepest last. Linux and macOS; Windows ends trees by itself. */
export async function findDescendants(pid: number, run: RunTool = runTool): Promise<readonly number[]> {
  const parents = process.platform === 'linux' ? await parentsLinux() : await parentsByPs(run);
  const found: number[] = [];
  for (let level = [pid]; level.length > 0;) {
    level = parents.filter(({ ppid }) => level.includes(ppid)).map((child) => child.pid);
    found.push(...level);
  }
  return found;
}

/** Whether a process is there. One that we may not signal is. A zombie has ended. */
export async function isAlive(pid: number): Promise<boolean> {
  if (!isPidAlive(pid)) return false;
  if (process.platform !== 'linux') return true;
  const stat = await readOr(`/proc/${pid}/stat`);
  return stat !== '' && !['Z', 'X'].includes(stat.slice(stat.lastIndexOf(')') + 2).charAt(0));
}

// /proc/net/tcp: "sl local_address rem_address st … uid timeout inode", addresses in hex, state 0A = LISTEN.
const LISTEN = '0A';
const ANY_OR_LOOPBACK =
  /^(0{8}|[0-9A-F]{6}7F|0{32}|0{24}01000000|0{16}FFFF0000[0-9A-F]{6}7F|0{16}0000FFFF[0-9A-F]{6}7F)$/;

async function findListenerLinux(port: number): Promise<ProcessInfo | undefined> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readOr(file)));
  const inodes = new Set<string>();
  for (const line of tables.join('\n').split('\n')) {
    const fields = line.trim().split(/\s+/);
    const [address = '', hexPort = ''] = (fields[1] ?? '').split(':');
    if (fields[3] !== LISTEN || parseInt(hexPort, 16) !== port || !ANY_OR_LOOPBACK.test(address)) continue;
    inodes.add(`socket:[${fields[9]}]`);
  }
  if (inodes.size === 0) return undefined;
  for (const pid of await pidsLinux()) {
    if (await hasSocket(pid, inodes)) return describeLinux(pid);
  }
  return undefined;
}

async function hasSocket(pid: number, inodes: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const fds = await readdir(folder).catch(() => []);
  const targets = await Promise.all(fds.map((fd) => readlink(`${folder}/${fd}`).catch(() => '')));
  return targets.some((target) => inodes.has(target));
}

async function describeLinux(pid: number): Promise<ProcessInfo> {
  const commandLine = (await readOr(`/proc/${pid}/cmdline`)).replaceAll('\0', ' ');
  const startedAt = await stat(`/proc/${pid}`).then(
    ({ ctimeMs }) => ctimeMs,
    () => undefined,
  );
  const uid = /^Uid:\s+(\d+)/m.exec(await readOr(`/proc/${pid}/status`))?.[1];
  return {
    pid,
    commandLine: cleanText(commandLine, MAX_COMMAND_LINE_CHARS),
    isOurs: uid !== undefined && Number(uid) === process.getuid?.(),
    ...(startedAt !== undefined && { startedAt }),
  };
}

async function pidsLinux(): Promise<number[]> {
  return (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
}

async function parentsLinux(): Promise<{ pid: number; ppid: number }[]> {
  return Promise.all(
    (await pidsLinux()).map(async (pid) => {
      const stat = await readOr(`/proc/${pid}/stat`);
      // "pid (name) state ppid …": the name may hold spaces and brackets.
      return { pid, ppid: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0) };
    }),
  );
}

async function readOr(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}

async function findListenerByLsof(port: number, run: RunTool): Promise<ProcessInfo | undefined> {
  const pid = /^p(\d+)/m.exec(await run('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fp']))?.[1];
  if (pid === undefined) return undefined;
  const [uid = '', ...words] = (await run('ps', ['-o', 'uid=,command=', '-p', pid])).trim().split(/\s+/);
  return {
    pid: Number(pid),
    commandLine: cleanText(words.join(' '), MAX_COMMAND_LINE_CHARS),
    isOurs: Number(uid) === process.getuid?.(),
  };
}

async function parentsByPs(run: RunTool): Promise<{ pid: number; ppid: number }[]> {
  const lines = (await run('ps', ['-axo', 'pid=,ppid='])).trim().split('\n');
  return lines.map((line) => {
    const [pid = 0, ppid = 0] = line.trim().split(/\s+/).map(Number);
    return { pid, ppid };
  });
}

async function findListenerWindows(port: number, run: RunTool): Promise<ProcessInfo | undefined> {
  // The state's name is translated, but only a listening socket has the remote port 0.
  const row = (await run('netstat', ['-ano', '-p', 'TCP']))
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find(([, local = '', remote = '']) => local.endsWith(`:${port}`) && remote.endsWith(':0'));
  const pid = Number(row?.at(-1));
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  const script =
    `$p = Get-CimInstance Win32_Process -Filter "ProcessId=${pid}"; ` +
    `$o = Invoke-CimMethod -InputObject $p -MethodName GetOwner; "$($o.User)\`n$($p.CommandLine)"`;
  const [user = '', ...commandLine] = (
    await run('powershell', ['-NoProfile', '-NonInteractive', '-Command', script])
  ).split(/\r?\n/);
  return {
    pid,
    commandLine: cleanText(commandLine.join(' '), MAX_COMMAND_LINE_CHARS),
    isOurs: user.trim().toLowerCase() === (process.env.USERNAME ?? '').toLowerCase() && user.trim() !== '',
  };
}
