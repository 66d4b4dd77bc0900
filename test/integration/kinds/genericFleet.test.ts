import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DaemonState } from '../../../src/health/states';
import { createProbe, type Probe } from '../../../src/kinds/probe';
import { readDaemons } from '../../../src/settings/daemonList';
import { memoryOver, MemoryMemento } from '../../support/memento';
import { Watch } from '../../unit/health/support';
import { modelOf } from '../../unit/ui/support';
import { answering, PATIENT, Scope, TIMEOUTS } from '../support';

type Handler = Parameters<Scope['http']>[0];

/** As a real Prometheus 2.42 answered it. */
function recorded(name: string): Handler {
  const file = join(__dirname, '../../fixtures/prometheus', `${name}.json`);
  const { status, headers, body } = JSON.parse(readFileSync(file, 'utf8')) as {
    status: number;
    headers: Record<string, string>;
    body: unknown;
  };
  return answering(typeof body === 'string' ? body : JSON.stringify(body), {
    status,
    type: headers['content-type']!,
  });
}

/** @param ages in seconds, by the instance */
const told = (ages: Readonly<Record<string, string>>): Handler =>
  answering(
    JSON.stringify({
      status: 'success',
      data: {
        resultType: 'vector',
        result: Object.entries(ages).map(([instance, age]) => ({
          metric: { instance },
          value: [Date.now() / 1_000, age],
        })),
      },
    }),
  );

