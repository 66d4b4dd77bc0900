import { basename } from 'node:path';
import { cleanText } from '../base/text';
import { until } from '../base/wait';
import { inStages } from './endProcess';
import { runTool, ToolFailed } from './exec';
import { identityIn, isProvenAlive, isSameProcess } from './identity';
import { hasVariable } from './linux';
import { KILL_WAIT_MS, MAX_NAME_CHARS, MAX_OFFSPRING, STOP_GRACE_MS, WAIT_STEP_MS } from './policy';
import type { ProcessIdentity, ProcessInfo } from './processInfo';
import { findOwnLine, processTable, type TableOptions } from './processTable';
import { readStat } from './procStat';
import { forwarderIn, isServiceManager, servesOthers } from './programs';
import { psGroups } from './ps';
import { descendantsIn } from './relatives';

/** A process that another one has started, itself or through others. */
export interface Descendant extends ProcessIdentity {
  /** It is in another group than the one that started it; absent where that is not told. */
  readonly isApart?: boolean;
}

/** An environment variable that all have which one start command has started. */
export interface Mark {
  readonly name: string;
  readonly value: string;
}

/**
 * The processes that a process has started and that still run. Also, on Linux, those of the same mark that were born
 * after it: their parents have ended, and nothing else tells whose they are. `undefined` where the system does not tell:
 * on Windows, where a parent that has ended is nobody's, and where a tool failed. Never rejects.
 */
export async function offspringOf(
  owner: ProcessIdentity,
  mark?: Mark,
  options: TableOptions = {},
): Promise<readonly Descendant[] | undefined> {
  const table = processTable(options);
  if (table.platform === 'win32') return undefined;
  try {
    const all = await table.parents();
    const root = all.find((each) => isSameProcess(each, owner));
    if (!root) return [];
    const below = descendantsIn(all, owner.pid, table.platform);
    const marked = mark && table.platform === 'linux' ? await markedSince(root, mark, all) : [];
    const line = await table.ancestors(owner.pid);
    const extra = marked.filter(({ pid }) => !line.includes(pid) && !below.some((each) => each.pid === pid));
    const found = [...below, ...extra].slice(0, MAX_OFFSPRING);
    return found.length === 0 ? [] : await withGroups(found, owner.pid, options);
  } catch (error) {
    if (error instanceof ToolFailed) return undefined;
    throw error;
  }
}

async function markedSince(
  { pid: root, startTicks: since = 0 }: { readonly pid: number; readonly startTicks?: number },
  { name, value }: Mark,
  all: readonly ProcessIdentityLike[],
): Promise<readonly ProcessIdentity[]> {
  const found = await Promise.all(
    all.map(async (each) => {
      const identity = identityIn(each);
      const isYounger = identity?.startTicks !== undefined && identity.startTicks >= since;
      if (!isYounger || each.pid === root || each.pid === process.pid) return [];
      return (await hasVariable(each.pid, name, value)) ? [identity] : [];
    }),
  );
  return found.flat();
}

type ProcessIdentityLike = Parameters<typeof identityIn>[0];

async function withGroups(
  found: readonly ProcessIdentity[],
  owner: number,
  { platform = process.platform, run = runTool }: TableOptions,
): Promise<readonly Descendant[]> {
  const groups =
    platform === 'linux'
      ? new Map(await Promise.all([owner, ...found.map(({ pid }) => pid)].map(groupLinux)))
      : await psGroups(run);
  const own = groups.get(owner);
  return found.map((each) => {
    const group = groups.get(each.pid);
    return group === undefined || own === undefined ? each : { ...each, isApart: group !== own };
  });
}

async function groupLinux(pid: number): Promise<[number, number | undefined]> {
  return [pid, (await readStat(pid))?.group];
}

