import assert from 'node:assert/strict';
import { commandLink, linked, plain } from '../../../../src/ui/shared/markdown';
import { HOSTILE } from '../support';

/** What VS Code 1.139 makes a link of in notifications and progress, and an icon in the status bar and in lists. */
const LINK = /\[([^\]]+)\]\((https?:\/\/|command:|file:)/gi;
const ICON = /\$\([A-Za-z0-9-]+(~[A-Za-z]+)?\)/;

describe('plain text', () => {
  const cases: [what: string, said: string][] = [
    ['a command link', '[Click](command:workbench.action.terminal.new)'],
    ['a link to a page', 'see [here](https://example.org "a title")'],
    ['a link to a file', '[x](file:///etc/passwd)'],
    ['links in a row', '[a](command:b)[c](command:d)'],
    ['a bracket in a bracket', '[[a](command:b)](command:c)'],
    ['an icon', '$(error) $(sync~spin)'],
    ['an icon that is escaped already', '\\$(error)'],
    ['icons in a row', '$($(bell))'],
    ...HOSTILE.map((said): [string, string] => [JSON.stringify(said.slice(0, 30)), said]),
  ];
  for (const [what, said] of cases) {
    it(`has no link and no icon: ${what}`, () => {
      assert.doesNotMatch(plain(said), new RegExp(LINK.source, 'i'));
      assert.doesNotMatch(plain(said), ICON);
    });
  }

  it('reads as it was said', () => {
    assert.equal(plain('echo $(date) [1] (2)').replaceAll('\u200b', ''), 'echo $(date) [1] (2)');
  });

  it('stays what it is when it is made plain again', () => {
    for (const said of HOSTILE) assert.equal(plain(plain(said)), plain(said));
  });
});

describe('a text with links of ours', () => {
  const ours = commandLink('Show', 'daemonHealth.showDetails', 'a)[y](command:evil)');
  for (const said of ['[x](command:evil)', '[x', '[[[x', 'a [b] c [d', ']x[', '[x]']) {
    it(`has no other link, and their labels are ours: ${said}`, () => {
      const labels = [...linked(plain(said), [ours]).matchAll(LINK)].map(([, label]) => label);
      assert.deepEqual(labels, ['Show']);
    });
  }
});
