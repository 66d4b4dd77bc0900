import assert from 'node:assert/strict';
import { createProbe, type Probe } from '../../../src/kinds/probe';
import type { DaemonState } from '../../../src/health/states';
import { readDaemons } from '../../../src/settings/daemonList';
import { listProblemText } from '../../../src/words/listProblemText';
import { Watch } from '../../unit/health/support';
import { answering, PATIENT, reportOf, Scope, type Server } from '../support';

type Handler = Parameters<Scope['http']>[0];

/** What the daemon says now, at each of its paths; 404 elsewhere, as most servers answer. */
class Says {
  constructor(public routes: Readonly<Record<string, Handler>>) {}

  readonly handler: Handler = (request, response) =>
    (this.routes[request.url ?? ''] ?? answering('{"error":"no such path"}', { status: 404 }))(
      request,
      response,
    );
}

const json = (body: unknown, status = 200) => answering(JSON.stringify(body), { status });

describe('a daemon of any make at an address', function () {
  this.timeout(30_000);
  const scope = new Scope();
  afterEach(() => scope.close());

  /** A probe as a window makes one of an entry. */
  function probeOf(entry: object): Probe {
    const { daemons, problems } = readDaemons([entry], { configured: true, allowRemote: false });
    assert.deepEqual(problems.map(listProblemText), []);
    const { target, kind, asks } = daemons[0]!;
    const probe = createProbe(target, { kind, timeouts: PATIENT, ...(asks && { asks }) });
    scope.add(() => probe.close());
    return probe;
  }

  async function look(probe: Probe, watch: Watch): Promise<DaemonState> {
    return watch.observe({ ...(await probe.ask()), startedMs: watch.time.monotonicMs });
  }

  const shapes: readonly (readonly [
    what: string,
    routes: Says['routes'],
    path: string,
    state: DaemonState,
  ])[] = [
    ['health+json', { '/health': json({ status: 'pass' }) }, '/health', 'unverified'],
    ['Actuator, which is down', { '/a/health': json({ status: 'DOWN' }, 503) }, '/a/health', 'unavailable'],
    [
      'OpenClaw, which starts',
      { '/startupz': json({ ok: false, status: 'starting' }, 503) },
      '/startupz',
      'starting',
    ],
    [
      'OpenClaw, which drains',
      { '/startupz': json({ ok: false, status: 'draining' }, 503) },
      '/startupz',
      'stopped',
    ],
    ['a text at the root', { '/': answering('Ollama is running', { type: 'text/plain' }) }, '', 'unverified'],
  ];
  for (const [what, routes, path, state] of shapes) {
    it(`is known without a kind by its shape: ${what} is ${state}`, async () => {
      const { origin } = await scope.http(new Says(routes).handler);
      const watch = new Watch();
      assert.equal(await look(probeOf({ url: `${origin}${path}` }), watch), state, watch.reasonInWords);
    });
  }

  it('is known without a kind where the server answers all paths alike', async () => {
    const { origin } = await scope.http(json({ status: 'ok' }));
    const probe = probeOf({ url: `${origin}/health` });
    assert.equal(reportOf(await probe.ask()).kind, 'generic');
    assert.equal(await probe.statusText(), '{"status":"ok"}');
  });

  /** The daemon says these one after the other, at all paths or at its own; it is away for `undefined`. */
  async function lifeOf(answers: readonly (Handler | undefined)[], isAlike: boolean): Promise<string[]> {
    const watch = new Watch();
    let says = answers.find((each) => each !== undefined)!;
    const handler: Handler = (request, response) =>
      (isAlike || request.url === '/health' ? says : answering('', { status: 404 }))(request, response);
    let server: Server | undefined = await scope.http(handler);
    const { port, origin } = server;
    const probe = probeOf({ url: `${origin}/health` });
    const told: string[] = [];
    for (const answer of answers) {
      if (answer) server ??= await scope.http(handler, { port });
      else await server?.close();
      if (answer) says = answer;
      else server = undefined;
      told.push(`${await look(probe, watch)}: ${watch.reasonInWords}`);
      watch.wait(5_000);
    }
    return told.map((each) => each.replace(/: the daemon answers, and "progress".*/, ''));
  }

  const loads = json({ error: { code: 503, message: 'Loading model', type: 'unavailable_error' } }, 503);
  const starts = json({ status: 'starting' }, 503);
  const lives: readonly (readonly [
    what: string,
    answers: readonly (Handler | undefined)[],
    last: readonly string[],
  ])[] = [
    [
      'starts again',
      [json({ status: 'pass' }), undefined, starts, starts, starts, starts, json({ status: 'pass' })],
      ['starting: the daemon is still starting', 'unverified'],
    ],
    ['loads from the first look on', [loads, loads], ['starting: the daemon is still starting']],
    [
      'is ill from the first look on',
      [json({ status: 'fail', output: 'no db' }, 503)],
      ['unavailable: no db'],
    ],
    [
      'comes back with other fields',
      [json({ status: 'ok' }), undefined, json({ fine: 1 })],
      ['wrongAnswer: the answer has no usual shape of a health answer'],
    ],
    [
      'answers errors after it was away',
      [json({ ok: true }), undefined, ...Array<Handler>(3).fill(json({ x: 1 }, 500))],
      ['failing: the daemon answers with errors: HTTP 500'],
    ],
  ];
  for (const [what, answers, last] of lives) {
    for (const isAlike of [true, false]) {
      it(`is told by its own words without a kind where it ${what}${isAlike ? ', at all paths alike' : ''}`, async () =>
        assert.deepEqual((await lifeOf(answers, isAlike)).slice(-last.length), last));
    }
  }

  const strangers: readonly (readonly [what: string, handler: Handler])[] = [
    ['a web page', answering('<h1>hello</h1>', { type: 'text/html' })],
    ['another JSON', json({ name: 'x' })],
    ['a login', answering('', { status: 401 })],
  ];
  for (const [what, handler] of strangers) {
    it(`is not ${what}`, async () => {
      const { origin } = await scope.http(handler);
      const watch = new Watch();
      assert.equal(await look(probeOf({ url: origin }), watch), 'wrongAnswer', watch.reasonInWords);
    });
  }

  it('asks only the address that was written, and never a path by guess', async () => {
    const server = await scope.http(new Says({ '/live': json({ status: 'ok' }) }).handler);
    const probe = probeOf({ url: `${server.origin}/live`, kind: 'generic' });
    await probe.ask();
    await probe.ask();
    assert.deepEqual([...new Set(server.requests)], ['/live']);
  });

  it('is asked with the query of its address, and takes the statuses that the entry names', async () => {
    const says = new Says({
      '/readyz?verbose': answering('[+]ping ok\n', { status: 200, type: 'text/plain' }),
    });
    const { origin } = await scope.http(says.handler);
    const probe = probeOf({ url: `${origin}/readyz?verbose`, kind: 'generic' });
    assert.deepEqual(reportOf(await probe.ask()).checks, [{ name: 'ping', state: 'good' }]);
    says.routes = { '/x': answering('', { status: 204 }) };
    assert.equal((await probeOf({ url: `${origin}/x`, kind: 'generic', expect: [204] }).ask()).ok, true);
    const sample = await probeOf({ url: `${origin}/x`, kind: 'generic', expect: [200] }).ask();
    assert.equal(sample.ok, false);
  });

  describe('with a proof of progress', () => {
    const ago = (ms: number) => new Date(Date.now() - ms).toISOString();
    const entry = (url: string) => ({
      url,
      progress: { time: 'scheduler.lastSuccessAt', redAfterMs: 60_000 },
    });

    it('is healthy, and wedged while it still says that all is well', async () => {
      const says = new Says({ '/health': json({ status: 'ok', scheduler: { lastSuccessAt: ago(1_000) } }) });
      const { origin } = await scope.http(says.handler);
      const [probe, watch] = [probeOf(entry(`${origin}/health`)), new Watch()];
      assert.equal(await look(probe, watch), 'healthy', watch.reasonInWords);
      assert.equal(watch.reasonInWords, 'the time that proves progress is recent');
      says.routes = { '/health': json({ status: 'ok', scheduler: { lastSuccessAt: ago(90_000) } }) };
      watch.wait(5_000);
      assert.equal(await look(probe, watch), 'wedged');
      assert.equal(watch.reasonInWords, 'no progress: the time that proves progress is older than 1 min');
    });

    const unknown: readonly (readonly [what: string, body: unknown, reason: RegExp])[] = [
      ['missing', { status: 'ok' }, /^malformed: scheduler\.lastSuccessAt is missing$/],
      [
        'of another type',
        { scheduler: { lastSuccessAt: [1] } },
        /^malformed: scheduler\.lastSuccessAt should be a time.*, is \[…\]$/,
      ],
      ['not set', { scheduler: { lastSuccessAt: 0 } }, /^the daemon tells of no success yet/],
      ['in the future', { scheduler: { lastSuccessAt: ago(-3_600_000) } }, /lies in the future/],
    ];
    for (const [what, body, reason] of unknown) {
      it(`is unverified where the value is ${what}, and says so`, async () => {
        const { origin } = await scope.http(json(body));
        const watch = new Watch();
        assert.equal(await look(probeOf(entry(origin)), watch), 'unverified');
        assert.match(watch.reasonInWords, reason);
      });
    }

    it('is unverified without one, and never healthy', async () => {
      const { origin } = await scope.http(json({ status: 'ok' }));
      const watch = new Watch();
      assert.equal(await look(probeOf({ url: origin, kind: 'generic' }), watch), 'unverified');
      assert.match(watch.reasonInWords, /names no proof/);
    });

    it('is not red for what it wrote before it was away', async () => {
      const old = json({ scheduler: { lastSuccessAt: ago(90_000) } });
      const server = await scope.http(old);
      const [probe, watch] = [probeOf(entry(server.origin)), new Watch({ seenUpAt: 1 })];
      await server.close();
      assert.equal(await look(probe, watch), 'notAnswering');
      await scope.http(old, { port: server.port });
      assert.equal(await look(probe, watch), 'unverified', watch.reasonInWords);
      assert.equal(
        watch.reasonInWords,
        'the time that proves progress is old, and a newer one is still to come',
      );
    });

    it('counts a counter over its answers', async () => {
      let done = 5;
      const { origin } = await scope.http((request, response) =>
        json({ done: done++, waiting: 2 })(request, response),
      );
      const progress = { counter: 'done', busy: 'waiting', redAfterMs: 60_000 };
      const [probe, watch] = [probeOf({ url: origin, progress }), new Watch()];
      assert.equal(await look(probe, watch), 'unverified');
      assert.equal(await look(probe, watch), 'healthy', watch.reasonInWords);
    });
  });

  it('is watched by its metrics', async () => {
    const says = new Says({});
    const { origin } = await scope.http(says.handler);
    const page = (seconds: number) =>
      answering(`# HELP x_done The last success.\nx_done{queue="a"} ${Date.now() / 1_000 - seconds}\n`, {
        type: 'text/plain; version=0.0.4',
      });
    const progress = { time: 'x_done{queue="a"}', redAfterMs: 60_000 };
    const [probe, watch] = [probeOf({ url: `${origin}/metrics`, progress }), new Watch()];
    says.routes = { '/metrics': page(1) };
    assert.equal(await look(probe, watch), 'healthy', watch.reasonInWords);
    says.routes = { '/metrics': page(90) };
    assert.equal(await look(probe, watch), 'wedged');
    says.routes = { '/metrics': answering('# HELP y Other.\ny 1\n', { type: 'text/plain; version=0.0.4' }) };
    const other = new Watch();
    assert.equal(await look(probe, other), 'unverified');
    assert.equal(other.reasonInWords, 'malformed: x_done{queue="a"} is missing');
  });

  describe('that gives bad answers has one clear sentence', () => {
    const rows: readonly (readonly [what: string, handler: Handler, reason: string])[] = [
      [
        'nothing at the path',
        answering('', { status: 404 }),
        'HTTP 404: nothing is at the path of the "url"',
      ],
      [
        'a web page',
        answering('<p>', { type: 'text/html' }),
        'the answer is a web page; another service listens there',
      ],
      ['an empty answer', answering(''), 'the answer is empty'],
      ['an empty object', answering('{}'), 'malformed: scheduler.lastSuccessAt is missing'],
      ['null', answering('null'), 'malformed: scheduler.lastSuccessAt is missing'],
      ['a number', answering('5'), 'malformed: scheduler.lastSuccessAt is missing'],
      [
        'what a cache has kept for two minutes',
        (request, response) => {
          const at = Date.now() - 120_000;
          const headers = { date: new Date(at).toUTCString(), age: '120' };
          answering(JSON.stringify({ scheduler: { lastSuccessAt: at } }), { headers })(request, response);
        },
        'the answer is 2 min old: a cache answers, and not the daemon',
      ],
      ['5 MiB', answering('x'.repeat(5 * 1024 * 1024)), 'the answer is larger than 4 MiB'],
      [
        'too many parts',
        answering('['.repeat(200_000)),
        'the answer has more than 100000 lists, objects or values',
      ],
      [
        'binary',
        answering('\u0000\u0001\u0002', { type: 'application/octet-stream' }),
        'the answer is not JSON',
      ],
      ['half of a JSON', answering('{"scheduler":{"lastSucc'), 'the answer is not JSON'],
    ];
    for (const [what, handler, reason] of rows) {
      it(what, async () => {
        const { origin } = await scope.http(handler);
        const watch = new Watch();
        const progress = { time: 'scheduler.lastSuccessAt', redAfterMs: 60_000 };
        const state = await look(probeOf({ url: origin, progress }), watch);
        assert.equal(watch.reasonInWords, reason);
        assert.notEqual(state, 'healthy');
      });
    }
  });
});
