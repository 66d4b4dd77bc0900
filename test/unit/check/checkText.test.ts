import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { checkText, findingText, lacksAnything } from '../../../src/check/checkText';
import { isPlace, placeText, readPlace, type Place } from '../../../src/check/place';
import { noPlaceText } from '../../../src/check/placeText';
import { examine } from '../../../src/kinds/generic/examine';
import type { Answer } from '../../../src/system/httpClient';

const nowAt = Date.parse('2026-11-26T09:30:00Z');
const ago = (ms: number) => new Date(nowAt - ms).toISOString();
const MINUTE_MS = 60_000;

const KEPT = { version: 1, lastCompletedAt: ago(5_000), owedSinceAt: ago(3_600_000), redAfterMs: 60_000 };

/** What is found in an answer, without what says that there is one. */
function found(body: unknown, more: Partial<Answer> & { earlier?: string; tookMs?: number } = {}) {
  const { earlier, tookMs = 3, ...rest } = more;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer: Answer = {
    status: 200,
    contentType: 'application/health+json',
    encoding: undefined,
    location: undefined,
    retryAfterMs: undefined,
    dateAt: nowAt,
    body: text,
    ...rest,
  };
  const before = earlier === undefined ? {} : { earlier: { text: earlier, nowAt: nowAt - 1_200 } };
  return examine({ text, answer, bytes: text.length, tookMs, nowAt, ...before }).slice(1);
}

const said = (progress: object) => ({ status: 'pass', progress: { ...KEPT, ...progress } });
const TELLS = 'The answer tells progress from presence: "progress" keeps version 1 of the contract.';
const SHAPE = 'The answer has a usual shape of a health answer.';
const TIMER = 'A side timer cannot be excluded from outside. Make sure that the work itself sets the times.';
const RUNS = 'The last unit of work ended 5 s ago; red after 1 min.';

type Row = readonly [
  what: string,
  body: unknown,
  lacks: boolean,
  says: readonly string[],
  more?: Parameters<typeof found>[1],
];

