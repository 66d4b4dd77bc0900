import assert from 'node:assert/strict';
import {
  defaultStaleThresholdMs,
  dispatchHealth,
  isPollStale,
  isStuck,
} from '../../../../src/dispatchd/loop/health';

const at = (ms: number) => ({ wallMs: 1_700_000_000_000 + ms, monotonicMs: ms });

describe('dispatchd health', () => {
  describe('pollStale', () => {
    const thresholdMs = 60_000;
    for (const [title, poll, nowMs, expected] of [
      ['before the first cycle nothing is owed', {}, 10_000_000, false],
      ['first cycle in flight, young', { startedAt: at(0) }, 60_000, false],
      ['first cycle in flight, too old', { startedAt: at(0) }, 60_001, true],
      ['later cycle in flight, young', { startedAt: at(500), completedAt: at(400) }, 60_500, false],
      ['later cycle in flight, too old', { startedAt: at(500), completedAt: at(400) }, 60_501, true],
      ['completed recently', { startedAt: at(0), completedAt: at(90_000) }, 150_000, false],
      ['no cycle for too long', { startedAt: at(0), completedAt: at(90_000) }, 150_001, true],
      [
        'completed within the millisecond it started in',
        { startedAt: at(5), completedAt: at(5) },
        60_005,
        false,
      ],
    ] as const) {
      it(title, () => assert.equal(isPollStale(poll, thresholdMs, nowMs), expected));
    }

    it('does not change when the wall clock jumps', () => {
      const jumped = { wallMs: 9_999_999_999_999, monotonicMs: 1_000 };
      const poll = { startedAt: at(900), completedAt: at(990) };
      assert.equal(dispatchHealth({ poll, thresholdMs, readyTasks: 0, workers: 1 }, jumped).pollStale, false);
    });
  });

  for (const [intervalMs, expected] of [
    [10, 60_000],
    [5_000, 60_000],
    [6_000, 60_000],
    [6_001, 60_010],
    [60_000, 600_000],
  ] as const) {
    it(`a loop of ${intervalMs} ms is stale after ${expected} ms`, () =>
      assert.equal(defaultStaleThresholdMs(intervalMs), expected));
  }

  for (const [readyTasks, workers, expected] of [
    [0, 0, false],
    [1, 0, true],
    [50, 1, false],
    [0, 4, false],
  ] as const) {
    it(`${readyTasks} ready tasks and ${workers} workers are ${expected ? '' : 'not '}stuck`, () =>
      assert.equal(isStuck(readyTasks, workers), expected));
  }

  it('names every field that smithy does', () => {
    const poll = { startedAt: at(0), completedAt: at(1) };
    const health = dispatchHealth({ poll, thresholdMs: 60_000, readyTasks: 2, workers: 0 }, at(2));
    assert.deepEqual(health, {
      readyUnassignedTasks: 2,
      availableWorkers: 0,
      stuck: true,
      hasStuckQueue: true,
      computedAt: '2023-11-14T22:13:20.002Z',
      lastPollStartedAt: '2023-11-14T22:13:20.000Z',
      lastPollCompletedAt: '2023-11-14T22:13:20.001Z',
      pollStale: false,
    });
  });
});
