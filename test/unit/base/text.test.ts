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
    ['half \ud83d a pair \udd16', 'half a pair'],
    ['\u115f\u1160\u3164\uffa0 fillers', 'fillers'],
    ['\u2800 Braille \u2800', 'Braille'],
    ['soft\u00adhyphen \u034f\u17b4', 'soft hyphen'],
    ['warned ⚠\ufe0f\ufe0f\ufe0e once', 'warned ⚠\ufe0f once'],
    ['\ufe0f \ufe0f', ''],
    ['a\u200b\ufe0fb', 'a b'],
    [`Z${'\u0300'.repeat(80)}algo`, `Z${'\u0300'.repeat(4)}algo`],
    ['Việt हिन्दी 한국어', 'Việt हिन्दी 한국어'],
    ['🤖 ünïcödé 中文', '🤖 ünïcödé 中文'],
  ];
  for (const [text, clean] of rows) {
    it(`${JSON.stringify(text)} is one clean line`, () => assert.equal(cleanText(text), clean));
  }

  it('is bounded, and says that it was cut', () => {
    const cut = cleanText('x'.repeat(10_000));
    assert.equal(cut.length, MAX_TEXT_CHARS);
    assert.ok(cut.endsWith('…'));
    for (const whole of ['🤖', '🇩🇪', 'e\u0301', '⚠\ufe0f']) {
      const kept = cleanText(`${'x'.repeat(8)}${whole.repeat(5)}`, 10);
      assert.equal(kept, 'xxxxxxxx…', whole);
      assert.equal(cleanText(kept, 10), kept);
    }
    assert.equal(cleanText('y'.repeat(50), 50), 'y'.repeat(50));
    assert.equal(cleanText(' '.repeat(1_000_000)), '');
  });
});
