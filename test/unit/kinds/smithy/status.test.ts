import assert from 'node:assert/strict';
import { readStatus } from '../../../../src/kinds/smithy/status';
import { SMITHY_TRAITS } from '../../../../src/kinds/smithy/traits';
import { DISPATCHD_TRAITS } from '../../../../src/kinds/dispatchd/traits';
import type { Progress, Report, Session } from '../../../../src/health/report';
import { assessLoop, cyclesOf } from '../../../../src/health/staleness';
import type { Malformed, StrangeAnswer } from '../../../../src/health/cause';
import { causeText, malformedText, unavailableText } from '../../../../src/words/causes';
import { loadRecording } from '../../../fixtures/recordings';

const DATE_AT = Date.parse('2026-11-22T00:33:25.000Z');

function read(body: unknown): Report {
  const report = readStatus(body, DATE_AT);
  if ('is' in report) throw new Error(causeText(report));
  return report;
}

interface Said extends Report {
  readonly lastPollStartedAt?: number | undefined;
  readonly lastPollCompletedAt?: number | undefined;
  readonly pollStale?: boolean | undefined;
}

/** The report with its poll cycles by the names of the status. */
function said(report: Report): Said {
  const { startedAt, completedAt, stale } = cyclesOf(report);
  return { ...report, lastPollStartedAt: startedAt, lastPollCompletedAt: completedAt, pollStale: stale };
}

/** The sessions of a status, with what every version says of one. */
function readSessions(sessions: readonly unknown[]): Partial<Session>[] {
  return (read({ isRunning: true, sessions }).sessions ?? []).map(
    ({ id, title, status: word, createdAt, lastActivityAt }) => ({
      id,
      title,
      status: word,
      ...(createdAt !== undefined && { createdAt }),
      ...(lastActivityAt !== undefined && { lastActivityAt }),
    }),
  );
}

const status = (name: string) => loadRecording(name).body as Record<string, object>;
const running = () => status('status-running');
const withHealth = (health: object) => ({ ...running(), health: { ...running().health, ...health } });

describe('a status of smithy', () => {
  it('is read whole', () => {
    assert.deepEqual(read(running()), {
      kind: 'smithy',
      isRunning: true,
      available: true,
      pollIntervalMs: 5_000,
      daemonNow: Date.parse('2026-11-22T00:33:25.191Z'),
      progress: {
        kind: 'cycles',
        startedAt: Date.parse('2026-11-22T00:33:22.363Z'),
        completedAt: Date.parse('2026-11-22T00:33:22.371Z'),
        stale: false,
      },
      traits: SMITHY_TRAITS,
      queue: { readyUnassignedTasks: 0, availableWorkers: 2, stuck: false },
      pause: { isPaused: false },
      malformed: [],
    } satisfies Report);
  });

  it('without health leaves unknown what it does not say', () => {
    const report = read(status('master/status-running'));
    assert.deepEqual(report, {
      kind: 'smithy',
      isRunning: true,
      available: true,
      pollIntervalMs: 5_000,
      daemonNow: DATE_AT,
      progress: { kind: 'untold', by: 'version' },
      traits: SMITHY_TRAITS,
      pause: { isPaused: false },
      malformed: [],
    });
  });

  it('with its times on a day that does not exist is unverified', () => {
    const at = '2026-02-30T12:00:00.000Z';
    const report = read(withHealth({ computedAt: at, lastPollStartedAt: at, lastPollCompletedAt: at }));
    const loop = assessLoop(report);
    assert.deepEqual([loop.kind, loop.kind === 'unknown' && loop.why.is], ['unknown', 'malformed']);
  });

  it('tells until when it is paused, and why it is unavailable', () => {
    assert.deepEqual(read(status('status-ratelimit-paused')).pause, {
      isPaused: true,
      resumesAt: Date.parse('2026-11-22T00:43:49.839Z'),
    });
    assert.match(unavailableText(read(status('status-no-git')).unavailable!), /no git repository/);
  });

  it('with an empty reason gives none: it is not unavailable by that', () => {
    assert.equal(read({ ...running(), isRunning: false, reason: '' }).unavailable, undefined);
  });

  it('knows the queue by either name of the same fact', () => {
    const { stuck: _, ...health } = running().health as Record<string, unknown>;
    assert.equal(read({ ...running(), health: { ...health, hasStuckQueue: true } }).queue?.stuck, true);
  });
});

describe('a status of dispatchd', () => {
  it('is a superset, with its instance and its sessions', () => {
    const instance = {
      id: 'i-1',
      pid: 42,
      version: '1.0.0',
      startedAt: '2026-11-22T00:00:00Z',
      workspace: '/w',
    };
    const report = read({
      ...running(),
      instance,
      sessions: [{ id: 's-1', name: 'build', status: 'running' }],
    });
    assert.equal(report.kind, 'dispatchd');
    assert.deepEqual(report.instance, { ...instance, startedAt: Date.parse(instance.startedAt) });
    assert.deepEqual(
      report.sessions?.map(({ id, title }) => [id, title]),
      [['s-1', 'build']],
    );
  });

  it('gives its own threshold', () => {
    const report = read({ ...running(), config: { pollIntervalMs: 1_000, pollStaleThresholdMs: 3_000 } });
    assert.deepEqual([report.pollIntervalMs, report.pollStaleThresholdMs], [1_000, 3_000]);
  });
});

