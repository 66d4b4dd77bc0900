import assert from 'node:assert/strict';
import type { Log } from '../../../../src/dispatchd/log';
import { PollLoop } from '../../../../src/dispatchd/loop/pollLoop';
import { FakeClock, settle } from '../../../support/dispatchd/fakeClock';

function setUp(cycle: () => Promise<void>) {
  const clock = new FakeClock();
  const errors: string[] = [];
  const log: Log = { info: () => {}, warn: () => {}, error: (message) => errors.push(message) };
  return { clock, errors, loop: new PollLoop(clock, log, 100, cycle) };
}

describe('dispatchd poll loop', () => {
  it('runs the first cycle at once, then one per interval', async () => {
    let cycles = 0;
    const { clock, loop } = setUp(() => Promise.resolve(void cycles++));
    loop.start();
    assert.equal(cycles, 1);
    for (let i = 0; i < 3; i++) {
      await settle();
      clock.advance(100);
    }
    assert.equal(cycles, 4);
  });

  it('has set the start time before the cycle awaits anything, and has not completed a cycle that failed', async () => {
    let seen: unknown;
    const { loop } = setUp(() => {
      seen = loop.times.startedAt;
      return Promise.reject(new Error('broken'));
    });
    loop.start();
    assert.ok(seen);
    assert.equal(loop.times.completedAt, undefined);
    await settle();
    assert.equal(loop.times.completedAt, undefined);
    assert.equal(loop.failure, 'broken');
  });

  it('goes on after a failed cycle, and says that nothing fails any more once a cycle succeeds', async () => {
    let failure: Error | undefined = new Error('disk full');
    const { clock, loop } = setUp(() => (failure ? Promise.reject(failure) : Promise.resolve()));
    loop.start();
    await settle();
    const { startedAt } = loop.times;
    clock.advance(100);
    await settle();
    assert.notDeepEqual(loop.times.startedAt, startedAt);
    assert.equal(loop.failure, 'disk full');
    failure = undefined;
    clock.advance(100);
    await settle();
    assert.equal(loop.failure, undefined);
    assert.deepEqual(loop.times.completedAt, loop.times.startedAt);
  });

  it('skips every tick while a cycle hangs, and goes on when it settles', async () => {
    let release = () => {};
    let cycles = 0;
    const { clock, loop } = setUp(() => {
      cycles++;
      return new Promise<void>((resolve) => (release = resolve));
    });
    loop.start();
    const { startedAt } = loop.times;
    clock.advance(100_000);
    assert.equal(cycles, 1);
    assert.deepEqual(loop.times, { startedAt });
    release();
    await settle();
    assert.equal(loop.times.completedAt?.monotonicMs, clock.monotonicMs());
    clock.advance(100);
    assert.equal(cycles, 2);
  });

  it('survives failing cycles and logs a repeated failure once', async () => {
    const { clock, loop, errors } = setUp(() => Promise.reject(new Error('disk full')));
    loop.start();
    for (let i = 0; i < 5; i++) {
      await settle();
      clock.advance(100);
    }
    await settle();
    assert.deepEqual(errors, ['poll cycle failed: disk full']);
  });

  it('starts no cycle after stop', async () => {
    let cycles = 0;
    const { clock, loop } = setUp(() => Promise.resolve(void cycles++));
    loop.start();
    await settle();
    loop.stop();
    clock.advance(1_000);
    assert.equal(cycles, 1);
  });
});
