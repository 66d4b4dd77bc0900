import assert from 'node:assert/strict';
import { join } from 'node:path';
import type * as PickTimeout from '../../../../src/ui/commands/pickTimeout';
import { plain } from '../../../../src/ui/shared/markdown';
import { loadWith } from '../../../support/fakeVSCode';

const FILE = join(__dirname, '../../../../src/ui/commands/pickTimeout.ts');

describe('the question for a time', () => {
  /** What the list shows, whatever VS Code's own filter makes of it, once this was typed. */
  function shownFor(typed: string): readonly string[] {
    let change: (typed: string) => void = () => undefined;
    const box = {
      items: [] as { label: string; alwaysShow?: boolean }[],
      onDidChangeValue: (listener: typeof change) => (change = listener),
      onDidAccept: () => undefined,
      onDidHide: () => undefined,
      show: () => undefined,
    };
    const { pickTimeout } = loadWith<typeof PickTimeout>({ window: { createQuickPick: () => box } }, FILE);
    void pickTimeout(plain('How long?'), [60_000]);
    change(typed);
    return box.items.filter(({ alwaysShow }) => alwaysShow).map(({ label }) => label);
  }

  const typed: [string, string[]][] = [
    ['', []],
    ['90 s', ['1 min 30 s']],
    ['1 h 30 min', ['1 h 30 min']],
    ['45', ['45 min']],
    ['soon', ['$(warning) Type a time such as 45 min or 2 h, of at most 7 d.']],
    ['0', ['$(warning) Type a time such as 45 min or 2 h, of at most 7 d.']],
    ['1000 h', ['$(warning) Type a time such as 45 min or 2 h, of at most 7 d.']],
  ];
  for (const [text, shown] of typed)
    it(`is answered in words for “${text}”`, () => assert.deepEqual(shownFor(text), shown));
});
