import assert from 'node:assert/strict';
import { join } from 'node:path';
import { FakeScreen } from '../../../support/fakeScreen';
import { loadWith } from '../../../support/fakeVSCode';
import type * as Reports from '../../../../src/ui/commands/openReport';

const FILE = join(__dirname, '../../../../src/ui/commands/openReport');

describe('a report that somebody asks for', () => {
  let screen: FakeScreen;
  let shown: unknown[];
  let tabs: readonly unknown[];
  let isThere: boolean;
  let hasPreview: boolean;
  beforeEach(() => {
    screen = new FakeScreen();
    shown = [];
    tabs = [{}];
    isThere = hasPreview = true;
  });

  const open = () => {
    const { vscode } = screen;
    const fake = {
      ...vscode,
      Uri: { file: (path: string) => path },
      ViewColumn: { Active: -1, Beside: -2 },
      window: {
        ...vscode.window,
        tabGroups: { activeTabGroup: { tabs } },
        showTextDocument: (file: string) => Promise.resolve(shown.push(['text', file])),
      },
      workspace: { fs: { stat: () => (isThere ? Promise.resolve() : Promise.reject(new Error('gone'))) } },
      commands: {
        executeCommand: (...call: unknown[]) =>
          hasPreview ? Promise.resolve(shown.push(call)) : Promise.reject(new Error('no such editor')),
      },
    };
    return loadWith<typeof Reports>(fake, FILE).openReport('/r.md');
  };

  it('is shown folded, beside what is open', async () => {
    await open();
    assert.deepEqual(shown, [['vscode.openWith', '/r.md', 'vscode.markdown.preview.editor', -2]]);
  });

  it('takes the place where nothing is open', async () => {
    tabs = [];
    await open();
    assert.deepEqual(shown, [['vscode.openWith', '/r.md', 'vscode.markdown.preview.editor', -1]]);
  });

  it('is shown as text where the preview is switched off', async () => {
    hasPreview = false;
    await open();
    assert.deepEqual(shown, [['text', '/r.md']]);
  });

  it('says so where it was pruned', async () => {
    isThere = false;
    await open();
    assert.deepEqual(shown, []);
    assert.deepEqual(screen.texts, ['This report is not there any more: the newest 20 are kept.']);
  });
});
