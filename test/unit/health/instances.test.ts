import assert from 'node:assert/strict';
import { readSessions } from '../../../src/kinds/smithy/sessions';
import { readStatus } from '../../../src/kinds/smithy/status';
import { advanceInstance, isAnnounced, type NewLife } from '../../../src/health/instances';
import type { KnownInstance } from '../../../src/health/knownInstance';
import { rememberedInstance } from '../../../src/health/keptLife';
import type { Restarted } from '../../../src/health/workMade';
import type { ProcessFate } from '../../../src/health/proof';
import type { DaemonInstance, Failure, Report, Session } from '../../../src/health/report';
import { loadRecording } from '../../fixtures/recordings';
import { Watch, goodReport, type Parts } from './support';

const HOUR_MS = 3_600_000;

/** One daemon looked at by hand, and what was told of its lives. */
class Lives {
  readonly watch = new Watch();
  readonly told: Restarted[] = [];
  readonly unharmed: Restarted[] = [];
  readonly began: NewLife['began'][] = [];
  life: KnownInstance | undefined;
  asked = 0;

  /** @param fate what is found when its process is looked at */
  constructor(private readonly fate: ProcessFate = 'unknown') {}

  answer(
    instance: DaemonInstance | undefined,
    sessions: readonly (readonly [string, string] | Session)[] | undefined,
    more: Parts = {},
  ): this {
    return this.report(
      goodReport(this.watch.time, {
        kind: instance ? 'dispatchd' : 'smithy',
        ...(instance && { instance }),
        ...(sessions && {
          sessions: sessions.map((session): Session =>
            'id' in session ? session : { id: session[0], title: session[0], status: session[1] },
          ),
        }),
        ...more,
      }),
    );
  }

  report(report: Report): this {
    this.watch.wait(5_000).answer(report);
    return this.look();
  }

  refuse(times = 1): this {
    return this.fail(...Array.from({ length: times }, () => 'refused' as const));
  }

  fail(...kinds: readonly Failure['kind'][]): this {
    for (const kind of kinds) {
      this.watch.wait(5_000).fail(kind);
      this.look();
    }
    return this;
  }

  look(): this {
    let step = advanceInstance(this.life, this.watch.track);
    if (step.asksProcess) {
      this.asked++;
      step = advanceInstance(step.life, this.watch.track, this.fate);
    }
    this.life = step.life;
    if (step.newLife) {
      const { restarted, announce, began } = step.newLife;
      (isAnnounced(restarted, announce) ? this.told : this.unharmed).push(restarted);
      this.began.push(began);
    }
    return this;
  }

  /** "2 resumed, 1 interrupted" for each message. */
  get counts(): string[] {
    return this.told.map(({ resumed, interrupted }) => `${resumed} resumed, ${interrupted} interrupted`);
  }
}

const first: DaemonInstance = { id: 'a' };
const second: DaemonInstance = { id: 'b', startKind: 'restart', previousUpMs: 3.2 * HOUR_MS };

