import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { freePort } from '../support/freePort';
import type { RealDispatchd } from '../support/realDispatchd';
import { watchDispatchd, type VSCodeWindow, type Watched } from './harness';

/** Where VS Code would make a link and an icon of it. */
const HOSTILE = '[Click](command:workbench.action.terminal.new) $(bell)';
/** The same as a person should see it. */
const AS_TEXT = '[Click] (command:workbench.action.terminal.new) $(bell)';

describe('what a daemon says, in a window', function () {
  this.timeout(100_000);
  let watched: Watched | undefined;
  let daemon: RealDispatchd;
  let window: VSCodeWindow;

  before(async () => {
    const dead = `http://127.0.0.1:${await freePort()}`;
    watched = await watchDispatchd({ colorTheme: 'dark' });
    ({ daemon, window } = watched);
    window.changeSettings({
      'daemonHealth.daemons': [
        { name: HOSTILE, url: daemon.url, kind: 'dispatchd', pollIntervalMs: 1_000 },
        { name: `dead ${HOSTILE}`, url: dead, pollIntervalMs: 1_000, restart: { command: 'sleep 300' } },
      ],
    });
    await window.item(`${HOSTILE} healthy`).waitFor();
  });

  afterEach(async function () {
    if (this.currentTest?.isFailed()) await window.screenshot('words-failed');
  });

  after(() => watched?.close());

  const icons = (of: Locator) => of.locator('.codicon').count();

  it('draws no icon in the status bar but our own', async () => {
    await window.screenshot('words-1-status');
    assert.equal(await icons(window.item()), 1);
    await window.item().filter({ hasText: '$(bell)' }).waitFor();
  });

  it('draws neither icon nor link in the tree', async () => {
    await window.item().click();
    const row = window.row(HOSTILE);
    await row.waitFor();
    assert.equal(await row.locator('.monaco-icon-label .codicon-bell, a[href]').count(), 0);
  });

  it('makes no link in the countdown, and leaves ours', async () => {
    // An open bracket in front of our own link would be a part of its label.
    for (const name of [HOSTILE, '[your password, please']) {
      await daemon.post('/api/tasks', { name, command: 'sleep 300', timeoutMs: 50_000 });
      await window.runCommand('Daemon Health: Refresh');
      await window.toast('times out in').or(window.toast('sessions time out')).waitFor();
    }
    const toast = window.toast('2 sessions time out');
    await toast.waitFor();
    await window.screenshot('words-2-countdown');
    assert.deepEqual(await toast.locator('a[href]').allInnerTexts(), ['Extend All…', 'Show']);
  });

  it('draws no icon in a list to pick from', async () => {
    const question = await window.ask('Daemon Health: Stop Session', /^Stop which session\?$/);
    const option = window.quickInput().getByRole('option', { name: 'Click' }).first();
    await option.waitFor();
    await window.screenshot('words-3-list');
    assert.equal(await icons(option), 0);
    await option.filter({ hasText: '$(bell)' }).waitFor();
    await question.press('Enter');
  });

  it('is plain in a question, and in the words that follow in the status bar', async () => {
    await window.dialog().filter({ hasText: 'Click' }).waitFor();
    assert.equal(await window.dialog().locator('a[href]').count(), 0);
    await window.dialog().getByRole('button', { name: 'Stop Session' }).click();
    const words = window.page.locator('.statusbar-item', { hasText: 'stopped' }).filter({ hasText: 'Click' });
    await words.waitFor();
    await window.screenshot('words-4-short');
    assert.equal(await icons(words), 1);
  });

  it('draws no icon in the list of tasks', async () => {
    await window.ask('Tasks: Run Task', /^Select the task to run/);
    await window.quickInput().getByRole('option', { name: 'daemonHealth' }).first().click();
    const option = window.quickInput().getByRole('option', { name: 'restart [Click]' }).first();
    await option.waitFor();
    await window.screenshot('words-6-tasks');
    assert.equal(await option.locator('.codicon-bell').count(), 0);
    await option.filter({ hasText: '$(bell)' }).waitFor();
    await window.page.keyboard.press('Escape');
  });

  it('makes no link in the title of progress', async () => {
    await window.runCommand('Notifications: Clear All Notifications');
    await window.ask('Daemon Health: Restart Daemon', /^Restart which daemon\?$/);
    await window.quickInput().getByRole('option', { name: 'dead' }).first().click();
    const toast = window.toast('Starting dead');
    await toast.waitFor();
    await window.screenshot('words-5-progress');
    assert.deepEqual(await toast.locator('a[href]').allInnerTexts(), []);
    await toast.filter({ hasText: AS_TEXT }).waitFor();
    await toast.filter({ hasText: 'waiting for a completed poll cycle' }).waitFor();
    await toast.getByRole('button', { name: 'Cancel' }).click();
    const outcome = window.toast('cancelled');
    await outcome.waitFor();
    assert.equal(await outcome.locator('a[href]').count(), 0);
  });

  it('says nothing that the console would complain about', () => {
    assert.deepEqual(window.errors, []);
  });
});
