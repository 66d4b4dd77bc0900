import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseTime } from '../../../../src/kinds/read/time';

/** What it has to give, in the plainest words. */
function expected(text: string): number {
  const isIso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(text);
  return isIso ? Date.parse(text) : NaN;
}

const pad = (length: number) => (value: number) => String(value).padStart(length, '0');
const two = fc.nat({ max: 99 }).map(pad(2));
const usual = (value: number) => new Date(value).toISOString();

describe('a time', () => {
  const cases: readonly [text: string, at: number][] = [
    ['2026-11-22T00:33:25.191Z', Date.UTC(2026, 10, 22, 0, 33, 25, 191)],
    ['2026-11-22T00:33:25Z', Date.UTC(2026, 10, 22, 0, 33, 25)],
    ['2026-11-22T01:33:25.191+01:00', Date.UTC(2026, 10, 22, 0, 33, 25, 191)],
    ['2024-02-29T23:59:59.999Z', Date.UTC(2024, 1, 29, 23, 59, 59, 999)],
    ['2000-03-01T00:00:00.000Z', Date.UTC(2000, 2, 1)],
    ['1900-03-01T00:00:00.000Z', Date.UTC(1900, 2, 1)],
    ['1969-12-31T23:59:59.999Z', -1],
    ['0000-01-01T00:00:00.000Z', Date.parse('0000-01-01T00:00:00.000Z')],
    ['2026-01-01T24:00:00.000Z', Date.UTC(2026, 0, 2)],
    ['2026-01-01T24:00:00.001Z', NaN],
    ['2026-00-01T00:00:00.000Z', NaN],
    ['2026-13-01T00:00:00.000Z', NaN],
    ['2026-01-32T00:00:00.000Z', NaN],
    ['2026-01-01T00:60:00.000Z', NaN],
    ['2026-01-01T00:00:60.000Z', NaN],
    ['2026-01-01 00:00:00.000Z', NaN],
    ['2026-01-01T00:00:00.000', NaN],
    ['2026-01-01T00:00:00.00zZ', NaN],
    ['2026-01-01T00:00:00,000Z', NaN],
    ['+26-01-01T00:00:00.000Z', NaN],
    ['٢٠٢٦-01-01T00:00:00.000Z', NaN],
    ['22 Nov 2026', NaN],
    ['1795307605191', NaN],
    ['', NaN],
  ];
  for (const [text, at] of cases) {
    it(`"${text}" is ${at}`, () => assert.equal(parseTime(text), at));
  }

  it('is what Date.parse says, on every day', () => {
    const texts = fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 }).map(usual);
    fc.assert(fc.property(texts, (text) => assert.equal(parseTime(text), Date.parse(text))));
  });

  it('is what Date.parse says of whatever has its form, and none where it has not', () => {
    const texts = fc
      .tuple(fc.nat({ max: 9_999 }).map(pad(4)), two, two, two, two, two, fc.nat({ max: 999 }).map(pad(3)))
      .map(([y, mo, d, h, mi, s, ms]) => `${y}-${mo}-${d}T${h}:${mi}:${s}.${ms}Z`);
    const damaged = fc
      .tuple(fc.oneof(texts, fc.nat(4e12).map(usual)), fc.nat({ max: 24 }), fc.string({ maxLength: 2 }))
      .map(([text, at, other]) => text.slice(0, at) + other + text.slice(at + 1));
    fc.assert(
      fc.property(fc.oneof(texts, damaged), (text) => assert.equal(parseTime(text), expected(text))),
      { numRuns: 2_000 },
    );
  });
});
