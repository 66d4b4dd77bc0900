import { idAt } from '../../../support/target';
import assert from 'node:assert/strict';
import type { Unavailable } from '../../../../src/health/cause';
import { unavailableText } from '../../../../src/words/causes';
import { readAgents, readApi } from '../../../../src/kinds/ductor/agents';
import {
  DEFAULT_LIMITS,
  limitsOf,
  readCap,
  readConfig,
  type DuctorLimits,
} from '../../../../src/kinds/ductor/config';
import { readTasks, taskSessions } from '../../../../src/kinds/ductor/tasks';
import { isOtherBoot } from '../../../../src/health/workMade';
import { readNamed, readStartup, readTurns } from '../../../../src/kinds/ductor/turns';
import { advanceDeadlines, type KnownDeadlines } from '../../../../src/health/deadlines';
import { countdown } from '../../../../src/health/countdown';
import { endOf, isLive, isStranded, isWaiting } from '../../../../src/health/sessions';
import { countdownText } from '../../../../src/ui/notifications/countdownText';
import { FakeTime, Watch, reportWith } from '../../health/support';
import { DUCTOR, taskEntry } from '../../../support/fakeDuctor';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const RECORDED_AT = Date.parse('2026-11-22T00:36:00.000Z');
const agent = (status: string, error: unknown = null) => ({
  status,
  uptime: '3s',
  restart_count: 0,
  last_crash_error: error,
});

const crashed = (name: string | undefined, said: string | undefined, others = 0): Unavailable => ({
  is: 'agentCrashed',
  agent: name,
  others,
  said,
});

describe("what a ductor's health means", () => {
  const rows: readonly [what: string, body: unknown, expected: object | undefined][] = [
    ['its main agent runs', { agents: { main: agent('running') } }, { isRunning: true, malformed: [] }],
    [
      'no agent is listed yet, as recorded',
      DUCTOR.agentsNoneYet.body,
      { isRunning: true, starting: true, malformed: [] },
    ],
    [
      'a sub-agent starts while the main one runs, as recorded',
      DUCTOR.agentsStarting.body,
      { isRunning: true, malformed: [] },
    ],
    [
      'its main agent starts',
      { agents: { main: agent('starting') } },
      { isRunning: true, starting: true, malformed: [] },
    ],
    [
      'its main agent is stopped, whatever became of the others',
      { agents: { main: agent('stopped'), coder: agent('crashed', 'x') } },
      { isRunning: false, ending: { isWhole: true, parts: 1 }, malformed: [] },
    ],
    [
      'its main agent crashed',
      { agents: { main: agent('crashed', 'TelegramNetworkError: no\nroute\u202e') } },
      {
        isRunning: false,
        available: false,
        unavailable: crashed(undefined, 'TelegramNetworkError: no route'),
        malformed: [],
      },
    ],
    [
      'it crashed and nobody says why',
      { agents: { main: agent('crashed', 5) } },
      {
        isRunning: false,
        available: false,
        unavailable: crashed(undefined, undefined),
        malformed: [],
      },
    ],
    [
      'a sub-agent crashed and another is stopped, as recorded',
      DUCTOR.agents.body,
      {
        isRunning: true,
        ending: { isWhole: false, parts: 1 },
        available: false,
        unavailable: crashed('coder', 'RuntimeError: polling stopped'),
        malformed: [],
      },
    ],
    [
      'two sub-agents crashed',
      { agents: { main: agent('running'), a: agent('crashed'), b: agent('crashed') } },
      {
        isRunning: true,
        available: false,
        unavailable: crashed('a', undefined, 1),
        malformed: [],
      },
    ],
    [
      'an agent is in a state that nobody knows',
      { agents: { main: agent('running'), coder: agent('confused') } },
      { isRunning: true, malformed: [{ field: 'agents.coder', is: 'noAgentHealth' }] },
    ],
    [
      'nothing is said of the main agent',
      { agents: { coder: agent('running') } },
      { isRunning: true, malformed: [{ field: 'agents.main', is: 'missing' }] },
    ],
    ["none of it is an agent's", { agents: { main: 'running' } }, undefined],
    ['it is a list of names', { agents: ['main', 'coder'] }, undefined],
    ['it is no object', 'running', undefined],
    ['it is null', null, undefined],
    ["it is the API server's", DUCTOR.apiHealth.body, undefined],
  ];
  for (const [what, body, expected] of rows) it(what, () => assert.deepEqual(readAgents(body), expected));

  it('bounds what an agent says of its crash', () => {
    const said = readAgents({ agents: { main: agent('crashed', 'x'.repeat(10_000)) } });
    assert.ok(unavailableText(said!.unavailable!).length < 200);
  });

  for (const [body, isOne] of [
    [DUCTOR.apiHealth.body, true],
    [{ status: 'ok' }, false],
    [{ status: 'ok', connections: 'many' }, false],
    [DUCTOR.agents.body, false],
    [null, false],
  ] as const) {
    it(`of the API server ${isOne ? 'is' : 'is not'} ${JSON.stringify(body)?.slice(0, 60)}`, () => {
      assert.deepEqual(readApi(body), isOne ? { isRunning: true, malformed: [] } : undefined);
    });
  }
});

