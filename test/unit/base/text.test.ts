import assert from 'node:assert/strict';
import { MAX_TEXT_CHARS, cleanText } from '../../../src/base/text';

describe('text of a daemon', () => {
  const rows: readonly [text: string, clean: string][] = [
    ['as it is', 'as it is'],
    ['  two\r\n lines\t ', 'two lines'],
    ['bell\u0007 null\u0000 escape\u001b[31m', 'bell null escape [31m'],
    ['\u202eright to left\u202c', 'right to left'],
    ['\u2066isolated\u2069', 'isolated'],
    ['a\u2028b\u2029c', 'a b c'],
    ['\u200b\u200d\ufeff', ''],
    ['🤖 ünïcödé 中文', '🤖 ünïcödé 中文'],
  ];
  for (const [text, clean] of rows) {
    it(`${JSON.stringify(text)} is one clean line`, () => assert.equal(cleanText(text), clean));
  }

  it('is bounded, and says that it was cut', () => {
    const cut = cleanText('x'.repeat(10_000));
    assert.equal(cut.length, MAX_TEXT_CHARS);
    assert.ok(cut.endsWith('…'));
    assert.equal(cleanText('y'.repeat(50), 50), 'y'.repeat(50));
    assert.equal(cleanText(' '.repeat(1_000_000)), '');
  });
});
