import assert from 'node:assert/strict';
import { DrawnRows } from '../../../../src/ui/tree/rowDiff';
import type { Row, Section } from '../../../../src/ui/tree/row';

function row(id: string, parts: Partial<Row> = {}): Row {
  return { id, label: id, severity: 'plain', contextValue: 'test', children: [], value: id, ...parts };
}

function section(id: string, loop = 'last cycle under 15 s ago'): Section {
  return [row(id, { children: [`${id}#loop`] }), row(`${id}#loop`, { parentId: id, description: loop })];
}

describe('the rows that were drawn', () => {
  const a = section('a');
  const b = section('b');
  const cases = [
    { what: 'nothing where new rows say the same', next: [section('a'), section('b')], drawn: [] },
    {
      what: 'a row that says something else, and no other',
      next: [a, section('b', 'wedged')],
      drawn: ['b#loop'],
    },
    { what: 'a section that lost a row', next: [[row('a')], b] as Section[], drawn: ['a'] },
    {
      what: 'a row that says more',
      next: [[a[0], row('a#loop', { ...a[1], icon: 'sync' })], b] as Section[],
      drawn: ['a#loop'],
    },
    { what: 'all where a section came', next: [a, b, section('c')], drawn: [undefined] },
    { what: 'all where a section went', next: [b], drawn: [undefined] },
    { what: 'all where the order changed', next: [b, a], drawn: [undefined] },
  ];
  for (const { what, next, drawn } of cases) {
    it(`are drawn again: ${what}`, () => {
      const rows = new DrawnRows();
      rows.update([a, b]);
      assert.deepEqual(rows.update(next), drawn);
      assert.deepEqual(
        rows.roots,
        next.map(([root]) => root.id),
      );
      // Each row that is there now can be had, and no other.
      for (const one of [...a, ...b, ...next.flat()])
        assert.deepEqual(
          rows.row(one.id),
          next.flat().find(({ id }) => id === one.id),
        );
    });
  }
});
