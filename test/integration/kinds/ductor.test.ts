import { http } from '../../support/target';
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { systemClock } from '../../../src/app/systemClock';
import { createProbe, type Probe } from '../../../src/kinds/probe';
import { scan, scanPlaces } from '../../../src/watch/discovery/scan';
import { advanceInstance } from '../../../src/health/instances';
import { DUCTOR_TRAITS } from '../../../src/kinds/ductor/traits';
import type { Cause, Reason } from '../../../src/health/cause';
import type { KindId, Report, Sample } from '../../../src/health/report';
import { beginTrack, observe } from '../../../src/health/track';
import type { Track } from '../../../src/health/trackState';
import { SEVERITY } from '../../../src/health/states';
import {
  DUCTOR,
  FakeDuctor,
  MAIN_RUNS,
  agentsAnswer,
  pythonTime,
  taskEntry,
  tasksAnswer,
} from '../../support/fakeDuctor';
import { FakeSmithy } from '../../support/fakeSmithy';
import { PATIENT, TIMEOUTS, failureOf, reportOf } from '../support';
import { notRun } from '../../support/notRun';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

describe('asking a ductor', function () {
  this.timeout(20_000);
  let ductor: FakeDuctor;
  const probes: Probe[] = [];

  beforeEach(async () => {
    ductor = await FakeDuctor.start();
  });
  afterEach(async () => {
    await Promise.all(probes.splice(0).map((probe) => probe.close()));
    await ductor.stop();
  });

  function probeOf(
    { url, home }: { url: string; home: string } = ductor,
    { kind, timeouts = PATIENT }: { kind?: KindId; timeouts?: typeof PATIENT } = {},
  ): Probe {
    const probe = createProbe(http(url), { timeouts, kind, env: { DUCTOR_HOME: home } });
    probes.push(probe);
    return probe;
  }
  const stateOf = (sample: Sample) => tracked(sample).verdict;
  const tracked = (...samples: readonly Sample[]): Track =>
    samples.reduce(
      (track, sample) => {
        return observe(track, sample, 0, systemClock.now()).track;
      },
      beginTrack(true, {}, systemClock.now()),
    );
  const ask = (options: Parameters<typeof probeOf>[1] = { kind: 'ductor' }) => probeOf(ductor, options).ask();
  const titles = (report: Report) => report.sessions?.map(({ title }) => title);

  describe('tells its state', () => {
    const UNTOLD: Reason = { is: 'loopUnknown', why: { is: 'intakeUntold' } };
    const wrong = (cause: Cause): Reason => ({ is: 'wrongAnswer', cause });
    const crashed = (agent: string | undefined, said: string): Reason => ({
      is: 'unavailable',
      why: { is: 'agentCrashed', agent, others: 0, said },
    });
    it('unverified while it runs, since nothing tells whether its loop advances', async () => {
      const { state, reason } = stateOf(await ask());
      assert.deepEqual([state, reason], ['unverified', UNTOLD]);
    });

    const main = MAIN_RUNS.body.agents.main;
    const rows: readonly [
      what: string,
      answer: FakeDuctor['routes'][string],
      state: string,
      reason: Reason,
    ][] = [
      ['starting before it lists its agents', DUCTOR.agentsNoneYet, 'starting', { is: 'starting' }],
      ['unverified while a sub-agent starts', DUCTOR.agentsStarting, 'unverified', UNTOLD],
      [
        'unavailable when a sub-agent crashed',
        DUCTOR.agents,
        'unavailable',
        crashed('coder', 'RuntimeError: polling stopped'),
      ],
      [
        'unavailable when its main agent crashed',
        agentsAnswer({ main: { ...main, status: 'crashed', last_crash_error: 'OSError: disk full' } }),
        'unavailable',
        crashed(undefined, 'OSError: disk full'),
      ],
      ['stopped', agentsAnswer({ main: { ...main, status: 'stopped' } }), 'stopped', { is: 'loopStopped' }],
      ['wrong answer: its 404', DUCTOR.notFound, 'wrongAnswer', wrong({ is: 'noStatusRoute' })],
      [
        'wrong answer: 500',
        { ...MAIN_RUNS, status: 500 },
        'wrongAnswer',
        wrong({ is: 'httpError', status: 500, isPage: false }),
      ],
      [
        'wrong answer: a web page',
        (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
        'wrongAnswer',
        wrong({ is: 'webPage' }),
      ],
      [
        'wrong answer: half a JSON',
        (response) => response.end('{"agents":{'),
        'wrongAnswer',
        wrong({ is: 'noJson' }),
      ],
      [
        'wrong answer: other JSON',
        (response) => response.end('[]'),
        'wrongAnswer',
        wrong({ is: 'noHealthOf', kind: 'ductor' }),
      ],
    ];
    for (const [what, answer, state, reason] of rows) {
      it(what, async () => {
        ductor.routes['/interagent/health'] = answer;
        const verdict = stateOf(await ask());
        assert.equal(verdict.state, state);
        assert.deepEqual(verdict.reason, reason);
      });
    }

    it('of the API server, which tells only that it is there', async () => {
      ductor.routes = { '/health': DUCTOR.apiHealth };
      const probe = probeOf(ductor, { kind: 'ductor' });
      for (let poll = 0; poll < 2; poll++) {
        const { state, reason } = stateOf(await probe.ask());
        assert.deepEqual([state, reason], ['unverified', UNTOLD]);
      }
      assert.deepEqual(ductor.requests, ['/interagent/health', '/health', '/health']);
    });

    it('a request that hangs as one that timed out, and one refused as refused', async () => {
      const probe = probeOf(ductor, { kind: 'ductor', timeouts: TIMEOUTS });
      ductor.routes['/interagent/health'] = () => undefined;
      assert.equal(failureOf(await probe.ask()).kind, 'timeout');
      await ductor.goAway();
      assert.equal(failureOf(await probe.ask()).kind, 'refused');
    });
  });

  describe('finds out by itself that it is one', () => {
    it('once, and asks for nothing else from then on', async () => {
      const probe = probeOf();
      const first = reportOf(await probe.ask());
      await probe.ask();
      assert.equal(first.kind, 'ductor');
      assert.deepEqual(ductor.requests, [
        '/api/daemon/status',
        '/interagent/health',
        '/tasks/list',
        '/interagent/health',
        '/tasks/list',
      ]);
      assert.match(await probe.statusText(), /"main"/);
    });

    it('with an answer that never tells of a loop, and the traits of a ductor', async () => {
      const { progress, traits } = reportOf(await ask());
      assert.deepEqual(progress, { kind: 'untold', by: 'kind', answersItself: true });
      assert.equal(traits, DUCTOR_TRAITS);
    });

    it('even where it is said to be a smithy', async () => {
      assert.equal(reportOf(await ask({ kind: 'smithy' })).kind, 'ductor');
    });

    it('anew when something else answers: a smithy may be there instead', async () => {
      const { port } = ductor;
      const probe = probeOf();
      await probe.ask();
      const comeBack = await ductor.goAway();
      const smithy = await FakeSmithy.start(tmpdir(), port);
      assert.equal(failureOf(await probe.ask()).kind, 'wrongAnswer');
      assert.equal(reportOf(await probe.ask()).kind, 'smithy');
      await smithy.stop();
      await comeBack();
      assert.equal(reportOf(await probe.ask()).kind, 'ductor');
    });

    it('and stays one while it only takes too long', async () => {
      const probe = probeOf(ductor, { timeouts: TIMEOUTS });
      await probe.ask();
      ductor.routes['/interagent/health'] = () => undefined;
      await probe.ask();
      ductor.requests.length = 0;
      await probe.ask();
      assert.ok(!ductor.requests.includes('/api/daemon/status'));
    });

    it('but a smithy is asked nothing of it', async () => {
      const smithy = await FakeSmithy.start(tmpdir());
      await probeOf({ url: smithy.url, home: ductor.home }).ask();
      assert.deepEqual(smithy.requests, ['/api/daemon/status', '/api/sessions', '/api/health']);
      await smithy.stop();
    });

    it('and another service that has no daemon status is none', async () => {
      ductor.routes = {};
      assert.deepEqual(failureOf(await ask({})).cause, { is: 'noStatusRoute' });
      ductor.routes = { '/interagent/health': () => undefined };
      assert.equal(failureOf(await ask({ timeouts: TIMEOUTS })).kind, 'wrongAnswer');
    });
  });

  describe('tells its work', () => {
    it('as its tasks are, and those of its chats by its files', async () => {
      ductor.begin({ agoMs: HOUR_MS });
      ductor.turn(10 * MINUTE_MS);
      ductor.write('named_sessions.json', DUCTOR.files.named);
      ductor.routes['/tasks/list'] = tasksAnswer(taskEntry({ name: 'docs-sweep' }));
      const report = reportOf(await ask());
      assert.deepEqual(titles(report), ['migrate the database schema', 'rareant', 'zenseal', 'docs-sweep']);
      assert.doesNotMatch(JSON.stringify(report), /6087616160/, 'the number of a person');
      const [turn, , , task] = report.sessions!;
      const leftMs = (deadlineAt: number | undefined) => deadlineAt! - report.daemonNow!;
      assert.ok(Math.abs(leftMs(turn!.deadlineAt) - 20 * MINUTE_MS) < 2_000);
      assert.ok(Math.abs(leftMs(task!.deadlineAt) - HOUR_MS) < 2_000);
      assert.ok(
        report.sessions!.every((session) => session.deadlineAt === undefined || session.deadlineAssumed),
      );
    });

    it('with the limits of its config', async () => {
      ductor.begin({
        agoMs: HOUR_MS,
        config: { timeouts: { normal: 900 }, tasks: { timeout_seconds: 120 } },
      });
      ductor.turn(0);
      ductor.routes['/tasks/list'] = tasksAnswer(taskEntry({}));
      const report = reportOf(await ask());
      assert.deepEqual(
        report.sessions?.map(({ timeoutMs }) => timeoutMs),
        [900_000, 120_000],
      );
    });

    describe('of its sub-agents', () => {
      const running = MAIN_RUNS.body.agents.main;
      const turnOf = (agoMs: number, prompt = 'migrate') => {
        const [entry] = Object.values(DUCTOR.files.inflight.turns);
        return {
          turns: { 7: { ...entry, prompt_preview: prompt, started_at: pythonTime(Date.now() - agoMs) } },
        };
      };
      const unknown = (report: Report) => report.unknownWork?.subAgents;
      /** A sub-agent of this name beside the main one. */
      const withAgent = (name: string, status = 'running') => {
        ductor.begin({ agoMs: HOUR_MS });
        ductor.routes['/interagent/health'] = agentsAnswer({ main: running, [name]: { ...running, status } });
      };

      it('says whose the turns and the named sessions are', async () => {
        withAgent('coder');
        const write = ductor.beginAgent('coder', { agoMs: 10 * MINUTE_MS });
        write('inflight_turns.json', turnOf(MINUTE_MS, 'migrate the database'));
        write('named_sessions.json', { sessions: DUCTOR.files.named.sessions.slice(0, 1) });
        ductor.turn(MINUTE_MS, 'write the notes');
        const report = reportOf(await ask());
        const name = DUCTOR.files.named.sessions[0]!.name;
        assert.deepEqual(titles(report), [
          'write the notes',
          'coder: migrate the database',
          `coder: ${name}`,
        ]);
        assert.equal(new Set(report.sessions!.map(({ id }) => id)).size, 3);
        assert.equal(report.unknownWork, undefined);
      });

      it('knows that there is none where its files say so', async () => {
        withAgent('coder');
        ductor.beginAgent('coder');
        const report = reportOf(await ask());
        assert.deepEqual([report.sessions, report.unknownWork], [[], undefined]);
      });

      it('leaves out a turn that a crash of the sub-agent left behind', async () => {
        withAgent('coder');
        ductor.beginAgent('coder', { agoMs: MINUTE_MS })('inflight_turns.json', turnOf(10 * MINUTE_MS));
        assert.deepEqual(reportOf(await ask()).sessions, []);
      });

      for (const [what, prepare] of [
        ['has no folder', () => undefined],
        ['has noted no start', () => ductor.write('agents/coder/inflight_turns.json', turnOf(MINUTE_MS))],
        [
          'has noted the start of an earlier life only',
          () => ductor.beginAgent('coder', { agoMs: 2 * HOUR_MS }),
        ],
        [
          'has a turn in a file that cannot be read',
          () => ductor.beginAgent('coder')('inflight_turns.json', '{'),
        ],
        [
          'has named sessions that cannot be read',
          () => ductor.beginAgent('coder')('named_sessions.json', []),
        ],
      ] as const) {
        it(`does not know the work of one that ${what}`, async () => {
          withAgent('coder');
          prepare();
          const report = reportOf(await ask());
          assert.deepEqual([unknown(report), report.sessions], [['coder'], undefined]);
        });
      }

      it('does not know the work of one whose files are elsewhere, nor the turns of the main one', async () => {
        withAgent('coder');
        ductor.beginAgent('coder');
        const probe = probeOf(
          { url: ductor.url, home: join(tmpdir(), 'no-ductor-here') },
          { kind: 'ductor' },
        );
        assert.deepEqual(reportOf(await probe.ask()).unknownWork, {
          subAgents: ['coder'],
          turns: true,
          tasks: false,
        });
      });

      for (const name of ['../coder', '..', 'a/b', '/etc', 'C:x', 'x'.repeat(65)]) {
        it(`looks for no files of one that is called ${JSON.stringify(name.slice(0, 20))}`, async () => {
          withAgent(name);
          ductor.beginAgent('coder');
          assert.equal(unknown(reportOf(await ask()))?.length, 1);
        });
      }

      for (const [status, isUnknown] of [
        ['running', true],
        ['starting', true],
        ['odd', true],
        ['crashed', false],
        ['stopped', false],
      ] as const) {
        it(`${isUnknown ? 'asks' : 'does not ask'} for the work of one that is ${status}`, async () => {
          withAgent('coder', status);
          assert.equal(unknown(reportOf(await ask())) !== undefined, isUnknown);
        });
      }
    });

    it('has none where it says so and no file tells of a turn', async () => {
      ductor.begin();
      assert.deepEqual(reportOf(await ask()).sessions, []);
    });

    it('follows the file of its turns as it comes, changes and goes', async () => {
      ductor.begin();
      const probe = probeOf(ductor, { kind: 'ductor' });
      const next = async () => titles(reportOf(await probe.ask()));
      assert.deepEqual(await next(), []);
      ductor.turn(0, 'first');
      assert.deepEqual(await next(), ['first']);
      ductor.turn(0, 'the second');
      assert.deepEqual(await next(), ['the second']);
      ductor.endTurns();
      assert.deepEqual(await next(), []);
    });

    for (const status of [404, 503]) {
      it(`has no tasks where their route answers ${status}`, async () => {
        ductor.begin();
        ductor.routes['/tasks/list'] = { ...DUCTOR.notFound, status };
        assert.deepEqual(reportOf(await ask()).sessions, []);
      });
    }

    const unknown: readonly [what: string, prepare: () => void][] = [
      [
        'its tasks fail while a turn runs',
        () => {
          ductor.turn(0);
          ductor.routes['/tasks/list'] = { ...DUCTOR.notFound, status: 500 };
        },
      ],
      ['its tasks fail', () => (ductor.routes['/tasks/list'] = { ...DUCTOR.notFound, status: 500 })],
      [
        'its tasks are no list',
        () => (ductor.routes['/tasks/list'] = { ...DUCTOR.tasks, body: { tasks: {} } }),
      ],
      ['its tasks hang', () => (ductor.routes['/tasks/list'] = () => undefined)],
      ['its files are of another port', () => ductor.begin({ config: { interagent_port: 1 } })],
      ['its files are of a process that is gone', () => ductor.begin({ pid: 2 ** 30 })],
      ['it has no files here', () => rmSync(ductor.home, { recursive: true })],
      ['its turns are torn', () => ductor.write('inflight_turns.json', '{"turns": {"1":')],
      ['its turns are no file', () => mkdirSync(join(ductor.home, 'inflight_turns.json'))],
      ['its turns are no object', () => ductor.write('inflight_turns.json', '[]')],
      ['its config is torn', () => ductor.write('config/config.json', '{"cli_')],
      [
        'its turns are huge',
        () => ductor.write('inflight_turns.json', `{"turns":{}${' '.repeat(1024 * 1024)}}`),
      ],
    ];
    for (const [what, prepare] of unknown) {
      it(`does not say "none" where ${what}; its state still counts`, async () => {
        ductor.begin();
        prepare();
        const sample = await ask({ kind: 'ductor', timeouts: { requestMs: 8_000, fallbackMs: 300 } });
        assert.equal(stateOf(sample).state, 'unverified');
        assert.equal(reportOf(sample).sessions, undefined);
      });
    }

    it('does not wait for a pipe in the place of a file', async function () {
      if (process.platform === 'win32') notRun(this, 'Windows has no named pipes in folders');
      ductor.begin();
      execFileSync('mkfifo', [join(ductor.home, 'inflight_turns.json')]);
      const startedMs = performance.now();
      assert.equal(reportOf(await ask()).sessions, undefined);
      assert.ok(performance.now() - startedMs < PATIENT.fallbackMs / 2);
    });

    it('takes nothing for running that was written a moment before a crash and the next start', async () => {
      const leftAt = new Date(Date.now() - 500);
      ductor.turn(500);
      ductor.write('named_sessions.json', DUCTOR.files.named);
      for (const file of ['inflight_turns.json', 'named_sessions.json'])
        utimesSync(join(ductor.home, file), leftAt, leftAt);
      ductor.begin();
      assert.deepEqual(reportOf(await ask()).sessions, []);
    });

    it('takes nothing for running that a crash left behind', async () => {
      ductor.begin();
      ductor.turn(HOUR_MS);
      ductor.write('named_sessions.json', DUCTOR.files.named, Date.now() - HOUR_MS);
      assert.deepEqual(reportOf(await ask()).sessions, []);
    });
  });

  describe('tells its lives', () => {
    it('by its files, each with its boot', async () => {
      const probe = probeOf(ductor, { kind: 'ductor' });
      ductor.begin({ agoMs: HOUR_MS });
      const first = reportOf(await probe.ask()).instance;
      assert.equal(first?.pid, ductor.pid);
      ductor.begin({ agoMs: MINUTE_MS });
      const second = reportOf(await probe.ask()).instance;
      assert.notEqual(second?.id, first?.id);
      assert.equal(second?.bootId, first?.bootId);
      ductor.begin({ bootId: 'another' });
      assert.equal(reportOf(await probe.ask()).instance?.bootId, 'another');
    });

    it('is not that of a stranger who got the number of a ductor that was killed', async () => {
      const stranger = spawn('sleep', ['60']);
      try {
        const probe = probeOf(ductor, { kind: 'ductor' });
        ductor.begin({ agoMs: HOUR_MS, pid: stranger.pid! });
        assert.equal(reportOf(await probe.ask()).instance, undefined);
        ductor.begin({ agoMs: -1_000, pid: stranger.pid! });
        assert.equal(
          reportOf(await probe.ask()).instance?.pid,
          stranger.pid,
          'who was there before the file',
        );
      } finally {
        stranger.kill('SIGKILL');
      }
    });

    it('so that a restart is told with what it interrupted', async () => {
      const probe = probeOf(ductor, { kind: 'ductor' });
      ductor.begin({ agoMs: HOUR_MS });
      ductor.turn(MINUTE_MS);
      ductor.routes['/tasks/list'] = tasksAnswer(taskEntry({ task_id: 'a' }), taskEntry({ task_id: 'b' }));
      const before = await probe.ask();
      // A new process, which comes up step by step: its file says last which life this is.
      ductor.write('bot.pid', ductor.pid);
      ductor.endTurns();
      const error = 'Bot restarted while task was running';
      ductor.routes['/tasks/list'] = tasksAnswer(
        taskEntry({ task_id: 'a', status: 'failed', error }),
        taskEntry({ task_id: 'b', status: 'done' }),
      );
      ductor.routes['/interagent/health'] = DUCTOR.agentsNoneYet;
      const listsNothing = await probe.ask();
      ductor.routes['/interagent/health'] = MAIN_RUNS;
      const starting = await probe.ask();
      assert.deepEqual(
        [stateOf(listsNothing).state, stateOf(starting).state, reportOf(starting).sessions],
        ['starting', 'starting', undefined],
      );
      ductor.begin();
      const after = await probe.ask();
      const told: unknown[] = [];
      const seen: Sample[] = [];
      let life: ReturnType<typeof advanceInstance>['life'];
      for (const sample of [before, listsNothing, starting, after, after]) {
        const step = advanceInstance(life, tracked(...seen, sample));
        seen.push(sample);
        life = step.life;
        const { restarted } = step.newLife ?? {};
        told.push(
          restarted && {
            ...restarted,
            agoMs: restarted.agoMs! < 5_000,
            lost: restarted.lost.map(({ title, status }) => [title, status]),
          },
        );
      }
      assert.deepEqual(told, [
        undefined,
        undefined,
        undefined,
        {
          kind: 'restart',
          agoMs: true,
          isInferred: false,
          resumed: 0,
          interrupted: 2,
          // The task it lists itself, too, among what ended.
          lost: [
            ['migrate the database schema', 'interrupted'],
            ['docs-sweep', 'interrupted'],
          ],
        },
        undefined,
      ]);
    });
  });

  it('is found by a scan, and belongs to no workspace', async () => {
    const [found] = await scan(
      { skipPorts: new Set(), workspaceFolders: [tmpdir(), ductor.home] },
      {
        ...scanPlaces({ DISPATCHD_STATE_DIR: join(ductor.home, 'none') }),
        ports: [ductor.port],
        timeoutMs: 2_000,
      },
    );
    assert.deepEqual(found, {
      kind: 'ductor',
      target: { kind: 'http', origin: `http://localhost:${ductor.port}` },
      place: `http://localhost:${ductor.port}`,
      isRunning: true,
      belongs: false,
    });
  });

  it('never throws, and is never healthy nor red, whatever is in its answers and files', async () => {
    const value = fc.oneof(
      fc.string(),
      fc.json(),
      fc.constantFrom(
        ...[DUCTOR.agents, DUCTOR.tasks, DUCTOR.apiHealth].map(({ body }) => JSON.stringify(body)),
      ),
      fc.constantFrom(...Object.values(DUCTOR.files).map((file) => JSON.stringify(file))),
    );
    // A real one with something wrong in it: cut off, or with one of its values replaced.
    const bytes = fc.oneof(
      value,
      fc.tuple(value, fc.nat({ max: 2_000 })).map(([text, length]) => text.slice(0, length)),
      fc
        .tuple(
          value,
          fc.constantFrom('null', '-1', '1e400', '"x"', '{}', '[]', '"\u202e"'),
          fc.nat({ max: 30 }),
        )
        .map(([text, other, index]) => {
          let nth = 0;
          return text.replace(/(?<=":)("[^"]*"|[\d.]+|null|true|false)/g, (old) =>
            nth++ === index ? other : old,
          );
        }),
    );
    const files = ['config/config.json', 'inflight_turns.json', 'named_sessions.json', 'startup_state.json'];
    const probe = probeOf(ductor, { kind: 'ductor' });
    await fc.assert(
      fc.asyncProperty(
        bytes,
        bytes,
        fc.array(bytes, { minLength: 4, maxLength: 4 }),
        async (health, tasks, texts) => {
          ductor.begin();
          files.forEach((file, index) => writeFileSync(join(ductor.home, file), texts[index]!));
          ductor.routes = {
            '/interagent/health': (response) => response.end(health),
            '/tasks/list': (response) => response.end(tasks),
          };
          const sample = await probe.ask();
          const { state } = stateOf(sample);
          assert.notEqual(state, 'healthy');
          assert.notEqual(SEVERITY[state], 'red');
          for (const session of sample.ok ? (sample.report.sessions ?? []) : []) {
            assert.ok(session.id !== '' && session.title.length <= 80);
            assert.ok(session.deadlineAt === undefined || Number.isFinite(session.deadlineAt));
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
