import assert from 'node:assert/strict';
import { clockOf } from '../../../src/app/systemClock';

describe('the clock of a window', () => {
  function setUp() {
    const time = { wallAt: 1_700_000_000_000, monotonicMs: 500, uptimeMs: 90_000 };
    let reads = 0;
    const clock = clockOf({
      wallAt: () => time.wallAt,
      monotonicMs: () => time.monotonicMs,
      uptimeMs: () => {
        reads++;
        return time.uptimeMs;
      },
    });
    const wait = (ms: number, sleptMs = 0) => {
      time.wallAt += ms + sleptMs;
      time.monotonicMs += ms;
      time.uptimeMs += ms + sleptMs;
    };
    return { time, clock, wait, reads: () => reads };
  }

  it('reads the time since boot once, while the machine does not sleep', () => {
    const { time, clock, wait, reads } = setUp();
    for (let count = 0; count < 100; count++) {
      assert.deepEqual(clock.now(), time);
      wait(5_000);
    }
    assert.equal(reads(), 1);
  });

  it('tells a sleep of the machine at once', () => {
    const { time, clock, wait } = setUp();
    clock.now();
    wait(5_000, 3_600_000);
    assert.deepEqual(clock.now(), time);
    wait(5_000);
    assert.deepEqual(clock.now(), time);
  });

  it('takes no jump of the wall clock for a sleep', () => {
    const { time, clock, wait } = setUp();
    clock.now();
    time.wallAt += 3_600_000;
    wait(5_000);
    assert.deepEqual(clock.now(), time);
  });
});
