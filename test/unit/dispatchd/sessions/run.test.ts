import assert from 'node:assert/strict';
import { stamp } from '../../../../src/dispatchd/clock';
import { Run } from '../../../../src/dispatchd/sessions/run';
import type { TimeoutEvent } from '../../../../src/dispatchd/sessions/timeoutController';
import { FakeClock } from '../../../support/dispatchd/fakeClock';
import { spec } from '../../../support/dispatchd/sessions';

function setUp() {
  const clock = new FakeClock();
  const events: TimeoutEvent['kind'][] = [];
  const startedAt = clock.wallMs();
  const run = new Run(clock, stamp(clock), spec({ timeoutMs: 100_000 }), ({ kind }) => events.push(kind));
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
