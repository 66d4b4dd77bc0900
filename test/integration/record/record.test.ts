import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { EARLY_MS } from '../../record/day';
import {
  COUNTED_DAYS,
  KEPT_DAYS,
  Players,
  changedParts,
  firstDifference,
  linesOfLives,
  readKept,
  readKeptLines,
} from '../../record/driver';
import { lives } from '../../record/lives';
import { inWords } from '../../record/oracle';
import type { Played } from '../../record/worker';

/** Paths and processes of the runs are those of Linux. */
const isPlayable = process.platform !== 'win32';

describe('the record of all that a user sees', function () {
  // Seconds of work, which a busy machine makes minutes of.
  this.timeout(600_000);
  const names = lives().map(({ name }) => name);
  let played: ReadonlyMap<string, Played>;
  let beginnings: readonly Played[];
  const isWhole = (seed: number) => KEPT_DAYS.includes(seed);

  before(async function () {
    if (!isPlayable) return this.skip();
    const players = await Players.start();
    try {
      played = await players.play([...names, ...KEPT_DAYS], () => true);
      const others = COUNTED_DAYS.filter((seed) => !isWhole(seed));
      beginnings = await players.playAsks(
        others.map((play) => ({ play, withLines: false, untilMs: EARLY_MS })),
      );
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

  it('shows and tells what it showed and told of each kind of fault, in the beginning of 20 days', () => {
    const { earlyCounts } = readKept();
    const days = [...KEPT_DAYS.map((seed) => played.get(String(seed))!), ...beginnings];
    const changed = days.flatMap(({ play, earlyCounts: now, findings = [] }) =>
      isDeepStrictEqual(now, earlyCounts[play])
        ? []
        : [
            `day ${play}: npm run simulate -- --seed ${play} --minutes ${EARLY_MS / 60_000}`,
            `  was: ${JSON.stringify(earlyCounts[play])}`,
            `  is:  ${JSON.stringify(now)}`,
            ...findings.map((finding) => `  ${inWords(finding)}`),
          ],
    );
    assert.equal(days.length, COUNTED_DAYS.length);
    assert.equal(changed.join('\n'), '');
  });

  it('asks a daemon that is well at most twelve times a minute for its status', () => {
    for (const seed of KEPT_DAYS) assert.equal(played.get(String(seed))!.counts?.none?.overAsked, undefined);
  });
});

function difference(name: string, lines: readonly string[]): string {
  return `${firstDifference(readKeptLines(name), lines) ?? 'no line differs: npm run simulate -- --update'}`;
}
