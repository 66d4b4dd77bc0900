import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';

/** Root on Linux may say which number the next process gets. */
const LAST_PID = '/proc/sys/kernel/ns_last_pid';
/** Other processes of the machine take numbers, too. */
const ATTEMPTS = 300;

/** How a number is given away a second time here: for a test's title. */
export const REUSE = canChoose() ? 'its number was really given away' : 'a birth planted in the plan';

function canChoose(): boolean {
  try {
    // What it is already: nothing changes but that it could.
    writeFileSync(LAST_PID, String(process.pid));
    return true;
  } catch {
    return false;
  }
}

/**
 * Runs a command under a number that is free.
 * @returns `undefined` where the number cannot be had
 */
export async function spawnAs(
  pid: number,
  command: string,
  args: readonly string[],
): Promise<ChildProcess | undefined> {
  for (let attempt = 0; canChoose() && attempt < ATTEMPTS; attempt++) {
    writeFileSync(LAST_PID, String(pid - 1));
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    if (child.pid === pid) return child;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
  return undefined;
}