const ROWS: readonly Row[] = [
  ['keeps the contract', said({}), false, [SHAPE, TELLS, RUNS, TIMER]],
  [
    'has a time that is new for whoever asks',
    said({ lastCompletedAt: ago(10) }),
    false,
    [
      SHAPE,
      TELLS,
      'The last unit of work ended 10 ms ago; red after 1 min.',
      'The time of the last work was new at both looks. Make sure that the work sets the time, and neither a side timer nor the answer itself.',
    ],
    { earlier: JSON.stringify(said({ lastCompletedAt: ago(1_210) })) },
  ],
  [
    'is of a daemon that hangs',
    said({ lastCompletedAt: ago(5 * MINUTE_MS) }),
    true,
    [
      SHAPE,
      TELLS,
      'The daemon hangs: work is owed for 5 min, and nothing was completed; red after 1 min.',
      TIMER,
    ],
  ],
  [
    'is of a daemon that starts, and owes work meanwhile',
    { ...said({ lastCompletedAt: null }), status: 'starting' },
    false,
    [SHAPE, TELLS, 'The daemon says that it starts or ends: its times count once it is up.', TIMER],
    { status: 503 },
  ],
  [
    'is of a daemon that ends',
    { ...said({ lastCompletedAt: ago(5 * MINUTE_MS) }), status: 'draining' },
    false,
    [SHAPE, TELLS, 'The daemon says that it starts or ends: its times count once it is up.', TIMER],
    { status: 503 },
  ],
  [
    'is of a schedule that is overdue',
    said({ owedSinceAt: null, nextDueAt: ago(5 * MINUTE_MS) }),
    true,
    [SHAPE, TELLS, 'The daemon hangs: the next run is overdue for 5 min; red after 1 min.', TIMER],
  ],
  [
    'is of an idle daemon',
    said({ lastCompletedAt: ago(5 * MINUTE_MS), owedSinceAt: null }),
    false,
    [
      SHAPE,
      TELLS,
      'The daemon owes no work now. Nothing shows whether the next work would run, unless the loop counts an empty turn as a unit.',
      TIMER,
    ],
  ],
  [
    'tells presence only',
    { status: 'ok' },
    true,
    [
      SHAPE,
      'The answer says that the daemon is there. Nothing tells whether its work gets on: "progress" is missing.',
    ],
  ],
  [
    'has a field that a setting might name',
    { status: 'ok', scheduler: { lastSuccessAt: ago(1_000), heartbeatLast: ago(1_000), now: ago(0) } },
    true,
    [
      SHAPE,
      'The answer says that the daemon is there. Nothing tells for sure whether its work gets on: "progress" is missing. Perhaps a setting can name scheduler.lastSuccessAt.',
    ],
  ],
  [
    'has times without a unit',
    said({ lastCompletedAt: nowAt - 5_000 }),
    true,
    [
      SHAPE,
      'progress.lastCompletedAt is a number without a unit: seconds or milliseconds? Write ISO 8601 with its zone.',
    ],
  ],
  [
    'has a time without its zone, and one field too many',
    said({ owedSinceAt: '2026-11-26T09:00:00', beat: 1 }),
    true,
    [
      SHAPE,
      'The times cannot be used: progress.owedSinceAt should be ISO 8601 with its zone, or null, is "2026-11-26T09:00:00".',
      'progress.beat is no field of the contract, and is not read.',
    ],
  ],
  [
    'has a time in the future',
    said({ lastCompletedAt: ago(-3_600_000) }),
    true,
    [SHAPE, 'progress.lastCompletedAt lies 1 h in the future.'],
  ],
  [
    'is served otherwise, slowly, and without a date',
    said({}),
    false,
    [
      'The answer took 4 s; an answer that is asked for every few seconds takes less than 1 s.',
      'The answer is JSON served as text/plain; application/health+json is right.',
      'The answer has no Date header, so ages are counted by the clock of the reader.',
      SHAPE,
      TELLS,
      RUNS,
      TIMER,
    ],
    { contentType: 'text/plain', dateAt: undefined, tookMs: 4_000 },
  ],
  [
    'contradicts its status',
    { ...said({}), status: 'fail' },
    false,
    [
      SHAPE,
      'HTTP 200 says that the daemon is well, and the answer says that the daemon is ill. The answer is believed.',
      TELLS,
      RUNS,
      TIMER,
    ],
  ],
  [
    'tells secrets',
    { ...said({}), config: { apiKey: 'x1', url: 'http://me:pw@127.0.0.1/' }, commit: 'a'.repeat(40) },
    true,
    [
      SHAPE,
      TELLS,
      RUNS,
      TIMER,
      'config.apiKey looks like a secret. Everybody on this machine can read the answer.',
      'config.url looks like a secret. Everybody on this machine can read the answer.',
    ],
  ],
  [
    'is not bounded',
    { ...said({}), log: 'x '.repeat(50_000) },
    true,
    [
      'The answer has 98 KB, and may have no bound. A health answer has less than 64 KB.',
      SHAPE,
      TELLS,
      RUNS,
      TIMER,
    ],
  ],
  [
    'has no shape',
    { name: 'x' },
    true,
    [
      'The answer has no usual shape of a health answer: a "status" of pass, warn or fail is missing.',
      'The answer says that the daemon is there. Nothing tells whether its work gets on: "progress" is missing.',
    ],
  ],
  ['is half a JSON', '{"status":"pa', true, ['The answer is no health answer: the answer is not JSON.']],
  [
    'is binary',
    '\u0000\u0001\ufffd\ufffd',
    true,
    ['The answer is no health answer: the answer is not JSON.'],
    { contentType: 'application/octet-stream' },
  ],
  ['is empty', '', true, ['The answer is no health answer: the answer is empty.']],
  [
    'is a web page',
    '<h1>',
    true,
    ['The answer is no health answer: the answer is a web page; another service listens there.'],
    { contentType: 'text/html' },
  ],
  [
    'asks for a login',
    '',
    true,
    [
      'The answer is no health answer: HTTP 401: a login is asked for; another service or a proxy listens there.',
    ],
    { status: 401 },
  ],
  [
    'is a page of metrics',
    '# TYPE x gauge\nx 1\n',
    false,
    [
      'The answer is a page of metrics. The "progress" of an entry names the metric that proves progress; a page of metrics keeps no contract.',
    ],
    { contentType: 'text/plain; version=0.0.4' },
  ],
];

const ADDRESS: Place = { is: 'address', origin: 'http://127.0.0.1:8080/health', query: '' };
const FILE: Place = { is: 'file', path: '/w/x' };

describe('what a health answer lacks', () => {
  for (const [what, body, lacks, says, more] of ROWS) {
    it(`is said of one that ${what}`, () => {
      const findings = found(body, more);
      assert.deepEqual(findings.map(findingText), says);
      assert.equal(lacksAnything(findings), lacks);
    });
  }

  it('names no value of the answer, and stays one bounded line each', () => {
    const name = `se\u001b[31mcret ${'y'.repeat(500)}`;
    const text = checkText(
      { is: 'file', path: 'x\u0007' },
      found({ status: 'ok', [name]: 'token=hunter2hunter2' }),
    );
    assert.doesNotMatch(text, /hunter2/);
    for (const line of text.split('\n')) {
      assert.ok(line.length < 300, line);
      // eslint-disable-next-line no-control-regex
      assert.doesNotMatch(line, /[\u0000-\u001f]/);
    }
  });

  /** The text in its parts: the place, the sum, what was found, what to do. */
  function parts(findings: ReturnType<typeof found>, place: Place = ADDRESS) {
    const [head = '', next = ''] = checkText(place, findings).split('\n\n');
    const [where, sum, ...lines] = head.trimEnd().split('\n');
    return { where, sum, lines, next };
  }

  it('is summed up before the rest of it', () => {
    const { where, sum, lines, next } = parts(found(said({})));
    assert.deepEqual([where, sum, next], ['http://127.0.0.1:8080/health', 'Nothing is lacking.', '']);
    assert.equal(lines[0], '  good  The answer has a usual shape of a health answer.');
    assert.equal(parts(found({ status: 'ok' })).sum, '1 thing is lacking.');
    assert.equal(parts(found({ name: 'x' })).sum, '2 things are lacking.');
  });

  it('says what to serve, in an example that keeps the contract, where progress cannot be told', () => {
    for (const body of [{ status: 'ok' }, { name: 'x' }, said({ lastCompletedAt: nowAt - 5_000 })]) {
      const { next } = parts(found(body));
      assert.match(next, /^What to serve, by version 1 of the health contract:\n/);
      const example = /^ {2}"progress": (\{.*?^ {2}\})/ms.exec(next)?.[1] ?? '';
      const kept = found({ status: 'pass', progress: JSON.parse(example) as object });
      assert.ok(kept.some(({ is }) => is === 'keepsContract'));
      assert.match(next, /Add Daemon…/);
    }
  });

  it('says what to try where nothing was read, or no health answer', () => {
    const gone = { is: 'unreachable', cause: { is: 'connectionRefused' } } as const;
    assert.equal(
      parts([gone]).next,
      'Look whether the daemon runs, and whether host and port are its own; then check again.\n',
    );
    const noFile = { is: 'unreachable', cause: { is: 'noFile', file: '/w/x' } } as const;
    assert.equal(
      parts([noFile], FILE).next,
      'Look whether the path is right, and whether the daemon has written the file; then check again.\n',
    );
    assert.match(parts(found('')).next, /^Name the whole address of the health answer, such as http:/);
    assert.match(parts(found(''), FILE).next, /^Name a file in which the daemon writes its health/);
  });
});

