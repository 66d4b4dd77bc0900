import assert from 'node:assert/strict';
import { casesOf, LockRace, type RacedLock } from '../../support/lockRace';

/** `npm run race` runs 10,000 of them. */
const ROUNDS_PER_CASE = 30;

describe('of processes that ask for a lock at once exactly one gets it', function () {
  this.timeout(60_000);
  let race: LockRace;
  before(async () => (race = await new LockRace().start()));
  after(() => race.stop());

  for (const lock of ['restart', 'dispatchd'] satisfies RacedLock[]) {
    for (const name of casesOf(lock)) {
      it(`the lock of ${lock === 'restart' ? 'a restart' : 'dispatchd'}: ${name}`, async () => {
        const { wrong } = await race.run(lock, name, ROUNDS_PER_CASE);
        assert.deepEqual(wrong, []);
      });
    }
  }
});
