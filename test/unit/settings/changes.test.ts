import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Settings } from '../../../src/settings/settings';
import { loadWith } from '../../support/fakeVSCode';

const FILE = join(__dirname, '../../../src/settings/settings.ts');

describe('a change of a setting', () => {
  /** How often what is watched is looked at anew, when this key changes. */
  function looksAfter(key: string): number {
    let change: (event: { affectsConfiguration: (section: string) => boolean }) => void = () => undefined;
    const vscode = {
      workspace: {
        onDidChangeConfiguration: (listener: typeof change) => {
          change = listener;
          return { dispose: () => undefined };
        },
      },
    };
    let looks = 0;
    const { Settings: Loaded } = loadWith<{ Settings: new () => Settings }>(vscode, FILE);
    new Loaded().onDidChangeWatched(() => looks++);
    const whole = `daemonHealth.${key}`;
    change({ affectsConfiguration: (section) => `${whole}.`.startsWith(`${section}.`) });
    return looks;
  }

  for (const key of ['daemons', 'allowRemote', 'discovery']) {
    it(`of ${key} looks for the daemons anew`, () => assert.equal(looksAfter(key), 1));
  }

  for (const key of ['notifications', 'mutedNotifications', 'readSmithyLimits', 'evidence.inspectNode']) {
    it(`of ${key} touches no daemon and scans no port`, () => assert.equal(looksAfter(key), 0));
  }
});
