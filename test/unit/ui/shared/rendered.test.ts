import assert from 'node:assert/strict';
import { Rendered } from '../../../../src/ui/shared/rendered';

describe('a rendered value', () => {
  it('is written when it differs, by value, with what was there before', () => {
    const written: [next: object, previous: object | undefined][] = [];
    const rendered = new Rendered<object>((next, previous) => written.push([next, previous]));
    rendered.set({ a: [1, { b: new Map([['x', 1]]) }] });
    rendered.set({ a: [1, { b: new Map([['x', 1]]) }] });
    assert.equal(written.length, 1);
    rendered.set({ a: [1, { b: new Map([['x', 2]]) }] });
    assert.equal(written.length, 2);
    assert.deepEqual(written[1]![1], written[0]![0]);
  });
});
