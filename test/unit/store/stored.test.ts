import assert from 'node:assert/strict';
import type { Memento } from 'vscode';
import { UNREADABLE_MAX_CHARS } from '../../../src/store/policy';
import { listOf, Stored, type Parse } from '../../../src/store/stored';
import { MemoryMemento } from '../../support/memento';

const isText = (item: unknown): item is string => typeof item === 'string';

describe('a value that is kept', () => {
  let state: MemoryMemento;
  let log: string[];
  beforeEach(() => {
    state = new MemoryMemento();
    log = [];
  });

  function open(parse: Parse<readonly string[]> = listOf(isText), memento: Memento = state) {
    return new Stored(memento, 'words', parse, (line) => log.push(line));
  }
  const aside = () => state.get<unknown>('words.unreadable');

  it('is what was kept, also in the next window', async () => {
    assert.equal(open().value, undefined);
    const words = open();
    await words.update(['a']);
    assert.deepEqual(words.value, ['a']);
    assert.deepEqual(open().value, ['a']);
    await words.update(undefined);
    assert.equal(open().value, undefined);
    assert.deepEqual([log, aside()], [[], undefined]);
  });

  it('is what another window wrote last', async () => {
    const words = open();
    assert.equal(words.value, undefined);
    await open().update(['b']);
    assert.deepEqual(words.value, ['b']);
  });

  it('is parsed once', async () => {
    let parsed = 0;
    await state.update('words', ['a']);
    const words = open((raw, leave) => {
      parsed++;
      return listOf(isText)(raw, leave);
    });
    const first = words.value;
    assert.equal(words.value, first);
    await words.update(['b']);
    assert.deepEqual([words.value, parsed], [['b'], 1]);
  });

  for (const raw of [null, 7, 'x', { a: 1 }]) {
    it(`is none where it cannot be read, and is kept aside: ${JSON.stringify(raw)}`, async () => {
      await state.update('words', raw);
      const words = open();
      assert.equal(words.value, undefined);
      assert.equal(words.value, undefined);
      assert.deepEqual(aside(), [raw]);
      assert.equal(log.length, 1);
      assert.match(
        log[0]!,
        /^What is kept as words cannot be read: it is .+\. It is kept aside as words\.unreadable\.$/,
      );
      await words.update(['a']);
      assert.deepEqual([open().value, aside()], [['a'], [raw]]);
    });
  }

  it('is kept aside before it is written over, though nobody read it', async () => {
    await state.update('words', { newer: true });
    await open().update(['a']);
    assert.deepEqual(aside(), [{ newer: true }]);
  });

  it('is without the parts that cannot be read, and those are kept aside', async () => {
    await state.update('words', ['a', 7, 'b', null]);
    assert.deepEqual(open().value, ['a', 'b']);
    assert.deepEqual(aside(), [[7, null]]);
    assert.match(
      log.join(),
      /^What is kept as words cannot be read: parts of it are damaged, or of another version\./,
    );
  });

  it('is kept aside once, beside what was kept aside before', async () => {
    for (const raw of [7, null, 7, null]) {
      await state.update('words', raw);
      open();
      assert.equal(open().value, undefined);
    }
    assert.deepEqual(aside(), [7, null]);
  });

  it('fills no more than its room with what is kept aside: the newest stays', async () => {
    const long = 'x'.repeat(UNREADABLE_MAX_CHARS / 2);
    for (const raw of [{ a: long }, { b: long }, 7]) {
      await state.update('words', raw);
      assert.equal(open().value, undefined);
    }
    assert.deepEqual(aside(), [{ b: long }, 7]);
  });

  it('is not kept aside where it is too long, which the log says', async () => {
    await state.update('words', { a: 'x'.repeat(UNREADABLE_MAX_CHARS) });
    assert.equal(open().value, undefined);
    assert.equal(aside(), undefined);
    assert.match(log.join(), /too long/);
  });

  it('is none where whoever reads it throws, which the log says', async () => {
    await state.update('words', ['a']);
    const words = open(() => {
      throw new Error('no such word');
    });
    assert.equal(words.value, undefined);
    assert.deepEqual(aside(), [['a']]);
    assert.match(log.join(), /no such word/);
  });

  it('cannot be kept aside where nobody can write it down', async () => {
    const circle: Record<string, unknown> = {};
    circle['itself'] = circle;
    await state.update('words', circle);
    assert.equal(open().value, undefined);
    assert.match(log.join(), /cannot be kept aside/);
  });

  it('stays in the memory of the window where the store throws, which the log says once', async () => {
    const broken: Memento = {
      keys: () => [],
      get: () => {
        throw new Error('the store is gone');
      },
      update: () => Promise.reject(new Error('the store is full')),
    };
    const words = open(undefined, broken);
    assert.equal(words.value, undefined);
    await words.update(['a']);
    await words.update(['b']);
    assert.deepEqual(words.value, ['b']);
    assert.deepEqual(log, [
      'words cannot be read: Error: the store is gone',
      'words cannot be written: Error: the store is full',
    ]);
  });
});
