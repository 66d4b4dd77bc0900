import { readFile, readdir, readlink } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { findDescendants, type RunTool, runTool } from '../system/processTable';
import { cpuMsIn } from '../system/linux';
import { CPU_WINDOW_MS, MAX_SOCKETS, MAX_CHILDREN } from './policy';

/** What the system tells of a process: `[name, value]` rows, in the order to show them. Never throws. */
export async function processFacts(
  pid: number,
  signal: AbortSignal,
  platform: NodeJS.Platform = process.platform,
  run: RunTool = runTool,
): Promise<readonly (readonly [string, string])[]> {
  switch (platform) {
    case 'linux':
      return factsLinux(pid, signal);
    case 'win32':
      return factsByTool(
        await run('powershell', [
          '-NoProfile',
          '-NonInteractive',
          '-Command',
          `Get-Process -Id ${pid} | Format-List Name,StartTime,CPU,WorkingSet64,Responding,HandleCount`,
        ]),
      );
    default:
      return factsByTool(
        await run('ps', ['-o', 'pid,ppid,state,lstart,etime,time,%cpu,rss,wchan,command', '-p', String(pid)]),
      );
  }
}

function factsByTool(output: string): readonly (readonly [string, string])[] {
  return [['as the system tells it', output.trim() === '' ? 'nothing' : output.trim()]];
}

async function factsLinux(pid: number, signal: AbortSignal): Promise<readonly (readonly [string, string])[]> {
  const status = await text(`/proc/${pid}/status`);
  const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? 'not known';
  const [cpu, waits, sockets, children] = await Promise.all([
    cpuShare(pid, signal),
    text(`/proc/${pid}/wchan`),
    socketsOf(pid),
    childrenOf(pid),
  ]);
  return [
    ['command line', (await text(`/proc/${pid}/cmdline`)).replaceAll('\0', ' ').trim()],
    ['folder', await readlink(`/proc/${pid}/cwd`).catch(() => 'not known')],
    ['state', field('State')],
    ['threads', field('Threads')],
    [`CPU over ${CPU_WINDOW_MS / 1_000} s`, cpu],
    ['memory', `${field('VmRSS')} resident, ${field('VmHWM')} at most`],
    ['waits in (kernel)', waits === '' || waits === '0' ? 'not known' : waits],
    ['open files', String((await readdir(`/proc/${pid}/fd`).catch(() => [])).length)],
    ['sockets', sockets],
    ['children', children],
  ];
}

/** A hung await uses no CPU; a loop that never ends uses all of one core. */
async function cpuShare(pid: number, signal: AbortSignal): Promise<string> {
  const before = await cpuMs(pid);
  const startedMs = performance.now();
  await delay(CPU_WINDOW_MS, undefined, { signal }).catch(() => undefined);
  const after = await cpuMs(pid);
  const watchedMs = performance.now() - startedMs;
  if (before === undefined || after === undefined) return 'not known';
  return `${Math.round((100 * (after - before)) / watchedMs)} % of one core`;
}

async function cpuMs(pid: number): Promise<number | undefined> {
  const stat = await text(`/proc/${pid}/stat`);
  return stat === '' ? undefined : cpuMsIn(stat);
}

const TCP_STATES: Readonly<Record<string, string>> = {
  '01': 'ESTABLISHED',
  '02': 'SYN_SENT',
  '08': 'CLOSE_WAIT',
  '0A': 'LISTEN',
};

async function socketsOf(pid: number): Promise<string> {
  const folder = `/proc/${pid}/fd`;
  const targets = await Promise.all(
    (await readdir(folder).catch(() => [])).map((fd) => readlink(`${folder}/${fd}`).catch(() => '')),
  );
  const inodes = new Set(targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []));
  const tables = await Promise.all(['tcp', 'tcp6'].map((table) => text(`/proc/${pid}/net/${table}`)));
  const lines = tables
    .flatMap((table) => table.split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => inodes.has(fields[9] ?? ''))
    .map(([, local = '', remote = '', state = '']) => {
      const port = (address: string) => parseInt(address.split(':')[1] ?? '', 16);
      return `port ${port(local)} ↔ ${port(remote)} ${TCP_STATES[state] ?? `state ${state}`}`;
    });
  const others = inodes.size - lines.length;
  return [
    ...lines.slice(0, MAX_SOCKETS),
    ...(lines.length > MAX_SOCKETS ? [`and ${lines.length - MAX_SOCKETS} more`] : []),
    ...(others > 0 ? [`${others} that are not TCP`] : []),
  ].join('\n');
}

async function childrenOf(pid: number): Promise<string> {
  const children = await findDescendants(pid);
  const lines = await Promise.all(
    children
      .slice(0, MAX_CHILDREN)
      .map(async (child) =>
        `${child.pid} ${(await text(`/proc/${child.pid}/cmdline`)).replaceAll('\0', ' ')}`.trim(),
      ),
  );
  if (lines.length === 0) return 'none';
  return [
    ...lines,
    ...(children.length > MAX_CHILDREN ? [`and ${children.length - MAX_CHILDREN} more`] : []),
  ].join('\n');
}

async function text(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}
