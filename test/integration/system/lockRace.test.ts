import assert from 'node:assert/strict';
import { LockRace, sharesOf } from '../../support/lockRace';
import { notRun } from '../../support/notRun';

/** `npm run race` runs 10,000 of them. */
const ROUNDS = 300;

describe('of processes that ask for a lock at once exactly one gets it', function () {
  this.timeout(60_000);
  let race: LockRace;
  before(async () => (race = await new LockRace().start()));
  after(() => race.stop());

  for (const share of sharesOf(ROUNDS)) {
    it(`the lock of ${share.lock === 'restart' ? 'a restart' : 'dispatchd'}: ${share.name}`, async function () {
      const reason = race.whyNotRun(share.name);
      if (reason !== undefined) notRun(this, reason);
      const { wrong } = await race.run(share);
      assert.deepEqual(wrong, []);
    });
  }
});
