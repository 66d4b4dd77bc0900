import { idAt } from '../../support/target';
import assert from 'node:assert/strict';
import { advanceDeadlines, type KnownDeadlines, type TimedOut } from '../../../src/health/deadlines';
import { countdown, nextDrawMs, type CountedDaemon } from '../../../src/health/countdown';
import type { Session } from '../../../src/health/report';
import { DAY_MS, MINUTE_MS, SECOND_MS, Watch, goodReport, type Parts } from './support';

const ORIGIN = 'http://127.0.0.1:3470';

/** One daemon with sessions, polled by hand, and what its countdown shows and tells. */
class Room {
  readonly watch = new Watch();
  readonly told: TimedOut[] = [];
  deadlines: KnownDeadlines | undefined;
  skewMs = 0;
  report: Parts = { kind: 'dispatchd' };

  session(id: string, leftMs: number, more: Partial<Session> = {}): Session {
    const at = this.watch.time.wallAt + this.skewMs;
    return { id, title: id, status: 'running', createdAt: at, deadlineAt: at + leftMs, ...more };
  }

  poll(...sessions: readonly Session[]): this {
    this.watch.answer(
      goodReport(this.watch.time, { skewMs: this.skewMs, ...this.report, sessions: [...sessions] }),
    );
    return this.look();
  }

  wedge(...sessions: readonly Session[]): this {
    this.report = { ...this.report, pollStale: true };
    this.poll(...sessions);
    const { pollStale: _, ...rest } = this.report;
    this.report = rest;
    return this;
  }

  look(): this {
    const { deadlines, timedOut } = advanceDeadlines(this.deadlines, this.watch.track, this.watch.time.now());
    this.deadlines = deadlines;
    this.told.push(...timedOut);
    return this;
  }

  wait(ms: number): this {
    this.watch.wait(ms);
    return this;
  }

  get daemons(): readonly CountedDaemon[] {
    return [{ daemonId: idAt(ORIGIN), name: 'dispatchd', deadlines: this.deadlines }];
  }

  get entries() {
    return countdown(this.daemons, this.watch.time.now());
  }

  /** "build soon 42" for each line: its stage and the seconds left. */
  get shown(): string[] {
    return this.entries.map(
      ({ session, stage, remainingMs }) => `${session.id} ${stage} ${Math.ceil(remainingMs / SECOND_MS)}`,
    );
  }
}

