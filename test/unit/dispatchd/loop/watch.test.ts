import assert from 'node:assert/strict';
import { stamp } from '../../../../src/dispatchd/clock';
import type { PollTimes } from '../../../../src/dispatchd/loop/health';
import type { Log } from '../../../../src/dispatchd/log';
import { startWatch } from '../../../../src/dispatchd/loop/watch';
import { FakeClock } from '../../../support/dispatchd/fakeClock';

function setUp() {
  const clock = new FakeClock();
  const lines: string[] = [];
  const texts: string[] = [];
  const write = (message: string) => {
    texts.push(message);
    lines.push(message.split(':')[0] ?? '');
  };
  const log: Log = { info: write, warn: write, error: write };
  const sample = { poll: {} as PollTimes, thresholdMs: 60_000, readyTasks: 0, workers: 4 };
  startWatch(clock, log, sample.thresholdMs, () => sample);
  const completeCycle = () => (sample.poll = { startedAt: stamp(clock), completedAt: stamp(clock) });
  return { clock, lines, texts, sample, completeCycle };
}

describe('dispatchd watch', () => {
  it('says WEDGED once while no cycle completes, and RECOVERED once when one does', () => {
    const { clock, lines, sample, completeCycle } = setUp();
    completeCycle();
    sample.poll = { ...sample.poll, startedAt: { ...stamp(clock), monotonicMs: clock.monotonicMs() + 1 } };
    clock.advance(59_000);
    assert.deepEqual(lines, []);
    clock.advance(3_000);
    assert.deepEqual(lines, ['WEDGED']);
    clock.advance(600_000);
    assert.deepEqual(lines, ['WEDGED']);
    completeCycle();
    clock.advance(30_000);
    assert.deepEqual(lines, ['WEDGED', 'RECOVERED']);
  });

  it('tells times as the extension does', () => {
    const { clock, texts, sample } = setUp();
    const began = { ...stamp(clock), monotonicMs: clock.monotonicMs() + 1 };
    sample.poll = { startedAt: began, completedAt: stamp(clock) };
    clock.advance(62_000);
    assert.deepEqual(texts, ['WEDGED: no poll cycle has completed for 1 min (threshold 1 min)']);
  });

  it('says STUCK and RESUMED once per transition', () => {
    const { clock, lines, sample } = setUp();
    Object.assign(sample, { readyTasks: 1, workers: 0 });
    clock.advance(10_000);
    sample.readyTasks = 2;
    clock.advance(10_000);
    assert.deepEqual(lines, ['STUCK']);
    sample.readyTasks = 0;
    clock.advance(10_000);
    assert.deepEqual(lines, ['STUCK', 'RESUMED']);
    sample.readyTasks = 1;
    clock.advance(10_000);
    assert.deepEqual(lines, ['STUCK', 'RESUMED', 'STUCK']);
  });

  it('is silent about a busy queue', () => {
    const { clock, lines, sample, completeCycle } = setUp();
    Object.assign(sample, { readyTasks: 100, workers: 1 });
    completeCycle();
    clock.advance(50_000);
    assert.deepEqual(lines, []);
  });

  it('gives the loop a chance to run after the machine slept', () => {
    const { clock, lines, completeCycle } = setUp();
    completeCycle();
    clock.advance(1_000);
    clock.freeze(3_600_000);
    clock.advance(1);
    completeCycle();
    clock.advance(5_000);
    assert.deepEqual(lines, []);
  });
});
