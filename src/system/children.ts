import { readdir, readFile } from 'node:fs/promises';
import { linuxReader } from './linux';
import { isDeadState, readStat } from './procStat';

/**
 * How many processes a process has started that have not ended; `undefined` where the system does not tell. Linux alone
 * tells without a tool, which would be run at every poll.
 */
export async function livingChildren(pid: number): Promise<number | undefined> {
  if (process.platform !== 'linux') return undefined;
  try {
    const living = await countLiving(await listedChildren(pid));
    // The kernel may leave one out while another ends (proc_pid_task(5)): that there is none all processes must show.
    return living > 0 ? living : await countLiving(await childrenInTable(pid));
  } catch {
    return undefined;
  }
}

/** Each thread lists those that it started. @throws where there is no such process, or the kernel lists none */
async function listedChildren(pid: number): Promise<readonly number[]> {
  const threads = await readdir(`/proc/${pid}/task`);
  const lists = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'latin1').catch(endedThread)),
  );
  return lists.flatMap((list) => list.split(' ').filter(Boolean)).map(Number);
}

/** A thread may end between the list and the look. @throws any other error */
function endedThread(error: unknown): string {
  if ((error as NodeJS.ErrnoException).code === 'ESRCH') return '';
  throw error;
}

async function childrenInTable(pid: number): Promise<readonly number[]> {
  const table = await linuxReader.parents();
  if (!table.some((each) => each.pid === pid)) throw new Error('the process has ended');
  return table.filter(({ ppid }) => ppid === pid).map((each) => each.pid);
}

async function countLiving(pids: readonly number[]): Promise<number> {
  const states = await Promise.all(pids.map(async (pid) => (await readStat(pid))?.state));
  return states.filter((state) => state !== undefined && !isDeadState(state)).length;
}
