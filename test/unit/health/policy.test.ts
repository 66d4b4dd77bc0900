import assert from 'node:assert/strict';
import { STOP_LONGEST_MS, STOP_LONGEST_PER_WORK_MS } from '../../../src/health/policy';
import { API_STOP_ANSWER_MS } from '../../../src/kinds/dispatchd/policy';
import { API_STOP_WAIT_MS, KILL_WAIT_MS, STOP_GRACE_MS, STOP_PER_WORK_MS } from '../../../src/system/policy';

describe('the numbers of health', () => {
  it('give a stop as long as all its stages take', () => {
    assert.equal(STOP_LONGEST_MS, API_STOP_ANSWER_MS + API_STOP_WAIT_MS + STOP_GRACE_MS + KILL_WAIT_MS);
    assert.equal(STOP_LONGEST_PER_WORK_MS, 2 * STOP_PER_WORK_MS);
  });

  it('give a ductor that ends six works the 12.2 s that it was measured to take', () => {
    assert.deepEqual([STOP_GRACE_MS, STOP_PER_WORK_MS], [10_000, 2_000]);
  });
});
