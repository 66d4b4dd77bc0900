import assert from 'node:assert/strict';
import { raceShared } from '../support/sharedRace';

/** Changes of all windows together. */
const ROUNDS = 5_000;

describe('a value that several processes change at the same time, for long', () => {
  for (const windows of [2, 5]) {
    it(`loses no change of ${windows} windows in ${ROUNDS} rounds`, async () => {
      const { file, reports, left, tookMs } = await raceShared(windows, ROUNDS / windows);
      console.log(`      ${ROUNDS} changes of ${windows} windows in ${(tookMs / 1_000).toFixed(1)} s`);
      assert.equal(file.all, ROUNDS);
      assert.deepEqual(
        reports.map((_report, index) => file.byWindow[`w${index}`]),
        reports.map(() => ROUNDS / windows),
      );
      assert.deepEqual(left, ['counts.json']);
    });
  }
});