describe("a ductor's limits", () => {
  const turns = DEFAULT_LIMITS;
  const rows: readonly [what: string, config: object, expected: Partial<DuctorLimits>][] = [
    ['bare defaults: 30 min, not the 10 min of the model', {}, turns],
    ['an explicit 600 means unset', { timeouts: { normal: 600 } }, { turnMs: 1_800_000 }],
    ['the example config', { cli_timeout: 600, timeouts: { normal: 600 } }, { turnMs: 600_000 }],
    ['only cli_timeout', { cli_timeout: 900 }, { turnMs: 900_000 }],
    ['an explicit one wins', { cli_timeout: 900, timeouts: { normal: 1_200.5 } }, { turnMs: 1_200_500 }],
    ['no end: 0', { timeouts: { normal: 0 } }, { turnMs: undefined }],
    ['no end: negative', { timeouts: { normal: -5 } }, { turnMs: undefined }],
    ['no extension', { timeouts: { extend_on_activity: false } }, { maxExtensions: 0 }],
    [
      'another extension',
      { timeouts: { activity_extension: 30, max_extensions: 5 } },
      { extensionMs: 30_000 },
    ],
    ['an extension backwards', { timeouts: { activity_extension: -30 } }, { maxExtensions: 0 }],
    ['tasks', { tasks: { timeout_seconds: 60 } }, { taskMs: 60_000 }],
    ['tasks without end', { tasks: { timeout_seconds: null } }, { taskMs: undefined }],
    [
      'wrong types are the defaults',
      { cli_timeout: '900', timeouts: { normal: [], max_extensions: {} }, tasks: 7, api: null },
      turns,
    ],
  ];
  for (const [what, config, expected] of rows) {
    it(what, () =>
      assert.deepEqual({ ...limitsOf(readConfig(config)), ...expected }, limitsOf(readConfig(config))),
    );
  }
});

describe('the cap of the extensions in the environment of a ductor', () => {
  for (const [text, capMs] of [
    ['3600', HOUR_MS],
    [' 90.5 ', 90_500],
    ['0', undefined],
    ['-5', undefined],
    ['', undefined],
    ['inf', undefined],
    ['1 h', undefined],
    ['1e300', undefined],
    [undefined, undefined],
  ] as const) {
    it(`is ${capMs ?? 'none'} where it says ${JSON.stringify(text)}`, () =>
      assert.equal(readCap(text), capMs));
  }

  const startedAt = Date.parse('2026-11-22T00:35:57.068Z');
  const turn = (config: object, capS: number, afterS: number) => {
    const limits = limitsOf(readConfig(config), capS * SECOND_MS);
    const nowAt = startedAt + afterS * SECOND_MS;
    const [session] = readTurns(DUCTOR.files.inflight, limits, { sinceAt: 0, nowAt });
    const { deadlineAt, extensionsUsed, maxExtensions, deadlineAssumed } = session!;
    return [
      deadlineAt && (deadlineAt - startedAt) / SECOND_MS,
      extensionsUsed,
      maxExtensions,
      deadlineAssumed,
    ];
  };
  const ten = { cli_timeout: 600 };
  const rows: readonly [what: string, config: object, capS: number, afterS: number, expected: unknown[]][] = [
    ['a period at a time: the first', ten, 1_500, 60, [600, 0, 2, true]],
    ['a period at a time: the second', ten, 1_500, 700, [1_200, 1, 2, true]],
    ['up to the cap, which the process tells', ten, 1_500, 1_300, [1_500, 2, 2, undefined]],
    ['and no longer', ten, 1_500, 1_511, [undefined, undefined, undefined, undefined]],
    ['whole periods', ten, 1_200, 700, [1_200, 1, 1, undefined]],
    [
      'also where activity is not to extend it',
      { ...ten, timeouts: { extend_on_activity: false, max_extensions: 0 } },
      1_200,
      700,
      [1_200, 1, 1, undefined],
    ],
    ['not at all where the cap is below the limit', ten, 300, 60, [600, 0, 0, true]],
    [
      'without end where the limit is none',
      { timeouts: { normal: 0 } },
      300,
      60,
      [undefined, undefined, undefined, undefined],
    ],
  ];
  for (const [what, config, capS, afterS, expected] of rows) {
    it(`extends a turn ${what}`, () => assert.deepEqual(turn(config, capS, afterS), expected));
  }
});

