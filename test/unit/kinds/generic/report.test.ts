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
});
