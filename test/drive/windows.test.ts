import assert from 'node:assert/strict';
import type { RealDispatchd } from '../support/realDispatchd';
import { hangsIn, watchDispatchd, type VSCodeWindow, type Watched } from './harness';

/** Runs a command that asks, and answers. */
async function choose({ page }: VSCodeWindow, command: string, answer: string): Promise<void> {
  await page.keyboard.press('F1');
  await page.locator('.quick-input-widget input').first().fill(`>${command}`);
  await page.getByRole('option', { name: command }).first().click();
  await page.getByRole('option', { name: answer }).click();
}

describe('an incident with two windows open', function () {
  this.timeout(120_000);
  let watched: Watched | undefined;
  let daemon: RealDispatchd;
  let first: VSCodeWindow;
  let second: VSCodeWindow;

  before(async () => {
    watched = await watchDispatchd({ flags: hangsIn(2_000) });
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

  it('can be snoozed; tooltip and tree say until when, and it can be cancelled', async () => {
    const { page } = second;
    await choose(second, 'Daemon Health: Snooze Notifications…', '15 minutes');
    await second.item().click();
    await page.locator('.monaco-list-row', { hasText: 'notifications snoozed until' }).waitFor();
    await second.screenshot('snoozed');
    await choose(second, 'Daemon Health: Snooze Notifications…', 'Cancel Snooze');
    await page
      .locator('.monaco-list-row', { hasText: 'notifications snoozed until' })
      .waitFor({ state: 'detached' });
  });
});

describe('Restart Daemon in a folder that is not trusted', function () {
  this.timeout(120_000);
  let watched: Watched | undefined;
  let daemon: RealDispatchd;
  let window: VSCodeWindow;

  before(async () => {
    watched = await watchDispatchd({
      flags: hangsIn(2_000),
      workspaceTrust: true,
      machineSettings: { 'security.workspace.trust.startupPrompt': 'never' },
    });
    ({ daemon, window } = watched);
  });

  after(() => watched?.close());

  it('watches, says what trust is needed for, and does nothing', async () => {
    const { page } = window;
    await window.item('healthy').waitFor();
    const pid = daemon.pid;
    await window.runCommand('Daemon Health: Restart Daemon');
    const toast = window.toast('needs a trusted workspace; nothing was done');
    await toast.waitFor();
    await window.screenshot('restricted-mode');
    assert.equal(daemon.pid, pid);
    process.kill(pid, 0);
    await toast.getByRole('button', { name: 'Manage Workspace Trust' }).click();
    await page.locator('.workspace-trust-editor').waitFor();
  });
});
