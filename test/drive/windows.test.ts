import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RealDispatchd } from '../support/realDispatchd';
import { CAN_HANG, watchDispatchd, type VSCodeWindow, type Watched } from './harness';

/** Runs a command that asks, and answers. */
async function choose(window: VSCodeWindow, command: string, answer: string): Promise<void> {
  await window.openPalette(`>${command}`);
  await window.page.getByRole('option', { name: command }).first().click();
  await window.page.getByRole('option', { name: answer }).click();
}

describe('an incident with two windows open', function () {
  this.timeout(120_000);
  let watched: Watched | undefined;
  let daemon: RealDispatchd;
  let first: VSCodeWindow;
  let second: VSCodeWindow;

  before(async () => {
    watched = await watchDispatchd({ flags: CAN_HANG });
    ({ daemon, window: first } = watched);
    second = await first.openWindow();
    await first.item('healthy').waitFor();
    await second.item('healthy').waitFor();
  });

  after(() => watched?.close());

  it('is red in both and told in one', async () => {
    await daemon.post('/api/chaos/hang');
    await Promise.all([first, second].map((window) => window.item('wedged').waitFor()));
    const toasts = () => Promise.all([first, second].map((window) => window.toasts().count()));
    // The window that does not have the say would take over after 8 s, were it not told by then.
    await first.page.waitForTimeout(10_000);
    assert.equal(
      (await toasts()).reduce((sum, count) => sum + count, 0),
      1,
    );
  });

  it('is told again, as its end is, when it comes again within two minutes', async () => {
    const both = [first, second];
    const shown = async (text: string) => {
      const counts = await Promise.all(both.map((window) => window.toast(text).count()));
      return counts.reduce((sum, count) => sum + count, 0);
    };
    const toldIn = (text: string) =>
      Promise.any(both.map((window) => window.toast(text).waitFor({ timeout: 60_000 })));
    await Promise.all(both.map((window) => window.clearNotifications()));
    await daemon.post('/api/chaos/release');
    await toldIn('is healthy again');
    await daemon.post('/api/chaos/hang');
    await toldIn('dispatchd is wedged');
    await Promise.all(both.map((window) => window.item('wedged').waitFor()));
    // As above: until the other window would have taken over.
    await first.page.waitForTimeout(10_000);
    assert.equal(await shown('dispatchd is wedged'), 1);
    await first.screenshot('second-incident');
  });

  it('can be snoozed; tooltip and tree say until when, and it can be cancelled', async () => {
    const { page } = second;
    await choose(second, 'Daemon Health: Snooze Notifications…', '15 minutes');
    await second.item().click();
    await page.locator('.monaco-list-row', { hasText: 'Snoozed until' }).waitFor();
    await second.screenshot('snoozed');
    await choose(second, 'Daemon Health: Snooze Notifications…', 'Cancel Snooze');
    await page.locator('.monaco-list-row', { hasText: 'Snoozed until' }).waitFor({ state: 'detached' });
  });
});

describe('Restart Daemon in a folder that is not trusted', function () {
  this.timeout(120_000);
  let watched: Watched | undefined;
  let daemon: RealDispatchd;
  let window: VSCodeWindow;
  let pid: number;
  let otherFolder: string | undefined;

  before(async () => {
    watched = await watchDispatchd({
      flags: CAN_HANG,
      workspaceTrust: true,
      machineSettings: { 'security.workspace.trust.startupPrompt': 'never' },
    });
    ({ daemon, window } = watched);
  });

  beforeEach(async () => {
    pid = daemon.pid;
    await window.item('healthy').waitFor();
  });

  after(async () => {
    await watched?.close();
    if (otherFolder) rmSync(otherFolder, { recursive: true, force: true });
  });

  const trustEditor = () => window.page.locator('.workspace-trust-editor');
  const trust = () => trustEditor().getByRole('button', { name: 'Trust', exact: true });

  /** Presses Restart Daemon, and a button of the question. */
  async function answer(button: 'Cancel' | 'Manage Workspace Trust', picture: string): Promise<void> {
    await window.runCommand('Daemon Health: Restart Daemon');
    const dialog = window.dialog();
    await dialog.waitFor();
    assert.match(await dialog.innerText(), /Restarting dispatchd needs a trusted workspace/);
    assert.match(
      await dialog.innerText(),
      /Commands run on this machine, .*Trust this workspace to continue\. If you close the editor, nothing happens\./,
    );
    await window.screenshot(picture);
    await dialog.getByRole('button', { name: button }).click();
    await dialog.waitFor({ state: 'detached' });
  }

  function untouched(): void {
    assert.equal(daemon.pid, pid);
    process.kill(pid, 0);
  }

  it('does nothing on Cancel, nor when the trust editor is closed and trust is given for another reason', async () => {
    await answer('Cancel', 'restricted-mode');
    untouched();
    assert.equal(await trustEditor().count(), 0);

    await answer('Manage Workspace Trust', 'restricted-mode');
    await trust().waitFor();
    // As a modal editor it has no tab.
    await window.page.locator('.modal-editor-header .codicon-close, .tab.active .codicon-close').click();
    await trustEditor().waitFor({ state: 'detached' });
    await window.runCommand('Workspaces: Manage Workspace Trust');
    await trust().click();
    await trustEditor().getByText('You trust this folder').waitFor();
    // A restart would be seen by then.
    await window.page.waitForTimeout(2_000);
    untouched();
    assert.equal(await window.toasts().count(), 0);
  });

  it('goes on once the workspace is trusted', async () => {
    // The first folder is trusted by now.
    otherFolder = mkdtempSync(join(tmpdir(), 'daemon-health-not-trusted-'));
    writeFileSync(join(otherFolder, 'README.md'), '# A project\n');
    const other = await window.openWindow(otherFolder);
    await window.page.close();
    window = other;
    await window.item('healthy').waitFor();
    await answer('Manage Workspace Trust', 'restricted-mode');
    await trust().waitFor();
    untouched();
    await trust().click();
    await window.toast(/dispatchd restarted in/).waitFor();
    await window.screenshot('restricted-mode-trusted');
    assert.notEqual(daemon.pid, pid);
    assert.throws(() => process.kill(pid, 0));
    await window.item('healthy').waitFor();
  });
});
