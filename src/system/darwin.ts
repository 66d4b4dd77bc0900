import { posix, win32 } from 'node:path';
import { shownCommandLine } from './commandLine';
import { BUNDLED_DAEMON, namesBeside, type Listener, type ProcessInfo, type RunTool } from './processInfo';

/** macOS and Windows tell of processes by tools that come with them. */

/** A process of which nothing is known but its number is nobody's to end. */
const unknown = (pid: number): ProcessInfo => ({ pid, name: '', commandLine: '', isOurs: false });

/** `lsof -F` prints a line a field: `p` begins a process, `n` is the name of one of its sockets. */
export async function listenersByLsof(port: number, run: RunTool): Promise<readonly Listener[]> {
  const listeners: Listener[] = [];
  let pid = NaN;
  for (const line of (await run('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpn'])).split('\n')) {
    if (line.startsWith('p')) pid = Number(line.slice(1));
    if (line.startsWith('n')) listeners.push({ address: addressIn(line.slice(1)), pid });
  }
  return listeners;
}

/** macOS. */
export async function describeByPs(pid: number, run: RunTool): Promise<ProcessInfo> {
  const ps = (columns: string) => run('ps', ['-o', columns, '-p', String(pid)]);
  const [about, program] = await Promise.all([ps('uid=,etime=,command='), ps('comm=')]);
  const [uid = '', age = '', ...words] = about.trim().split(/\s+/);
  if (uid === '') return unknown(pid);
  const ageMs = elapsedMs(age);
  const name = posix.basename(program.trim());
  const line = words.join(' ');
  return {
    pid,
    name,
    ...aboutLine(line, name, posix.basename(words[0] ?? '')),
    commandLine: shownCommandLine(words),
    isOurs: Number(uid) === process.getuid?.(),
    ...(ageMs !== undefined && { startedAt: Date.now() - ageMs }),
  };
}

/** `[[dd-]hh:]mm:ss`, the same in every language. */
function elapsedMs(text: string): number | undefined {
  const [, days = '0', hours = '0', minutes, seconds] =
    /^(?:(?:(\d+)-)?(\d+):)?(\d+):(\d+)$/.exec(text) ?? [];
  if (minutes === undefined || seconds === undefined) return undefined;
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60_000 + Number(seconds) * 1_000;
}

export async function parentsByPs(run: RunTool): Promise<{ pid: number; ppid: number }[]> {
  const lines = (await run('ps', ['-axo', 'pid=,ppid='])).trim().split('\n');
  return lines.map((line) => {
    const [pid = 0, ppid = 0] = line.trim().split(/\s+/).map(Number);
    return { pid, ppid };
  });
}

/** The state's name is translated, but only a listening socket has the remote port 0. */
export async function listenersWindows(port: number, run: RunTool): Promise<readonly Listener[]> {
  return (await run('netstat', ['-ano']))
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([protocol, local = '', remote = '']) =>
        protocol === 'TCP' && local.endsWith(`:${port}`) && remote.endsWith(':0'),
    )
    .map((row) => ({ address: addressIn(row[1]!), pid: Number(row.at(-1)) }))
    .filter(({ pid }) => Number.isInteger(pid) && pid > 0);
}

export async function describeWindows(pid: number, run: RunTool): Promise<ProcessInfo> {
  const script =
    `$p = Get-CimInstance Win32_Process -Filter "ProcessId=${pid}"; ` +
    '$o = Invoke-CimMethod -InputObject $p -MethodName GetOwner; ' +
    '"$($o.User)`n$($p.Name)`n$($p.CreationDate.ToUniversalTime().ToString(\'o\'))`n$($p.CommandLine)"';
  const printed = await run('powershell', ['-NoProfile', '-NonInteractive', '-Command', script]);
  const [user = '', name = '', began = '', ...commandLine] = printed
    .split(/\r?\n/)
    .map((line) => line.trim());
  const startedAt = Date.parse(began);
  const program = name.replace(/\.exe$/i, '');
  const line = commandLine.join(' ').trim();
  const [, quoted, plain = ''] = /^(?:"([^"]*)"|(\S+))/.exec(line) ?? [];
  return {
    pid,
    name: program,
    ...aboutLine(line, program, win32.basename(quoted ?? plain).replace(/\.exe$/i, '')),
    commandLine: shownCommandLine(line.split(' ')),
    isOurs: user !== '' && user.toLowerCase() === (process.env.USERNAME ?? '').toLowerCase(),
    ...(Number.isFinite(startedAt) && { startedAt }),
  };
}

/** What a whole command line tells: by which other name it was started, and whether it is the bundled daemon. */
function aboutLine(
  line: string,
  name: string,
  startedAs: string,
): Pick<ProcessInfo, 'otherNames' | 'runsBundled'> {
  const otherNames = namesBeside(name, [startedAs]);
  const file = BUNDLED_DAEMON.replace('.', '\\.');
  // Processes of the editor itself are of a type; a script of its runtime is not.
  const runsBundled = new RegExp(`[\\\\/]${file}(?=["\\s]|$)`).test(line) && !/\s--type=/.test(line);
  return { ...(otherNames.length > 0 && { otherNames }), ...(runsBundled && { runsBundled }) };
}

/** `127.0.0.1:3457`, `[::1]:3457`, `*:3457` without the port, and without the zone of an address. */
function addressIn(name: string): string {
  const address = name.slice(0, name.lastIndexOf(':')).replace(/^\[|\]$/g, '');
  return address.replace(/%.*$/, '');
}
