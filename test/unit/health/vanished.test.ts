import assert from 'node:assert/strict';
import { withVanished, type KnownSeries } from '../../../src/health/vanished';
import type { Series } from '../../../src/health/progress';
import type { Sample } from '../../../src/health/report';
import { FAILURES, HOUR_MS, reportWith } from './support';

const NOW = 1_772_438_400_000;

function sample(keys: readonly string[]): Sample {
  const series = keys.map((key): Series => ({ key, name: key, provenAt: NOW }));
  const progress = { kind: 'fleet', by: 'age', limit: 1, series, unread: 0 } as const;
  return { ok: true, startedMs: 0, latencyMs: 1, report: reportWith({ progress }) };
}

/** Looks of one after the other: `-b` is told to have vanished. */
function shown(known: KnownSeries | undefined, told: string, wallAt: number) {
  const seen = withVanished(known, sample(told.split('').filter(Boolean)), wallAt);
  assert.ok(seen.sample.ok && seen.sample.report.progress.kind === 'fleet');
  const rows = seen.sample.report.progress.series.map(({ key, unknown }) => (unknown ? `-${key}` : key));
  return { rows: rows.join(' '), known: seen.known };
}

describe('the series of a fleet that are told no more', () => {
  const rows: readonly (readonly [
    what: string,
    looks: readonly (readonly [told: string, afterHours: number, rows: string])[],
  ])[] = [
    [
      'are shown',
      [
        ['ab', 0, 'a b'],
        ['a', 0, 'a -b'],
        ['a', 1, 'a -b'],
      ],
    ],
    [
      'are told again',
      [
        ['ab', 0, 'a b'],
        ['a', 0, 'a -b'],
        ['ba', 1, 'b a'],
        ['ba', 30, 'b a'],
      ],
    ],
    [
      'are forgotten after a day',
      [
        ['ab', 0, 'a b'],
        ['a', 0, 'a -b'],
        ['a', 24, 'a -b'],
        ['a', 1, 'a'],
      ],
    ],
    [
      'count from when nobody told them any more',
      [
        ['ab', 0, 'a b'],
        ['a', 30, 'a -b'],
        ['a', 23, 'a -b'],
      ],
    ],
    [
      'are forgotten where the clock was set back by more',
      [
        ['ab', 0, 'a b'],
        ['a', 0, 'a -b'],
        ['a', -25, 'a'],
      ],
    ],
    [
      'are all of them, where none is told',
      [
        ['ab', 0, 'a b'],
        ['', 0, '-a -b'],
      ],
    ],
  ];
  for (const [what, looks] of rows) {
    it(what, () => {
      let known: KnownSeries | undefined;
      let wallAt = NOW;
      for (const [told, afterHours, expected] of looks) {
        wallAt += afterHours * HOUR_MS;
        const look = shown(known, told, wallAt);
        assert.equal(look.rows, expected);
        known = look.known;
      }
    });
  }

  it('stay known while nothing is told, and change nothing while all are', () => {
    const { known } = shown(undefined, 'ab', NOW);
    const failed: Sample = { ok: false, startedMs: 0, failure: FAILURES.refused };
    assert.equal(withVanished(known, failed, NOW).known, known);
    assert.equal(withVanished(known, sample(['a', 'b']), NOW).known, known);
  });

  it('are the first that a workspace keeps, of as many as fit', () => {
    const long = { key: 'x'.repeat(20_000), name: 'long' };
    const longer = { key: 'y'.repeat(20_000), name: 'longer' };
    const all = [{ key: 'a', name: 'a' }, long, { key: 'b', name: 'b' }, longer, { key: 'c', name: 'c' }];
    const { known } = shown({ all, kept: all }, 'bc', NOW);
    assert.deepEqual(
      known?.kept.map(({ name }) => name),
      ['a', 'long'],
    );
    assert.equal(known?.all.length, 5);
    assert.equal(shown(known, 'bc', NOW).known?.kept, known?.kept, 'written once');
  });
});
