import { testRandomKills } from '../../support/dispatchd/randomKills';

/** `npm run soak:dispatchd` asks for 300. */
const ROUNDS = Number(process.env['DISPATCHD_SOAK_ROUNDS'] ?? 20);

describe('dispatchd under kill -9, on a full disk, without handles', function () {
  this.timeout(60_000 + ROUNDS * 5_000);
  testRandomKills(ROUNDS, true);
});