describe('the countdown of one session', () => {
  const stages: [leftMs: number, shown: string[]][] = [
    [10 * MINUTE_MS, []],
    [60_001, []],
    [60_000, ['build soon 60']],
    [42_000, ['build soon 42']],
    [10_001, ['build soon 11']],
    [10_000, ['build last 10']],
    [1, ['build last 1']],
    [0, ['build due 0']],
    [-14_999, ['build due 0']],
    [-15_000, []],
  ];
  for (const [leftMs, shown] of stages) {
    it(`${leftMs} ms before its deadline shows ${shown.join() || 'nothing'}`, () => {
      assert.deepEqual(new Room().poll(new Room().session('build', leftMs)).shown, shown);
    });
  }

  for (const skewMs of [-DAY_MS, -90_000, 0, 90_000, DAY_MS]) {
    it(`is the same on a daemon whose clock is off by ${skewMs} ms`, () => {
      const room = new Room();
      room.skewMs = skewMs;
      room.poll(room.session('build', 61_000));
      assert.deepEqual(room.wait(1_500).shown, ['build soon 60']);
      assert.deepEqual(room.wait(50_000).shown, ['build last 10']);
    });
  }

  it('is not moved by a jump of our own wall clock', () => {
    const room = new Room();
    room.poll(room.session('build', 50_000));
    room.watch.time.jumpWall(DAY_MS);
    assert.deepEqual(room.wait(10_000).shown, ['build soon 40']);
  });

  it('follows a daemon whose clock is set, or drifts, while it lists the very same sessions', () => {
    const room = new Room();
    const sessions = [room.session('build', 2 * MINUTE_MS)];
    const again = () =>
      room.watch.answer(goodReport(room.watch.time, { kind: 'dispatchd', skewMs: room.skewMs, sessions }));
    again();
    room.look().wait(65_000);
    again();
    assert.deepEqual(room.look().shown, ['build soon 55']);
    room.skewMs = 30_000;
    again();
    assert.deepEqual(room.look().shown, ['build soon 25']);
    // As drift does: each step by itself would be jitter.
    for (let step = 0; step < 10; step++) {
      room.skewMs += 200;
      room.wait(1_000);
      again();
      room.look();
    }
    assert.deepEqual(room.shown, ['build soon 13']);
    assert.deepEqual(room.told, []);
  });

  it('does not jump back for the time that an answer takes to arrive', () => {
    const room = new Room();
    room.poll(room.session('build', 50_000));
    for (const skewMs of [-30, 40, -200, 0]) {
      const before = room.wait(SECOND_MS).entries[0]!.remainingMs;
      room.skewMs = skewMs;
      room.poll({ ...room.session('build', before - skewMs), attempt: 1 });
      assert.equal(room.entries[0]!.remainingMs, before);
    }
  });

  it('counts on between polls that come every five minutes, to the second', () => {
    const room = new Room();
    room.poll(room.session('build', 5 * MINUTE_MS));
    for (let left = 299; left > 0; left--) {
      room.wait(SECOND_MS);
      assert.equal(room.entries[0]?.remainingMs, left > 60 ? undefined : left * SECOND_MS);
    }
  });

  it('closes when the session ends', () => {
    const room = new Room();
    room.poll(room.session('build', 30_000)).wait(5_000);
    assert.deepEqual(room.poll(room.session('build', 25_000, { status: 'completed' })).shown, []);
    assert.deepEqual(room.told, []);
  });

  it('is drawn when it comes into sight, then at every whole second', () => {
    const room = new Room();
    const next = () => nextDrawMs(room.daemons[0]?.deadlines, room.watch.time.now());
    room.poll();
    assert.equal(next(), undefined);
    room.poll(room.session('build', 90_250));
    assert.equal(next(), 30_250);
    room.wait(30_250);
    assert.equal(next(), SECOND_MS);
    room.wait(300);
    assert.equal(next(), 700);
  });

  it('says that the daemon is ending it, before the deadline too', () => {
    const room = new Room();
    assert.deepEqual(room.poll(room.session('build', 20_000, { stopping: 'timeout' })).shown, [
      'build due 20',
    ]);
    assert.equal(room.entries[0]?.canExtend, false);
  });

  const stopped: [what: string, more: Partial<Session>][] = [
    ['that the user stops', { status: 'terminating', stopping: 'cancel' }],
    ['that ends with its daemon', { status: 'terminating', stopping: 'shutdown' }],
    ['of a daemon that does not say why it is being ended', { status: 'terminating' }],
  ];
  for (const [what, more] of stopped) {
    it(`is over for a session ${what}: it is not out of time`, () => {
      const room = new Room();
      room.poll(room.session('build', 30_000)).wait(5_000);
      assert.deepEqual(room.poll(room.session('build', 25_000, more)).shown, []);
    });
  }
});