describe('what a status tells of the loop', () => {
  const { health: _, ...without } = running();
  const untold: Progress = { kind: 'untold', by: 'version' };
  const rows: readonly [what: string, body: object, progress: Progress][] = [
    ['nothing, without health', without, untold],
    ['nothing, with health that has the queue alone', { ...without, health: { stuck: false } }, untold],
    ['nothing, where another part is malformed', { ...without, config: 'fast' }, untold],
    [
      'no cycle yet, where it says that nothing is stale',
      { ...without, health: { pollStale: false } },
      { kind: 'cycles', stale: false },
    ],
    [
      'a cycle in flight',
      { ...without, health: { lastPollStartedAt: '2026-11-22T00:33:22.363Z' } },
      { kind: 'cycles', startedAt: Date.parse('2026-11-22T00:33:22.363Z') },
    ],
    [
      'cycles, where a time is malformed',
      { ...without, health: { lastPollStartedAt: 1 } },
      { kind: 'cycles' },
    ],
    ['cycles, where health is malformed', { ...without, health: 'fine' }, { kind: 'cycles' }],
  ];
  for (const [what, body, progress] of rows) {
    it(`is ${what}`, () => {
      assert.deepEqual(read(body).progress, progress);
      assert.deepEqual(read({ ...body, instance: { id: 'i-1' } }).progress, progress, 'of dispatchd too');
    });
  }

  it('comes with the traits of the kind', () => {
    assert.equal(read(running()).traits, SMITHY_TRAITS);
    assert.equal(read({ ...running(), instance: { pid: 1 } }).traits, SMITHY_TRAITS);
    assert.equal(read({ ...running(), instance: { id: 'i-1' } }).traits, DISPATCHD_TRAITS);
  });
});

describe('what is no status', () => {
  const missing: Malformed = { field: 'isRunning', is: 'missing' };
  const noBoolean = (received: string): StrangeAnswer => ({
    is: 'noStatus',
    malformed: [{ field: 'isRunning', is: 'wrong', expected: 'boolean', received }],
  });
  const bodies: readonly [what: string, body: unknown, why: StrangeAnswer][] = [
    ['null', null, { is: 'noObject' }],
    ['a number', 5, { is: 'noObject' }],
    ['a text', 'ok', { is: 'noObject' }],
    ['a list', [{ isRunning: true }], { is: 'noObject' }],
    ['an empty object', {}, { is: 'noStatus', malformed: [missing] }],
    ['another service', { status: 'ok' }, { is: 'noStatus', malformed: [missing] }],
    ['isRunning as a text', { isRunning: 'true' }, noBoolean('"true"')],
    ['isRunning as null', { isRunning: null }, noBoolean('null')],
    ['isRunning as 1', { isRunning: 1 }, noBoolean('1')],
  ];
  for (const [what, body, why] of bodies) {
    it(`${what} is refused, with the reason`, () => {
      assert.deepEqual(readStatus(body, DATE_AT), why);
    });
  }

  it('is named in one bounded line, whatever it says', () => {
    const hostile = `\u202e${'A'.repeat(10_000)}\n[x](command:evil)`;
    const answer = readStatus(
      {
        isRunning: hostile,
        available: hostile,
        reason: [hostile],
        config: hostile,
        rateLimit: hostile,
        health: { computedAt: hostile, lastPollStartedAt: hostile, pollStale: hostile, stuck: hostile },
      },
      undefined,
    );
    assert.ok('is' in answer);
    const said = causeText(answer);
    assert.ok(said.length <= 300, `${said.length} characters`);
    assert.doesNotMatch(said, /[\n\u202e]/);
  });
});

