import assert from 'node:assert/strict';
import { shownCommandLine } from '../../../src/system/commandLine';

describe('a command line as it is shown', () => {
  const long = (name: string) => `/home/u/${'x'.repeat(180)}/${name}`;
  const tail = 'y'.repeat(300);

  for (const [what, words, whole] of [
    [
      'a python and its script',
      [long('python3'), long('ductor'), tail],
      `${long('python3')} ${long('ductor')}`,
    ],
    ['a module of python', [long('python3'), '-m', 'ductor_bot', tail], `${long('python3')} -m ductor_bot`],
    [
      'a node with a loader',
      [long('node'), '--import', 'tsx', long('main.ts'), tail],
      `${long('node')} --import tsx ${long('main.ts')}`,
    ],
    ['a program alone', [long('sf')], long('sf')],
  ] as const) {
    it(`tells ${what} in full, however long the paths are`, () => {
      assert.ok(shownCommandLine(words).startsWith(whole));
      assert.ok(shownCommandLine(words).length <= 600);
    });
  }

  it('is cut where what follows is long', () => {
    assert.equal(shownCommandLine(['/usr/bin/sf', 'serve', tail]).length, 200);
    assert.equal(shownCommandLine(['/usr/bin/sf', 'serve', 'smithy', '']), '/usr/bin/sf serve smithy');
  });

  it('is bounded, whatever the paths are', () => {
    assert.ok(shownCommandLine([`/${'x'.repeat(5_000)}`, `/${'y'.repeat(5_000)}`]).length <= 1_000);
  });
});
