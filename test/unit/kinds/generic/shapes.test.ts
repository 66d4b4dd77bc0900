import assert from 'node:assert/strict';
import { readAnswer } from '../../../../src/kinds/generic/answer';
import type { Condition } from '../../../../src/kinds/generic/condition';
import { causeText } from '../../../../src/words/causes';
import type { Answer } from '../../../../src/system/httpClient';

function answer(body: unknown, status = 200, type = 'application/json'): Answer {
  return {
    status,
    contentType: type,
    encoding: undefined,
    location: undefined,
    retryAfterMs: undefined,
    dateAt: undefined,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}

function read(given: Answer, expect?: readonly number[]) {
  const spoken = readAnswer(given, expect);
  return 'is' in spoken ? causeText(spoken) : spoken.shape;
}

type Row = readonly [
  body: unknown,
  status: number,
  condition: Condition,
  checks?: readonly string[],
  said?: string,
];

/** As the daemons gave them (facts), or as their documents show them. */
const SHAPES: Readonly<Record<string, readonly Row[]>> = {
  'health+json': [
    [{ status: 'pass' }, 200, 'good'],
    [{ status: 'warn', output: 'disk is nearly full' }, 200, 'warning', [], 'disk is nearly full'],
    [
      {
        status: 'fail',
        checks: {
          'db:responseTime': [{ status: 'pass', time: '2026-03-02T08:00:00Z', observedValue: 3 }],
          'cache:connections': [{ status: 'fail', output: 'refused' }],
        },
      },
      503,
      'bad',
      ['db:responseTime good', 'cache:connections bad refused'],
    ],
  ],
  Actuator: [
    [{ status: 'UP' }, 200, 'good'],
    [
      {
        status: 'DOWN',
        components: {
          db: { status: 'UP', details: { database: 'H2' } },
          broker: { status: 'DOWN', components: { a: { status: 'DOWN', details: { error: 'no route' } } } },
        },
      },
      503,
      'bad',
      ['db good', 'broker bad', 'broker · a bad no route'],
    ],
    [{ status: 'OUT_OF_SERVICE' }, 503, 'bad'],
    [{ status: 'UNKNOWN' }, 200, 'unknown'],
  ],
  MicroProfile: [
    [{ status: 'UP', checks: [] }, 200, 'good'],
    [
      {
        status: 'DOWN',
        checks: [
          { name: 'queue', status: 'UP' },
          { name: 'db', status: 'DOWN', data: { error: 'cannot connect' } },
        ],
      },
      503,
      'bad',
      ['queue good', 'db bad cannot connect'],
    ],
  ],
  'ASP.NET': [
    ['Healthy', 200, 'good'],
    ['Degraded', 200, 'warning'],
    ['Unhealthy', 503, 'bad'],
    [
      { status: 'Unhealthy', entries: { sql: { status: 'Unhealthy', description: 'timed out' } } },
      503,
      'bad',
      ['sql bad timed out'],
    ],
  ],
  'Kubernetes ?verbose': [
    ['ok', 200, 'good'],
    [
      '[+]ping ok\n[+]log ok\n[+]etcd ok\nhealthz check passed\n',
      200,
      'good',
      ['ping good', 'log good', 'etcd good'],
    ],
    [
      '[+]ping ok\n[-]etcd failed: reason withheld\nhealthz check failed\n',
      500,
      'bad',
      ['ping good', 'etcd bad failed: reason withheld'],
    ],
  ],
  'OpenClaw 2026.9.6': [
    [{ ok: true, status: 'live' }, 200, 'good'],
    [{ ok: true, status: 'started', version: '2026.9.6' }, 200, 'good'],
    [{ ok: false, status: 'starting' }, 503, 'starting'],
    [{ ok: false, status: 'draining', version: '2026.9.6' }, 503, 'stopping'],
    [{ ready: true, failing: [], eventLoop: { degraded: true } }, 200, 'good'],
    [{ ready: false, failing: ['gateway-draining'] }, 503, 'stopping', [], 'gateway-draining'],
    [{ ready: false, failing: ['channels'] }, 503, 'bad', [], 'channels'],
  ],
  'Kubernetes, which begins or ends': [
    [
      '[+]ping ok\n[-]poststarthook/rbac/bootstrap-roles failed: not finished\nreadyz check failed\n',
      500,
      'starting',
      ['ping good', 'poststarthook/rbac/bootstrap-roles bad failed: not finished'],
    ],
    [
      '[+]ping ok\n[-]shutdown failed: reason withheld\nreadyz check failed\n',
      500,
      'stopping',
      ['ping good', 'shutdown bad failed: reason withheld'],
    ],
    [
      '[-]etcd failed: reason withheld\n[-]poststarthook/x failed: not finished\nreadyz check failed\n',
      500,
      'bad',
      ['etcd bad failed: reason withheld', 'poststarthook/x bad failed: not finished'],
    ],
  ],
  lightship: [
    ['SERVER_IS_READY', 200, 'good'],
    ['SERVER_IS_NOT_READY', 500, 'bad', [], 'SERVER_IS_NOT_READY'],
    ['SERVER_IS_NOT_SHUTTING_DOWN', 200, 'good'],
    ['SERVER_IS_SHUTTING_DOWN', 500, 'stopping'],
  ],
  'NestJS and Fastify': [
    [{ statusCode: 503, message: 'starting up', error: 'Service Unavailable' }, 503, 'starting'],
    [{ statusCode: 503, message: 'no db', error: 'Service Unavailable' }, 503, 'bad', [], 'no db'],
    [{ statusCode: 503, error: 'Service Unavailable' }, 503, 'bad', [], 'Service Unavailable'],
  ],
  FastAPI: [
    [{ detail: 'db not ready' }, 503, 'bad', [], 'db not ready'],
    [{ detail: 'Warming up' }, 503, 'starting'],
    [{ detail: { status: 'starting' } }, 503, 'starting'],
    [{ detail: { status: 'unhealthy', message: 'no db' } }, 503, 'bad', [], 'no db'],
  ],
  etcd: [
    [{ health: 'true', reason: '' }, 200, 'good'],
    [{ health: 'false', reason: 'RAFT NO LEADER' }, 503, 'bad', [], 'RAFT NO LEADER'],
  ],
  Elasticsearch: [
    [{ cluster_name: 'x', status: 'green', timed_out: false }, 200, 'good'],
    [{ status: 'yellow' }, 200, 'warning'],
    [{ status: 'red' }, 200, 'bad'],
  ],
  'Docker, of its image': [
    [{ Status: 'healthy', FailingStreak: 0, Log: [] }, 200, 'good'],
    [{ Status: 'unhealthy', FailingStreak: 3, Log: [] }, 200, 'bad'],
    [{ Status: 'starting', FailingStreak: 0, Log: [] }, 200, 'starting'],
  ],
  Envoy: [
    ['LIVE\n', 200, 'good'],
    ['PRE_INITIALIZING\n', 503, 'starting'],
    ['DRAINING\n', 503, 'stopping'],
  ],
  'gRPC in JSON': [
    [{ status: 'SERVING' }, 200, 'good'],
    [{ status: 'NOT_SERVING' }, 200, 'bad'],
  ],
  'opencode 1.18.33': [[{ healthy: true, version: '1.18.33' }, 200, 'good']],
  'n8n 2.40.7': [
    [{ status: 'ok' }, 200, 'good'],
    [{ status: 'error' }, 503, 'bad'],
    ['n8n is starting up. Please wait', 200, 'starting'],
  ],
  'llama-server': [
    [{ status: 'ok' }, 200, 'good'],
    [{ error: { code: 503, message: 'Loading model', type: 'unavailable_error' } }, 503, 'starting'],
  ],
  LiteLLM: [
    [`"I'm alive!"`, 200, 'good'],
    [{ status: 'shutting_down' }, 503, 'stopping'],
    [{ status: 'healthy', db: 'connected' }, 200, 'good'],
  ],
  'a text': [
    ['OK', 200, 'good'],
    ['Ollama is running', 200, 'good'],
    ['Prometheus Server is Healthy.\n', 200, 'good'],
    ['Service Unavailable', 503, 'bad'],
    ['true', 200, 'good'],
    ['Error loading model: out of memory', 503, 'bad'],
    ['The plugin that is starting failed', 503, 'bad'],
    ['Shutting down after an error', 503, 'stopping'],
    ['Service unavailable: the index is loading', 503, 'starting'],
    ['12 checks passed, 0 failed: all is ok', 200, 'good'],
  ],
  'systemctl is-active': [
    ['active\n', 200, 'good'],
    ['activating\n', 200, 'starting'],
    ['deactivating\n', 200, 'stopping'],
    ['inactive\n', 200, 'stopping'],
    ['failed\n', 200, 'bad'],
    ['active (running)', 200, 'good'],
  ],
  'an ill daemon that names a start': [
    [{ status: 'fail', output: 'error loading plugin x' }, 503, 'bad', [], 'error loading plugin x'],
    [{ error: 'failed: is loading data' }, 503, 'bad', [], 'failed: is loading data'],
    [{ ready: false, message: 'cannot connect: db is starting up' }, 503, 'bad'],
  ],
  'a status that says otherwise than the body': [
    [{ status: 'ok' }, 503, 'bad'],
    [{ status: 'ok' }, 500, 'bad'],
    ['', 503, 'bad'],
    [{ message: 'database is locked' }, 503, 'bad', [], 'database is locked'],
  ],
};

describe('a health answer that is understood without any setting', () => {
  for (const [name, rows] of Object.entries(SHAPES)) {
    for (const [body, status, condition, checks = [], said] of rows) {
      it(`${name}: ${status} ${JSON.stringify(body).slice(0, 70)} is ${condition}`, () => {
        const type = typeof body === 'string' ? 'text/plain' : 'application/health+json';
        const shape = read(answer(body, status, type));
        assert.ok(typeof shape === 'object');
        assert.equal(shape.condition, condition);
        assert.deepEqual(
          shape.checks.map((check) => [check.name, check.state, check.said].filter(Boolean).join(' ')),
          checks,
        );
        if (said !== undefined) assert.equal(shape.said, said);
      });
    }
  }

  /** As Flask, Django, PHP and Express send a text that nobody named the type of. */
  const untyped: readonly (readonly [body: unknown, status: number, condition: Condition])[] = [
    ['OK', 200, 'good'],
    ['Ok.\n', 200, 'good'],
    [{ status: 'ok', note: '<b>' }, 200, 'good'],
    [{ status: 'starting' }, 503, 'starting'],
    ['Service Unavailable', 503, 'bad'],
  ];
  for (const [body, status, condition] of untyped) {
    it(`${status} ${JSON.stringify(body)} is ${condition}, though it calls itself a web page`, () => {
      const shape = read(answer(body, status, 'text/html; charset=utf-8'));
      assert.equal(typeof shape === 'object' ? shape.condition : shape, condition);
    });
  }

  it('keeps no more of its checks than can be shown', () => {
    const checks = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, n) => [`c${n}`, [{ status: 'pass' }]]),
    );
    const shape = read(answer({ status: 'pass', checks }));
    assert.ok(typeof shape === 'object');
    assert.equal(shape.checks.length, 50);
  });

  it('cleans what it shows', () => {
    const checks = { 'a\u202eb': [{ status: 'fail', output: `x\n\u001b[31m${'y'.repeat(1_000)}` }] };
    const shape = read(answer({ status: 'fail', output: '\u0007bell', checks }, 503));
    assert.ok(typeof shape === 'object');
    assert.equal(shape.said, 'bell');
    const [check] = shape.checks;
    assert.equal(check?.name, 'a b');
    assert.ok(check?.said?.startsWith('x [31my') && check.said.length <= 200);
  });
});

