import assert from 'node:assert/strict';
import { withEntry } from '../../../src/settings/withEntry';

const KEY = 'daemonHealth.daemons';
const A = { name: 'a', url: 'http://127.0.0.1:1//x', note: '/* no [comment */' };
const B = { name: 'b', files: ['/x'] };

describe('an entry that is added to a list in a settings file', () => {
  const a = JSON.stringify(A);
  const b = '    {\n      "name": "b",\n      "files": [\n        "/x"\n      ]\n    }';
  const rows: readonly (readonly [what: string, text: string, list: readonly object[], expected: string])[] =
    [
      [
        'behind the comment of the last one',
        `{\n  // top\n  "${KEY}": [\n    // mine\n    ${a} // after\n  ],\n  "x": 1 // y\n}\n`,
        [A],
        `{\n  // top\n  "${KEY}": [\n    // mine\n    ${a}, // after\n${b}\n  ],\n  "x": 1 // y\n}\n`,
      ],
      [
        'where a comma is there',
        `{\n  "${KEY}": [\n    ${a}, /* after */\n    // more?\n  ],\n}`,
        [A],
        `{\n  "${KEY}": [\n    ${a}, /* after */\n${b}\n    // more?\n  ],\n}`,
      ],
      [
        'in the first place',
        `{\n  "${KEY}": [\n    // none yet\n  ]\n}`,
        [],
        `{\n  "${KEY}": [\n${b}\n    // none yet\n  ]\n}`,
      ],
      [
        'in one line',
        `{ "x": { "${KEY}": [1] }, "${KEY}": [/* a */ ${a}] }`,
        [A],
        `{ "x": { "${KEY}": [1] }, "${KEY}": [/* a */ ${a},\n${b}] }`,
      ],
      [
        'with the ends of lines of Windows, and tabs',
        `{\r\n\t"${KEY}": [\r\n\t\t${a} // after\r\n\t]\r\n}`,
        [A],
        `{\r\n\t"${KEY}": [\r\n\t\t${a}, // after\r\n\t\t{\r\n\t\t\t"name": "b",\r\n\t\t\t"files": [\r\n\t\t\t\t"/x"\r\n\t\t\t]\r\n\t\t}\r\n\t]\r\n}`,
      ],
    ];
  for (const [what, text, list, expected] of rows) {
    it(`stands ${what}, and nothing is lost`, () => assert.equal(withEntry(text, KEY, list, B), expected));
  }

  const none: readonly (readonly [what: string, text: string, list: readonly object[]])[] = [
    ['another list', `{ "${KEY}": [/* a */ ${a}] }`, [B]],
    ['no comment', `{ "${KEY}": [${a}] }`, [A]],
    ['no list', `{ "x": [/* a */] } // "${KEY}": [ /* a */ ]`, []],
    ['a comment of several lines', `{ "${KEY}": [\n${a} /* a\n b */\n] }`, [A]],
    ['half a file', `{ "${KEY}": [/* a */ ${a}`, [A]],
    ['a list of another key', `{ "x": { "${KEY}": [/* a */ ${a}] } }`, [A]],
    ['nothing', '', []],
  ];
  for (const [what, text, list] of none) {
    it(`is left to the editor where there is ${what}`, () =>
      assert.equal(withEntry(text, KEY, list, B), undefined));
  }
});
