import assert from 'node:assert/strict';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import type http from 'node:http';
import type net from 'node:net';
import { causeText } from '../../../src/words/causes';
import { assessLoop } from '../../../src/health/staleness';
import { beginTrack, observe } from '../../../src/health/track';
import { systemClock } from '../../../src/app/systemClock';
import type { Failure, Sample } from '../../../src/health/report';
import type { DaemonState } from '../../../src/health/states';
import { HEALTHY, PATIENT, Scope, TIMEOUTS, answering, failureOf, playing, reportOf } from '../support';
import { notRun } from '../../support/notRun';
import { freePort } from '../../support/freePort';
import { until } from '../../support/until';

/** What the first sample of a configured daemon means. */
function stateOf(sample: Sample): DaemonState {
  const now = systemClock.now();
  return observe(beginTrack(true, {}, now), sample, 0, now).track.verdict.state;
}

/** Sets environment variables for one call. */
async function withEnvironment<T>(variables: Record<string, string>, call: () => Promise<T>): Promise<T> {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  try {
    return await call();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

describe('asking a daemon', function () {
  this.timeout(20_000);
  const scope = new Scope();
  afterEach(() => scope.close());

  describe('that is a smithy', () => {
    const recordings: readonly [status: string, DaemonState][] = [
      ['status-running', 'healthy'],
      ['status-running-worker-busy', 'healthy'],
      ['status-pollstale', 'wedged'],
      ['status-stopped', 'stopped'],
      ['status-no-git', 'unavailable'],
      ['status-stuck-no-workers', 'stuck'],
      ['status-ratelimit-paused', 'paused'],
      ['staleness-branch/status-first-poll-in-flight', 'starting'],
      ['staleness-branch/status-never-polled-autostart-disabled', 'stopped'],
      ['staleness-branch/status-stopped-while-wedged', 'stopped'],
      ['master/status-running', 'unverified'],
      ['master/status-stopped', 'stopped'],
    ];
    for (const [status, state] of recordings) {
      it(`reads ${status} as ${state}`, async () => {
        const server = await scope.http(playing({ ...HEALTHY, '/api/daemon/status': status }));
        const sample = await scope.probe(server.origin).ask();
        assert.equal(stateOf(sample), state);
      });
    }

    it('gets its sessions from their own route', async () => {
      const server = await scope.http(playing(HEALTHY));
      const report = reportOf(await scope.probe(server.origin).ask());
      assert.deepEqual(
        report.sessions?.map(({ title }) => title),
        ['director', 'e-worker-9-write-the-release-notes'],
      );
      assert.deepEqual(server.requests.slice(0, 2), ['/api/daemon/status', '/api/sessions']);
    });

    it('leaves the sessions unknown where their route fails; the status still counts', async () => {
      const routes = { '/api/daemon/status': 'status-running' };
      const failing = [
        playing(routes),
        playing({ ...routes, '/api/sessions': 'health' }),
        ((request, response) => {
          if (request.url === '/api/sessions') response.socket?.destroy();
          else playing(routes)(request, response);
        }) as ReturnType<typeof playing>,
        ((request, response) => {
          if (request.url !== '/api/sessions') playing(routes)(request, response);
        }) as ReturnType<typeof playing>,
      ];
      for (const handler of failing) {
        const server = await scope.http(handler);
        const sample = await scope.probe(server.origin, { requestMs: 8_000, fallbackMs: 200 }).ask();
        assert.equal(stateOf(sample), 'healthy');
        assert.equal(reportOf(sample).sessions, undefined);
      }
    });

    it('measures the status alone', async () => {
      const server = await scope.http((request, response) => {
        if (request.url === '/api/sessions') setTimeout(() => response.end('{"sessions":[]}'), 300);
        else playing(HEALTHY)(request, response);
      });
      const probe = scope.probe(server.origin);
      await probe.ask();
      const beganMs = performance.now();
      const sample = await probe.ask();
      const tookMs = performance.now() - beganMs;
      assert.ok(
        sample.ok && sample.latencyMs > 0 && sample.latencyMs <= tookMs - 290,
        'the sessions are not part of the latency',
      );
    });
  });

  describe('that is a dispatchd', () => {
    it('needs one request: its status has the sessions', async () => {
      const status = {
        isRunning: true,
        instance: { id: 'i', pid: 7, startedAt: new Date().toISOString() },
        sessions: [{ id: 's', name: 'build', status: 'running' }],
      };
      const server = await scope.http(answering(JSON.stringify(status)));
      const report = reportOf(await scope.probe(server.origin).ask());
      assert.deepEqual([report.kind, report.sessions?.length], ['dispatchd', 1]);
      assert.deepEqual(server.requests, ['/api/daemon/status']);
    });
  });

  describe('whose sessions change from answer to answer', () => {
    const createdAt = new Date().toISOString();
    const work = [
      { id: 'a', agentRole: 'steward', status: 'running', createdAt },
      { id: 'b', agentRole: 'worker', status: 'running', createdAt },
    ];
    const rows: readonly [kind: string, route: string, instance: object][] = [
      ['smithy', '/api/sessions', {}],
      ['dispatchd', '/api/daemon/status', { instance: { id: 'i', startedAt: createdAt } }],
    ];
    for (const [kind, route, instance] of rows) {
      it(`gives those of the last one, of a ${kind}`, async () => {
        let sessions: readonly object[] = work;
        let cycle = 0;
        const server = await scope.http(({ url }, response) => {
          if (url === '/api/health') return response.end('{}');
          const computedAt = new Date(Date.parse(createdAt) + cycle++).toISOString();
          const status = url === '/api/daemon/status' && {
            isRunning: true,
            health: { computedAt },
            ...instance,
          };
          return response.end(JSON.stringify({ ...status, ...(url === route && { sessions }) }));
        });
        const probe = scope.probe(server.origin);
        const first = reportOf(await probe.ask());
        const second = reportOf(await probe.ask());
        assert.deepEqual(second.sessions, first.sessions);
        assert.notEqual(second.daemonNow, first.daemonNow);
        sessions = [work[0]!, { ...work[1], status: 'terminated' }];
        const third = reportOf(await probe.ask());
        assert.equal(third.kind, kind);
        assert.deepEqual(
          third.sessions?.map(({ status }) => status),
          ['running', 'terminated'],
        );
      });
    }
  });

  it('takes the Date header for its clock where the status has none', async () => {
    const at = Date.parse('2026-11-22T12:00:00.000Z');
    const status = { isRunning: true, health: { lastPollCompletedAt: new Date(at - 3_000).toISOString() } };
    const server = await scope.http(
      answering(JSON.stringify(status), { headers: { date: new Date(at).toUTCString() } }),
    );
    const loop = assessLoop(reportOf(await scope.probe(server.origin).ask()));
    assert.deepEqual([loop.kind, (loop as { ageMs?: number }).ageMs], ['advancing', 3_000]);
  });

  describe('that answers badly is a wrong answer, with its cause', () => {
    const html = '<!doctype html><title>Welcome</title>';
    const rows: readonly [what: string, handler: Parameters<Scope['http']>[0], cause: RegExp][] = [
      ['no JSON', answering('hello world'), /not JSON/],
      ['half a JSON', answering('{"isRunning":true,'), /not JSON/],
      ['JSON null', answering('null'), /not an object/],
      ['a JSON list', answering('[]'), /not an object/],
      ['wrong types', answering('{"isRunning":"yes"}'), /isRunning should be boolean/],
      ['missing fields', answering('{"name":"x"}'), /not a daemon's status/],
      ['a web page', answering(html, { type: 'text/html; charset=utf-8' }), /web page/],
      [
        'a status that calls itself a web page',
        answering('{"isRunning":true}', { type: 'text/html' }),
        /web page/,
      ],
      ['an empty body', answering(''), /empty/],
      ['a blank body', answering(' \n'), /empty/],
      ['204', answering('', { status: 204 }), /HTTP 204/],
      [
        '500 with a JSON error',
        answering('{"error":{"code":"X","message":"database is locked"}}', { status: 500 }),
        /HTTP 500: database is locked/,
      ],
      ['500 with an error text', answering('{"error":"nope"}', { status: 500 }), /HTTP 500: nope/],
      ['500 with nothing', answering('', { status: 500 }), /HTTP 500$/],
      ['500 with junk', answering('{"error":{"message":{}}}', { status: 500 }), /HTTP 500$/],
      ['502 of a proxy', answering(html, { status: 502, type: 'text/html' }), /HTTP 502 \(a web page\)/],
      ['401', answering('{}', { status: 401 }), /HTTP 401: a login is asked for/],
      ['403', answering('{}', { status: 403 }), /HTTP 403/],
      [
        '404',
        answering('404 Not Found', { status: 404, type: 'text/plain' }),
        /HTTP 404: there is no daemon status/,
      ],
      [
        'a redirect',
        answering('', { status: 302, headers: { location: 'http://127.0.0.1:1/login' } }),
        /redirects to http:\/\/127\.0\.0\.1:1\/login/,
      ],
      ['a redirect to nowhere', answering('', { status: 307 }), /redirects to nowhere/],
      ['10 MiB', answering(`{"isRunning":true,"x":"${'x'.repeat(10 * 1024 * 1024)}"}`), /larger than 4 MiB/],
    ];
    for (const [what, handler, cause] of rows) {
      it(what, async () => {
        const server = await scope.http(handler);
        const sample = await scope.probe(server.origin).ask();
        const failure = failureOf(sample);
        assert.equal(failure.kind, /HTTP 5/.test(cause.source) ? 'errors' : 'wrongAnswer');
        const said = causeText(failure.cause);
        assert.match(said, cause);
        assert.ok(said.length <= 300);
        assert.equal(stateOf(sample), 'wrongAnswer');
      });
    }

    it('does not follow a redirect', async () => {
      const target = await scope.http(playing(HEALTHY));
      const server = await scope.http(
        answering('', { status: 302, headers: { location: `${target.origin}/api/daemon/status` } }),
      );
      await scope.probe(server.origin).ask();
      assert.deepEqual(target.requests, []);
    });

    it('10 MiB without saying so beforehand', async () => {
      const server = await scope.http((_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const piece = 'x'.repeat(64 * 1024);
        const write = () => {
          for (let index = 0; index < 160; index++) if (!response.write(piece)) return;
        };
        response.on('drain', write);
        write();
      });
      assert.deepEqual(failureOf(await scope.probe(server.origin).ask()).cause, {
        is: 'tooLarge',
        maxBytes: 4 * 1024 * 1024,
      });
    });

    const raw: readonly [what: string, bytes: string][] = [
      ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n'],
      ['binary noise', '\u0000\u0001\u0002\u0003'],
      ['a broken status line', 'HTTP/1.1 abc OK\r\n\r\n'],
      ['headers larger than 16 KiB', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(32 * 1024)}\r\n\r\n`],
    ];
    for (const [what, bytes] of raw) {
      it(what, async () => {
        const server = await scope.tcp((socket) => void socket.write(bytes, 'latin1'));
        const failure = failureOf(await scope.probe(server.origin).ask());
        assert.equal(failure.kind, 'wrongAnswer');
        assert.deepEqual(failure.cause, { is: 'noHttp' });
      });
    }
  });

  describe('that keeps us waiting ends at the deadline', () => {
    const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';
    const drip = (head: string, text: string) => (socket: net.Socket) => {
      socket.write(head);
      const timer = setInterval(() => socket.write(text), 20);
      socket.on('close', () => clearInterval(timer));
    };
    const rows: readonly [what: string, handler: (socket: net.Socket) => void][] = [
      ['accepts and never answers', () => {}],
      ['sends headers without end', drip(HEAD, 'x-more: 1\r\n')],
      ['sends its body drop by drop', drip(`${HEAD}transfer-encoding: chunked\r\n\r\n`, '1\r\n \r\n')],
      ['says "processing" for ever', drip('', 'HTTP/1.1 102 Processing\r\n\r\n')],
      [
        'stops within its body',
        (socket) => void socket.write(`${HEAD}content-length: 100\r\n\r\n{"isRunning"`),
      ],
    ];
    for (const [what, handler] of rows) {
      it(what, async () => {
        const server = await scope.tcp(handler);
        const beganMs = performance.now();
        const failure = failureOf(await scope.probe(server.origin, TIMEOUTS).ask());
        const tookMs = performance.now() - beganMs;
        assert.equal(failure.kind, 'timeout');
        assert.deepEqual(failure.cause, { is: 'noAnswer', withinMs: 400 });
        assert.ok(tookMs >= 390 && tookMs < 400 + 400 + 1_000, `${tookMs} ms`);
      });
    }

    it('and is asked again afterwards', async () => {
      let isHung = true;
      const server = await scope.http((request, response) => {
        if (!isHung) playing(HEALTHY)(request, response);
      });
      const probe = scope.probe(server.origin, TIMEOUTS);
      for (let round = 0; round < 3; round++) assert.equal(failureOf(await probe.ask()).kind, 'timeout');
      isHung = false;
      const patient = scope.probe(server.origin, PATIENT);
      assert.equal(stateOf(await patient.ask()), 'healthy');
      assert.equal((await retried(probe)).ok, true);
    });

    /** On a loaded machine a good answer may miss a short deadline. */
    async function retried(probe: { ask(): Promise<Sample> }): Promise<Sample> {
      let sample = await probe.ask();
      for (let round = 0; round < 5 && !sample.ok; round++) sample = await probe.ask();
      return sample;
    }
  });

  describe('whose status hangs', () => {
    /** Long enough for `/api/health` to answer within half of it on a busy machine. */
    const HUNG = { requestMs: 1_600, fallbackMs: 8_000 };

    it('while /api/health answers says so; that is asked once in a row of failures, within the first ask', async () => {
      const server = await scope.http((request, response) => {
        if (request.url !== '/api/daemon/status') playing(HEALTHY)(request, response);
      });
      const probe = scope.probe(server.origin, HUNG);
      for (const healthRoute of ['answers', 'answered'] as const) {
        const beganMs = performance.now();
        const failure = failureOf(await probe.ask());
        assert.equal(failure.kind, 'statusHung');
        assert.deepEqual(failure.cause, {
          is: 'statusHangs',
          withinMs: HUNG.requestMs,
          healthRoute,
        });
        const tookMs = performance.now() - beganMs;
        assert.ok(tookMs < HUNG.requestMs + 700, `the ask took ${tookMs} ms`);
      }
      assert.deepEqual(server.requests, ['/api/daemon/status', '/api/health', '/api/daemon/status']);
    });

    it('while /api/health fails or hangs is a time-out, and is not asked for twice', async () => {
      for (const health of [
        (response: http.ServerResponse) => void response.writeHead(500).end(),
        () => {},
      ]) {
        const server = await scope.http((request, response) => {
          if (request.url === '/api/health') health(response);
        });
        const probe = scope.probe(server.origin, HUNG);
        for (let ask = 0; ask < 2; ask++) assert.equal(failureOf(await probe.ask()).kind, 'timeout');
        assert.deepEqual(server.requests, ['/api/daemon/status', '/api/health', '/api/daemon/status']);
      }
    });

    it('is asked for its health anew after an answer', async () => {
      let hangs = true;
      const server = await scope.http((request, response) => {
        if (request.url !== '/api/daemon/status' || !hangs) playing(HEALTHY)(request, response);
      });
      const probe = scope.probe(server.origin, HUNG);
      const kinds: string[] = [];
      for (const now of [true, false, true]) {
        hangs = now;
        const sample = await probe.ask();
        kinds.push(sample.ok ? 'ok' : sample.failure.kind);
      }
      assert.deepEqual(kinds, ['statusHung', 'ok', 'statusHung']);
    });
  });

  describe('that cannot be reached says how', () => {
    it('refused: nothing listens', async () => {
      const probe = scope.probe(`http://127.0.0.1:${await freePort()}`);
      assert.deepEqual(failureOf(await probe.ask()), { kind: 'refused', cause: { is: 'connectionRefused' } });
    });

    it('refused: nothing listens on localhost by either address', async () => {
      const probe = scope.probe(`http://localhost:${await freePort()}`);
      assert.deepEqual(failureOf(await probe.ask()), { kind: 'refused', cause: { is: 'connectionRefused' } });
    });

    it('refused: the name is not known', async () => {
      const failure = failureOf(await scope.probe('http://no-such-host.invalid:3457').ask());
      assert.equal(failure.kind, 'refused');
      assert.deepEqual(failure.cause, { is: 'unknownHost' });
    });

    const resets: readonly [what: string, handler: (socket: net.Socket) => void][] = [
      ['closes at once', (socket) => void socket.end()],
      ['resets at once', (socket) => void socket.resetAndDestroy()],
      ['resets when asked', (socket) => void socket.once('data', () => socket.resetAndDestroy())],
      ['closes when asked', (socket) => void socket.once('data', () => socket.end())],
      ['closes within the headers', (socket) => void socket.end('HTTP/1.1 200 OK\r\ncontent-type: app')],
      [
        'closes within the body',
        (socket) => void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"isRu'),
      ],
      [
        'closes within a chunked body',
        (socket) => void socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"isR'),
      ],
    ];
    for (const [what, handler] of resets) {
      it(`reset: it ${what}`, async () => {
        const server = await scope.tcp(handler);
        const sample = await scope.probe(server.origin).ask();
        const failure = failureOf(sample);
        const said = causeText(failure.cause);
        assert.equal(failure.kind, 'reset', said);
        assert.match(said, /connection (closed|failed)/);
        assert.doesNotMatch(said, /[\p{Cc}]/u);
        assert.notEqual(stateOf(sample), 'healthy');
      });
    }
  });

  describe('keeps its connection', () => {
    it('for all requests of quick polls', async () => {
      const server = await scope.http(playing(HEALTHY));
      const probe = scope.probe(server.origin);
      for (let poll = 0; poll < 10; poll++) reportOf(await probe.ask());
      assert.ok(server.requests.length >= 20);
      assert.equal(server.connections(), 1);
    });

    it('and does not fail when the server closes it the moment it is used again', async () => {
      let answers = 0;
      const body = JSON.stringify({ isRunning: true, instance: { id: 'one request a poll' }, sessions: [] });
      const server = await scope.tcp((socket) => {
        let used = 0;
        socket.on('data', () => {
          // The second request on a socket meets a server that has just given it up.
          if (++used > 1) {
            socket.resetAndDestroy();
            return;
          }
          answers++;
          socket.write(
            `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
          );
        });
      });
      const probe = scope.probe(server.origin);
      for (let poll = 0; poll < 5; poll++) reportOf(await probe.ask());
      assert.equal(answers, 5);
      assert.equal(server.connections(), 5);
    });

    it('and opens another after the server closed it between polls', async () => {
      const server = await scope.http((request, response) => {
        response.setHeader('connection', 'close');
        playing(HEALTHY)(request, response);
      });
      const probe = scope.probe(server.origin);
      for (let poll = 0; poll < 3; poll++) reportOf(await probe.ask());
      assert.equal(server.connections(), server.requests.length);
    });

    it('and finds a daemon again that was restarted on its port', async () => {
      const first = await scope.http(playing(HEALTHY));
      const probe = scope.probe(first.origin);
      reportOf(await probe.ask());
      await first.close();
      assert.equal(failureOf(await probe.ask()).kind, 'refused');
      await scope.http(playing(HEALTHY), { port: first.port });
      reportOf(await probe.ask());
    });
  });

  describe('on localhost', () => {
    for (const host of ['127.0.0.1', '::1']) {
      it(`finds the one that listens on ${host} only`, async function () {
        const addresses = await lookup('localhost', { all: true });
        if (!addresses.some(({ address }) => address === host)) {
          notRun(this, `localhost is not ${host} on this machine`);
        }
        const { port } = await scope.http(playing(HEALTHY), { host });
        reportOf(await scope.probe(`http://localhost:${port}`).ask());
      });
    }
  });

  it('goes past any proxy of the environment', async () => {
    const dead = `http://127.0.0.1:${await freePort()}`;
    const server = await scope.http(playing(HEALTHY));
    const names = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'];
    const variables = {
      ...Object.fromEntries(names.map((name) => [name, dead])),
      no_proxy: '',
      NO_PROXY: '',
    };
    const sample = await withEnvironment(variables, () => scope.probe(server.origin).ask());
    assert.equal(stateOf(sample), 'healthy');
  });

  it('ends when it is promised to, whatever hangs after a late status', async () => {
    const server = await scope.http((request, response) => {
      if (request.url === '/api/daemon/status') setTimeout(() => playing(HEALTHY)(request, response), 1_500);
    });
    const probe = scope.probe(server.origin, { requestMs: 2_000, fallbackMs: 1_500 });
    const beganMs = performance.now();
    assert.equal(stateOf(await probe.ask()), 'healthy');
    const tookMs = performance.now() - beganMs;
    assert.ok(tookMs < 4_100, `the ask took ${Math.round(tookMs)} ms, 3500 are promised`);
    assert.deepEqual(server.requests.slice(0, 3), [
      '/api/daemon/status',
      // The question beside a status that keeps us waiting.
      '/api/health',
      '/api/sessions',
    ]);
    // The database is asked for where the sessions left any of the time.
    for (const path of server.requests.slice(3)) assert.equal(path, '/api/health');
  });

  it('after it was closed fails, and does not throw', async () => {
    const server = await scope.http(playing(HEALTHY));
    const probe = scope.probe(server.origin);
    reportOf(await probe.ask());
    await probe.close();
    assert.equal((await probe.ask()).ok, false);
  });

  it('that is closed while it waits ends at once', async () => {
    const server = await scope.tcp(() => {});
    const probe = scope.probe(server.origin, PATIENT);
    const beganMs = performance.now();
    const asking = probe.ask();
    await until(() => server.connections() > 0, 'the connection');
    await probe.close();
    const failure: Failure = failureOf(await asking);
    assert.equal(failure.kind, 'reset');
    assert.ok(performance.now() - beganMs < 4_000);
  });

  it('leaves no socket open once it is closed', async () => {
    const closed: Promise<unknown>[] = [];
    const server = await scope.http((request, response) => {
      closed.push(once(request.socket, 'close'));
      playing(HEALTHY)(request, response);
    });
    const probe = scope.probe(server.origin);
    reportOf(await probe.ask());
    await probe.close();
    await Promise.all(closed);
  });
});
