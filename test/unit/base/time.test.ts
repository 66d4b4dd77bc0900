import assert from 'node:assert/strict';
import {
  clockInShort,
  clockTime,
  coarseAge,
  duration,
  forOver,
  shortAge,
  wallAtOf,
} from '../../../src/base/time';

const MINUTE_MS = 60_000;

describe('an earlier moment', () => {
  const NOON = 1_700_000_000_000;
  const moment = { wallAt: NOON, monotonicMs: 500, uptimeMs: 90_000 };
  const later = (wallMs: number, sleptMs = 0) => ({
    wallAt: NOON + 10_000 + sleptMs + wallMs,
    monotonicMs: 10_500,
    uptimeMs: 100_000 + sleptMs,
  });
  const cases: Record<string, [ReturnType<typeof later>, number]> = {
    'is as it was': [later(0), NOON],
    'is as it was where the machine slept': [later(0, 3_600_000), NOON],
    'is as it was where the clock was corrected': [later(4_000), NOON],
    'moves with a clock that was set back': [later(-86_400_000), NOON - 86_400_000],
    'moves with a clock that was set forward': [later(86_400_000.4), NOON + 86_400_000],
  };
  for (const [what, [now, at]] of Object.entries(cases)) {
    it(what, () => assert.equal(wallAtOf(moment, now), at));
  }
});

describe('durations in words', () => {
  const over: readonly [ageMs: number | undefined, words: string][] = [
    [undefined, 'for a while'],
    [-1, 'for a while'],
    [0, 'for a while'],
    [999, 'for a while'],
    [11_999, 'for 11 s'],
    [MINUTE_MS - 1, 'for 59 s'],
    [MINUTE_MS, 'for over 1 minute'],
    [2 * MINUTE_MS - 1, 'for over 1 minute'],
    [2 * MINUTE_MS, 'for over 2 minutes'],
    [3 * MINUTE_MS + 59_999, 'for over 3 minutes'],
    [125 * MINUTE_MS, 'for over 125 minutes'],
  ];
  for (const [ageMs, words] of over) {
    it(`${ageMs} ms is ${words}`, () => assert.equal(forOver(ageMs), words));
  }

  const exact: readonly [ms: number, words: string][] = [
    [-5, '0 ms'],
    [0, '0 ms'],
    [850.9, '850 ms'],
    [999.9, '999 ms'],
    [1_000, '1 s'],
    [4_299, '4.2 s'],
    [9_999, '9.9 s'],
    [10_999, '10 s'],
    [59_999, '59 s'],
    [MINUTE_MS, '1 min'],
    [3 * MINUTE_MS + 12_900, '3 min 12 s'],
    [60 * MINUTE_MS - 1, '59 min 59 s'],
    [125 * MINUTE_MS, '2 h 5 min'],
    [24 * 60 * MINUTE_MS, '1 d'],
    [76 * 60 * MINUTE_MS + 59 * MINUTE_MS, '3 d 4 h'],
  ];
  for (const [ms, words] of exact) {
    it(`${ms} ms is ${words}`, () => assert.equal(duration(ms), words));
  }

  it('are short in the status bar, and empty where they say nothing', () => {
    assert.deepEqual([undefined, 59_999, MINUTE_MS, 199_999, 125 * MINUTE_MS].map(shortAge), [
      '',
      '',
      '1 min',
      '3 min',
      '2 h 5 min',
    ]);
  });

  it('are moments with their day where that is another one, and its year where that is', () => {
    const nowAt = new Date(2026, 10, 27, 0, 10).getTime();
    const at = (...ymd: [number, number, number]) => new Date(...ymd, 23, 35, 30).getTime();
    const told = [at(2026, 10, 27), at(2026, 10, 26), at(2025, 10, 27)];
    const dayMonth = { month: 'numeric', day: 'numeric' } as const;
    const day = new Date(2026, 10, 26).toLocaleDateString(undefined, dayMonth);
    const dayOfYear = new Date(2025, 10, 27).toLocaleDateString(undefined, { ...dayMonth, year: 'numeric' });
    assert.deepEqual(
      told.map((each) => clockTime(each, nowAt)),
      ['23:35:30', `${day} 23:35:30`, `${dayOfYear} 23:35:30`],
    );
    assert.deepEqual(
      told.map((each) => clockInShort(each, nowAt)),
      ['23:35', day, dayOfYear],
    );
  });

  it('change rarely in rows that stay on screen', () => {
    assert.deepEqual([-1, 14_999, 15_000, 59_999, MINUTE_MS, 119_999, 7_500_000].map(coarseAge), [
      'under 15 s',
      'under 15 s',
      'under 1 min',
      'under 1 min',
      '1 min',
      '1 min',
      '2 h 5 min',
    ]);
  });
});