describe('an extension', () => {
  it('is told with its number, and the stages are armed again for the new deadline', () => {
    const room = new Room();
    room.poll(room.session('build', 30_000, { extensionsUsed: 0, maxExtensions: 3 })).wait(30_000);
    room.poll(room.session('build', 120_000, { extensionsUsed: 1, maxExtensions: 3 }));
    assert.deepEqual(room.shown, ['build extended 120']);
    const { byMs, used, max } = room.entries[0]!.extension!;
    assert.deepEqual({ byMs, used, max }, { byMs: 120_000, used: 1, max: 3 });
    assert.deepEqual(room.wait(8_000).shown, [], 'read by then');
    assert.deepEqual(room.wait(52_000).shown, ['build soon 60']);
    assert.deepEqual(room.wait(50_000).shown, ['build last 10']);
    assert.equal(room.entries[0]!.extension, undefined);
  });

  it('of seconds goes on counting and says so', () => {
    const room = new Room();
    room.poll(room.session('build', 5_000, { extensionsUsed: 0 })).wait(5_000);
    room.poll(room.session('build', 5_000, { extensionsUsed: 1 }));
    assert.deepEqual(room.shown, ['build last 5']);
    assert.equal(room.entries[0]!.extension?.byMs, 5_000);
  });

  it('that somebody asked for has no number', () => {
    const room = new Room();
    room.poll(room.session('build', 30_000)).poll(room.session('build', 150_000, { requestedExtensions: 1 }));
    const { byMs, used } = room.entries[0]!.extension!;
    assert.deepEqual({ byMs, used }, { byMs: 120_000, used: undefined });
  });

  it('is noticed also where the daemon counts none', () => {
    const room = new Room();
    room.poll(room.session('build', 30_000)).poll(room.session('build', 90_000));
    assert.equal(room.entries[0]?.extension?.byMs, 60_000);
  });

  for (const more of [{ attempt: 2 }, {}]) {
    it(`is not what a daemon that came back gives work that it runs again, ${JSON.stringify(more)}`, () => {
      const room = new Room();
      const first = { startedAt: room.watch.time.wallAt, attempt: 1 };
      room.poll(room.session('build', 30_000, first)).wait(5_000);
      room.poll(room.session('build', 5 * MINUTE_MS, { startedAt: room.watch.time.wallAt, ...more }));
      assert.deepEqual(room.shown, []);
      assert.deepEqual(room.wait(4 * MINUTE_MS).shown, ['build soon 60'], 'it has a countdown of its own');
    });
  }

  it('long before the deadline opens nothing', () => {
    const room = new Room();
    room.poll(room.session('build', 5 * MINUTE_MS)).poll(room.session('build', 7 * MINUTE_MS));
    assert.deepEqual(room.shown, []);
  });

  it('is not what jitter of the daemon looks like', () => {
    const room = new Room();
    room
      .poll(room.session('build', 30_000))
      .poll(room.session('build', 30_900))
      .poll(room.session('build', 29_500));
    assert.equal(room.entries[0]?.extension, undefined);
  });
});

describe('several sessions', () => {
  it('share one countdown, the nearest first', () => {
    const room = new Room();
    room.poll(
      room.session('c', 50_000),
      room.session('a', 8_000),
      room.session('later', 61_000),
      room.session('b', 20_000),
    );
    assert.deepEqual(room.shown, ['a last 8', 'b soon 20', 'c soon 50']);
  });
});

describe('a time-out', () => {
  const over = { status: 'timed-out', extensionsUsed: 1 };

  it('is told once, however often it is listed', () => {
    const room = new Room();
    room.poll(room.session('build', 1_000)).wait(1_100);
    for (let poll = 0; poll < 3; poll++) room.poll(room.session('build', -100, over)).wait(5_000);
    assert.deepEqual(
      room.told.map(({ session, isInferred }) => [session.id, isInferred]),
      [['build', false]],
    );
    assert.deepEqual(room.shown, []);
  });

  it('from before this window looked is not told', () => {
    const room = new Room();
    room.poll(room.session('old', -100, over)).poll(room.session('old', -100, over));
    assert.deepEqual(room.told, []);
  });

  it('of work that began and ended between two polls is told', () => {
    const room = new Room();
    room
      .poll()
      .wait(60_000)
      .poll(room.session('short', -100, over));
    assert.equal(room.told.length, 1);
  });

  it('of smithy is inferred where the session is gone after its deadline', () => {
    const room = new Room();
    room.report = { kind: 'smithy' };
    room
      .poll(room.session('steward', 4_000, { role: 'steward' }))
      .wait(15_000)
      .poll();
    assert.deepEqual(
      room.told.map(({ session, isInferred }) => [session.id, isInferred]),
      [['steward', true]],
    );
  });

  it('of smithy is not inferred where the daemon was away: its restart ended the session', () => {
    const room = new Room();
    room.report = { kind: 'smithy' };
    room.poll(room.session('steward', 3_000));
    room.wait(5_000).watch.fail('refused');
    room.look().wait(5_000).poll();
    assert.deepEqual(room.told, []);
  });

  it('of smithy is not inferred where the session went before its deadline', () => {
    const room = new Room();
    room.report = { kind: 'smithy' };
    room
      .poll(room.session('steward', 30_000, { role: 'steward' }))
      .wait(15_000)
      .poll();
    assert.deepEqual(room.told, []);
  });
});

