import assert from 'node:assert/strict';
import { shapeMeant } from '../../../../src/kinds/generic/meanings';
import { NoAnswer } from '../../../../src/system/noAnswer';
import { causeText } from '../../../../src/words/causes';

describe('the words of an entry that mean that nobody answers', () => {
  const rows = [
    ['not running', 'gone', 'refused', 'the answer says that no daemon is there: supervisor: not running'],
    ['did not reply', 'silent', 'timeout', 'the answer says that the daemon is silent: pid 7 did not reply'],
  ] as const;
  for (const [words, meaning, kind, text] of rows) {
    it(`say so by what the daemon's tool said, and name no connection: ${meaning}`, () => {
      assert.throws(
        () => shapeMeant('version 2\nsupervisor: not running\npid 7 did not reply\n', { [words]: meaning }),
        (error) => {
          assert.ok(error instanceof NoAnswer);
          assert.deepEqual([error.kind, causeText(error.code)], [kind, text]);
          return true;
        },
      );
    });
  }
});
