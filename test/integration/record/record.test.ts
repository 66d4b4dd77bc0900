import assert from 'node:assert/strict';
import {
  KEPT_DAYS,
  Players,
  changedParts,
  firstDifference,
  linesOfLives,
  readKept,
  readKeptLines,
} from '../../record/driver';
import { lives } from '../../record/lives';
import type { Played } from '../../record/worker';

/** Paths and processes of the runs are those of Linux. */
const isPlayable = process.platform !== 'win32';

describe('the record of all that a user sees', function () {
  // Seconds of work, which a busy machine makes minutes of.
  this.timeout(600_000);
  const names = lives().map(({ name }) => name);
  let played: ReadonlyMap<string, Played>;

  before(async function () {
    if (!isPlayable) return this.skip();
    const players = await Players.start();
    try {
      played = await players.play([...names, ...KEPT_DAYS], () => true);
    } finally {
      players.end();
    }
  });

  it('is as it was, for every recorded life of a daemon', () => {
    const kept = readKept();
    const changed = names.filter(
      (name) => changedParts(kept.digests[name], played.get(name)!.digests).length > 0,
    );
    if (changed.length === 0) return;
    assert.fail(`${changed.join(', ')}: ${difference('lives', linesOfLives(played, names))}`);
  });

  for (const seed of KEPT_DAYS) {
    it(`is as it was, for day ${seed} of the simulator`, () => {
      const day = played.get(String(seed))!;
      const kept = readKept();
      const changed = changedParts(kept.digests[seed], day.digests);
      if (changed.length > 0)
        assert.fail(`${changed.join(', ')}: ${difference(`day-${seed}`, day.lines ?? [])}`);
      assert.deepEqual(day.counts, kept.counts[seed]);
    });
  }

  it('asks a daemon that is well at most twelve times a minute for its status', () => {
    for (const seed of KEPT_DAYS) assert.equal(played.get(String(seed))!.counts?.overAsked, 0);
  });
});

function difference(name: string, lines: readonly string[]): string {
  return `${firstDifference(readKeptLines(name), lines) ?? 'no line differs: npm run simulate -- --update'}`;
}
