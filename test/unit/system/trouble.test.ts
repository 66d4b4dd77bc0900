import assert from 'node:assert/strict';
import { stateDirRefusal } from '../../../src/dispatchd/life/stateDir';
import { isShortage, StateNotWritten, writingState } from '../../../src/system/trouble';

const systemError = (code: string, path?: string) =>
  Object.assign(new Error(`${code}: as the system says it`), { code, ...(path !== undefined && { path }) });

describe('dispatchd, of what the system refuses,', () => {
  for (const [code, words, isFull, passes] of [
    ['ENOSPC', 'no space left', true, false],
    ['EDQUOT', 'the disk quota is used up', true, false],
    ['EFBIG', 'the limit for the size of a file is reached', true, false],
    ['EROFS', 'the file system is read-only', false, false],
    ['EACCES', 'access is denied', false, false],
    ['EIO', 'the disk reports an error', false, false],
    ['EMFILE', 'too many open files', false, true],
    ['ENFILE', 'too many open files on this machine', false, true],
    ['EAGAIN', 'too many processes', false, true],
    ['ENOMEM', 'out of memory', false, true],
    ['EUNHEARDOF', 'EUNHEARDOF: as the system says it', false, false],
  ] as const) {
    it(`says "${words}"`, async () => {
      const failure: unknown = await writingState(() => Promise.reject(systemError(code))).catch(
        (e: unknown) => e,
      );
      assert.ok(failure instanceof StateNotWritten);
      assert.equal(failure.message, `cannot write its state: ${words}`);
      assert.match(failure.inFull, /as the system says it/);
      assert.equal(failure.isFull, isFull);
      assert.equal(isShortage(failure.code), passes);
    });
  }

  it('leaves an error of its own as it is', async () => {
    const own = new TypeError('x is undefined');
    await assert.rejects(
      writingState(() => Promise.reject(own)),
      own,
    );
  });

  for (const [title, error, expected] of [
    [
      'a full disk',
      new StateNotWritten(systemError('ENOSPC')),
      'the state directory /s cannot be used: no space left. Free some space, or give another with --state-dir',
    ],
    [
      'a directory without access',
      systemError('EACCES', '/s'),
      'the state directory /s cannot be used: access is denied. Give another with --state-dir',
    ],
    [
      'a file in the place of a folder in it',
      systemError('EEXIST', '/s/sessions'),
      'the state directory /s cannot be used: a file is in the place of a folder (/s/sessions). Move it away, or give another with --state-dir',
    ],
    ['a fault of its own', new TypeError('x is undefined'), undefined],
  ] as const) {
    it(`has one sentence for a start that fails by ${title}`, () =>
      assert.equal(stateDirRefusal('/s', error), expected));
  }
});
