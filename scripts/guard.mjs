/**
 * `node guard.mjs COMMAND ARGS…` runs a command as long as whoever started the guard holds the guard's standard input
 * open, and then ends everything in their process group. That works also when the starter was killed, and also for
 * what the command leaves behind when it ends by itself.
 */
import { spawn } from 'node:child_process';

const endGroup = () => process.kill(-process.pid, 'SIGKILL');

const [command, ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
child.once('error', (error) => {
  console.error(`${command} could not be started: ${error.message}`);
  endGroup();
});
child.once('exit', (code, signal) => {
  if (!stopping) console.error(`${command} ended with ${signal ?? code}`);
  endGroup();
});

let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
  process.on(signal, () => {
    // The whole group has been sent it; what matters is when the command has ended.
    stopping = true;
  });
}
process.stdin.on('close', endGroup).on('error', endGroup).resume();
