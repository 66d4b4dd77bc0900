import assert from 'node:assert/strict';
import { lifeAfter } from '../../../../src/kinds/ductor/agentLife';
import type { LogLine } from '../../../../src/kinds/ductor/agentLogLines';

const SINCE_AT = 1_000_000;
const LATER = SINCE_AT + 60_000;
const BEGAN: LogLine = { at: SINCE_AT, is: 'began', pid: 7 };
const ENDING: LogLine = { at: LATER, is: 'ending' };
const error = (said: string, at = LATER, isHelpless = false): LogLine => ({
  at,
  is: 'error',
  said,
  isHelpless,
});
const helpless = error('No authenticated providers found!', LATER, true);
const works: LogLine = { at: LATER, is: 'works' };
const learn = (...lines: readonly LogLine[]) => lifeAfter(undefined, lines, 7, SINCE_AT);

describe('what the log tells of a life of a ductor', () => {
  it('are its errors, and not those of the life before', () => {
    assert.deepEqual(learn(error('old'), { ...BEGAN, pid: 6 }, error('older'), BEGAN, error('new')).errors, [
      'new',
    ]);
  });

  it('where its beginning is not in what was read, by the time of the lines', () => {
    assert.deepEqual(learn(error('old', SINCE_AT - 2_001), error('new', SINCE_AT - 1_000)).errors, ['new']);
  });

  it('behind its beginning, whatever its clock says: it may keep the time of another zone', () => {
    const lines = [{ ...BEGAN, at: SINCE_AT - 3_600_000 }, error('new', SINCE_AT - 3_590_000)];
    assert.deepEqual(learn(...lines).errors, ['new']);
  });

  it('are the newest errors, and how many there were', () => {
    const life = learn(BEGAN, ...Array.from({ length: 9 }, (_, index) => error(`${index}`)));
    assert.deepEqual([life.errors, life.errorCount], [['4', '5', '6', '7', '8'], 9]);
  });

  it('is that it was told to end', () => {
    assert.equal(learn(BEGAN, ENDING).isEnding, true);
    assert.equal(learn(ENDING, BEGAN).isEnding, false);
  });

  it('is that no command line can be used, until one can', () => {
    assert.equal(learn(BEGAN, helpless).helpless, 'No authenticated providers found!');
    assert.equal(learn(BEGAN, helpless, works).helpless, undefined);
    assert.equal(learn(helpless, BEGAN).helpless, undefined);
  });

  it('is forgotten with the process, and not what was read ahead of its successor', () => {
    const before = learn(BEGAN, error('old'), ENDING);
    assert.deepEqual(lifeAfter(before, [error('new')], 8, SINCE_AT).errors, ['new']);
    const ahead = lifeAfter(before, [{ ...BEGAN, pid: 8 }, error('ahead')], 7, SINCE_AT);
    assert.deepEqual(lifeAfter(ahead, [error('new')], 8, SINCE_AT).errors, ['ahead', 'new']);
  });
});