describe('a turn of a chat', () => {
  const startedAt = Date.parse('2026-11-22T00:35:57.068Z');
  const read = (nowAt: number, limits = DEFAULT_LIMITS, sinceAt = 0) =>
    readTurns(DUCTOR.files.inflight, limits, { sinceAt, nowAt });

  it('is read with its assumed deadline, and without the number of its chat', () => {
    assert.deepEqual(read(RECORDED_AT), [
      {
        id: 'turn 2026-11-22T00:35:57.068Z',
        title: 'migrate the database schema',
        status: 'running',
        startedAt,
        endUntold: true,
        timeoutMs: 30 * MINUTE_MS,
        deadlineAt: startedAt + 30 * MINUTE_MS,
        deadlineAssumed: true,
        extensionsUsed: 0,
        maxExtensions: 3,
      },
    ]);
  });

  const rows: readonly [afterMs: number, used: number | undefined, endsAfterMs: number | undefined][] = [
    [30 * MINUTE_MS - 1, 0, 30 * MINUTE_MS],
    // At its deadline it is ended or extended; which of the two takes a moment to see.
    [30 * MINUTE_MS + 10 * SECOND_MS, 0, 30 * MINUTE_MS],
    [30 * MINUTE_MS + 11 * SECOND_MS, 1, 32 * MINUTE_MS],
    [33 * MINUTE_MS, 2, 34 * MINUTE_MS],
    [36 * MINUTE_MS, 3, 36 * MINUTE_MS],
    [36 * MINUTE_MS + 11 * SECOND_MS, undefined, undefined],
    [40 * HOUR_MS, undefined, undefined],
  ];
  for (const [afterMs, used, endsAfterMs] of rows) {
    it(`that still runs after ${afterMs / SECOND_MS} s was extended ${used ?? 'more often than is known'}`, () => {
      const [turn] = read(startedAt + afterMs);
      assert.equal(turn?.extensionsUsed, used);
      assert.equal(turn?.deadlineAt, endsAfterMs === undefined ? undefined : startedAt + endsAfterMs);
    });
  }

  it('without a limit has no deadline', () => {
    const [turn] = read(RECORDED_AT, { ...DEFAULT_LIMITS, turnMs: undefined });
    assert.equal(turn?.deadlineAt, undefined);
  });

  it('that began before this life did was left behind by a crash', () => {
    assert.deepEqual(read(RECORDED_AT, DEFAULT_LIMITS, startedAt + 1), []);
  });

  it('is counted down, and told to be extended when it outlives its deadline', () => {
    const time = new FakeTime();
    const watch = new Watch({ time });
    const turn = {
      started_at: new Date(time.wallAt - 29.5 * MINUTE_MS).toISOString(),
      prompt_preview: 'migrate',
    };
    let deadlines: KnownDeadlines | undefined;
    const after = (waitMs: number) => {
      watch.wait(waitMs);
      const times = { sinceAt: 0, nowAt: time.wallAt };
      const sessions = readTurns({ turns: { 1: turn } }, DEFAULT_LIMITS, times);
      watch.answer(reportWith({ kind: 'ductor', daemonNow: time.wallAt, sessions }));
      ({ deadlines } = advanceDeadlines(deadlines, watch.track, time.now()));
      const daemon = { daemonId: idAt('http://127.0.0.1:8799'), name: 'ductor', deadlines };
      return countdownText(countdown([daemon], time.now())).split(' [')[0];
    };
    assert.deepEqual(
      [after(0), after(21_000), after(10_000), after(9_000), after(1_000)],
      [
        '“migrate” may time out in 30 s (assumed).',
        '“migrate” may time out in 9 s (assumed)!',
        '“migrate” is past its assumed limit.',
        '“migrate” is past its assumed limit.',
        '“migrate” extended by 120 s (1 of 3), 1 min 49 s left.',
      ],
    );
  });

  it('of which nothing can be read hides no other', () => {
    const turns = { ...DUCTOR.files.inflight.turns, a: null, b: { started_at: 'now' }, c: [] };
    assert.equal(readTurns({ turns }, DEFAULT_LIMITS, { sinceAt: 0, nowAt: RECORDED_AT }).length, 1);
  });
});

