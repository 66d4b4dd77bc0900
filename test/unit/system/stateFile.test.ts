import assert from 'node:assert/strict';
import { inTurn } from '../../../src/system/privateFile';
import { insisting } from '../../../src/system/insisting';

describe('dispatchd replacing a file', () => {
  /** Fails so many times, then works. */
  function failing(times: number, code: string) {
    let attempts = 0;
    return () => {
      attempts++;
      return attempts <= times
        ? Promise.reject(Object.assign(new Error(code), { code }))
        : Promise.resolve(attempts);
    };
  }

  for (const code of ['EPERM', 'EACCES', 'EBUSY']) {
    it(`is tried again on Windows while somebody looks at it (${code})`, async () => {
      assert.equal(await insisting(failing(3, code), 'win32'), 4);
    });
  }

  for (const [what, code, platform] of [
    ['a full disk', 'ENOSPC', 'win32'],
    ['what may not be written on Linux', 'EPERM', 'linux'],
    ['what may not be written on macOS', 'EACCES', 'darwin'],
  ] as const) {
    it(`fails at once for ${what}`, async () => {
      await assert.rejects(insisting(failing(1, code), platform), { code });
    });
  }

  it('is done in the order in which it was asked for, also where one fails, and apart for each file', async () => {
    const done: string[] = [];
    let finishFirst = () => {};
    const first = inTurn('one', async () => {
      await new Promise<void>((resolve) => (finishFirst = resolve));
      done.push('first');
      throw new Error('no');
    });
    const second = inTurn('one', () => Promise.resolve(done.push('second')));
    await inTurn('other', () => Promise.resolve(done.push('other file')));
    finishFirst();
    await assert.rejects(first, /no/);
    await second;
    assert.deepEqual(done, ['other file', 'first', 'second']);
  });

  it('fails in the end, with what the system said', async () => {
    await assert.rejects(insisting(failing(99, 'EBUSY'), 'win32'), { code: 'EBUSY' });
  });
});
