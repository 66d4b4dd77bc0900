import assert from 'node:assert/strict';
import { join } from 'node:path';
import { FakeScreen } from '../../../support/fakeScreen';
import { loadWith } from '../../../support/fakeVSCode';
import type * as Reports from '../../../../src/ui/commands/openReport';

const FILE = join(__dirname, '../../../../src/ui/commands/openReport');

const TEXT = '# dispatchd: wedged\n\nIt has waited.\n\n## Its process\n\n  x\n\n## Which rule decided\n';

describe('a report that somebody asks for', () => {
  let screen: FakeScreen;
  let shown: unknown[];
  let tabs: readonly unknown[];
  let isThere: boolean;
  beforeEach(() => {
    screen = new FakeScreen();
    shown = [];
    tabs = [{}];
    isThere = true;
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
        showTextDocument: (_: unknown, { viewColumn }: { viewColumn: number }) =>
          Promise.resolve(shown.push(['shown', viewColumn])),
      },
      workspace: {
        openTextDocument: () =>
          isThere ? Promise.resolve({ getText: () => TEXT }) : Promise.reject(new Error('gone')),
      },
      commands: { executeCommand: (...call: unknown[]) => Promise.resolve(shown.push(call)) },
    };
    return loadWith<typeof Reports>(fake, FILE).openReport('/r.md');
  };

  it('is shown beside what is open, all but what it begins with folded', async () => {
    await open();
    assert.deepEqual(shown, [
      ['shown', -2],
      ['editor.fold', { levels: 1, direction: 'down', selectionLines: [4, 8] }],
    ]);
  });

  it('takes the place where nothing is open', async () => {
    tabs = [];
    await open();
    assert.deepEqual(shown[0], ['shown', -1]);
  });

  it('says so where it was pruned', async () => {
    isThere = false;
    await open();
    assert.deepEqual(shown, []);
    assert.deepEqual(screen.texts, ['This report is not there any more: the newest 20 are kept.']);
  });
});
