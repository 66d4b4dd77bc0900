import assert from 'node:assert/strict';
import type { WorkMade } from '../../../src/health/workMade';
import { restartedText } from '../../../src/ui/notifications/instancesText';
import { outcomeText } from '../../../src/words/outcomes';
import { workText } from '../../../src/words/work';

describe('the words for what became of the work', () => {
  const cases: readonly [WorkMade, string][] = [
    [{ resumed: 0, interrupted: 0 }, ''],
    [{ resumed: 1, interrupted: 0 }, '1 session resumed'],
    [{ resumed: 2, interrupted: 0 }, '2 sessions resumed'],
    [{ resumed: 0, interrupted: 1 }, '1 session interrupted'],
    [{ resumed: 0, interrupted: 3 }, '3 sessions interrupted'],
    [{ resumed: 1, interrupted: 2 }, '1 session resumed, 2 interrupted'],
    [{ resumed: 2, interrupted: 1 }, '2 sessions resumed, 1 interrupted'],
  ];
  for (const [made, text] of cases) {
    it(`are "${text}"`, () => assert.equal(workText(made), text));
  }

  it('are the same in the outcome of a restart and in the notification of a new life', () => {
    const work = { resumed: 2, interrupted: 1 };
    const outcome = { kind: 'cured', daemon: 'dispatchd', tookMs: 14_000, isRestart: true, work } as const;
    assert.equal(outcomeText(outcome), 'dispatchd restarted in 14 s · 2 sessions resumed, 1 interrupted.');
    const restarted = { ...work, kind: 'restart', isInferred: false, lost: [] } as const;
    assert.equal(
      restartedText('dispatchd', restarted),
      'dispatchd restarted; 2 sessions resumed, 1 interrupted.',
    );
  });
});
