import { at } from '../../support/target';
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { cpus } from 'node:os';
import { Monitor } from '../../../src/watch/monitor';
import { createProbe } from '../../../src/kinds/probe';
import { systemClock } from '../../../src/app/systemClock';
import type { HostLoad } from '../../../src/health/report';
import { causeText } from '../../../src/words/causes';
import { reasonText } from '../../../src/words/reasons';
import { Scope, TIMEOUTS, failureOf } from '../support';
import { fillQueue } from '../../support/fullQueue';
import { notRun } from '../../support/notRun';

/** Listens in a process of its own and prints its port; accepts at most one connection that nobody takes. */
const LISTENER = `
  const server = require('node:http').createServer((_, response) => response.end('{}'));
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port));
`;

describe('an ask of a daemon whose queue of connections is full', function () {
  this.timeout(60_000);
  const scope = new Scope();
  let child: ChildProcess;
  let waiting: readonly Socket[] = [];
  let port: number;

  before(async function () {
    if (process.platform !== 'linux') notRun(this, 'elsewhere a full queue refuses');
    child = spawn(process.execPath, ['-e', LISTENER], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(child.stdout!, 'data')) as [Buffer];
    port = Number(line.toString());
    child.kill('SIGSTOP');
    waiting = await fillQueue(port);
  });

  after(async () => {
    for (const socket of waiting) socket.destroy();
    await scope.close();
    child?.kill('SIGKILL');
  });

  it('ends at its deadline, as the ask of any silent daemon does', async () => {
    const probe = scope.probe(`http://127.0.0.1:${port}`, TIMEOUTS);
    for (let ask = 0; ask < 3; ask++) {
      const startedMs = performance.now();
      const failure = failureOf(await probe.ask());
      const tookMs = performance.now() - startedMs;
      assert.equal(failure.kind, 'timeout', causeText(failure.cause));
      assert.ok(tookMs < 2_000, `ask ${ask + 1} took ${Math.round(tookMs)} ms, its deadline is 400 ms`);
    }
  });

  it('leaves no connection behind once it is closed', async () => {
    const probe = scope.probe(`http://127.0.0.1:${port}`, TIMEOUTS);
    const asked = probe.ask();
    await probe.close();
    const startedMs = performance.now();
    assert.notEqual((await asked).ok, true);
    assert.ok(performance.now() - startedMs < 2_000, 'it went on connecting');
  });
});

/** Answers a status at once, in a process of its own, whatever ours does. Prints its port. */
const DAEMON = `
  const status = () => ({
    isRunning: true, available: true, serverManaged: true,
    health: {
      readyUnassignedTasks: 0, availableWorkers: 1, stuck: false, hasStuckQueue: false, pollStale: false,
      computedAt: new Date().toISOString(),
      lastPollStartedAt: new Date(Date.now() - 20).toISOString(),
      lastPollCompletedAt: new Date(Date.now() - 10).toISOString(),
    },
  });
  const server = require('node:http').createServer((request, response) => {
    const isStatus = request.url === '/api/daemon/status';
    response.writeHead(isStatus ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isStatus ? status() : {}));
  });
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

/** Starts a program in a process of its own and waits for the port that it prints. */
async function startListening(program: string, niceness = 0): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn('nice', ['-n', String(niceness), process.execPath, '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, port: Number(line.toString()) };
}

describe('a living daemon, asked by an editor whose event loop stands still', function () {
  this.timeout(60_000);
  let daemon: Awaited<ReturnType<typeof startListening>>;
  let monitor: Monitor;

  before(async () => {
    daemon = await startListening(DAEMON);
    monitor = new Monitor(
      {
        name: 'd',
        ...at(`http://127.0.0.1:${daemon.port}`),
        pollIntervalMs: 5_000,
        configured: true,
      },
      {},
      {
        clock: systemClock,
        random: () => 0.5,
        isFocused: () => true,
        onStep: () => undefined,
        createProbe: (target) => Promise.resolve(createProbe(target, { timeouts: TIMEOUTS })),
      },
    );
    await monitor.poll();
  });

  after(() => {
    monitor?.dispose();
    daemon?.child.kill('SIGKILL');
  });

  it('loses none of its answers', async () => {
    for (let ask = 0; ask < 4; ask++) {
      const asked = monitor.poll();
      // The request goes out; then nothing of ours runs for four times the deadline of the ask.
      await new Promise(setImmediate);
      const untilMs = performance.now() + 1_600;
      while (performance.now() < untilMs);
      await asked;
      const { verdict, streak } = monitor.track;
      assert.equal(verdict.state, 'healthy', reasonText(verdict.reason));
      assert.equal(streak, undefined);
    }
  });
});

/** More work for each status than its deadline allows, on a machine that has no CPU to spare. */
const LABOURING = `
  const server = require('node:http').createServer((request, response) => {
    const cpu = process.cpuUsage();
    while (process.cpuUsage(cpu).user < 60_000_000);
    response.end('{}');
  });
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;
/** Accepts, and waits for something that never comes. */
const WAITING = `
  const server = require('node:http').createServer(() => {});
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;
const BUSY = 'for (;;);';

describe('a daemon that does not answer', function () {
  this.timeout(60_000);
  const scope = new Scope();
  const children: ChildProcess[] = [];

  before(function () {
    if (process.platform !== 'linux') notRun(this, 'only Linux tells how busy a process is');
  });

  afterEach(async () => {
    await scope.close();
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  /** What is seen of the machine during the third ask of this program, which runs at the lowest priority. */
  async function look(program: string, then: (child: ChildProcess) => void = () => {}): Promise<HostLoad> {
    const { child, port } = await startListening(program, 19);
    children.push(child);
    then(child);
    const probe = scope.probe(`http://127.0.0.1:${port}`, { requestMs: 2_000, fallbackMs: 500 });
    // Starved, a program is still busy with its start when it is asked first; the third failure decides.
    for (let ask = 0; ask < 2; ask++) await probe.ask();
    const failure = failureOf(await probe.ask());
    assert.equal(failure.kind, 'timeout', causeText(failure.cause));
    return (failure as { host?: HostLoad }).host ?? {};
  }

  /** So many processes that only compute, at a priority below everybody else's but the daemon's. */
  function starve(): void {
    for (let n = 0; n < 2 * cpus().length; n++) {
      children.push(spawn('nice', ['-n', '15', process.execPath, '-e', BUSY], { stdio: 'ignore' }));
    }
  }

  it('labours on a starved machine: its process is busy and CPU is short', async () => {
    starve();
    const { starved, process } = await look(LABOURING);
    assert.ok(starved?.is === 'manyProcesses' || starved?.is === 'editorLate', starved?.is);
    assert.equal(process, 'busy');
  });

  it('was stopped on a starved machine', async () => {
    starve();
    const { process } = await look(LABOURING, (child) => child.kill('SIGSTOP'));
    assert.equal(process, 'stopped');
  });

  it('hangs on an await on a starved machine: its process is idle', async () => {
    starve();
    assert.equal((await look(WAITING)).process, 'idle');
  });
});
