import assert from 'node:assert/strict';
import type { Malformed } from '../../../../src/health/cause';
import { readStatus } from '../../../../src/kinds/smithy/status';
import { malformedText } from '../../../../src/words/causes';
import { readSessions, type LastRead } from '../../../../src/kinds/smithy/sessions';
import { DOCUMENTED_LIMITS, withDeadlines } from '../../../../src/kinds/smithy/limits';
import { endOf, isLive, isStranded, type End } from '../../../../src/health/sessions';

const CREATED = '2026-11-22T00:30:00.000Z';

describe('a session of dispatchd', () => {
  it('is read with all that the tree and the countdown tell of it', () => {
    const [session] = readSessions([
      {
        id: 's-1',
        name: 'build',
        kind: 'named',
        status: 'running',
        command: 'make  -j4\nall',
        cwd: '/work',
        createdAt: CREATED,
        startedAt: '2026-11-22T00:30:01.000Z',
        deadlineAt: '2026-11-22T00:40:01.000Z',
        timeoutMs: 600_000,
        extensionsUsed: 1,
        maxExtensions: 3,
        requestedExtensions: 2,
        attempt: 2,
        recovered: true,
        stopping: { cause: 'timeout', since: CREATED },
      },
    ]);
    assert.deepEqual(session, {
      id: 's-1',
      title: 'build',
      kind: 'named',
      status: 'running',
      command: 'make -j4 all',
      cwd: '/work',
      createdAt: Date.parse(CREATED),
      startedAt: Date.parse(CREATED) + 1_000,
      deadlineAt: Date.parse(CREATED) + 601_000,
      timeoutMs: 600_000,
      extensionsUsed: 1,
      maxExtensions: 3,
      requestedExtensions: 2,
      attempt: 2,
      recovered: true,
      stopping: 'timeout',
    });
  });

  it('has its ids whole, or is left out and named', () => {
    const long = 'x'.repeat(200);
    const named: Malformed[] = [];
    const read = readSessions(
      [
        { id: `${long}1`, agentId: `${long}a`, providerSessionId: `${long}p` },
        { id: `${long}2` },
        { id: 'x'.repeat(301) },
        { id: 'two\nlines' },
        { id: 's', agentId: 'x'.repeat(301), providerSessionId: 'a\u200bb' },
      ],
      (malformed) => named.push(malformed),
    );
    assert.deepEqual(
      read.map(({ id, agentId, providerSessionId }) => [id, agentId, providerSessionId]),
      [
        [`${long}1`, `${long}a`, `${long}p`],
        [`${long}2`, undefined, undefined],
        ['s', undefined, undefined],
      ],
    );
    assert.equal(
      malformedText(named),
      'sessions.2.id is not an id of one line; sessions.3.id is not an id of one line',
    );
    const status = readStatus({ isRunning: true, sessions: [{ id: 'two\nlines' }] }, undefined);
    assert.deepEqual('malformed' in status && status.malformed, [{ field: 'sessions.0.id', is: 'noId' }]);
  });

  it('leaves out every field that is not what it should be', () => {
    const hostile = {
      id: 's-1',
      kind: 'other',
      timeoutMs: -1,
      extensionsUsed: '3',
      maxExtensions: NaN,
      attempt: null,
      recovered: 'yes',
      exitCode: 1.5,
      stopping: 'now',
      command: { length: 3 },
      outcome: ['x'],
    };
    assert.deepEqual(readSessions([hostile]), [{ id: 's-1', title: 'session', status: 'unknown' }]);
  });
});

describe('the title of a session of smithy', () => {
  const cases: [string, object][] = [
    ['e-worker-9-write-the-notes', { worktree: '/p/.stoneforge/.worktrees/e-worker-9-write-the-notes' }],
    ['e-worker-9-write', { workingDirectory: '/p/.stoneforge/.worktrees/e-worker-9-write' }],
    ['e-worker-9-write', { workingDirectory: 'C:\\p\\.stoneforge\\.worktrees\\e-worker-9-write' }],
    ['worker', { workingDirectory: '/home/dev/project' }],
    ['worker', { workingDirectory: '/home/dev/.worktrees/other' }],
    ['worker', { worktree: 7 }],
    ['worker', {}],
  ];
  for (const [title, raw] of cases) {
    it(`is ${title} for ${JSON.stringify(raw)}`, () => {
      assert.equal(readSessions([{ id: 's', agentRole: 'worker', ...raw }])[0]?.title, title);
    });
  }
});

