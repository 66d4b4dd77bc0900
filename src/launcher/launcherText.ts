import { duration } from '../base/time';
import type { Unproven } from '../health/cause';
import { unprovenText } from '../words/reasons';

/** What the launcher prints. It passes for the end of a start, so that each text ends with a full stop. */

export function startedUnproven(why: Unproven): string {
  return `The daemon was started. Whether the daemon works cannot be proven: ${unprovenText(why)}.`;
}

/** @param pid `undefined` where the system does not tell */
export function runsInBackground(pid: number | undefined, log: string): string {
  return pid === undefined
    ? `The daemon runs in the background and outlives this terminal. Log: ${log}`
    : `The daemon runs in the background (pid ${pid}) and outlives this terminal. Log: ${log}`;
}

export function startedBroken(why: Unproven, log: string): string {
  return `The daemon was started and does not work: ${unprovenText(why)}. The daemon was left running. Log: ${log}`;
}

/** @param why `undefined` where nobody was asked yet */
export function notProven(why: Unproven | undefined, timeoutMs: number, log: string): string {
  const seen = why === undefined ? 'the daemon was not asked' : unprovenText(why);
  return `After ${duration(timeoutMs)} the daemon is not proven to work: ${seen}. The daemon was left running. Log: ${log}`;
}

/** As a clause. @param code the system's, such as `EACCES` */
export function cannotRun(program: string, code: string): string {
  return `the system cannot run the command "${program}" (${code})`;
}

/** How a command ended, as a clause. @param words the last that it printed */
export function commandEnded(
  who: string,
  { code, signal }: { readonly code: number | null; readonly signal: NodeJS.Signals | null },
  words: string | undefined,
): string {
  const ended = code === null ? `${who} was ended by ${signal}` : `${who} ended with exit code ${code}`;
  return words === undefined ? ended : `${ended}: ${words}`;
}

export const START_COMMAND = 'the start command';

/** @param process `undefined` where the system does not name the process */
export function portTaken(
  process: { readonly pid: number; readonly commandLine: string } | undefined,
  url: string,
): string {
  const rest = `already listens at ${url}. Nothing was started; "restart" ends the old process first.`;
  return process === undefined
    ? `A process that the system does not name ${rest}`
    : `Process ${process.pid} (${process.commandLine}) ${rest}`;
}

export function alreadyRuns(kind: string, folder: string, url: string): string {
  return `A ${kind} for ${folder} already answers at ${url}. Nothing was started: two would dispatch the same tasks.`;
}
