import assert from 'node:assert/strict';
import { readSaid } from '../../../../src/kinds/generic/said';

const DEEP = {
  a: { b: { c: 1 } },
  list: [{ at: 2 }, [3]],
  'a.b': { d: 4 },
  'x[0]': 5,
  '': { '': 6 },
  none: null,
};

describe('the place of a value', () => {
  const rows: readonly (readonly [place: string, value: unknown, said?: unknown])[] = [
    ['a.b.c', 1],
    ['a.b.d', 4],
    ['list.0.at', 2],
    ['list[0].at', 2],
    ['list[1][0]', 3],
    ['list.1[0]', 3],
    ['x[0]', 5],
    ['.', 6],
    ['none', null],
    ['list.length', 2],
    ['[0].at', 7, [{ at: 7 }]],
    ['0.at', 7, [{ at: 7 }]],
    ['list[2].at', undefined],
    ['list[-1]', undefined],
    ['list[*].at', undefined],
    ['list[0', undefined],
    ['a.b.c.d', undefined],
    ['$.a', undefined],
    ['/a/b', undefined],
    ['__proto__.x', undefined],
    ['constructor.name', undefined],
    ['at[0]', undefined, 'a text'],
    ['a[0]', undefined, { a: [] }],
  ];
  for (const [place, value, said = DEEP] of rows) {
    it(`${place} is ${JSON.stringify(value) ?? 'none'}`, () =>
      assert.equal(readSaid(JSON.stringify(said)).at(place), value));
  }

  it('is that of the last of two keys of one name, as JSON has it', () =>
    assert.equal(readSaid('{"a":1,"a":2}').at('a'), 2));

  it('is found behind the mark of a file', () => assert.equal(readSaid('\ufeff{"a":1}').at('a'), 1));
});