describe('an answer that is no health answer', () => {
  const rows: readonly (readonly [what: string, given: Answer, shown: string | undefined])[] = [
    [
      'a web page',
      answer('<h1>hello</h1>', 200, 'text/html'),
      'the answer is a web page; another service listens there',
    ],
    ['an empty body', answer('', 200), undefined],
    ['another JSON', answer({ name: 'x' }), undefined],
    ['a list', answer([1, 2]), undefined],
    ['half of a JSON', answer('{"status":"failed","x":'), undefined],
    ['a JSON with NaN', answer('{"status":"ok","message":"loading","load":NaN}'), undefined],
    ['a list with NaN', answer('[{"status":"is down","load":NaN}]'), undefined],
    ['XML', answer('<?xml version="1.0"?><status>is down</status>', 200, 'application/xml'), undefined],
    [
      'a web page that calls itself text',
      answer('\n<!DOCTYPE html><title>Loading</title>', 200, 'text/plain'),
      'the answer is a web page; another service listens there',
    ],
    [
      'a web page of no type',
      answer('<html lang="en"><body>Everything is running</body></html>', 200, ''),
      'the answer is a web page; another service listens there',
    ],
    [
      'a web page in XML',
      answer('<html xmlns="x"/>', 200, 'application/xhtml+xml; charset=utf-8'),
      'the answer is a web page; another service listens there',
    ],
    [
      'a page of a status',
      answer('<b>OK</b>', 200, 'text/html'),
      'the answer is a web page; another service listens there',
    ],
    ['an empty page', answer('', 503, 'text/html'), 'HTTP 503 (a web page)'],
    [
      'the words of a login',
      answer({ detail: 'Not authenticated' }, 401),
      'HTTP 401: a login is asked for: Not authenticated',
    ],
    ['the words of an error', answer({ detail: 'no db' }, 500), 'HTTP 500: no db'],
    ['binary', answer('\u0000\u0001\ufffd\ufffd', 200, 'application/octet-stream'), undefined],
    ['a long text', answer('ok '.repeat(1_000), 200, 'text/plain'), undefined],
    ['a word that is none', answer({ status: 'tuesday' }), undefined],
    ['nothing at the path', answer({ status: 'ok' }, 404), 'HTTP 404: nothing is at the path of the "url"'],
    ['a login', answer('', 401), 'HTTP 401: a login is asked for; another service or a proxy listens there'],
    ['an error', answer('', 500), 'HTTP 500'],
    ['a gateway error page', answer('<h1>', 502, 'text/html'), 'HTTP 502 (a web page)'],
    ['a proxy that has no server', answer('<h1>', 503, 'text/html'), 'HTTP 503 (a web page)'],
    [
      'too many requests',
      { ...answer('', 429), retryAfterMs: 60_000 },
      'HTTP 429: the daemon asks to wait 60 s',
    ],
    [
      'a redirect',
      { ...answer('', 302), location: '/login' },
      'HTTP 302: the answer redirects to /login; a daemon does not',
    ],
    ['compressed', { ...answer('x'), encoding: 'gzip' }, 'the answer is compressed (gzip)'],
  ];
  for (const [what, given, shown] of rows) {
    it(`${what}: ${shown ?? 'no shape'}`, () => assert.equal(read(given), shown));
  }

  it('is good with a status that its entry names, and no other then', () => {
    assert.equal(read(answer('', 204)), undefined);
    assert.equal(read(answer('', 404), [404]), undefined);
    assert.equal(read(answer('', 204), [200]), 'HTTP 204');
  });
});
