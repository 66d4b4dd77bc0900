import assert from 'node:assert/strict';
import { Lazy } from '../../../src/app/lazy';

/** Counts how often it is loaded, and fails as often as is said. */
function lazyThat({ fails = 0 } = {}) {
  const seen = { loads: 0, disposed: 0, errors: [] as string[] };
  const lazy = new Lazy(
    () => {
      seen.loads++;
      return seen.loads > fails
        ? Promise.resolve({ dispose: () => void seen.disposed++ })
        : Promise.reject(new Error('the file is gone'));
    },
    (error) => seen.errors.push((error as Error).message),
  );
  return { lazy, seen };
}

describe('what is loaded late', () => {
  it('is loaded once, when it is first asked for', async () => {
    const { lazy, seen } = lazyThat();
    assert.deepEqual([lazy.now, lazy.isWanted, seen.loads], [undefined, false, 0]);
    const [one, other] = await Promise.all([lazy.get(), lazy.get()]);
    assert.equal(one, other);
    assert.deepEqual([lazy.now, lazy.isWanted, seen.loads], [one, true, 1]);
  });

  it('is handed over once it is there, and then at once', async () => {
    const { lazy } = lazyThat();
    const done: string[] = [];
    lazy.pass(() => done.push('late'));
    assert.equal(done.length, 0);
    await lazy.get();
    lazy.pass(() => done.push('at once'));
    assert.deepEqual(done, ['late', 'at once']);
  });

  it('is tried again after it could not be loaded', async () => {
    const { lazy, seen } = lazyThat({ fails: 1 });
    const done: string[] = [];
    lazy.pass(() => done.push('lost'));
    await assert.rejects(lazy.get(), /the file is gone/);
    assert.deepEqual([lazy.isWanted, seen.loads], [false, 1]);
    lazy.pass(() => done.push('kept'));
    await lazy.get();
    assert.deepEqual([done, seen.errors, seen.loads], [['kept'], ['the file is gone'], 2]);
  });

  it('is disposed of, also where it comes after the window was closed', async () => {
    const { lazy, seen } = lazyThat();
    const late = lazy.get();
    lazy.dispose();
    await late;
    assert.equal(seen.disposed, 1);
  });
});

describe('a part that is kept for good', () => {
  it('is loaded once, and again after it could not be loaded', async () => {
    let loads = 0;
    const part = new Lazy(
      () => (++loads === 1 ? Promise.reject(new Error('the file is gone')) : Promise.resolve(() => loads)),
      assert.ifError,
    );
    await assert.rejects(Promise.all([part.get(), part.get()]), /the file is gone/);
    assert.deepEqual([(await part.get())(), (await part.get())(), loads], [2, 2, 2]);
    part.dispose();
  });
});
