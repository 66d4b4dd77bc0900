// The daemon of both toys. Flags:
//   --folder DIR   where it is told what to do (says.json) and notes its process (toy.pid)
//   --port N       it answers GET /toy on 127.0.0.1, and 404 to all other routes
//   --file PATH    it writes its state there, replaced as a whole
//   --resumes      it goes on with the work of the life before; without, that work is interrupted
//   --forgets      it lists no work of the life before
// Or, with the same flags, what restarts it: --supervise ends the one that runs and starts the next; --ask tells the one
// that runs to do that by itself.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const BEAT_MS = 50;
const STALE_MS = 1_000;

const flag = (name) => process.argv.includes(name);
const value = (name) => process.argv[process.argv.indexOf(name) + 1];
const folder = value('--folder');
const says = join(folder, 'says.json');

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}

function replace(file, content) {
  writeFileSync(`${file}.${process.pid}`, JSON.stringify(content));
  renameSync(`${file}.${process.pid}`, file);
}

function startNext(flags) {
  spawn(process.execPath, flags, { detached: true, stdio: 'ignore' }).unref();
}

async function supervise() {
  const { pid } = read(join(folder, 'toy.pid'));
  for (let isThere = pid !== undefined; isThere; await delay(BEAT_MS)) {
    try {
      process.kill(pid, 'SIGTERM');
    } catch {
      isThere = false;
    }
  }
  startNext(process.argv.slice(1).filter((arg) => arg !== '--supervise'));
}

/** When this process began, as the kernel of Linux notes it: the 22nd field, the 20th after the name in brackets. */
function startTicks() {
  if (process.platform !== 'linux') return undefined;
  return Number(readFileSync('/proc/self/stat', 'latin1').split(') ').at(-1).split(' ')[19]);
}

function run() {
  const id = randomUUID();
  const birth = { startedAtMs: Math.round(performance.timeOrigin), startTicks: startTicks() };
  const before = (read(says).jobs ?? []).map((job) => ({ ...job, isRunning: flag('--resumes') }));
  const left = flag('--forgets') && !flag('--resumes') ? [] : before;
  replace(says, {});
  replace(join(folder, 'toy.pid'), { pid: process.pid });
  let beatAt;

  const state = () => {
    const { isStopped = false, jobs = [] } = read(says);
    const resumed = left.filter(({ isRunning }) => isRunning).length;
    return {
      toy: { id, pid: process.pid, birth, folder },
      isRunning: !isStopped,
      beatAt,
      staleMs: STALE_MS,
      jobs: [...left, ...jobs],
      left: { resumed, interrupted: left.length - resumed },
    };
  };
  const server = createServer(({ url }, response) => {
    response.writeHead(url === '/toy' ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(url === '/toy' ? state() : { error: 'no such route' }));
  });
  const listen = () => {
    server.once('error', () => setTimeout(listen, BEAT_MS));
    server.listen(Number(value('--port')), '127.0.0.1');
  };
  if (flag('--port')) listen();
  setInterval(() => {
    const { hangs, restarts } = read(says);
    if (!hangs) beatAt = Date.now();
    if (flag('--file')) replace(value('--file'), state());
    if (!restarts) return;
    // The one that comes finds the work, and not the order.
    replace(says, { jobs: read(says).jobs });
    startNext([...process.argv.slice(1).filter((arg) => arg !== '--resumes'), ...restarts]);
    process.exit(0);
  }, BEAT_MS);
}

if (flag('--supervise')) await supervise();
else if (flag('--ask')) replace(says, { ...read(says), restarts: flag('--resumes') ? ['--resumes'] : [] });
else run();
