import { testRandomKills } from '../../support/dispatchd/randomKills';

describe('dispatchd under kill -9', function () {
  this.timeout(300_000);
  // The tier `long` has a thousand.
  testRandomKills(30);
});