/** Those of some processes that are there still. Where a tool fails nobody is proven to be. Never rejects. */
export async function stillThere<T extends ProcessIdentity>(
  processes: readonly T[],
  options: TableOptions = {},
): Promise<readonly T[]> {
  if (processes.length === 0) return [];
  const table = processTable(options);
  if (table.platform === 'linux') {
    const there = await Promise.all(processes.map((each) => isProvenAlive(each)));
    return processes.filter((_each, index) => there[index]);
  }
  try {
    const all = await table.parents();
    return processes.filter((each) => all.some((other) => isSameProcess(other, each)));
  } catch (error) {
    if (error instanceof ToolFailed) return [];
    throw error;
  }
}

/** What may be ended of a daemon's processes, and how each is called. */
export interface Described {
  readonly name: string;
  /** It is never ended by us. */
  readonly isKept: boolean;
}

/**
 * @param kept processes that are never ended besides: other daemons
 * @throws {ToolFailed}
 */
export async function describeOffspring(
  pids: readonly number[],
  kept: ReadonlySet<number>,
  options: TableOptions = {},
): Promise<readonly Described[]> {
  const table = processTable(options);
  const ownLine = await findOwnLine();
  return Promise.all(
    pids.map(async (pid) => {
      const info = await table.describe(pid);
      return { name: nameOf(info), isKept: ownLine.includes(pid) || kept.has(pid) || isKept(info) };
    }),
  );
}

/** A manager of services, an engine of containers, a tunnel, an editor, what serves others, or somebody else's. */
function isKept(info: ProcessInfo): boolean {
  return (
    !info.isOurs ||
    info.inContainer === true ||
    info.runsBundled === true ||
    isServiceManager(info) ||
    forwarderIn(info) !== undefined ||
    servesOthers(info)
  );
}

const INTERPRETER = /^(node|nodejs|bun|deno|python[\d.]*|ruby[\d.]*|perl|java|(ba|da|z|k)?sh)$/i;

/** `claude`, and `node agent.js` of an interpreter. Nothing else of the command line: it may be a prompt. */
function nameOf({ name, commandLine }: ProcessInfo): string {
  const [first = '', ...rest] = commandLine.split(' ');
  const program = basename(first) || name;
  const [word] = rest;
  const isScript = word !== undefined && !word.startsWith('-') && INTERPRETER.test(program);
  return cleanText(isScript ? `${program} ${basename(word)}` : program, MAX_NAME_CHARS);
}

export interface EndOffspringOptions extends TableOptions {
  readonly kept?: ReadonlySet<number>;
  readonly graceMs?: number;
}

/**
 * Ends exactly these processes and what they have started, gently and then by force; each is looked at again first, by
 * number and birth and for what it is.
 * @returns those that are still there
 * @throws {ToolFailed}
 */
export async function endOffspring(
  targets: readonly ProcessIdentity[],
  { kept = new Set(), graceMs = STOP_GRACE_MS, ...options }: EndOffspringOptions = {},
): Promise<readonly ProcessIdentity[]> {
  const table = processTable(options);
  const withBelow = async () => {
    const roots = await stillThere(targets, options);
    const all = await table.parents();
    const below = roots.flatMap(({ pid }) => descendantsIn(all, pid, table.platform));
    const found = new Map([...roots, ...below].map((each) => [each.pid, each]));
    const described = await describeOffspring([...found.keys()], kept, options);
    return [...found.values()].filter((_each, index) => described[index]!.isKept === false);
  };
  let all = await withBelow();
  await inStages(
    {
      ...(table.platform !== 'win32' && {
        terminate: async () => void (await table.signal(all, 'SIGTERM')),
      }),
      kill: async () => {
        // Who was seen before and who came since.
        const late = await withBelow();
        all = [...all, ...late.filter((each) => !all.some((other) => isSameProcess(other, each)))];
        await table.signal(all, 'SIGKILL');
      },
      isGone: (timeoutMs) =>
        until(async () => (await stillThere(all, options)).length === 0, {
          timeoutMs,
          stepMs: WAIT_STEP_MS,
        }),
    },
    { graceMs, killWaitMs: KILL_WAIT_MS },
  );
  return stillThere(targets, options);
}
