import assert from 'node:assert/strict';
import type * as Items from '../../../../src/ui/statusBar/statusItem';
import { isItemShown, type Known } from '../../../../src/ui/statusBar/statusShown';
import { renderStatus } from '../../../../src/ui/statusBar/statusText';
import { loadWith } from '../../../support/fakeVSCode';
import { Watch } from '../../health/support';
import { modelOf } from '../support';
import { join } from 'node:path';

const FILE = join(__dirname, '../../../../src/ui/statusBar/statusItem');
const NOTHING: Known = {
  models: [],
  conflicts: [],
  found: [],
  problems: [],
  hasFolderOfDaemon: false,
  news: 0,
};
const healthy = modelOf(Watch.healthy());
const gone = Watch.healthy();
gone.repeat(3, 5_000, () => gone.fail('refused'));
const unreachable = modelOf(gone);

describe('the item is in the status bar', () => {
  const cases: [what: string, known: Partial<Known>, auto: boolean, unhealthy: boolean][] = [
    ['with nothing configured, known or found', {}, false, false],
    ['with a daemon that is well', { models: [healthy] }, true, false],
    ['with a daemon that is not', { models: [unreachable] }, true, true],
    ['with a daemon that is only offered', { found: [{}] }, true, false],
    ['with a setting that cannot be read', { problems: [{}] }, true, true],
    ['in a folder that a daemon works in', { hasFolderOfDaemon: true }, true, false],
    ['after something happened', { news: 1 }, true, false],
  ];
  for (const [what, parts, auto, unhealthy] of cases) {
    it(`${what}, as the setting says`, () => {
      const known = { ...NOTHING, ...parts };
      const shown = (['auto', 'unhealthy', 'always', 'never'] as const).map((show) =>
        isItemShown({ show }, known),
      );
      assert.deepEqual(shown, [auto, unhealthy, true, false]);
    });
  }

  it('shown and hidden once each time, and keeps its text', () => {
    const calls: string[] = [];
    const item = { show: () => calls.push('show'), hide: () => calls.push('hide'), text: '' };
    class MarkdownString {
      appendText = () => this;
      appendMarkdown = () => this;
    }
    const vscode = { MarkdownString, ThemeColor: class {} };
    const { StatusItem } = loadWith<typeof Items>(vscode, FILE);
    const status = new StatusItem(item as never);
    const view = renderStatus([], [], new Watch().time.now());
    for (const isShown of [false, false, true, true, false, true]) status.render(view, isShown);
    assert.deepEqual(calls, ['show', 'hide', 'show']);
    assert.equal(item.text, '$(circle-outline) No daemon');
  });
});
