import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { createProbe } from '../../../src/kinds/probe';
import { whyNotToEnd } from '../../../src/restart/refusals';
import { causeText } from '../../../src/words/causes';
import { Watch } from '../../unit/health/support';
import { modelOf } from '../../unit/ui/support';
import { HEALTHY, Scope, answering, failureOf, playing, reportOf } from '../support';
import { http as httpTarget } from '../../support/target';

describe('an odd answer is told in words', function () {
  this.timeout(20_000);
  const scope = new Scope();
  afterEach(() => scope.close());

  /** The kind of the failure, and its words. */
  async function told(server: { readonly origin: string }): Promise<readonly [kind: string, said: string]> {
    const { kind, cause } = failureOf(await scope.probe(server.origin).ask());
    return [kind, causeText(cause)];
  }

  describe("the daemon's own words are shown", () => {
    const host = 'Host must be 127.0.0.1:3470';
    const text = 'text/plain; charset=utf-8';
    const rows: readonly [what: string, answer: Parameters<typeof answering>, said: string][] = [
      [
        '403 with a reason',
        [`{"error":{"code":"X","message":"${host}"}}`, { status: 403 }],
        `HTTP 403: ${host}`,
      ],
      ['403 with a text', [host, { status: 403, type: text }], `HTTP 403: ${host}`],
      [
        '401 with a reason',
        ['{"error":"no token"}', { status: 401 }],
        'HTTP 401: a login is asked for: no token',
      ],
      [
        '500 with a text',
        ['database is locked\n', { status: 500, type: text }],
        'HTTP 500: database is locked',
      ],
      ['503 with a message', ['{"message":"starting"}', { status: 503 }], 'HTTP 503: starting'],
      ['500 with control characters', ['a\u001b[31m\nb', { status: 500, type: text }], 'HTTP 500: a [31m b'],
      [
        '500 with a long text',
        ['x'.repeat(500), { status: 500, type: text }],
        `HTTP 500: ${'x'.repeat(199)}…`,
      ],
      ['500 with a page that calls itself text', ['<html>no', { status: 500, type: text }], 'HTTP 500'],
      ['500 with bytes', ['PK\u0003\u0004', { status: 500, type: 'application/zip' }], 'HTTP 500'],
      ['304, which is no redirect', ['', { status: 304 }], 'HTTP 304'],
    ];
    for (const [what, answer, said] of rows) {
      it(what, async () => {
        const kind = (answer[1]?.status ?? 200) < 500 ? 'wrongAnswer' : 'errors';
        assert.deepEqual(await told(await scope.http(answering(...answer))), [kind, said]);
      });
    }
  });

  describe('what breaks the rules of HTTP is no outage', () => {
    const rows: readonly [what: string, bytes: string][] = [
      ['the status 000', 'HTTP/1.1 000 X\r\ncontent-length: 2\r\n\r\n{}'],
      ['the status 099', 'HTTP/1.1 099 X\r\ncontent-length: 2\r\n\r\n{}'],
      ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}'],
      [
        'a length beside chunks',
        'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
      ],
      ['101', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
      ['101 to a web socket', 'HTTP/1.1 101 X\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n'],
    ];
    for (const [what, bytes] of rows) {
      it(what, async () => {
        const server = await scope.tcp((socket) => void socket.on('data', () => socket.end(bytes)));
        assert.deepEqual(await told(server), ['wrongAnswer', 'the answer breaks the rules of HTTP']);
      });
    }

    const cut: readonly [what: string, bytes: string][] = [
      ['before its length', 'HTTP/1.1 200 OK\r\ncontent-length: 20\r\nconnection: close\r\n\r\n{}'],
      ['within a chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n9\r\n{}'],
    ];
    for (const [what, bytes] of cut) {
      it(`but an answer that ends ${what} is one, without the name of a code`, async () => {
        const server = await scope.tcp((socket) => void socket.on('data', () => socket.end(bytes)));
        assert.deepEqual(await told(server), ['reset', 'connection closed without an answer']);
      });
    }
  });

  for (const length of ['1000000000000000000', '5000000']) {
    it(`a body of ${length} bytes is not waited for`, async () => {
      const head = `HTTP/1.1 200 OK\r\ncontent-length: ${length}\r\n\r\n{`;
      const server = await scope.tcp((socket) => void socket.on('data', () => socket.write(head)));
      assert.deepEqual(await told(server), ['wrongAnswer', 'the answer is larger than 4 MiB']);
    });
  }

  describe('what comes beside a good answer costs no poll', () => {
    const status = JSON.stringify({ isRunning: true, instance: { id: 'i' }, sessions: [] });
    const good = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${status.length}\r\n\r\n${status}`;
    const late = 'HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n';
    const goOn = 'HTTP/1.1 100 Continue\r\n\r\n';

    for (const [what, pieces] of [
      ['with the answer', [goOn + good]],
      ['before the answer', [goOn, good]],
      ['twice', [goOn + goOn + good]],
    ] as const) {
      it(`100, ${what}`, async () => {
        const server = await scope.tcp((socket) => {
          socket.setNoDelay(true).on('data', () => {
            pieces.forEach((piece, index) => setTimeout(() => socket.write(piece), index * 50));
          });
        });
        const probe = scope.probe(server.origin);
        for (let poll = 0; poll < 2; poll++) reportOf(await probe.ask());
      });
    }

    it('408 on a connection that was kept', async () => {
      const server = await scope.tcp((socket) => {
        let requests = 0;
        socket.on('data', () => (requests++ === 0 ? socket.write(good) : socket.end(late)));
      });
      const probe = scope.probe(server.origin);
      for (let poll = 0; poll < 4; poll++) reportOf(await probe.ask());
    });

    it('but 408 again and again is a wrong answer', async () => {
      const server = await scope.http(answering('', { status: 408 }));
      assert.deepEqual(await told(server), ['wrongAnswer', 'HTTP 408']);
    });
  });

  describe('a compressed answer', () => {
    const status = JSON.stringify({ isRunning: true, sessions: [] });
    const zipped =
      (status: number, type = 'application/json') =>
      (_request: unknown, response: ServerResponse) =>
        void response
          .writeHead(status, { 'content-type': type, 'content-encoding': 'gzip' })
          .end(gzipSync('{"isRunning":true}'));

    it('is called so', async () => {
      assert.deepEqual(await told(await scope.http(zipped(200))), [
        'wrongAnswer',
        'the answer is compressed (gzip)',
      ]);
    });

    it('does not show its bytes as words', async () => {
      assert.deepEqual(await told(await scope.http(zipped(500, 'text/plain'))), ['errors', 'HTTP 500']);
    });

    it('is not asked for', async () => {
      let wanted: string | undefined;
      const server = await scope.http((request, response) => {
        wanted ??= String(request.headers['accept-encoding']);
        response.end(status);
      });
      reportOf(await scope.probe(server.origin).ask());
      assert.equal(wanted, 'identity');
    });

    it('is not what another word in that header means', async () => {
      const server = await scope.http(answering(status, { headers: { 'content-encoding': 'UTF-8' } }));
      reportOf(await scope.probe(server.origin).ask());
    });
  });

  describe('an answer that a cache kept', () => {
    const kept = (age: string) =>
      answering(JSON.stringify({ isRunning: true, sessions: [] }), { headers: { age } });

    it('is none of the daemon', async () => {
      assert.deepEqual(await told(await scope.http(kept('3600'))), [
        'wrongAnswer',
        'the answer is 1 h old: a cache answers, and not the daemon',
      ]);
    });

    it('is not asked for, and may be as old as a poll', async () => {
      for (const age of ['0', '10', '-5', 'x', '']) {
        const server = await scope.http((request, response) => {
          assert.equal(request.headers['cache-control'], 'no-cache');
          kept(age)(request, response);
        });
        reportOf(await scope.probe(server.origin).ask());
      }
    });
  });

  describe('a listener that waits for TLS', () => {
    it('is told from one that fails', async () => {
      // Without a certificate it refuses every greeting, in TLS.
      const server = createServer().on('tlsClientError', () => undefined);
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      scope.add(() => new Promise((resolve) => server.close(() => resolve())));
      const { port } = server.address() as AddressInfo;
      assert.deepEqual(await told({ origin: `http://127.0.0.1:${port}` }), [
        'wrongAnswer',
        'the listener speaks TLS: https, where http is asked for',
      ]);
    });

    it('is not one that closes whatever comes, and that is greeted once a poll', async () => {
      const server = await scope.tcp((socket) => void socket.on('data', () => socket.end()));
      assert.deepEqual(await told(server), ['reset', 'connection closed without an answer']);
      assert.equal(server.connections(), 3);
    });
  });

  describe('a daemon that asks to wait', () => {
    const date = new Date('2026-11-26T12:00:00Z');
    const inAMinute = new Date(date.getTime() + 60_000).toUTCString();
    for (const [what, wait] of [
      ['by seconds', '60'],
      ['by a date of its own clock', inAMinute],
    ] as const) {
      it(`${what} is known to live`, async () => {
        const headers = { 'retry-after': wait, date: date.toUTCString() };
        const server = await scope.http(answering('', { status: 429, headers }));
        assert.deepEqual(await told(server), ['untold', 'HTTP 429: the daemon asks to wait 60 s']);
        assert.deepEqual(server.requests, ['/api/daemon/status']);
      });
    }

    it('with a 503 is known to live', async () => {
      const headers = { 'retry-after': '30', 'content-type': 'application/json' };
      const server = await scope.http(answering('{"message":"starting"}', { status: 503, headers }));
      assert.deepEqual(await told(server), ['untold', 'HTTP 503: the daemon asks to wait 30 s']);
      assert.deepEqual(server.requests, ['/api/daemon/status']);
    });

    it('until a time that nobody understands is a wrong answer', async () => {
      const headers = { 'retry-after': 'soon' };
      const server = await scope.http(answering('', { status: 429, headers }));
      assert.deepEqual(await told(server), ['wrongAnswer', 'HTTP 429']);
    });

    it('is heard in each kind', async () => {
      for (const kind of ['smithy', 'dispatchd', 'ductor']) {
        const server = await scope.http(answering('', { status: 429, headers: { 'retry-after': '60' } }));
        const probe = createProbe(httpTarget(server.origin), { kind });
        scope.add(() => probe.close());
        assert.equal(failureOf(await probe.ask()).kind, 'untold');
      }
    });
  });

  describe('a daemon whose status is somewhere else', () => {
    const health =
      (body: object): Parameters<Scope['http']>[0] =>
      (request, response) => {
        if (request.url === '/api/health') response.end(JSON.stringify(body));
        else response.writeHead(404, { 'content-type': 'text/plain' }).end('404 Not Found');
      };

    it('is known by its health, and may be another version', async () => {
      assert.deepEqual(await told(await scope.http(playing({ '/api/health': 'health' }))), [
        'untold',
        'smithy answers, but has no daemon status: another version?',
      ]);
      const dispatchd = await scope.http(health({ status: 'ok', instance: { id: 'i', pid: 7 } }));
      assert.deepEqual(await told(dispatchd), [
        'untold',
        'dispatchd answers, but has no daemon status: another version?',
      ]);
    });

    for (const [whose, body] of [
      ['of another server of the same makers', { status: 'ok', database: '/p/.stoneforge/stoneforge.db' }],
      ['of somebody else', { status: 'ok', services: { dispatchDaemon: 'running' } }],
    ] as const) {
      it(`is not taken for a daemon by the health ${whose}`, async () => {
        const [kind, said] = await told(await scope.http(health(body)));
        assert.deepEqual(
          [kind, said],
          ['wrongAnswer', 'HTTP 404: there is no daemon status; another service listens there'],
        );
      });
    }

    it('is unverified, in a new window too, so that a restart is not refused', async () => {
      const server = await scope.http(playing({ '/api/health': 'health' }));
      const sample = await scope.probe(server.origin).ask();
      const watch = new Watch();
      assert.equal(watch.observe({ ...sample, startedMs: watch.time.monotonicMs }), 'unverified');
      const owner = { pid: 5, name: 'node', commandLine: 'node sf', isOurs: true };
      assert.equal(whyNotToEnd(modelOf(watch), [owner], []), undefined);
    });
  });

  it('a daemon below a path is asked below that path', async () => {
    const server = await scope.http((request, response) => {
      request.url = request.url?.replace(/^\/daemon\//, '/');
      playing(HEALTHY)(request, response);
    });
    reportOf(await scope.probe(`${server.origin}/daemon`).ask());
    assert.deepEqual(server.requests.slice(0, 2), ['/daemon/api/daemon/status', '/daemon/api/sessions']);
  });

  describe('an answer that would make the editor stutter is not parsed', () => {
    const agents = (count: number) =>
      `{"agents":{"main":{"status":"running"},${Array.from({ length: count }, (_, n) => `"a${n}":{"status":"running"}`).join()}}}`;
    const MiB4 = 4 * 1024 * 1024;
    const rows: readonly [what: string, body: string, kind: string, most: number][] = [
      ['brackets without an end', '['.repeat(MiB4), 'smithy', 100_000],
      ['objects in objects', '{"a":'.repeat(MiB4 / 5), 'dispatchd', 100_000],
      ['a list of lists', `{"sessions":[${'[],'.repeat(MiB4 / 4)}[]]}`, 'smithy', 100_000],
      ['a list of numbers', `{"isRunning":true,"sessions":[${'0,'.repeat(MiB4 / 3)}0]}`, 'smithy', 500_000],
      ['a hundred thousand agents', agents(100_000), 'ductor', 100_000],
    ];
    for (const [what, body, kind, most] of rows) {
      it(what, async () => {
        const server = await scope.http(answering(body));
        const probe = createProbe(httpTarget(server.origin), { kind });
        scope.add(() => probe.close());
        const { kind: failed, cause } = failureOf(await probe.ask());
        assert.deepEqual([failed, cause], ['wrongAnswer', { is: 'tooManyParts', most }]);
      });
    }

    it('but one of a busy daemon is', async () => {
      const session = { id: '', status: 'running', command: '[{,}]'.repeat(20), stopping: {} };
      const sessions = Array.from({ length: 2_000 }, (_, n) => ({ ...session, id: `s${n}` }));
      const server = await scope.http(answering(JSON.stringify({ isRunning: true, sessions })));
      assert.equal(reportOf(await scope.probe(server.origin).ask()).sessions?.length, 2_000);
    });
  });
});