describe('a daemon that begins a new life', () => {
  it('is told once, with what became of its work', () => {
    const lives = new Lives()
      .answer(first, [
        ['one', 'running'],
        ['two', 'running'],
        ['three', 'running'],
        ['four', 'completed'],
      ])
      .refuse(2)
      .answer(second, [
        ['one', 'running'],
        ['three', 'interrupted'],
        ['four', 'completed'],
      ])
      .answer(second, [
        ['one', 'running'],
        ['three', 'interrupted'],
      ]);
    assert.deepEqual(lives.told, [
      { kind: 'restart', wasUpMs: 3.2 * HOUR_MS, isInferred: false, resumed: 2, interrupted: 1, lost: [] },
    ]);
  });

  it('began between two answers, by the clock as it is now', () => {
    const lives = new Lives().answer(first, []);
    const at = lives.watch.time.wallAt;
    lives.refuse(2).watch.time.jumpWall(-24 * HOUR_MS);
    lives.answer(second, []);
    assert.deepEqual(lives.began, [{ afterAt: at - 24 * HOUR_MS, byAt: at + 15_000 - 24 * HOUR_MS }]);
  });

  it('counts what the daemon counts, also work that began and was lost between two polls', () => {
    const lives = new Lives()
      .answer(first, [])
      .refuse()
      .answer(second, [['unseen', 'interrupted']], { recovery: { resumed: 2, interrupted: 1 } });
    assert.deepEqual(lives.counts, ['2 resumed, 1 interrupted']);
  });

  it('does not count what an earlier restart had interrupted', () => {
    const lives = new Lives()
      .answer(first, [['old', 'interrupted']])
      .answer(second, [['old', 'interrupted']], { recovery: { resumed: 0, interrupted: 0 } });
    assert.deepEqual(lives.counts, ['0 resumed, 0 interrupted']);
  });

  it('is told after its first completed cycle, when it has resumed what it resumes', () => {
    const lives = new Lives().answer(first, [['one', 'running']]);
    lives.answer(second, [], { lastPollCompletedAt: undefined });
    assert.equal(lives.told.length, 0);
    lives.answer(second, [['one', 'interrupted']]);
    assert.deepEqual(lives.counts, ['0 resumed, 1 interrupted']);
  });

  it('is told although its first cycle hangs', () => {
    const lives = new Lives().answer(first, [['one', 'running']]);
    for (let n = 0; n < 4; n++)
      lives.answer(second, [['one', 'interrupted']], { lastPollCompletedAt: undefined });
    assert.deepEqual(lives.counts, ['0 resumed, 1 interrupted']);
  });

  it('says so after a reboot', () => {
    const lives = new Lives().answer(first, []).answer({ ...second, startKind: 'reboot' }, []);
    assert.equal(lives.told[0]?.kind, 'reboot');
  });

  it('says how long ago that was, where nobody looked at once', () => {
    const lives = new Lives().answer(first, []).fail('timeout', 'timeout');
    lives.answer({ ...second, startedAt: lives.watch.time.wallAt - 2 * HOUR_MS }, []);
    assert.equal(lives.told[0]?.agoMs, 2 * HOUR_MS);
  });

  it('is not told at the first look, nor while it goes on living', () => {
    const lives = new Lives()
      .answer(second, [['one', 'interrupted']])
      .refuse()
      .answer(second, []);
    assert.deepEqual(lives.told, []);
  });

  it('is not told where another daemon has taken its port', () => {
    const lives = new Lives()
      .answer({ ...first, stateDir: '/one' }, [['one', 'running']])
      .refuse(3)
      .answer({ ...second, stateDir: '/other' }, [])
      .answer(undefined, [])
      .answer({ ...first, stateDir: '/one' }, []);
    assert.deepEqual([...lives.told, ...lives.unharmed], []);
  });

  for (const [status, told] of [
    ['running', 0],
    ['interrupted', 1],
  ] as const) {
    it(`by our own restart is ${told === 0 ? 'silent' : 'told'} where its work is ${status} afterwards`, () => {
      const lives = new Lives().answer(first, [['one', 'running']]);
      lives.watch.restart({ restarting: true });
      lives.look().refuse();
      lives.watch.restart({ restarting: false, proven: true });
      lives.look().answer(second, [['one', status]]);
      assert.equal(lives.told.length, told);
    });
  }
});

describe('a new life that our own restart proves', () => {
  it('is told by the restart alone', () => {
    const lives = new Lives().answer(first, [['one', 'running']]);
    lives.watch.restart({ restarting: true });
    lives
      .look()
      .refuse()
      .answer(second, [['one', 'interrupted']]);
    lives.watch.restart({ restarting: false, proven: true });
    lives.look().answer(second, [['one', 'interrupted']]);
    assert.deepEqual(lives.told, []);
    assert.equal(lives.unharmed.length, 1, 'it is known all the same');
  });

  it('is told here where the restart ended before that', () => {
    const lives = new Lives().answer(first, [['one', 'running']]);
    lives.watch.restart({ restarting: true });
    lives.look().answer(second, [], { lastPollCompletedAt: undefined });
    lives.watch.restart({ restarting: false, proven: false });
    lives.look().answer(second, [['one', 'interrupted']]);
    assert.deepEqual(lives.counts, ['0 resumed, 1 interrupted']);
  });
});

describe('a daemon that began a new life while no window of the workspace was open', () => {
  const remembered = (id: string) => {
    const lives = new Lives();
    lives.life = rememberedInstance({ id, stateDir: '/state' });
    return lives;
  };
  const now = { ...second, stateDir: '/state' };
  const cases: [string, string, Report['recovery'], string[]][] = [
    ['is told where it interrupted work', 'a', { resumed: 0, interrupted: 1 }, ['0 resumed, 1 interrupted']],
    ['is told where it resumed work', 'a', { resumed: 2, interrupted: 0 }, ['2 resumed, 0 interrupted']],
    ['is not worth a word where it touched none', 'a', { resumed: 0, interrupted: 0 }, []],
    ['is not worth a word where it does not say', 'a', undefined, []],
    ['is not told where it is the life that was seen', 'b', { resumed: 2, interrupted: 1 }, []],
  ];
  for (const [what, id, recovery, told] of cases) {
    it(what, () => {
      const lives = remembered(id).answer(now, [], { recovery }).answer(now, [], { recovery });
      assert.deepEqual(lives.counts, told);
    });
  }

  it('is told of the next restart whatever that does', () => {
    const lives = remembered('a')
      .answer(now, [])
      .refuse()
      .answer({ ...now, id: 'c' }, []);
    assert.deepEqual(lives.counts, ['0 resumed, 0 interrupted']);
  });

  it('is another daemon where its state is elsewhere', () => {
    const elsewhere = { ...second, stateDir: '/elsewhere' };
    const lives = remembered('a').answer(elsewhere, [], { recovery: { resumed: 1, interrupted: 1 } });
    assert.deepEqual(lives.counts, []);
  });
});

