import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { isAlive } from '../../src/system/processTable';
import { until } from './until';

/** A process that has ended and that nobody reaps, as in a container. Not on Windows. */
export async function unreaped(): Promise<{ readonly pid: number; readonly reap: () => void }> {
  // The shell becomes a program that knows nothing of the child.
  const parent = spawn('/bin/sh', ['-c', 'sleep 300 & echo $!; exec sleep 300'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [said] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(String(said));
  process.kill(pid, 'SIGKILL');
  await until(async () => !(await isAlive(pid)), 'the end of the child');
  return { pid, reap: () => void parent.kill('SIGKILL') };
}
