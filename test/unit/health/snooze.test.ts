import assert from 'node:assert/strict';
import type { Report } from '../../../src/health/report';
import { isSnoozed, type Snooze } from '../../../src/health/snooze';
import { reportWith } from './support';

const report = (id?: string): Report =>
  reportWith({ kind: 'dispatchd', ...(id !== undefined && { instance: { id } }) });

describe('a snooze', () => {
  const cases: [string, Snooze | undefined, Report | undefined, number, boolean][] = [
    ['does not hold where there is none', undefined, report('a'), 0, false],
    ['holds until its time', { kind: 'until', untilAt: 1_000 }, report('a'), 999, true],
    ['is over at its time', { kind: 'until', untilAt: 1_000 }, report('a'), 1_000, false],
    ['of an hour holds', { kind: 'until', untilAt: 3_600_000 }, report('a'), 0, true],
    ['is over when the clock was set back', { kind: 'until', untilAt: 3_660_001 }, report('a'), 0, false],
    ['outlives a clock that is corrected', { kind: 'until', untilAt: 3_601_000 }, report('a'), 0, true],
    ['until restart holds in the same life', { kind: 'untilRestart', instanceId: 'a' }, report('a'), 0, true],
    [
      'until restart is over in another life',
      { kind: 'untilRestart', instanceId: 'a' },
      report('b'),
      0,
      false,
    ],
    [
      'until restart holds while nothing answers',
      { kind: 'untilRestart', instanceId: 'a' },
      undefined,
      0,
      true,
    ],
    ['until restart holds where lives have no name', { kind: 'untilRestart' }, report(), 0, true],
  ];
  for (const [what, snooze, said, nowAt, expected] of cases) {
    it(what, () => assert.equal(isSnoozed(snooze, said, nowAt), expected));
  }
});
