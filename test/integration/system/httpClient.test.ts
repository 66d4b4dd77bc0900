import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type net from 'node:net';
import { join } from 'node:path';
import { findPortOwner } from '../../../src/dispatchd/portInUse';
import { InspectorSession } from '../../../src/diagnostics/inspectorSession';
import { Ask, DaemonClient, NoAnswer } from '../../../src/system/httpClient';
import { MAX_BODY_BYTES } from '../../../src/system/policy';
import { notRun } from '../../support/notRun';
import { Scope, answering } from '../support';
import { freePort } from '../../support/freePort';

const CLIENT = join(__dirname, '..', '..', '..', 'src', 'system', 'httpClient.ts');

/** Writes to a socket for as long as it takes what is written. @returns how many bytes so far */
function pour(socket: net.Socket, first: string, more: string): () => number {
  socket.write(first);
  const block = more.repeat(Math.ceil(65_536 / more.length));
  const write = () => {
    while (!socket.destroyed && socket.write(block));
  };
  socket.on('drain', write);
  write();
  return () => socket.bytesWritten;
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';

/** Answers that have no end, and whether their size or the deadline ends them. */
const ENDLESS: readonly (readonly [what: string, first: string, more: string, by: NoAnswer['kind']])[] = [
  ['a body', `${OK}\r\n`, ' ', 'unusable'],
  [
    'a body in chunks',
    `${OK}Transfer-Encoding: chunked\r\n\r\n`,
    '10000\r\n' + ' '.repeat(65_536) + '\r\n',
    'unusable',
  ],
  ['a header', `${OK}X: `, 'a', 'unusable'],
  ['headers', OK, 'X: a\r\n', 'unusable'],
  ['a status line', 'HTTP/1.1 200 ', 'O', 'timeout'],
  ['trailers', `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\n`, 'X: a\r\n', 'unusable'],
  ['early hints', '', 'HTTP/1.1 103 Early Hints\r\n\r\n', 'timeout'],
  ['what is no HTTP', '', 'x', 'unusable'],
];

describe('the one HTTP client', function () {
  this.timeout(30_000);
  const scope = new Scope();
  afterEach(() => scope.close());

  function client(origin: string): DaemonClient {
    const made = new DaemonClient(origin);
    scope.add(() => made.close());
    return made;
  }

  const failure = (asked: Promise<unknown>): Promise<NoAnswer> =>
    asked.then(
      () => assert.fail('it answered'),
      (error: unknown) => {
        assert.ok(error instanceof NoAnswer, String(error));
        return error;
      },
    );

  it('follows no redirect: the other server is not asked', async () => {
    const other = await scope.http(answering('{}'));
    const server = await scope.http(answering('', { status: 302, headers: { location: other.origin } }));
    const { status, location } = await client(server.origin).get('/x', 5_000);
    assert.deepEqual([status, location], [302, other.origin]);
    assert.deepEqual(other.requests, []);
  });

  for (const [what, first, more, by] of ENDLESS) {
    it(`ends an answer whose ${what} has no end, and reads little of it`, async () => {
      const written: (() => number)[] = [];
      const server = await scope.tcp((socket) => void written.push(pour(socket, first, more)));
      const startedMs = performance.now();
      const { kind } = await failure(client(server.origin).get('/x', 1_500));
      assert.ok(performance.now() - startedMs < 6_000);
      assert.ok(kind === by || (kind === 'unusable' && by === 'timeout'), kind);
      if (by === 'unusable') {
        // Two attempts at most, and what the system has under way.
        const sum = written.reduce((all, bytes) => all + bytes(), 0);
        assert.ok(sum < 8 * MAX_BODY_BYTES, `${sum} bytes`);
      }
    });
  }

  it('takes little memory for an answer in pieces of one byte', async () => {
    const server = await scope.tcp(
      (socket) => void pour(socket, `${OK}Transfer-Encoding: chunked\r\n\r\n`, '1\r\n \r\n'),
    );
    const { rss } = process.memoryUsage();
    let most = rss;
    const timer = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20);
    await failure(client(server.origin).get('/x', 5_000));
    clearInterval(timer);
    const tookMiB = Math.round((most - rss) / 1024 / 1024);
    assert.ok(tookMiB < 200, `it took ${tookMiB} MiB`);
  });

  it('ends an answer that trickles at its deadline', async () => {
    const server = await scope.tcp((socket) => {
      socket.write(`${OK}Content-Length: 100000\r\n\r\n`);
      const timer = setInterval(() => socket.write(' '), 50);
      socket.on('close', () => clearInterval(timer));
    });
    const startedMs = performance.now();
    const { kind, code } = await failure(client(server.origin).get('/x', 1_000));
    assert.deepEqual([kind, code], ['timeout', { is: 'noAnswer', withinMs: 1_000 }]);
    assert.ok(performance.now() - startedMs < 2_500);
  });

  it('gives all requests of an ask one deadline', async () => {
    const server = await scope.http((request, response) => {
      if (request.url === '/slow') setTimeout(() => response.end('{}'), 1_000);
    });
    const startedMs = performance.now();
    using ask = new Ask(1_600);
    const one = client(server.origin);
    await one.get('/slow', ask.atMost(1_500));
    const { kind } = await failure(one.get('/never', ask.atMost(1_500)));
    const tookMs = performance.now() - startedMs;
    assert.equal(kind, 'timeout');
    assert.ok(tookMs >= 1_590 && tookMs < 2_300, `${Math.round(tookMs)} ms`);
    assert.deepEqual(server.requests, ['/slow', '/never']);
  });

  it('tells with the ask how long our own loop stood still, with an answer and with none', async () => {
    const server = await scope.http((request, response) => {
      if (request.url === '/never') return;
      const untilMs = performance.now() + 800;
      while (performance.now() < untilMs);
      response.end('{}');
    });
    using busy = new Ask(5_000);
    await client(server.origin).get('/busy', busy);
    const ourLagMs = busy.lagMs();
    assert.ok(ourLagMs > 400 && ourLagMs < 5_000, String(ourLagMs));
    using silent = new Ask(300);
    const late = failure(client(server.origin).get('/never', silent));
    await new Promise(setImmediate);
    const untilMs = performance.now() + 800;
    while (performance.now() < untilMs);
    await late;
    assert.ok(silent.lagMs() > 400);
  });

  for (const port of [2_049, 5_060, 6_000, 6_667, 10_080]) {
    it(`asks port ${port}, which browsers refuse`, async function () {
      const server = await scope.http(answering('{}'), { port }).catch(() => undefined);
      if (!server) return notRun(this, `port ${port} cannot be listened at here`);
      assert.equal((await client(server.origin).get('/x', 5_000)).status, 200);
    });
  }

  for (const env of [{}, { NODE_USE_ENV_PROXY: '1' }]) {
    it(`takes no proxy of the environment ${JSON.stringify(env)}`, async function () {
      if ('NODE_USE_ENV_PROXY' in env && Number(process.versions.node.split('.')[0]) < 24) {
        notRun(this, 'Node 24 is the first to look for a proxy there');
      }
      const server = await scope.http(answering('{}'));
      const dead = `http://127.0.0.1:${await freePort()}`;
      const script = `
        const { DaemonClient } = require(${JSON.stringify(CLIENT)});
        new DaemonClient(${JSON.stringify(server.origin)}).get('/x', 5000)
          .then(({ status }) => console.log('status', status), (error) => console.log(error.message))
          .then(() => process.exit());`;
      const child = spawn(process.execPath, ['--import', 'tsx', '-e', script], {
        env: { ...process.env, ...env, HTTP_PROXY: dead, http_proxy: dead, ALL_PROXY: dead, NO_PROXY: '' },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let said = '';
      child.stdout.on('data', (chunk) => (said += String(chunk)));
      await once(child, 'close');
      assert.equal(said.trim(), 'status 200');
    });
  }

  describe('is what an inspector is asked by', () => {
    const asked = (origin: string) =>
      InspectorSession.connect(AbortSignal.timeout(10_000), Number(new URL(origin).port));

    it('a redirect of its list leads nowhere', async () => {
      const other = await scope.http(answering('[]'));
      const server = await scope.http(answering('', { status: 302, headers: { location: other.origin } }));
      await assert.rejects(asked(server.origin), /names no target/);
      assert.deepEqual(other.requests, []);
    });

    it('a list without an end is not read to its end', async () => {
      let written = () => 0;
      const server = await scope.tcp((socket) => void (written = pour(socket, `${OK}\r\n[`, ' ')));
      await assert.rejects(asked(server.origin), { code: { is: 'tooLarge', maxBytes: MAX_BODY_BYTES } });
      assert.ok(written() < 8 * MAX_BODY_BYTES, `${written()} bytes`);
    });

    for (const [what, target] of [
      ['on another host', 'ws://192.0.2.1:9229/x'],
      ['on another port', 'ws://127.0.0.1:1/x'],
      ['that is no web socket', 'http://127.0.0.1:PORT/x'],
      ['that is no address', 'x'],
      ['that is a number', 5],
    ] as const) {
      it(`a target ${what} is not connected to`, async () => {
        const server = await scope.http((request, response) => {
          const url =
            typeof target === 'string' ? target.replace('PORT', request.headers.host!.split(':')[1]!) : 5;
          response.end(JSON.stringify([{ webSocketDebuggerUrl: url }]));
        });
        await assert.rejects(asked(server.origin), /names no target/);
        assert.deepEqual(server.requests, ['/json/list']);
      });
    }

    it('a connection that is redirected leads nowhere', async () => {
      const other = await scope.http(answering(''));
      const server = await scope.tcp((socket) => {
        socket.on('data', (chunk) => {
          const isList = String(chunk).startsWith('GET /json/list');
          const host = /^host: (.*)\r$/im.exec(String(chunk))?.[1];
          const body = JSON.stringify([{ webSocketDebuggerUrl: `ws://${host}/x` }]);
          socket.write(
            isList
              ? `${OK}Content-Length: ${body.length}\r\n\r\n${body}`
              : `HTTP/1.1 302 Found\r\nLocation: ${other.origin.replace('http', 'ws')}\r\nContent-Length: 0\r\n\r\n`,
          );
        });
      });
      await assert.rejects(asked(server.origin), /302/);
      assert.equal(other.connections(), 0);
    });
  });

  describe('is what dispatchd asks the owner of its port by', () => {
    const status = { instance: { pid: 7, workspace: '/w', stateDir: '/s' } };
    const dispatchdOf = async (port: number) => (await findPortOwner(port)).dispatchd;

    it('knows a dispatchd', async () => {
      const { port } = await scope.http(answering(JSON.stringify(status)));
      assert.deepEqual(await dispatchdOf(port), status.instance);
    });

    it('believes no redirect', async () => {
      const other = await scope.http(answering(JSON.stringify(status)));
      const { port } = await scope.http(answering('', { status: 302, headers: { location: other.origin } }));
      assert.equal(await dispatchdOf(port), undefined);
      assert.deepEqual(other.requests, []);
    });

    for (const [what, first, more] of ENDLESS) {
      it(`ends ${what} without an end within seconds`, async () => {
        const { port } = await scope.tcp((socket) => void pour(socket, first, more));
        const startedMs = performance.now();
        assert.equal(await dispatchdOf(port), undefined);
        assert.ok(performance.now() - startedMs < 6_000);
      });
    }

    it('prints what it says as one bounded line', async () => {
      const workspace = `/a\u001b[31m\n${'x'.repeat(5_000)}`;
      const { port } = await scope.http(answering(JSON.stringify({ instance: { pid: 7, workspace } })));
      const said = (await dispatchdOf(port))?.workspace ?? '';
      assert.match(said, /^\/a \[31m x+…$/);
      assert.ok(said.length <= 300);
    });
  });
});
