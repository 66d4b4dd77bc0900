import assert from 'node:assert/strict';
import { STOP_LONGEST_MS } from '../../../src/health/policy';
import { API_STOP_ANSWER_MS } from '../../../src/kinds/dispatchd/policy';
import { API_STOP_WAIT_MS, KILL_WAIT_MS, STOP_GRACE_MS } from '../../../src/system/policy';

describe('the numbers of health', () => {
  it('give a stop as long as all its stages take', () => {
    assert.equal(STOP_LONGEST_MS, API_STOP_ANSWER_MS + API_STOP_WAIT_MS + STOP_GRACE_MS + KILL_WAIT_MS);
  });
});
