import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import * as errors from '../../../src/base/errors';
import { sentenceOf } from '../../../src/words/errors';

/** The classes as another file of `dist/` has them: each file has its own. */
function ofAnotherFile(): typeof errors {
  const require = createRequire(__filename);
  const path = require.resolve('../../../src/base/errors');
  const known = require.cache[path];
  delete require.cache[path];
  try {
    return require(path) as typeof errors;
  } finally {
    if (known) require.cache[path] = known;
  }
}

describe('an error that is fit to show', () => {
  const other = ofAnotherFile();

  it('is known in another file than the one that made it', () => {
    assert.notEqual(other.UserError, errors.UserError);
    assert.ok(errors.isUserError(new other.UserError('The daemon does not run.')));
    assert.ok(errors.isUserError(new other.CodedError({ is: 'notWatched' })));
    assert.equal(errors.isUserError(new TypeError('x is not a function')), false);
    assert.equal(errors.isUserError({ isFitToShow: true }), false);
  });

  it('is said in words there, too', () => {
    const error = new other.CodedError({ is: 'notWatched' });
    assert.equal(sentenceOf(error), 'This daemon is not watched any more.');
    assert.equal(sentenceOf(new other.UserError('The daemon does not run.')), 'The daemon does not run.');
  });
});