describe('how a session ended', () => {
  const cases: [object, End | undefined][] = [
    [{ status: 'running' }, undefined],
    [{ status: 'completed' }, 'completed'],
    [{ status: 'failed' }, 'failed'],
    [{ status: 'timed-out' }, 'timedOut'],
    [{ status: 'cancelled' }, 'cancelled'],
    [{ status: 'interrupted' }, 'interrupted'],
    [{ status: 'terminated' }, 'completed'],
    [{ status: 'terminated', terminationReason: 'Session exceeded max duration (25s)' }, 'timedOut'],
    [
      { status: 'terminated', terminationReason: 'Steward session exceeded max duration (10s, limit: 5s)' },
      'timedOut',
    ],
    [{ status: 'constructor' }, undefined],
  ];
  for (const [raw, end] of cases) {
    it(`${JSON.stringify(raw)} is ${end}`, () => {
      const [session] = readSessions([{ id: 'a', ...raw }]);
      assert.equal(endOf(session!), end);
      assert.equal(isLive(session!), 'status' in raw && raw.status === 'running');
    });
  }

  it('is open where it was interrupted and nobody dealt with it', () => {
    const [open, done] = readSessions([
      { id: 'a', status: 'interrupted' },
      { id: 'b', status: 'interrupted', handled: 'run' },
    ]);
    assert.ok(isStranded(open!));
    assert.ok(!isStranded(done!));
  });
});

describe('deadlines that smithy does not tell', () => {
  const [worker, steward] = readSessions([
    { id: 'w', agentRole: 'worker', status: 'running', createdAt: CREATED },
    { id: 's', agentRole: 'steward', status: 'running', createdAt: CREATED },
  ]);

  it('are its documented ones, and said to be assumed, while it may not be asked', () => {
    const [w, s] = withDeadlines([worker!, steward!], DOCUMENTED_LIMITS);
    assert.equal(w!.deadlineAt, undefined, 'workers have no limit by default');
    assert.equal(s!.deadlineAt, Date.parse(CREATED) + 30 * 60_000);
    assert.equal(s!.deadlineAssumed, true);
  });

  it('are its own once it told its limits', () => {
    const [w, s] = withDeadlines([worker!, steward!], { sessionMs: 25_000, stewardMs: 0, assumed: false });
    assert.equal(w!.deadlineAt, Date.parse(CREATED) + 25_000);
    assert.equal(w!.deadlineAssumed, undefined);
    assert.equal(s!.deadlineAt, undefined);
  });
});

describe('a session that stands in the next answer, too', () => {
  const raw = { id: 's-1', name: 'build', status: 'running', lastActivityAt: CREATED };
  const last: LastRead = {};
  const [first] = readSessions([raw], undefined, last);

  it('is read once as long as nothing of it changed', () => {
    assert.equal(readSessions([{ ...raw }], undefined, last)[0], first);
  });

  for (const [what, next] of [
    ['changed', { ...raw, status: 'completed' }],
    ['came', { ...raw, exitCode: 1 }],
    ['went', { id: 's-1', name: 'build', status: 'running' }],
    ['that is a time moved', { ...raw, lastActivityAt: '2026-07-24T10:00:07.000Z' }],
    ['that is a count came', { ...raw, attempt: 2 }],
    ['that is a time is none any more', { ...raw, lastActivityAt: 'just now' }],
    [
      'that is a time moved and a word changed',
      { ...raw, lastActivityAt: CREATED.replace('0', '1'), name: 'x' },
    ],
  ] as const) {
    it(`is read anew where a value ${what}`, () => {
      readSessions([raw], undefined, last);
      assert.deepEqual(readSessions([next], undefined, last), readSessions([next]));
    });
  }

  it('is forgotten with the answer in which it is gone', () => {
    readSessions([], undefined, last);
    assert.equal(last.sessions?.size, 0);
  });
});

describe('the conversation of a session', () => {
  const session = (id: string, agentId: string, providerSessionId = 'found') => ({
    id,
    agentId,
    providerSessionId,
    status: 'running',
    createdAt: CREATED,
  });
  const conversations = (...items: object[]) =>
    readSessions(items).map(({ providerSessionId }) => providerSessionId);

  it('is named by no id that two agents share', () => {
    const items = [session('1', 'director-1'), session('2', 'director-2'), session('3', 'w', 'own')];
    assert.deepEqual(conversations(...items), [undefined, undefined, 'own']);
  });

  it('is that of its agent, which goes on with it in a new session', () => {
    assert.deepEqual(conversations(session('1', 'w'), session('2', 'w')), ['found', 'found']);
  });
});