describe('a fleet at the address of its Prometheus', function () {
  this.timeout(30_000);
  const scope = new Scope();
  afterEach(() => scope.close());

  const QUERY = 'time() - x{a="b"}';
  const PATH = `/api/v1/query?query=${encodeURIComponent(QUERY)}`;
  const UP = '/api/v1/query?query=up';

  /** What Prometheus answers to our query, and to what is up. */
  class Prometheus {
    readonly asked: string[] = [];
    query: Handler = told({});
    up: Handler = answering('{}');

    readonly handler: Handler = (request, response) => {
      this.asked.push(request.url ?? '');
      (request.url === UP ? this.up : this.query)(request, response);
    };
  }

  function probeOf(origin: string, timeouts = PATIENT): Probe {
    const entry = { name: '{{instance}}', prometheus: origin, query: QUERY, value: 'age', redAbove: 600 };
    const { daemons } = readDaemons([entry], { configured: true, allowRemote: false });
    const { target, kind, asks } = daemons[0]!;
    const probe = createProbe(target, { kind, timeouts, ...(asks && { asks }) });
    scope.add(() => probe.close());
    return probe;
  }

  async function look(probe: Probe, watch: Watch): Promise<DaemonState> {
    watch.wait(5_000);
    return watch.observe({ ...(await probe.ask()), startedMs: watch.time.monotonicMs });
  }

  it('is asked in one request for all of it, below the path of its address', async () => {
    const prometheus = new Prometheus();
    const { origin } = await scope.http(prometheus.handler);
    const watch = new Watch();
    const probe = probeOf(`${origin}/metrics/`);
    prometheus.query = told({ a: '3', b: '4', c: '5' });
    assert.equal(await look(probe, watch), 'healthy', watch.reasonInWords);
    assert.equal(watch.reasonInWords, 'each of 3 series has a recent success');
    prometheus.query = told({ a: '3', b: '700', c: '5' });
    assert.equal(await look(probe, watch), 'wedged');
    assert.equal(watch.reasonInWords, '1 of 3 red: b, no success for over 10 min');
    assert.deepEqual(prometheus.asked, [`/metrics${PATH}`, `/metrics${PATH}`]);
    assert.match(await probe.statusText(), /"vector"/);
  });

  it('asks what is up where nothing is told, and is green for neither answer', async () => {
    const prometheus = new Prometheus();
    const { origin } = await scope.http(prometheus.handler);
    const watch = new Watch();
    const probe = probeOf(origin);
    prometheus.query = recorded('exporter-gone.query.age');
    prometheus.up = recorded('exporter-gone.query.up');
    assert.equal(await look(probe, watch), 'unverified');
    assert.equal(watch.reasonInWords, 'the query gives no series; 0 of 2 targets of Prometheus are up');
    assert.deepEqual(prometheus.asked, [PATH, UP]);
    prometheus.up = answering('', { status: 503 });
    assert.equal(await look(probe, watch), 'unverified', 'what is up may not be told');
  });

  it('turns nothing red by what was measured before Prometheus was silent, and keeps red what was red', async () => {
    const prometheus = new Prometheus();
    const { origin } = await scope.http(prometheus.handler);
    const watch = new Watch();
    const probe = probeOf(origin, TIMEOUTS);
    const atMs = Date.now();
    // It scrapes again only later: till then the values of before grow old.
    const at = (seconds: number, a: number, b: number): Handler =>
      answering(
        JSON.stringify({
          status: 'success',
          data: {
            resultType: 'vector',
            result: Object.entries({ a, b }).map(([instance, age]) => ({
              metric: { instance },
              value: [atMs / 1_000 + seconds, String(age)],
            })),
          },
        }),
      );
    /** @param afterMs since the look before */
    const seen = async (handler: Handler, afterMs = 0) => {
      prometheus.query = handler;
      watch.wait(afterMs);
      return [await look(probe, watch), watch.reasonInWords] as const;
    };
    const silent: Handler = () => {};
    assert.equal((await seen(at(0, 3, 3)))[0], 'healthy');
    assert.match((await seen(silent))[1], /^Prometheus does not answer/);
    assert.deepEqual(await seen(at(900, 903, 903), 890_000), [
      'unverified',
      'of 2 of 2 series nothing is known; a: its value is of before Prometheus was silent',
    ]);
    assert.deepEqual(await seen(at(905, 2, 908)), [
      'unverified',
      'of b nothing is known: its value is of before Prometheus was silent',
    ]);
    const red = '1 of 2 red: b, no success for over 10 min';
    assert.deepEqual(await seen(at(1_600, 2, 1_603), 690_000), ['wedged', red]);
    await seen(silent);
    assert.deepEqual(await seen(at(2_500, 2, 2_503), 890_000), ['wedged', red], 'it was red before');
  });

  const answers: readonly (readonly [what: string, handler: Handler, state: DaemonState, why: string])[] = [
    [
      'a query that it cannot read',
      recorded('query.bad'),
      'wrongAnswer',
      'HTTP 400: invalid parameter "query": 1:3: parse error: unexpected end of input inside braces',
    ],
    [
      'a query that gives no list',
      recorded('query.scalar'),
      'wrongAnswer',
      'the query gives a scalar, where a list of series (an instant vector) is needed',
    ],
    [
      'its own start',
      recorded('start.06.api.v1.query'),
      'unverified',
      'Prometheus answers HTTP 503: Service Unavailable',
    ],
    [
      'a query that takes too long',
      answering('{"status":"error","errorType":"timeout","error":"query timed out"}', { status: 503 }),
      'unverified',
      'Prometheus answers HTTP 503: query timed out',
    ],
    [
      'no such path',
      answering('404', { status: 404 }),
      'wrongAnswer',
      'the answer is not that of a Prometheus',
    ],
    ['another JSON', answering('{"status":"ok"}'), 'wrongAnswer', 'the answer is not that of a Prometheus'],
    ['half an answer', answering('{"status":"succ'), 'wrongAnswer', 'the answer is not that of a Prometheus'],
    [
      'a page',
      answering('<html>', { type: 'text/html' }),
      'wrongAnswer',
      'the answer is a web page; another service listens there',
    ],
    [
      'over 4 MiB',
      answering(`{"x":"${'x'.repeat(4 * 1024 * 1024)}"}`),
      'wrongAnswer',
      'the answer is larger than 4 MiB',
    ],
  ];
  for (const [what, handler, state, why] of answers) {
    it(`says what is wrong where Prometheus answers with ${what}, and turns nothing red`, async () => {
      const prometheus = new Prometheus();
      const { origin } = await scope.http(prometheus.handler);
      const watch = new Watch();
      const probe = probeOf(origin);
      prometheus.query = told({ a: '3' });
      assert.equal(await look(probe, watch), 'healthy');
      prometheus.query = handler;
      for (let n = 0; n < 4; n++) await look(probe, watch);
      assert.equal(watch.state, state);
      assert.equal(watch.reasonInWords, why);
    });
  }

  it('is not known, and never red, while its Prometheus is gone or silent', async () => {
    const prometheus = new Prometheus();
    const server = await scope.http(prometheus.handler);
    const watch = new Watch();
    const probe = probeOf(server.origin, TIMEOUTS);
    prometheus.query = told({ a: '3' });
    while ((await look(probe, watch)) !== 'healthy');
    prometheus.query = () => undefined;
    for (let n = 0; n < 3; n++) assert.equal(await look(probe, watch), 'unverified');
    assert.match(watch.reasonInWords, /^Prometheus does not answer: no answer within/);
    assert.deepEqual(watch.spoken, []);
  });

  it('knows in a window that was reloaded which series there were', async () => {
    const prometheus = new Prometheus();
    const { origin } = await scope.http(prometheus.handler);
    const state = new MemoryMemento();
    const first = new Watch();
    const memory = memoryOver(state, () => first.time.wallAt);
    prometheus.query = told({ a: '3', b: '4' });
    assert.equal(await look(probeOf(origin), first), 'healthy');
    memory.keep([modelOf(first)]);
    memory.stepped(modelOf(first), { instance: undefined, lost: [] });

    const { id } = modelOf(first).daemon;
    const second = new Watch({ ...memoryOver(state, () => first.time.wallAt).recall(id), time: first.time });
    prometheus.query = told({ a: '3' });
    assert.equal(await look(probeOf(origin), second), 'unverified');
    assert.equal(second.reasonInWords, 'of b nothing is known: its series has vanished');
  });

  it('stays red where it was red and its Prometheus is gone', async () => {
    const prometheus = new Prometheus();
    const server = await scope.http(prometheus.handler);
    const watch = new Watch();
    const probe = probeOf(server.origin);
    prometheus.query = told({ a: '900' });
    assert.equal(await look(probe, watch), 'wedged');
    await server.close();
    await look(probe, watch);
    assert.equal(watch.state, 'wedged', 'a lost answer proves no cure');
  });
});
