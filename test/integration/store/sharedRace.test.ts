import assert from 'node:assert/strict';
import { raceShared } from '../../support/sharedRace';

/** Changes of all windows together; the tier `long` makes 5,000. */
const ROUNDS = 200;

describe('a value that several processes change at the same time', function () {
  this.timeout(120_000);
  for (const windows of [2, 5]) {
    it(`loses no change of ${windows} windows`, async () => {
      const rounds = ROUNDS / windows;
      const { file, reports, left } = await raceShared(windows, rounds);
      const each = Object.fromEntries(reports.map((_report, index) => [`w${index}`, rounds]));
      assert.deepEqual({ ...file, byWindow: { ...each, ...file.byWindow } }, { all: ROUNDS, byWindow: each });
      assert.deepEqual(left, ['counts.json']);
      for (const { log } of reports) assert.deepEqual(log, []);
    });
  }
});
