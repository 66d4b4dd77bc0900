import assert from 'node:assert/strict';
import type { Progress } from '../../../../src/health/report';
import type { DaemonState } from '../../../../src/health/states';
import type { Shape } from '../../../../src/kinds/generic/shapes';
import { toReport } from '../../../../src/kinds/generic/report';
import { FakeTime, Watch } from '../../health/support';

const RED_AFTER_MS = 60_000;

describe('a daemon of any make that names a proof of its work', () => {
  const bad: Shape = { condition: 'bad', said: 'no cycle completed', checks: [] };
  const good: Shape = { condition: 'good', checks: [] };
  const nowAt = new FakeTime().wallAt;
  const signs = (owedForMs: number): Progress => ({
    kind: 'signs',
    by: 'time',
    provenAt: nowAt - owedForMs,
    owedSinceAt: nowAt - owedForMs,
  });

  for (const [what, shape, progress, state] of [
    ['says that it is ill, and its work is late', bad, signs(RED_AFTER_MS + 1), 'wedged'],
    ['says that it is ill, and its work gets on', bad, signs(1_000), 'unavailable'],
    ['says that it is ill, and nobody named a proof', bad, { kind: 'untold', by: 'settings' }, 'unavailable'],
    ['says that it is well, and its work is late', good, signs(RED_AFTER_MS + 1), 'wedged'],
    ['says that it is well, and its work gets on', good, signs(1_000), 'healthy'],
  ] as const satisfies readonly (readonly [string, Shape, Progress, DaemonState])[]) {
    it(`${what}: ${state}`, () => {
      const report = toReport(shape, progress, { daemonNow: nowAt, pollStaleThresholdMs: RED_AFTER_MS });
      assert.equal(new Watch().answer(report), state);
    });
  }

  const warned = { name: 'db', state: 'warning' } as const;
  for (const [what, shape, shown] of [
    [
      'warns in words',
      { condition: 'warning', said: 'disk is full', checks: [] },
      ['status warning disk is full'],
    ],
    ['only warns', { condition: 'warning', checks: [] }, ['status warning']],
    ['warns by a check', { condition: 'warning', checks: [warned] }, ['db warning']],
    [
      'warns in words and by a check',
      { condition: 'warning', said: 'slow', checks: [warned] },
      ['status warning slow', 'db warning'],
    ],
    ['does not know', { condition: 'unknown', checks: [] }, ['status unknown']],
    ['is well', good, []],
  ] as const satisfies readonly (readonly [string, Shape, readonly string[]])[]) {
    it(`says in a row how it is where it ${what}, though its work gets on`, () => {
      const report = toReport(shape, signs(1_000), { daemonNow: nowAt, pollStaleThresholdMs: RED_AFTER_MS });
      const rows = (report.checks ?? []).map(({ name, state, said }) =>
        [name, state, said ?? ''].join(' ').trim(),
      );
      assert.deepEqual(rows, shown);
      assert.equal(new Watch().answer(report), 'healthy');
    });
  }

  it('has no row of its own where it says nothing of itself', () =>
    assert.equal(toReport(undefined, signs(1_000), { daemonNow: nowAt }).checks, undefined));
});