describe('while its daemon is wedged or gone', () => {
  it('a countdown is hidden, and comes back with what is left then', () => {
    const room = new Room();
    room.poll(room.session('build', 50_000));
    room.wait(5_000).wedge(room.session('build', 45_000));
    assert.deepEqual(room.shown, []);
    assert.equal(nextDrawMs(room.daemons[0]?.deadlines, room.watch.time.now()), undefined);
    room.wait(5_000).poll(room.session('build', 40_000));
    assert.deepEqual(room.shown, ['build soon 40']);
  });

  for (const [isRunning, shown] of [
    [true, ['build soon 50']],
    [false, []],
  ] as const) {
    it(`it is unavailable and ${isRunning ? 'its work goes on: shown' : 'does not run: hidden'}`, () => {
      const room = new Room();
      room.report = { kind: 'ductor', available: false, isRunning };
      room.poll(room.session('build', 50_000));
      assert.equal(room.watch.state, 'unavailable');
      assert.deepEqual(room.shown, shown);
    });
  }

  it('an answer that does not tell of its work changes nothing, and tells nothing twice', () => {
    const room = new Room();
    const untold = () => {
      room.wait(1_000);
      room.watch.answer(goodReport(room.watch.time, room.report));
      room.look();
    };
    const old = room.session('old', -9_000, { status: 'timed-out' });
    untold();
    room.wait(1_000).poll(old, room.session('build', 50_000));
    untold();
    assert.deepEqual(room.shown, ['build soon 49']);
    room.wait(1_000).poll(old, room.session('build', 48_000));
    room.poll(room.session('build', 48_000));
    room.poll(old, room.session('build', 48_000));
    assert.deepEqual(room.told, []);
  });

  it('a time-out is told afterwards, once', () => {
    const room = new Room();
    const over = { status: 'timed-out' };
    room.poll(room.session('build', 2_000));
    room.wait(5_000).wedge(room.session('build', -3_000, over));
    assert.deepEqual(room.told, []);
    room.wait(5_000).poll(room.session('build', -8_000, over));
    assert.equal(room.told.length, 1);
  });

  it('nothing is shown or told of an outage', () => {
    const room = new Room();
    room.poll(room.session('build', 50_000));
    for (let poll = 0; poll < 4; poll++) {
      room.wait(5_000);
      room.watch.fail('refused');
      room.look();
    }
    assert.equal(room.watch.state, 'unreachable');
    assert.deepEqual(room.shown, []);
  });

  it('one lost answer does not stop the count', () => {
    const room = new Room();
    room.poll(room.session('build', 50_000)).wait(5_000);
    room.watch.fail('timeout');
    assert.deepEqual(room.look().shown, ['build soon 45']);
  });

  it('our own restart hides it too', () => {
    const room = new Room();
    room.poll(room.session('build', 50_000));
    room.watch.restart({ restarting: true });
    assert.deepEqual(room.look().shown, []);
    room.watch.restart({ restarting: false, proven: true });
    assert.deepEqual(room.look().shown, ['build soon 50']);
  });
});

