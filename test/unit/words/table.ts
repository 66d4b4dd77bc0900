import assert from 'node:assert/strict';

/** One sample of each code of a union, and its words. A code without a row does not compile. */
export type Table<Code extends { readonly is: string }> = {
  readonly [Is in Code['is']]: Row<Code & { readonly is: Is }>;
};
type Row<Code> = readonly [code: Code, text: string];

/** Tests that each code has its words, and that the words name what they are about. */
export function itSays<Code>(rows: Iterable<Row<Code>>, textOf: (code: Code) => string): void {
  for (const [code, text] of rows) {
    it(`${JSON.stringify(code)}: ${text}`, () => {
      assert.equal(textOf(code), text);
      assert.notEqual(text, '');
      assert.doesNotMatch(text, /undefined|\[object|\bNaN\b/);
      assert.doesNotMatch(text, /\bit\b/i, 'a pronoun stands in the place of a name');
    });
  }
}
