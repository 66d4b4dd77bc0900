import assert from 'node:assert/strict';
import type { RacedLock } from '../../support/lockContenders';
import { casesOf, LockRace } from '../../support/lockRace';
import { notRun } from '../../support/notRun';

/** `npm run race` runs 10,000 of them. */
const ROUNDS = 300;

describe('of processes that ask for a lock at once exactly one gets it', function () {
  this.timeout(60_000);
  let race: LockRace;
  const locks = ['restart', 'dispatchd'] satisfies RacedLock[];
  const roundsPerCase = Math.ceil(ROUNDS / locks.flatMap(casesOf).length);
  before(async () => (race = await new LockRace().start()));
  after(() => race.stop());

  for (const lock of locks) {
    for (const name of casesOf(lock)) {
      it(`the lock of ${lock === 'restart' ? 'a restart' : 'dispatchd'}: ${name}`, async function () {
        const reason = race.whyNotRun(name);
        if (reason !== undefined) notRun(this, reason);
        const { wrong } = await race.run(lock, name, roundsPerCase);
        assert.deepEqual(wrong, []);
      });
    }
  }
});