describe('the place that is checked', () => {
  const rows: readonly (readonly [text: string, is: string | object, remote?: boolean])[] = [
    [
      'http://127.0.0.1:8080/health?x=1',
      { is: 'address', origin: 'http://127.0.0.1:8080/health', query: '?x=1' },
    ],
    ['http://localhost:8080', { is: 'address', origin: 'http://localhost:8080', query: '' }],
    ['state.json', { is: 'file', path: join('/w', 'state.json') }],
    ['run/state.json', { is: 'file', path: join('/w', 'run/state.json') }],
    ['~/x.json', { is: 'file', path: join(homedir(), 'x.json') }],
    ['/tmp/../x.json', { is: 'file', path: '/x.json' }],
    ['127.0.0.1:8080/health', { is: 'address', origin: 'http://127.0.0.1:8080/health', query: '' }],
    ['localhost:8080/health?x', { is: 'address', origin: 'http://localhost:8080/health', query: '?x' }],
    ['localhost:8080?x', { is: 'address', origin: 'http://localhost:8080', query: '?x' }],
    [' [::1]:8080 ', { is: 'address', origin: 'http://[::1]:8080', query: '' }],
    ['8080', { is: 'address', origin: 'http://127.0.0.1:8080', query: '' }],
    [':8080', { is: 'address', origin: 'http://127.0.0.1:8080', query: '' }],
    [':8080/health', { is: 'address', origin: 'http://127.0.0.1:8080/health', query: '' }],
    [
      '"url": "http://127.0.0.1:8080/health",',
      { is: 'address', origin: 'http://127.0.0.1:8080/health', query: '' },
    ],
    ['<http://127.0.0.1:8080/health>', { is: 'address', origin: 'http://127.0.0.1:8080/health', query: '' }],
    ['localhost/health', 'The port is missing: 127.0.0.1:8080/health.'],
    ['127.0.0.1', 'The port is missing: 127.0.0.1:8080/health.'],
    ['99999', 'The address cannot be read. Write http://127.0.0.1:8080/health.'],
    ['192.0.2.1:8080/health', '192.0.2.1 is not this machine.'],
    ['http://192.0.2.1/health', '192.0.2.1 is not this machine.'],
    ['http://192.0.2.1/health', { is: 'address', origin: 'http://192.0.2.1/health', query: '' }, true],
    ['https://127.0.0.1/', 'A health answer is asked for over http, not https.'],
    ['http://me:pw@127.0.0.1/', 'No daemon is sent a user name or a password. Leave them out.'],
    ['ftp://127.0.0.1/', 'The address cannot be read. Write http://127.0.0.1:8080/health.'],
    ['http://[', 'The address cannot be read. Write http://127.0.0.1:8080/health.'],
    ['', 'Name an address or a file.'],
    [' ', 'Name an address or a file.'],
    ['a\0b', 'Name an address or a file.'],
  ];
  for (const [text, is, allowRemote = false] of rows) {
    it(`${JSON.stringify(text)}${allowRemote ? ', where others are allowed' : ''}`, () => {
      const place = readPlace(text, allowRemote, '/w');
      assert.deepEqual(isPlace(place) ? place : noPlaceText(place), is);
    });
  }

  it('is no file below a folder where no folder is open', () => {
    const place = readPlace('run/state.json', false, undefined);
    assert.equal(
      isPlace(place) ? placeText(place) : noPlaceText(place),
      'No folder is open that the path could begin in. Write the whole path of the file.',
    );
    assert.deepEqual(readPlace('/x.json', false, undefined), { is: 'file', path: '/x.json' });
  });
});
