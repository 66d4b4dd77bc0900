import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { notRun } from '../support/notRun';
import { until } from '../support/until';
import type { RealDispatchd } from '../support/realDispatchd';
import { openVSCode, startDispatchd, type VSCodeWindow } from './harness';

/** What the first minute is held to on a machine with nothing else to do; a busy one gets more. */
const RED_WITHIN_MS = 30_000;
const RED_DEADLINE_MS = 90_000;
const MAX_CLICKS = 4;

/** The processes of demos of windows that tests opened, by their command lines. */
function demoProcesses(): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return '';
      }
    })
    .filter((line) => line.includes('daemon-health-drive-') && line.includes('/demos'));
}

describe('the first minute, from a fresh profile in a window in a browser', function () {
  this.timeout(180_000);
  let window: VSCodeWindow;
  let daemon: RealDispatchd | undefined;
  let clicks = 0;

  before(async () => {
    window = await openVSCode({ colorTheme: 'dark' });
  });

  afterEach(async function () {
    if (this.currentTest?.isFailed()) await window.screenshot('first-minute-failed');
  });

  after(async () => {
    await window?.close();
    await daemon?.stop();
  });

  it('shows a hang in four clicks at most, by what is written there', async () => {
    const startedMs = performance.now();
    const click = async (what: ReturnType<typeof window.item>) => {
      await what.click();
      clicks++;
    };
    // A window that has to do with no daemon has no item in its status bar.
    await click(window.page.locator('.activitybar').getByRole('tab', { name: 'Daemon Health' }));
    await click(window.page.locator('.welcome-view-content a', { hasText: 'Show me a hang' }));
    await window.item('demo (hang)').waitFor({ timeout: RED_DEADLINE_MS });
    await window.screenshot('first-minute-1-healthy');
    await window.redItem().waitFor({ timeout: RED_DEADLINE_MS });
    const tookMs = performance.now() - startedMs;
    await window.toast('demo (hang) is wedged').waitFor({ timeout: RED_DEADLINE_MS });
    await window.screenshot('first-minute-2-red');
    console.log(`      red after ${(tookMs / 1000).toFixed(1)} s and ${clicks} clicks`);
    assert.ok(clicks <= MAX_CLICKS, `${clicks} clicks`);
    if (tookMs > RED_WITHIN_MS) console.log(`      slower than ${RED_WITHIN_MS / 1000} s: a busy machine?`);
  });

  it('proves a restart after one click more', async () => {
    const startedMs = performance.now();
    const toast = window.toast('demo (hang) is wedged');
    await toast.getByRole('button', { name: 'Restart Daemon' }).click();
    await window.toast(/demo \(hang\) restarted in/).waitFor({ timeout: RED_DEADLINE_MS });
    await window.redItem().waitFor({ state: 'detached', timeout: RED_DEADLINE_MS });
    await window.screenshot('first-minute-3-restarted');
    console.log(`      restarted after ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
  });

  it('ends when it is told to, and leaves neither a daemon nor a setting', async () => {
    await window.runCommand('Daemon Health: End Demo');
    await window.page.locator('.welcome-view-content', { hasText: 'No agent daemon answers' }).waitFor();
    await window.page.locator('[role="treeitem"]', { hasText: 'demo (hang)' }).waitFor({ state: 'detached' });
    await window.screenshot('first-minute-4-ended');
  });

  it('adds a daemon by keyboard alone, and refuses it a second time', async () => {
    daemon = await startDispatchd();
    const { keyboard } = window.page;
    const address = daemon.url.replace('http://', '');
    const box = window.quickInput().locator('input').first();
    const question = await window.ask('Daemon Health: Add Daemon…', /address/);
    await question.fill(address);
    await window.quickInput().getByRole('option', { name: 'ask who is there' }).waitFor();
    await keyboard.press('Enter');
    await window
      .quickInput()
      .getByPlaceholder(/^How is the daemon to be called/)
      .waitFor();
    await window.screenshot('first-minute-5-name');
    await box.fill('mine');
    await window.quickInput().getByRole('option', { name: 'add it by this name' }).waitFor();
    await keyboard.press('Enter');
    await window.quickInput().getByRole('option', { name: 'All my workspaces' }).waitFor();
    await keyboard.press('Enter');
    await window.item('mine').waitFor({ timeout: RED_DEADLINE_MS });
    // Its row takes the focus, and would close what is opened meanwhile.
    await window.selectedRow('mine').waitFor({ timeout: RED_DEADLINE_MS });
    const again = await window.ask('Daemon Health: Add Daemon…', /address/);
    await again.fill(address);
    await window.quickInput().getByRole('option', { name: 'watched already, as “mine”' }).waitFor();
    await window.screenshot('first-minute-6-twice');
    await keyboard.press('Escape');
  });

  it('ends with its window: after a reload nothing of it runs', async function () {
    if (process.platform !== 'linux') return notRun(this, 'only Linux tells of processes by /proc');
    await window.runCommand('Daemon Health: Show Me a Hang');
    await window.selectedRow('demo (hang)').waitFor({ timeout: RED_DEADLINE_MS });
    await until(() => demoProcesses().length > 0, 'a demo', RED_DEADLINE_MS);
    await window.reload();
    await until(() => demoProcesses().length === 0, 'the end of the demo', RED_DEADLINE_MS);
    await window.item('mine').waitFor({ timeout: RED_DEADLINE_MS });
  });

  it('adds a file of the workspace into the settings of the workspace, by keyboard alone', async () => {
    const { keyboard } = window.page;
    const state = join(window.folder, 'run', 'state.json');
    mkdirSync(dirname(state), { recursive: true });
    writeFileSync(state, JSON.stringify({ lastSuccessAt: new Date().toISOString() }));
    const option = (name: string | RegExp) => window.quickInput().getByRole('option', { name });
    const box = window.quickInput().locator('input').first();
    const asked = (question: RegExp) => window.quickInput().getByPlaceholder(question).waitFor();

    const question = await window.ask('Daemon Health: Add Daemon…', /address/);
    await question.fill('run/state.json');
    await option(/Read this file/).waitFor();
    await window.screenshot('first-minute-7-file');
    await keyboard.press('Enter');
    await option(/lastSuccessAt/).waitFor({ timeout: RED_DEADLINE_MS });
    await window.screenshot('first-minute-8-proof');
    await keyboard.press('Enter');
    await asked(/^For how long/);
    await option('5 min').first().waitFor();
    await window.screenshot('first-minute-9-red-after');
    await keyboard.press('Enter');
    await asked(/^How is the daemon to be called/);
    await box.fill('ticker');
    await option(/add it by this name/).waitFor();
    await keyboard.press('Enter');
    await option(/This workspace only/).waitFor();
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    await window.selectedRow('ticker').waitFor({ timeout: RED_DEADLINE_MS });
    await window.screenshot('first-minute-10-row');
    const settings = readFileSync(join(window.folder, '.vscode', 'settings.json'), 'utf8');
    const { 'daemonHealth.daemons': list } = JSON.parse(settings) as Record<string, readonly object[]>;
    assert.deepEqual(list!.at(-1), {
      name: 'ticker',
      files: [state],
      kind: 'generic',
      progress: { time: 'lastSuccessAt', redAfterMs: 300_000 },
    });
  });

  it('says nothing that the console would complain about', () => {
    assert.deepEqual(window.errors, []);
  });
});