describe('when a daemon is asked because of its deadlines', () => {
  const delay = (leftMs: number, intervalMs = 300_000) => {
    const room = new Room();
    for (let poll = 0; poll < 2; poll++) room.poll(room.session('build', leftMs));
    return room.watch.nextDelayMs({ intervalMs, focused: false });
  };
  const cases: [string, number, number][] = [
    ['just before the countdown opens', 100_000, 39_630],
    ['every 5 s while it runs', 50_000, 5_030],
    ['at the deadline', 3_000, 3_030],
    ['every second after it', -3_000, 1_030],
  ];
  for (const [when, leftMs, expectedMs] of cases) {
    it(`is ${when}, also in a window without focus that asks every 300 s`, () => {
      // The loop of the daemon in these tests would itself cross its threshold in 58 s.
      assert.equal(delay(leftMs), expectedMs);
    });
  }

  it('is no sooner than usual long before, and long after', () => {
    assert.ok(delay(DAY_MS, 15_000) >= 13_500);
    assert.ok(delay(-20_000, 15_000) >= 13_500);
  });
});

describe('what comes of a session at its deadline', () => {
  const prospectOf = (leftMs: number, more: (deadlineAt: number) => Partial<Session>, kind = 'dispatchd') => {
    const room = new Room();
    room.report = { kind };
    const { deadlineAt, ...session } = room.session('build', leftMs);
    const startedAt = deadlineAt! - 10 * MINUTE_MS;
    room.poll({
      ...session,
      deadlineAt: deadlineAt!,
      startedAt,
      lastActivityAt: deadlineAt! - 30_000,
      extensionsUsed: 0,
      maxExtensions: 3,
      maxTotalMs: 4 * 60 * MINUTE_MS,
      ...more(deadlineAt!),
    });
    return room.entries.map(({ prospect }) => prospect).join();
  };
  const rows: [
    what: string,
    prospect: string,
    leftMs: number,
    more: (deadlineAt: number) => Partial<Session>,
  ][] = [
    ['was active in the last half minute before it', 'extended', 9_000, () => ({})],
    ['was active, but not lately', 'ends', 9_000, (at) => ({ lastActivityAt: at - 30_001 })],
    ['may still become active', 'extendedIfActive', 50_000, (at) => ({ lastActivityAt: at - 60_000 })],
    [
      'never said a word: to start is not to be active',
      'ends',
      25_000,
      (at) => ({
        startedAt: at - 30_000,
        lastActivityAt: at - 30_000,
      }),
    ],
    [
      'never said a word so far',
      'extendedIfActive',
      31_000,
      (at) => ({
        startedAt: at - 40_000,
        lastActivityAt: at - 40_000,
      }),
    ],
    ['has no extension left', 'ends', 9_000, () => ({ extensionsUsed: 3 })],
    ['has no extensions at all', 'ends', 50_000, () => ({ maxExtensions: 0 })],
    [
      'reaches the longest that it may run',
      'ends',
      9_000,
      (at) => ({ startedAt: at - MINUTE_MS, maxTotalMs: MINUTE_MS }),
    ],
    [
      'has the extension that reaches that',
      'extended',
      9_000,
      (at) => ({ startedAt: at - MINUTE_MS, maxTotalMs: MINUTE_MS + 1 }),
    ],
    ['is being stopped', 'ends', 9_000, () => ({ stopping: 'timeout' })],
  ];
  for (const [what, prospect, leftMs, more] of rows) {
    it(`that ${what}: ${prospect}`, () => assert.equal(prospectOf(leftMs, more), prospect));
  }

  it('of a daemon that does not say what extends it is not told', () => {
    assert.equal(
      prospectOf(9_000, () => ({}), 'ductor'),
      'ends',
    );
  });
});
