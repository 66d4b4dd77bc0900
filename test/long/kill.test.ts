import { testRandomKills } from '../support/dispatchd/randomKills';

describe('dispatchd under kill -9, for long', function () {
  this.timeout(1_800_000);
  testRandomKills(1_000);
});
