import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { DaemonHealthApi } from '../../src/api';
import type { RealDispatchd } from '../support/realDispatchd';
import { until } from '../support/until';
import { activatedApi, realDispatchd, untilState, watch } from './support';

const WITHIN_MS = 60_000;
const PRESS_EVERY_MS = 300;

describe('Add Daemon…, into the settings of the user', function () {
  this.timeout(150_000);
  let api: DaemonHealthApi;
  let daemon: RealDispatchd;
  /** What a list may have in it that Add Daemon… knows nothing of. */
  const kept = {
    name: 'kept',
    url: 'http://127.0.0.1:1',
    pollIntervalMs: 300_000,
    restart: { command: 'start-it', args: ['a b'], env: { NAME: 'x' } },
  };

  before(async () => {
    api = await activatedApi();
    daemon = await realDispatchd().start();
    await watch([kept]);
  });

  after(async () => {
    await watch(undefined);
    await daemon.stop();
  });

  const list = () =>
    vscode.workspace.getConfiguration('daemonHealth').inspect<readonly object[]>('daemons')?.globalValue;

  /** The settings as a user sees them. */
  async function settingsFile(): Promise<vscode.Uri> {
    const ofUser = vscode.env.remoteName === undefined ? 'openSettingsJson' : 'openRemoteSettingsFile';
    await vscode.commands.executeCommand(`workbench.action.${ofUser}`);
    const shown = () => vscode.window.activeTextEditor?.document;
    await until(() => shown()?.getText().includes('"kept"'), 'the settings to be shown', WITHIN_MS);
    const { uri } = shown()!;
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    return uri;
  }

  const readFile = async (file: vscode.Uri) =>
    new TextDecoder().decode(await vscode.workspace.fs.readFile(file));

  /** Presses Enter in whatever box is open, until something is so. */
  async function pressEnterUntil(condition: () => boolean, what: string): Promise<void> {
    await until(
      async () => {
        if (condition()) return true;
        await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
        await new Promise((resolve) => setTimeout(resolve, PRESS_EVERY_MS));
        return condition();
      },
      what,
      WITHIN_MS,
    );
  }

  it('adds what answers after what was there, which stays as it was, and watches both', async () => {
    const file = await settingsFile();
    const text = (await readFile(file)).replace(
      '"name": "kept"',
      '// it is mine\n            "name": "kept"',
    );
    await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
    const adding = vscode.commands.executeCommand('daemonHealth.addDaemon', daemon.url);
    await pressEnterUntil(() => list()?.length === 2, 'an entry more');
    await adding;
    const [first, second] = list() ?? [];
    assert.deepEqual(first, kept);
    assert.match(await readFile(file), /\/\/ it is mine\n/);
    const { name, ...added } = second as { name: string };
    assert.match(name, /^dispatchd \(.+\)$/);
    assert.deepEqual(added, { url: daemon.url, kind: 'dispatchd' });
    await untilState(api, daemon.url, 'healthy');
    assert.ok(api.daemons().some(({ url }) => url === kept.url));
  });

  it('adds nothing twice', async () => {
    let isOver = false;
    const adding = vscode.commands
      .executeCommand('daemonHealth.addDaemon', daemon.url)
      .then(() => (isOver = true));
    for (let press = 0; press < 5; press++) {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      await new Promise((resolve) => setTimeout(resolve, PRESS_EVERY_MS));
    }
    assert.equal(isOver, false, 'the box stays, with the reason');
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
    await adding;
    assert.equal(list()?.length, 2);
  });
});
