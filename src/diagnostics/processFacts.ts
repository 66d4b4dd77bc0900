import { setTimeout as delay } from 'node:timers/promises';
import { processTable, type ProcessFacts, type ProcessTable } from '../system/processTable';
import { readStat } from '../system/procStat';
import { CPU_WINDOW_MS, MAX_SOCKETS, MAX_CHILDREN } from './policy';

type Rows = readonly (readonly [string, string])[];

/**
 * What the system tells of a process: `[name, value]` rows, in the order to show them.
 * @throws {ToolFailed} where a tool of the system fails: macOS and Windows
 */
export async function processFacts(
  pid: number,
  signal: AbortSignal,
  table: ProcessTable = processTable(),
): Promise<Rows> {
  const facts = await table.facts(pid);
  if (typeof facts === 'string') return [['as the system tells it', facts.trim() || 'nothing']];
  const [cpu, children] = await Promise.all([cpuShare(pid, signal), childrenOf(pid, table)]);
  const told = (value: string) => value || 'not known';
  return [
    ['command line', facts.commandLine],
    ['folder', told(facts.folder)],
    ['state', told(facts.state)],
    ['threads', told(facts.threads)],
    [`CPU over ${CPU_WINDOW_MS / 1_000} s`, cpu],
    ['memory', `${told(facts.resident)} resident, ${told(facts.peak)} at most`],
    ['waits in (kernel)', told(facts.waitsIn)],
    ['open files', String(facts.openFiles)],
    ['sockets', socketsIn(facts)],
    ['children', children],
  ];
}

/** A hung await uses no CPU; a loop that never ends uses all of one core. */
async function cpuShare(pid: number, signal: AbortSignal): Promise<string> {
  const before = await readStat(pid);
  const startedMs = performance.now();
  await delay(CPU_WINDOW_MS, undefined, { signal }).catch(() => undefined);
  const after = await readStat(pid);
  const watchedMs = performance.now() - startedMs;
  if (before === undefined || after === undefined) return 'not known';
  return `${Math.round((100 * (after.cpuMs - before.cpuMs)) / watchedMs)} % of one core`;
}

const TCP_STATES: Readonly<Record<string, string>> = {
  '01': 'ESTABLISHED',
  '02': 'SYN_SENT',
  '08': 'CLOSE_WAIT',
  '0A': 'LISTEN',
};

function socketsIn({ sockets }: ProcessFacts): string {
  const lines = sockets.tcp.map(
    ({ port, remotePort, state }) => `port ${port} ↔ ${remotePort} ${TCP_STATES[state] ?? `state ${state}`}`,
  );
  return [
    ...lines.slice(0, MAX_SOCKETS),
    ...(lines.length > MAX_SOCKETS ? [`and ${lines.length - MAX_SOCKETS} more`] : []),
    ...(sockets.others > 0 ? [`${sockets.others} that are not TCP`] : []),
  ].join('\n');
}

async function childrenOf(pid: number, table: ProcessTable): Promise<string> {
  const children = await table.descendants(pid);
  const lines = await Promise.all(
    children.slice(0, MAX_CHILDREN).map(async (child) => {
      const facts = await table.facts(child.pid);
      return `${child.pid} ${typeof facts === 'string' ? '' : facts.commandLine}`.trim();
    }),
  );
  if (lines.length === 0) return 'none';
  return [
    ...lines,
    ...(children.length > MAX_CHILDREN ? [`and ${children.length - MAX_CHILDREN} more`] : []),
  ].join('\n');
}
