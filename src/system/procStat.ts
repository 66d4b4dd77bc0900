import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { TICK_MS } from './policy';

/**
 * Reads "pid (name) state ppid pgrp …", where the name may hold spaces and brackets: fields are counted from its end.
 * The numbers of the fields are those of proc_pid_stat(5): state 3, ppid 4, pgrp 5, utime 14, stime 15, starttime 22.
 *
 * @returns `undefined` where that is no such line, as where the process has ended meanwhile
 */
export function parseStat(text: string) {
  const end = text.lastIndexOf(')');
  const fields = text.slice(end + 2).split(' ');
  const field = (number: number) => Number(fields[number - 3]);
  const [state = ''] = fields;
  const startTicks = field(22);
  if (end < 0 || state === '' || !Number.isFinite(startTicks)) return undefined;
  return {
    /** R runs or waits for the CPU, S and D wait, T is stopped, Z has ended and is not reaped. */
    state,
    ppid: field(4),
    /** Of which group of processes it is. */
    group: field(5),
    /** When it began, in clock ticks since the machine did: another start is another process. */
    startTicks,
    /** How long it used a CPU. */
    cpuMs: (field(14) + field(15)) * TICK_MS,
  };
}

/** Whether a process in this state has ended: it is not reaped yet, or about to be gone. */
export function isDeadState(state: string): boolean {
  return state === 'Z' || state === 'X';
}

/** What Linux tells of a process. */
export async function readStat(pid: number) {
  return parseStat(await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => ''));
}

/** The same without awaiting, so that nothing comes between the look and what is done next. */
export function readStatNow(pid: number) {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return undefined;
  }
}