describe('a smithy, which names no lives', () => {
  const RUNNING = [['one', 'running']] as const;
  const FIRST_CYCLE: Parts = { lastPollCompletedAt: undefined };
  const NEVER_POLLED: Parts = {
    isRunning: false,
    lastPollStartedAt: undefined,
    lastPollCompletedAt: undefined,
  };
  /** The released one tells nothing of its loop. */
  const BARE: Parts = { ...NEVER_POLLED, isRunning: true, queue: undefined, pollStale: undefined };
  type Step = (lives: Lives) => Lives;
  const cases: { what: string; fate?: ProcessFate; steps: Step; interrupted: number; asked?: number }[] = [
    {
      what: 'it was gone and all its work is gone, and nothing tells of its process',
      steps: (l) =>
        l
          .answer(undefined, RUNNING)
          .refuse()
          .answer(undefined, [['new', 'running']]),
      interrupted: 1,
      asked: 1,
    },
    {
      what: 'the times of its loop are gone with the work, though it was never seen to be gone',
      steps: (l) => l.answer(undefined, RUNNING).answer(undefined, [], FIRST_CYCLE).answer(undefined, []),
      interrupted: 1,
    },
    {
      what: 'it has never polled since, because it is switched off',
      steps: (l) => l.answer(undefined, RUNNING).answer(undefined, [], NEVER_POLLED),
      interrupted: 1,
    },
    {
      what: 'its process is gone, though nothing else was seen',
      fate: 'gone',
      steps: (l) => l.answer(undefined, RUNNING).answer(undefined, []),
      interrupted: 1,
      asked: 1,
    },
    {
      what: 'it was cut off again and again, as a port forwarder does, and its work is gone',
      steps: (l) => l.answer(undefined, RUNNING).fail('reset', 'reset').answer(undefined, []),
      interrupted: 1,
      asked: 1,
    },
    {
      what: 'the times are gone though the process lives that owns the port: a forwarder',
      fate: 'lives',
      steps: (l) => l.answer(undefined, RUNNING).answer(undefined, [], NEVER_POLLED),
      interrupted: 1,
    },
    {
      what: 'its sessions were not told for a while after it was gone',
      steps: (l) =>
        l
          .answer(undefined, RUNNING)
          .refuse()
          .answer(undefined, undefined)
          .answer(undefined, undefined)
          .answer(undefined, []),
      interrupted: 1,
      asked: 1,
    },
    {
      what: 'the released one, which tells nothing of its loop, was gone: after a while',
      steps: (l) =>
        l
          .answer(undefined, RUNNING, BARE)
          .refuse()
          .answer(undefined, [], BARE)
          .answer(undefined, [], BARE)
          .answer(undefined, [], BARE)
          .answer(undefined, [], BARE),
      interrupted: 1,
      asked: 1,
    },
    {
      what: 'its first cycle hangs: after a while',
      steps: (l) =>
        l
          .answer(undefined, RUNNING)
          .refuse()
          .answer(undefined, [], FIRST_CYCLE)
          .answer(undefined, [], FIRST_CYCLE)
          .answer(undefined, [], FIRST_CYCLE)
          .answer(undefined, [], FIRST_CYCLE),
      interrupted: 1,
      asked: 0,
    },
  ];
  for (const { what, fate, steps, interrupted, asked = 0 } of cases) {
    it(`has restarted where ${what}`, () => {
      const lives = steps(new Lives(fate));
      assert.deepEqual(
        lives.told.map((told) => [told.isInferred, told.interrupted, told.lost.map(({ id }) => id)]),
        [[true, interrupted, ['one']]],
      );
      assert.equal(lives.asked, asked, 'looks at its process only where that helps');
    });
  }

  const silent: { what: string; fate?: ProcessFate; steps: Step; asked?: number }[] = [
    {
      what: 'its work is still there after it was gone',
      steps: (l) => l.answer(undefined, RUNNING).refuse().answer(undefined, RUNNING),
    },
    {
      what: 'one of two sessions is gone: the other knows the process',
      steps: (l) =>
        l
          .answer(undefined, [...RUNNING, ['two', 'running']])
          .refuse()
          .answer(undefined, [['two', 'running']]),
    },
    {
      what: 'its work was seen to have ended, and was forgotten',
      steps: (l) =>
        l
          .answer(undefined, RUNNING)
          .answer(undefined, [['one', 'terminated']])
          .refuse()
          .answer(undefined, []),
    },
    {
      what: 'its work is gone and nothing else: it ended between two polls',
      steps: (l) => l.answer(undefined, RUNNING).answer(undefined, []),
      asked: 1,
    },
    {
      what: 'its work is gone after lost answers, but its process lives',
      fate: 'lives',
      steps: (l) => l.answer(undefined, RUNNING).refuse(3).answer(undefined, []),
      asked: 1,
    },
    {
      what: 'its work is gone after one cut connection',
      steps: (l) => l.answer(undefined, RUNNING).fail('reset').answer(undefined, []),
      asked: 1,
    },
    {
      what: 'its work is gone after time-outs: it was only slow',
      steps: (l) =>
        l.answer(undefined, RUNNING).fail('timeout', 'statusHung', 'timeout').answer(undefined, []),
      asked: 1,
    },
    {
      what: 'it does not tell of its loop any more, as when it cannot compute it',
      steps: (l) => l.answer(undefined, RUNNING).answer(undefined, [], BARE),
      asked: 1,
    },
    {
      what: 'it does not tell its sessions',
      steps: (l) => l.answer(undefined, RUNNING).refuse().answer(undefined, undefined),
    },
    {
      what: 'it had no work to lose',
      steps: (l) => l.answer(undefined, []).refuse().answer(undefined, [], NEVER_POLLED),
    },
    {
      what: 'it never answered before',
      steps: (l) => l.refuse(3).answer(undefined, []),
    },
    {
      what: 'another smithy has taken its port',
      steps: (l) =>
        l
          .answer(undefined, RUNNING, { database: { path: '/a/db', realPath: '/a/db' } })
          .refuse()
          .answer(undefined, [], { database: { path: '/b/db', realPath: '/b/db' } }),
    },
    {
      what: 'its wall clock jumped',
      steps: (l) => {
        l.answer(undefined, RUNNING);
        l.watch.time.jumpWall(-HOUR_MS);
        return l.answer(undefined, RUNNING);
      },
    },
  ];
  for (const { what, fate, steps, asked = 0 } of silent) {
    it(`has not restarted where ${what}`, () => {
      const lives = steps(new Lives(fate));
      assert.deepEqual([...lives.told, ...lives.unharmed], []);
      assert.equal(lives.asked, asked, 'looks at its process only where that helps');
    });
  }

  it('is asked about once: later polls are compared with the new state of things', () => {
    const lives = new Lives().answer(undefined, RUNNING).answer(undefined, []).answer(undefined, []);
    assert.equal(lives.asked, 1);
  });

  it('does not count what was being ended, nor what it went on with under another id', () => {
    const session = (id: string, more: Partial<Session>): Session => ({
      id,
      title: id,
      status: 'running',
      ...more,
    });
    const lives = new Lives()
      .answer(undefined, [
        session('director', { agentId: 'd', providerSessionId: 'p' }),
        session('worker', { agentId: 'w' }),
        session('steward', { agentId: 's', providerSessionId: 'q' }),
        session('ending', { agentId: 'e', status: 'terminating' }),
        session('ended', { agentId: 'f', status: 'terminated' }),
      ])
      .refuse()
      .answer(undefined, [
        session('director-2', { agentId: 'd', providerSessionId: 'p' }),
        session('worker-2', { agentId: 'w', providerSessionId: 'r' }),
        session('other', { agentId: 's2' }),
      ]);
    assert.deepEqual(lives.counts, ['2 resumed, 1 interrupted']);
    assert.deepEqual(
      lives.told[0]?.lost.map(({ id, status }) => [id, status]),
      [['steward', 'interrupted']],
    );
  });

  it('is seen in what was recorded of a real one', () => {
    const sessions = (name: string) =>
      readSessions((loadRecording(name).body as { sessions: unknown[] }).sessions);
    const status = (name: string, told: readonly Session[]) => {
      const { body, capturedAt } = loadRecording(name);
      return { ...(readStatus(body, Date.parse(capturedAt)) as Report), sessions: told };
    };
    const lives = new Lives()
      .report(status('status-running', sessions('restart/0-before-sessions')))
      .refuse()
      .report(status('restart/1-after-status', sessions('restart/1-after-sessions')));
    // The director is back at once; the worker only when its daemon is switched on again.
    assert.deepEqual(lives.counts, ['1 resumed, 1 interrupted']);
    assert.deepEqual(
      lives.told[0]?.lost.map(({ agentId, providerSessionId }) => [agentId, providerSessionId]),
      [['el-4253', '1d19c563-a61b-4c11-8a50-fde92e24faf5']],
    );
  });
});
