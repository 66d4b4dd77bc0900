import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RULE_TEXTS } from '../../../src/words/rules';

const README = readFileSync(join(__dirname, '../../../README.md'), 'utf8');
const stuckRow = README.split('\n').find((line) => line.startsWith('| stuck |')) ?? '';
const words = README.split('\n').find((line) => line.startsWith('**Words.**')) ?? '';

describe('the rules that people are told', () => {
  for (const [where, text] of [
    ['the rule of stuck, in the diagnostics', RULE_TEXTS.stuck],
    ['the state table of the README', stuckRow],
  ] as const) {
    it(`name in ${where} both that is suspect: no sign for long, and a run that goes on for long`, () => {
      assert.match(text, /suspect/);
      assert.match(text, /no sign/);
      assert.match(text, /a run .*goes on/);
      assert.match(text, /stuckAfterMs/);
    });
  }

  it('say in the glossary what suspect is, and that it is no proof', () => {
    assert.match(words, /\*Suspect\*: [^.]* may as well /);
  });
});
