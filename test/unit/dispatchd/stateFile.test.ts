import assert from 'node:assert/strict';
import { insisting } from '../../../src/dispatchd/stateFile';

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

  it('fails in the end, with what the system said', async () => {
    await assert.rejects(insisting(failing(99, 'EBUSY'), 'win32'), { code: 'EBUSY' });
  });
});
