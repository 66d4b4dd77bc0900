import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Scope, TIMEOUTS, failureOf } from './support';

/** Listens in a process of its own and prints its port; accepts at most one connection that nobody takes. */
const LISTENER = `
  const server = require('node:http').createServer((_, response) => response.end('{}'));
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port));
`;

/** How long a loopback connection that the kernel accepts takes at most, on a busy machine. */
const ACCEPTED_WITHIN_MS = 500;

describe('an ask of a daemon whose queue of connections is full', function () {
  this.timeout(60_000);
  const scope = new Scope();
  let child: ChildProcess;
  const waiting: Socket[] = [];
  let port: number;

  before(async function () {
    if (process.platform !== 'linux') return this.skip();
    child = spawn(process.execPath, ['-e', LISTENER], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(child.stdout!, 'data')) as [Buffer];
    port = Number(line.toString());
    // From now on nobody accepts: the kernel completes connections until the queue is full.
    child.kill('SIGSTOP');
    while (await isAccepted(port, waiting));
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
      assert.equal(failure.kind, 'timeout', failure.cause);
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

/** Whether the kernel completes one more connection. */
async function isAccepted(port: number, keep: Socket[]): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port });
  keep.push(socket);
  socket.on('error', () => undefined);
  const timer = new Promise<false>((resolve) => setTimeout(() => resolve(false), ACCEPTED_WITHIN_MS));
  return Promise.race([once(socket, 'connect').then(() => true), timer]);
}
