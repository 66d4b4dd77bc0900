import assert from 'node:assert/strict';
import { assessLoop } from '../../../../src/health/staleness';
import { proveEach } from '../../../../src/kinds/generic/each';
import { readSaid } from '../../../../src/kinds/generic/said';
import { toldIn } from '../../../../src/kinds/generic/source';
import type { ProofSetting } from '../../../../src/model/askSetting';
import { loopUnknownText, staleText } from '../../../../src/words/causes';
import { FakeTime, MINUTE_MS, reportWith } from '../../health/support';

const time = new FakeTime();
const nowAt = time.wallAt;
const AHEAD = nowAt + 60 * MINUTE_MS;
const LATE = nowAt - 60 * MINUTE_MS;

const JOBS: ProofSetting = {
  by: 'due',
  at: 'next',
  redAfterMs: 5 * MINUTE_MS,
  each: { at: 'jobs', name: 'name', where: { enabled: [true] } },
};

/** What a daemon that says this is taken for. */
function shown(said: unknown): string {
  const told = toldIn(JOBS, [readSaid(JSON.stringify(said))]);
  assert.ok('items' in told);
  const { signs: progress } = proveEach(JOBS, told, { nowAt, monotonicMs: 0 }, undefined);
  const { redAfterMs: pollStaleThresholdMs } = JOBS;
  const loop = assessLoop(reportWith({ progress, daemonNow: nowAt, pollStaleThresholdMs, malformed: [] }));
  if (loop.kind === 'unknown') return loopUnknownText(loop.why);
  return loop.kind === 'stale' ? staleText(loop.stale) : loop.kind;
}

const job = (next: unknown, more = {}) => ({ name: 'a', enabled: true, next, ...more });
const many = (count: number, next: (n: number) => unknown, more = {}) => ({
  jobs: Array.from({ length: count }, (_, n) => job(next(n), { name: `job ${n}`, ...more })),
});

describe('jobs that are judged each by itself', () => {
  const rows: readonly (readonly [what: string, said: unknown, shows: string])[] = [
    [
      'one ahead, and one overdue that is disabled',
      { jobs: [job(AHEAD), job(LATE, { enabled: false })] },
      'advancing',
    ],
    ['one overdue', { jobs: [job(AHEAD), job(LATE)] }, 'the next run of a is overdue by more than 5 min'],
    [
      'one overdue, with a password in its name',
      { jobs: [job(LATE, { name: 'sync http://app:hunter2@h/' })] },
      'the next run of sync http://<redacted>@h/ is overdue by more than 5 min',
    ],
    [
      'one planned for never',
      { jobs: [job('9999-12-31T23:59:59Z')] },
      'the daemon has nothing to do, so nothing shows whether work would get on',
    ],
    [
      'one planned for never, and one ahead',
      { jobs: [job('9999-12-31T23:59:59Z'), job(AHEAD)] },
      'advancing',
    ],
    ['as many as are judged', many(1_000, () => AHEAD), 'advancing'],
    [
      'more than are judged',
      many(1_001, (n) => (n === 1_000 ? LATE : AHEAD)),
      'malformed: jobs should be at most 1000 to judge, is 1001',
    ],
    [
      'more than are judged, and one of the first overdue',
      many(5_000, (n) => (n === 7 ? LATE : AHEAD)),
      'the next run of job 7 is overdue by more than 5 min',
    ],
    [
      'many that are disabled, and one of the last overdue',
      { jobs: [...many(3_000, () => LATE, { enabled: false }).jobs, job(LATE)] },
      'the next run of a is overdue by more than 5 min',
    ],
  ];
  for (const [what, said, shows] of rows) it(`${what}: ${shows}`, () => assert.equal(shown(said), shows));
});