it('a named session is listed while it runs, without a time that nobody tells', () => {
  const [first, second] = DUCTOR.files.named.sessions;
  const sessions = [first, { ...second, status: 'idle' }, { name: 5, status: 'running' }, null];
  assert.deepEqual(readNamed({ sessions }), [
    {
      id: 'named rareant',
      title: 'rareant',
      status: 'running',
      command: 'continue with step 3 and report',
    },
  ]);
});

it('a named session says what its running turn was asked, else what it was first asked', () => {
  const of = (changes: object) =>
    readNamed({ sessions: [{ ...DUCTOR.files.named.sessions[0], ...changes }] })[0]?.command;
  const first = 'Refactor the billing module and open a PR when the tests are';
  assert.deepEqual(
    [of({}), of({ last_prompt: '' }), of({ last_prompt: 7 }), of({ last_prompt: 'go on\n\n## RULES\nx' })],
    ['continue with step 3 and report', first, first, 'go on'],
  );
  assert.equal(of({ last_prompt: '\n \n', prompt_preview: null }), undefined);
});

describe('what a person asked for', () => {
  const titles = {
    'long refactoring run\n\n## BACKGROUND TASKS\nYou have background workers': 'long refactoring run',
    'two lines\nof one prompt\n \t\n## RULES': 'two lines of one prompt',
    'of Windows\r\n\r\n## RULES': 'of Windows',
    '\n\nafter blank lines\n\nthe rest': 'after blank lines',
    '\n\n': 'turn',
    'no blank line': 'no blank line',
  };
  for (const [preview, title] of Object.entries(titles)) {
    it(`is ${JSON.stringify(title)} in ${JSON.stringify(preview.slice(0, 40))}`, () => {
      const turns = { 1: { prompt_preview: preview, started_at: new Date(RECORDED_AT).toISOString() } };
      const [turn] = readTurns({ turns }, DEFAULT_LIMITS, { sinceAt: 0, nowAt: RECORDED_AT });
      assert.equal(turn?.title, title);
      const [task] = taskSessions(
        readTasks({ tasks: [taskEntry({ name: '', prompt_preview: preview })] })!,
        DEFAULT_LIMITS,
        RECORDED_AT,
      );
      assert.equal(task?.title, title === 'turn' ? 'task' : title);
    });
  }
});

it('a named session is another by the end of a long name', () => {
  const names = ['1', '2'].map((end) => `${'x'.repeat(100)}${end}`);
  const read = readNamed({ sessions: names.map((name) => ({ name, status: 'running' })) });
  assert.deepEqual(
    read.map(({ id }) => id),
    names.map((name) => `named ${name}`),
  );
  assert.ok(read.every(({ title }) => title.length <= 80));
});

