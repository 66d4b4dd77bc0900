import { ToolFailed, type RunTool } from './exec';
import type { Relative } from './processInfo';

/** The one reader of `ps`, for macOS and other systems that have no /proc. */

/** "Wed Mar  5 10:12:13 2025": a weekday, a month, a day, a time, a year, in the C locale. */
const STARTED = '[A-Z][a-z]{2} [A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d \\d{4}';

/** When a process began, by its `lstart` in UTC and in English; `undefined` for any other text. */
export function parseStarted(text: string): number | undefined {
  const trimmed = text.trim();
  if (!new RegExp(`^${STARTED}$`).test(trimmed)) return undefined;
  const startedAtMs = Date.parse(`${trimmed} UTC`);
  return Number.isNaN(startedAtMs) ? undefined : startedAtMs;
}

/** What `ps` prints of one process; `''` where there is no such process. `-ww`: lines are not cut. */
async function psOf(pid: number, columns: string, run: RunTool): Promise<string> {
  try {
    return await run('ps', ['-o', columns, '-p', String(pid), '-ww']);
  } catch (error) {
    // With exit code 1 and without a word it knows no such process.
    if (error instanceof ToolFailed && error.saysNothing) return '';
    throw error;
  }
}

/** When a process began, epoch ms; `undefined` where it is gone or not told. @throws {ToolFailed} */
export async function psBirth(pid: number, run: RunTool): Promise<number | undefined> {
  return parseStarted(await psOf(pid, 'lstart=', run));
}

/** `undefined` where there is no such process. `ps` does not keep the words of its line apart. @throws {ToolFailed} */
export async function psProcess(pid: number, run: RunTool) {
  const text = await psOf(pid, 'uid=,lstart=,command=', run);
  const [, uid, rest = ''] = /^\s*(\d+)\s+(.*)/.exec(text) ?? [];
  if (uid === undefined) return undefined;
  const [, started = '', line = ''] = new RegExp(`^(${STARTED})\\s+(.*)$`).exec(rest) ?? ['', '', rest];
  return { uid: Number(uid), startedAtMs: parseStarted(started), line: line.trimEnd() };
}

/** The path of its program; `''` where there is no such process. @throws {ToolFailed} */
export async function psProgram(pid: number, run: RunTool): Promise<string> {
  return (await psOf(pid, 'comm=', run)).trim();
}

/** The command line of a process; `''` where there is no such process. @throws {ToolFailed} */
export async function psCommand(pid: number, run: RunTool): Promise<string> {
  return (await psOf(pid, 'command=', run)).trimEnd();
}

/** The same with its variables behind it, where the system tells them (ps(1) of macOS, `-E`). @throws {ToolFailed} */
export async function psCommandWithEnvironment(pid: number, run: RunTool): Promise<string> {
  try {
    return (await run('ps', ['-E', '-o', 'command=', '-p', String(pid), '-ww'])).trimEnd();
  } catch (error) {
    if (error instanceof ToolFailed && error.saysNothing) return '';
    throw error;
  }
}

/** What `ps` tells of a process for who looks on, with its headings. @throws {ToolFailed} */
export async function psForPeople(pid: number, run: RunTool): Promise<string> {
  return psOf(pid, 'pid,ppid,state,lstart,etime,time,%cpu,rss,wchan,command', run);
}

/** All processes. A line of another form is left out. @throws {ToolFailed} */
export async function psAll(run: RunTool): Promise<readonly Relative[]> {
  const lines = (await run('ps', ['-axo', 'pid=,ppid=,lstart='])).split('\n');
  return lines.flatMap((line) => {
    const [, pid, ppid, started = ''] = /^\s*(\d+)\s+(\d+)(?:\s+(.*))?$/.exec(line) ?? [];
    if (pid === undefined || ppid === undefined) return [];
    const startedAtMs = parseStarted(started);
    return [{ pid: Number(pid), ppid: Number(ppid), ...(startedAtMs !== undefined && { startedAtMs }) }];
  });
}

/** Of which group each process is. @throws {ToolFailed} */
export async function psGroups(run: RunTool): Promise<ReadonlyMap<number, number>> {
  const lines = (await run('ps', ['-axo', 'pid=,pgid='])).split('\n');
  return new Map(
    lines.flatMap((line) => {
      const [, pid, group] = /^\s*(\d+)\s+(\d+)\s*$/.exec(line) ?? [];
      return pid === undefined ? [] : [[Number(pid), Number(group)] as const];
    }),
  );
}
