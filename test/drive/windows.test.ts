import assert from 'node:assert/strict';
import { join } from 'node:path';
import { root } from '../../scripts/paths.mjs';
import { RealDispatchd } from '../support/realDispatchd';
import { openVSCode, type VSCodeWindow } from './harness';

const ITEM = 'daemonHealth.status';

function watched(daemon: RealDispatchd) {
  return {
    'daemonHealth.daemons': [
      { name: 'dispatchd', url: daemon.url, kind: 'dispatchd', pollIntervalMs: 1_000 },
    ],
  };
}

async function startDaemon(): Promise<RealDispatchd> {
  return new RealDispatchd(join(root, 'dist', 'dispatchd.js')).start(
    '--chaos',
    '--poll-stale-threshold-ms',
    '2000',
  );
}

const named = (window: VSCodeWindow, what: string) =>
  window.statusItem(ITEM).and(window.page.locator(`[aria-label*="${what}"]`));

/** Runs a command that asks, and answers. */
async function choose({ page }: VSCodeWindow, command: string, answer: string): Promise<void> {
  await page.keyboard.press('F1');
  await page.locator('.quick-input-widget input').first().fill(`>${command}`);
  await page.getByRole('option', { name: command }).first().click();
  await page.getByRole('option', { name: answer }).click();
}

describe('an incident with two windows open', function () {
  this.timeout(120_000);
  let daemon: RealDispatchd;
  let first: VSCodeWindow;
  let second: VSCodeWindow;

  before(async () => {
    daemon = await startDaemon();
    first = await openVSCode({ machineSettings: watched(daemon) });
    second = await first.openWindow();
    await named(first, 'healthy').waitFor();
    await named(second, 'healthy').waitFor();
  });

  after(async () => {
    await first?.close();
    await daemon?.stop();
  });

  it('is red in both and told in one', async () => {
    await daemon.post('/api/chaos/hang');
    await Promise.all([first, second].map((window) => named(window, 'wedged').waitFor()));
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
    await second.statusItem(ITEM).click();
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
  let daemon: RealDispatchd;
  let window: VSCodeWindow;

  before(async () => {
    daemon = await startDaemon();
    window = await openVSCode({
      workspaceTrust: true,
      machineSettings: { ...watched(daemon), 'security.workspace.trust.startupPrompt': 'never' },
    });
  });

  after(async () => {
    await window?.close();
    await daemon?.stop();
  });

  it('watches, says what trust is needed for, and does nothing', async () => {
    const { page } = window;
    await named(window, 'healthy').waitFor();
    const pid = daemon.pid;
    await window.runCommand('Daemon Health: Restart Daemon');
    const toast = window.toasts().filter({ hasText: 'needs a trusted workspace; nothing was done' });
    await toast.waitFor();
    await window.screenshot('restricted-mode');
    assert.equal(daemon.pid, pid);
    process.kill(pid, 0);
    await toast.getByRole('button', { name: 'Manage Workspace Trust' }).click();
    await page.locator('.workspace-trust-editor').waitFor();
  });
});