describe('a malformed field', () => {
  const rows: readonly [what: string, body: object, path: string, missing: keyof Said][] = [
    [
      'a negative count',
      withHealth({ readyUnassignedTasks: -1 }),
      'health.readyUnassignedTasks',
      'unavailable',
    ],
    ['a broken count', withHealth({ availableWorkers: 1.5 }), 'health.availableWorkers', 'unavailable'],
    ['pollStale as a text', withHealth({ pollStale: 'no' }), 'health.pollStale', 'pollStale'],
    [
      'a time as a number',
      withHealth({ lastPollCompletedAt: 1 }),
      'health.lastPollCompletedAt',
      'lastPollCompletedAt',
    ],
    [
      'a time as null',
      withHealth({ lastPollCompletedAt: null }),
      'health.lastPollCompletedAt',
      'lastPollCompletedAt',
    ],
    ['no time', withHealth({ lastPollStartedAt: 'soon' }), 'health.lastPollStartedAt', 'lastPollStartedAt'],
    [
      'a bare "1"',
      withHealth({ lastPollCompletedAt: '1' }),
      'health.lastPollCompletedAt',
      'lastPollCompletedAt',
    ],
    [
      'a year',
      withHealth({ lastPollCompletedAt: '2026' }),
      'health.lastPollCompletedAt',
      'lastPollCompletedAt',
    ],
    [
      'a time without its zone',
      withHealth({ lastPollCompletedAt: '2026-11-22T00:33:22.371' }),
      'health.lastPollCompletedAt',
      'lastPollCompletedAt',
    ],
    [
      'a day that does not exist',
      withHealth({ lastPollCompletedAt: '2026-13-45T00:33:22.371Z' }),
      'health.lastPollCompletedAt',
      'lastPollCompletedAt',
    ],
    [
      'a very long time',
      withHealth({ lastPollCompletedAt: '2'.repeat(1_000_000) }),
      'health.lastPollCompletedAt',
      'lastPollCompletedAt',
    ],
    ['health as a text', { ...running(), health: 'fine' }, 'health', 'queue'],
    [
      'an interval of NaN, as smithy sends after a bad PATCH',
      { ...running(), config: { pollIntervalMs: null } },
      'config.pollIntervalMs',
      'pollIntervalMs',
    ],
    [
      'an interval of 0',
      { ...running(), config: { pollIntervalMs: 0 } },
      'config.pollIntervalMs',
      'pollIntervalMs',
    ],
    ['a reason that is no text', { ...running(), reason: { a: 1 } }, 'reason', 'unavailable'],
    [
      'a folder that turns the text around',
      { ...running(), instance: { workspace: '/home/\u202edev' } },
      'instance.workspace',
      'unavailable',
    ],
    ['isPaused as a text', { ...running(), rateLimit: { isPaused: 'yes' } }, 'rateLimit.isPaused', 'pause'],
  ];
  for (const [what, body, path, missing] of rows) {
    it(`${what} is left out and named; the rest stays`, () => {
      const report = read(body);
      assert.equal(said(report)[missing], undefined);
      assert.equal(report.isRunning, true);
      assert.deepEqual(
        report.malformed.map(({ field }) => field),
        [path],
      );
      assert.ok(malformedText(report.malformed).length <= 160);
    });
  }

  it('keeps what else its object says', () => {
    const report = read(withHealth({ readyUnassignedTasks: 'many', pollStale: true }));
    assert.equal(said(report).pollStale, true);
    assert.deepEqual(report.queue, { availableWorkers: 2, stuck: false });
  });

  it('is nothing to trip over: keys of any name', () => {
    const body = JSON.parse(
      '{"__proto__":{"isRunning":true},"constructor":1,"health":{"__proto__":{"pollStale":true}}}',
    ) as unknown;
    assert.ok('is' in readStatus(body, DATE_AT));
    assert.equal(({} as { isRunning?: unknown }).isRunning, undefined);
  });
});

describe('sessions', () => {
  it('of smithy are read as recorded', () => {
    const { sessions } = loadRecording('sessions-worker-running').body as { sessions: unknown[] };
    assert.deepEqual(readSessions(sessions), [
      {
        id: 'session-mwr3s49r-0001-9q2g',
        title: 'director',
        status: 'running',
        createdAt: Date.parse('2026-11-22T00:33:02.367Z'),
        lastActivityAt: Date.parse('2026-11-22T00:40:27.232Z'),
      },
      {
        id: 'session-mwr41mr3-0002-278x',
        title: 'e-worker-9-write-the-release-notes',
        status: 'running',
        createdAt: Date.parse('2026-11-22T00:40:26.223Z'),
        lastActivityAt: Date.parse('2026-11-22T00:40:28.357Z'),
      },
    ]);
  });

  it('leave out what is no session, and what is there again', () => {
    const named = { id: 'a', name: 'first' };
    const junk = [null, 5, 'x', [], {}, { id: 5 }, { id: '' }, { id: '\u202e' }];
    const read = readSessions([...junk, named, { ...named, name: 'again' }, { id: 'b' }]);
    assert.deepEqual(
      read.map(({ id, title }) => [id, title]),
      [
        ['a', 'first'],
        ['b', 'session'],
      ],
    );
  });

  it('say nothing of what is malformed in them', () => {
    assert.deepEqual(readSessions([{ id: 'a', name: 7, status: {}, createdAt: '1', lastActivityAt: 5 }]), [
      { id: 'a', title: 'session', status: 'unknown' },
    ]);
  });

  it('have bounded one-line texts', () => {
    const hostile = `\u202e\u0000${'🤖'.repeat(10_000)}\n$(error)`;
    const [session] = readSessions([{ id: 'a', name: hostile, status: hostile }]);
    assert.ok(session);
    const { id = '', title = '', status: word = '' } = session;
    assert.ok(title.length <= 80 && word.length <= 30);
    for (const text of [id, title, word]) assert.doesNotMatch(text, /[\p{Cc}\p{Cf}]/u);
  });
});