describe('a background task', () => {
  const tasks = readTasks(DUCTOR.tasks.body)!;
  const sessions = taskSessions(tasks, DEFAULT_LIMITS, RECORDED_AT);
  const byTitle = (title: string) => sessions.find((session) => session.title === title)!;

  it('is named by its whole id, and not listed by a part of one', () => {
    const ids = [`${'x'.repeat(99)}1`, `${'x'.repeat(99)}2`, 'x'.repeat(120), 'x'.repeat(301), 'a\nb'];
    const read = readTasks({ tasks: ids.map((task_id) => taskEntry({ task_id })) });
    assert.deepEqual(
      read?.map(({ task_id }) => task_id),
      ids.slice(0, 3),
    );
  });

  it('that runs has an assumed deadline', () => {
    const createdAt = 1_795_307_757_074;
    assert.deepEqual(byTitle('docs-sweep'), {
      id: '6d5b5e1d',
      title: 'docs-sweep',
      status: 'running',
      createdAt,
      timeoutMs: HOUR_MS,
      deadlineAt: createdAt + HOUR_MS,
      deadlineAssumed: true,
    });
  });

  it('that timed out says so, with the limit that ended it', () => {
    const session = byTitle('nightly-fail');
    assert.equal(endOf(session), 'timedOut');
    assert.deepEqual([session.timeoutMs, session.deadlineAssumed], [HOUR_MS, undefined]);
    assert.equal(session.endedAt, 1_795_307_757_127);
  });

  it('that is done says what came of it', () => {
    const session = byTitle('quick-check');
    assert.deepEqual([endOf(session), session.outcome], ['completed', 'All 42 checks passed.']);
  });

  const one = (changes: object, limits = DEFAULT_LIMITS, nowAt = Date.now()) =>
    taskSessions(readTasks({ tasks: [taskEntry(changes)] })!, limits, nowAt)[0];

  it('that was resumed has no deadline: nobody tells when that was', () => {
    for (const resumed of [{ session_id: 'x' }, { elapsed_seconds: 12 }]) {
      const session = one(resumed)!;
      assert.ok(isLive(session));
      assert.deepEqual([session.deadlineAt, session.createdAt], [undefined, undefined]);
    }
  });

  it('without a limit has no deadline', () => {
    assert.equal(one({}, { ...DEFAULT_LIMITS, taskMs: undefined })?.deadlineAt, undefined);
  });

  it('that a restart interrupted is not one to run again from here', () => {
    for (const changes of [
      { status: 'failed', error: 'Bot restarted while task was running' },
      { status: 'interrupted', error: 'Interrupted by a bot restart; may have partly completed' },
    ]) {
      const session = one(changes)!;
      assert.equal(endOf(session), 'interrupted');
      assert.equal(isStranded(session), false);
    }
  });

  it('that ended more than a day ago is not listed', () => {
    const dayAgo = Date.now() / 1_000 - 24 * 3_600;
    assert.equal(one({ status: 'done', completed_at: dayAgo }), undefined);
    assert.equal(one({ status: 'failed', error: 'Bot restarted', created_at: dayAgo }), undefined);
    assert.ok(one({ created_at: dayAgo }), 'one that runs is, however old');
  });

  it('that waits for an answer is listed with its question, however old, and neither runs nor has ended', () => {
    const session = one({
      status: 'waiting',
      name: 'docs-sweep',
      last_question: 'Which\nschema\u202e?',
      created_at: 1_700_000_000,
      completed_at: 1_700_000_100,
      elapsed_seconds: 100,
      session_id: 'x',
    })!;
    assert.deepEqual(session, {
      id: session.id,
      title: 'docs-sweep',
      status: 'waiting',
      createdAt: 1_700_000_000_000,
      question: 'Which schema ?',
      questionCount: 0,
    });
    assert.deepEqual([isLive(session), endOf(session), isWaiting(session)], [false, undefined, true]);
    assert.ok(one({ status: 'waiting', last_question: 'x'.repeat(5_000) })!.question!.length <= 200);
    assert.equal(one({ status: 'waiting', last_question: 5 })!.question, undefined);
  });

  it('of a sub-agent says whose it is', () => {
    const title = (changes: object) => one({ name: 'lint', ...changes })!.title;
    assert.deepEqual(
      [
        title({ parent_agent: 'coder' }),
        title({ parent_agent: 'main' }),
        title({ parent_agent: '' }),
        title({ parent_agent: 7 }),
        title({ parent_agent: 'coder', status: 'done', completed_at: Date.now() / 1_000 }),
        title({ parent_agent: 'coder', status: 'waiting' }),
      ],
      ['coder: lint', 'lint', 'lint', 'lint', 'coder: lint', 'coder: lint'],
    );
    assert.ok(title({ parent_agent: 'x'.repeat(500), name: 'y'.repeat(500) }).length <= 80);
  });

  it('of which nothing can be read hides no other', () => {
    const hostile = [
      null,
      5,
      {},
      { task_id: '' },
      taskEntry({ created_at: 'now' }),
      taskEntry({ created_at: 1e300 }),
    ];
    assert.equal(readTasks({ tasks: [...hostile, taskEntry({ name: 7, error: null })] })?.length, 1);
    for (const body of [null, [], 'x', { tasks: {} }]) assert.equal(readTasks(body), undefined);
  });

  it('is shown as one bounded line, whatever its name', () => {
    const session = one({ name: `\u202e\u001b[31m${'x'.repeat(1_000)}\n` })!;
    assert.match(session.title, /^[[\]31mx]+…$/);
    assert.ok(session.title.length <= 80);
  });
});

describe('two lives of a ductor', () => {
  const rows: readonly [string, string, boolean][] = [
    ['a', 'a', false],
    ['a', 'b', true],
    // Its detection fails now and then, and stores nothing.
    ['', 'b', false],
    ['a', '', false],
    // On Windows it is minutes, rounded either way.
    ['win-29000000', 'win-29000001', false],
    ['win-29000000', 'win-29000400', true],
  ];
  for (const [before, after, isOther] of rows) {
    it(`with boots "${before}" and "${after}" are ${isOther ? 'before and after a reboot' : 'of one boot'}`, () => {
      assert.equal(isOtherBoot({ bootId: before }, { bootId: after }), isOther);
    });
  }

  it('are told apart by the time of their start', () => {
    assert.deepEqual(readStartup(DUCTOR.files.startup), {
      boot_id: '11111111-2222-4333-8444-555555555555',
      started_at: Date.parse('2026-11-22T00:35:57.068Z'),
    });
    assert.throws(() => readStartup({ started_at: 'yesterday' }));
  });
});
