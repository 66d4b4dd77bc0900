import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { root } from '../../../../scripts/paths.mjs';
import { healthChecks } from '../../../../src/dispatchd/http/healthChecks';
import type { PollTimes } from '../../../../src/dispatchd/loop/health';
import { figuresOf } from '../../../support/dispatchd/figures';

const BORN_AT = Date.parse('2026-03-02T08:00:00.000Z');
const at = (ms: number) => ({ wallMs: BORN_AT + ms, monotonicMs: ms });
const iso = (ms: number) => new Date(BORN_AT + ms).toISOString();

const figures = (poll: PollTimes, nowMs: number, failure?: string) =>
  figuresOf({
    now: at(nowMs),
    startedAt: BORN_AT,
    loop: { poll, thresholdMs: 60_000, readyTasks: 0, workers: 1 },
    failure,
  });

describe('the health answer of dispatchd', () => {
  const schema = JSON.parse(readFileSync(join(root, 'docs', 'health.schema.json'), 'utf8')) as object;
  const isValid = new Ajv({ strict: false }).compile(schema);

  for (const [title, poll, nowMs, failure, status, proof] of [
    ['no cycle has begun', {}, 900, undefined, 'fail', [null, iso(0), null]],
    [
      'the first cycle is under way',
      { startedAt: at(1_000) },
      2_000,
      undefined,
      'fail',
      [null, iso(1_000), iso(6_000)],
    ],
    [
      'a cycle has completed',
      { startedAt: at(1_000), completedAt: at(1_200), endedAt: at(1_200) },
      2_000,
      undefined,
      'pass',
      [iso(1_200), null, iso(6_000)],
    ],
    [
      'the next one is under way',
      { startedAt: at(6_000), completedAt: at(1_200), endedAt: at(1_200) },
      7_000,
      undefined,
      'pass',
      [iso(1_200), iso(6_000), iso(11_000)],
    ],
    [
      'that one hangs',
      { startedAt: at(6_000), completedAt: at(1_200), endedAt: at(1_200) },
      66_001,
      undefined,
      'fail',
      [iso(1_200), iso(6_000), iso(11_000)],
    ],
    [
      'a cycle has failed',
      { startedAt: at(6_000), completedAt: at(1_200), endedAt: at(6_300) },
      7_000,
      'the disk is full',
      'fail',
      [iso(6_300), null, iso(11_000)],
    ],
  ] as const) {
    it(`is ${status} where ${title}, and says what proves that`, () => {
      const answer = healthChecks(figures(poll, nowMs, failure));
      assert.equal(answer.status, status);
      const [lastCompletedAt, owedSinceAt, nextDueAt] = proof;
      assert.deepEqual(answer.progress, {
        version: 1,
        lastCompletedAt,
        owedSinceAt,
        nextDueAt,
        redAfterMs: 60_000,
      });
      assert.ok(isValid(JSON.parse(JSON.stringify(answer))), JSON.stringify(isValid.errors));
    });
  }

  it('names no threshold that the contract does not take', () => {
    const { loop, ...rest } = figures({}, 0);
    const answer = healthChecks({ ...rest, loop: { ...loop, thresholdMs: 50 } });
    assert.equal(answer.progress.redAfterMs, 1_000);
  });
});
