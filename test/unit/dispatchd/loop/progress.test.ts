import assert from 'node:assert/strict';
import { progressOf, whyNot, whyStuck } from '../../../../src/dispatchd/loop/progress';

const at = (ms: number) => ({ wallMs: 1_700_000_000_000 + ms, monotonicMs: ms });
const thresholdMs = 60_000;

describe('the progress of a poll loop', () => {
  for (const [title, poll, failure, nowMs, progress, why] of [
    ['no cycle has begun', {}, undefined, 9_000, 'starting', 'starting'],
    ['the first cycle is under way', { startedAt: at(0) }, undefined, 60_000, 'starting', 'starting'],
    [
      'the first cycle hangs',
      { startedAt: at(0) },
      undefined,
      70_000,
      'wedged',
      'no poll cycle has completed for 1 min 10 s (threshold 1 min)',
    ],
    [
      'a cycle completed',
      { startedAt: at(0), completedAt: at(9) },
      undefined,
      60_009,
      'advancing',
      undefined,
    ],
    [
      'the last cycle took long, and the next one is in time',
      { startedAt: at(62_000), completedAt: at(1_000) },
      undefined,
      72_000,
      'slow',
      'the last poll cycle completed 1 min 11 s ago (threshold 1 min)',
    ],
    [
      'the last cycle failed',
      { startedAt: at(5_000), completedAt: at(4_000) },
      'cannot write its state: the disk is full',
      6_000,
      'failing',
      'poll cycles fail: cannot write its state: the disk is full',
    ],
    [
      'a cycle hangs after one that failed',
      { startedAt: at(5_000), completedAt: at(4_000) },
      'the disk is full',
      65_001,
      'wedged',
      'no poll cycle has completed for 1 min (threshold 1 min)',
    ],
  ] as const) {
    it(`is ${progress} where ${title}`, () => {
      const sample = { poll, thresholdMs, readyTasks: 0, workers: 1 };
      assert.equal(progressOf(sample, failure, at(nowMs)), progress);
      assert.equal(whyNot(progress, sample, failure, at(nowMs)), why);
    });
  }

  it('is not judged by the wall clock', () => {
    const sample = { poll: { startedAt: at(0), completedAt: at(9) }, thresholdMs, readyTasks: 0, workers: 1 };
    assert.equal(progressOf(sample, undefined, { wallMs: 0, monotonicMs: 1_000 }), 'advancing');
  });

  for (const [readyTasks, workers, why] of [
    [0, 0, undefined],
    [3, 1, undefined],
    [1, 0, '1 task is ready and there is no worker to take it'],
    [3, 0, '3 tasks are ready and there is no worker to take them'],
  ] as const) {
    it(`${readyTasks} ready tasks and ${workers} workers: ${why ?? 'the queue can move'}`, () =>
      assert.equal(whyStuck({ poll: {}, thresholdMs, readyTasks, workers }), why));
  }
});
