import assert from 'node:assert/strict';
import fc from 'fast-check';
import { stamp } from '../../../../src/dispatchd/clock';
import { Run, type TimeLimits } from '../../../../src/dispatchd/sessions/run';
import { FakeClock } from '../../../support/dispatchd/fakeClock';
import { spec } from '../../../support/dispatchd/sessions';

function setUp() {
  const clock = new FakeClock();
  const events: string[] = [];
  const startedAt = clock.wallMs();
  const run = new Run(clock, stamp(clock), spec({ timeoutMs: 100_000 }), (byMs) =>
    events.push(byMs > 0 ? 'extended' : 'timed-out'),
  );
  return { clock, events, run, startedAt };
}

describe('dispatchd run', () => {
  it('fires its events by itself', () => {
    const { clock, events } = setUp();
    clock.advance(99_999);
    assert.deepEqual(events, []);
    clock.advance(1);
    assert.deepEqual(events, ['timed-out']);
    clock.advance(1_000_000);
    assert.equal(events.length, 1);
  });

  it('is silent after its end', () => {
    const { clock, events, run } = setUp();
    run.end();
    clock.advance(1_000_000);
    assert.deepEqual(events, []);
  });

  it('extends on activity and shows the new deadline', () => {
    const { clock, run, startedAt } = setUp();
    clock.advance(99_000);
    for (let i = 0; i < 100; i++) run.recordActivity();
    clock.advance(1_000);
    assert.equal(run.extensionsUsed, 1);
    assert.equal(run.deadlineAt(), startedAt + 220_000);
    assert.equal(run.lastActivityAt(), startedAt + 99_000);
  });

  it('extends on request, and wakes for the new deadline only', () => {
    const { clock, events, run, startedAt } = setUp();
    assert.equal(run.extend(50_000), 50_000);
    assert.equal(run.deadlineAt(), startedAt + 150_000);
    clock.advance(149_999);
    assert.deepEqual(events, []);
    clock.advance(1);
    assert.deepEqual(events, ['timed-out']);
  });

  it('measures on the monotonic clock, and shows the deadline on the wall clock as it stands', () => {
    const { clock, events, run, startedAt } = setUp();
    clock.jumpWall(3_600_000);
    assert.equal(run.deadlineAt(), startedAt + 3_700_000);
    clock.advance(99_999);
    assert.deepEqual(events, []);
    clock.jumpWall(-7_200_000);
    clock.advance(1);
    assert.deepEqual(events, ['timed-out']);
  });

  it('does not let jitter of the wall clock move the shown deadline', () => {
    const { clock, run, startedAt } = setUp();
    clock.jumpWall(200);
    assert.equal(run.deadlineAt(), startedAt + 100_000);
  });

  it('times out once after the machine slept over the deadline', () => {
    const { clock, events } = setUp();
    clock.freeze(500_000);
    clock.advance(1);
    assert.deepEqual(events, ['timed-out']);
  });
});

const LIMITS: TimeLimits = {
  timeoutMs: 600_000,
  activityExtensionMs: 120_000,
  maxExtensions: 3,
  maxTotalMs: 14_400_000,
};

/** Lets a session run until its time is up; `quietMs` says at each deadline how long ago it wrote something. */
function play(limits: TimeLimits, quietMs: () => number | undefined) {
  const clock = new FakeClock();
  const events: { readonly byMs: number; readonly atMs: number }[] = [];
  const startedMs = clock.monotonicMs();
  const run = new Run(clock, stamp(clock), limits, (byMs) =>
    events.push({ byMs, atMs: clock.monotonicMs() - startedMs }),
  );
  for (let deadlines = 0; deadlines < 10_000; deadlines++) {
    const quiet = quietMs();
    clock.freeze(run.deadlineAt() - clock.wallMs() - (quiet ?? 0));
    if (quiet !== undefined) run.recordActivity();
    clock.advance(quiet ?? 0);
    if (events.at(-1)?.byMs === 0) return { run, events };
  }
  return assert.fail('never timed out');
}

const silent = () => undefined;
const busy = () => 0;
const brief = ({ events }: ReturnType<typeof play>) =>
  events.map(({ byMs, atMs }) => `${byMs > 0 ? 'extended' : 'timed-out'} @${atMs / 1000}`);

describe('dispatchd timeouts', () => {
  it('end a silent session at its deadline', () =>
    assert.deepEqual(brief(play(LIMITS, silent)), ['timed-out @600']));

  it('extend an active session three times', () =>
    assert.deepEqual(brief(play(LIMITS, busy)), [
      'extended @600',
      'extended @720',
      'extended @840',
      'timed-out @960',
    ]));

  for (const [title, quietMs, isExtended] of [
    ['30 s ago counts', 30_000, true],
    ['more than 30 s ago does not', 30_001, false],
  ] as const) {
    it(`activity ${title}`, () => {
      const { events } = play({ ...LIMITS, maxExtensions: 1 }, () => quietMs);
      assert.equal(
        events.some(({ byMs }) => byMs > 0),
        isExtended,
      );
    });
  }

  it('give a command that never wrote its base time only, however short', () =>
    assert.deepEqual(brief(play({ ...LIMITS, timeoutMs: 5_000 }, silent)), ['timed-out @5']));

  it('never extend when maxExtensions is 0', () =>
    assert.deepEqual(brief(play({ ...LIMITS, maxExtensions: 0 }, busy)), ['timed-out @600']));

  it('stop at the hard cap, in the middle of an extension', () => {
    const played = play({ ...LIMITS, maxTotalMs: 700_000 }, busy);
    assert.deepEqual(brief(played), ['extended @600', 'timed-out @700']);
    assert.equal(played.events[0]?.byMs, 100_000);
  });

  describe('extension on request', () => {
    const began = (limits: TimeLimits) => {
      const clock = new FakeClock();
      return { run: new Run(clock, stamp(clock), limits, () => {}), startedAt: clock.wallMs() };
    };

    it('moves the deadline, and leaves the extensions for activity alone', () => {
      const { run, startedAt } = began(LIMITS);
      assert.equal(run.extend(300_000), 300_000);
      assert.equal(run.deadlineAt(), startedAt + 900_000);
      assert.equal(run.extensionsUsed, 0);
      assert.equal(run.requestedExtensions, 1);
    });

    it('grants what the cap leaves, then nothing', () => {
      const { run, startedAt } = began({ ...LIMITS, maxTotalMs: 650_000 });
      assert.equal(run.extend(300_000), 50_000);
      assert.equal(run.extend(300_000), 0);
      assert.equal(run.deadlineAt(), startedAt + 650_000);
      assert.equal(run.requestedExtensions, 1);
    });
  });

  it('end a session by its cap, whatever happens', () => {
    const limits = fc.record({
      timeoutMs: fc.integer({ min: 1, max: 10_000 }),
      activityExtensionMs: fc.integer({ min: 1, max: 5_000 }),
      maxExtensions: fc.integer({ min: 0, max: 50 }),
      maxTotalMs: fc.integer({ min: 1, max: 30_000 }),
    });
    fc.assert(
      fc.property(limits, fc.array(fc.boolean(), { minLength: 1 }), (given, activity) => {
        let turn = 0;
        const { run, events } = play(given, () => (activity[turn++ % activity.length] ? 0 : undefined));
        const last = events.at(-1);
        assert.ok(last && last.atMs <= given.maxTotalMs);
        assert.ok(run.extensionsUsed <= given.maxExtensions);
      }),
    );
  });
});
