import assert from 'node:assert/strict';
import type { RealDispatchd } from '../support/realDispatchd';
import { startDispatchd, watchDispatchd, type VSCodeWindow, type Watched } from './harness';

/** Runs for an hour if nobody stops it; speaks for its first seconds. */
const speaksFor = (seconds: number) => ({
  command: process.execPath,
  args: [
    '-e',
    `const t = setInterval(() => console.log('working'), 500);
     setTimeout(() => clearInterval(t), ${seconds * 1_000}); setTimeout(() => {}, 3600000);`,
  ],
});

describe('the work of a daemon, in a window', function () {
  this.timeout(100_000);
  let watched: Watched | undefined;
  let daemon: RealDispatchd;
  let window: VSCodeWindow;

  before(async () => {
    watched = await watchDispatchd({ pollIntervalMs: 5_000, colorTheme: 'dark' });
    ({ daemon, window } = watched);
    await window.item().click();
    await row('Details').waitFor();
  });

  afterEach(async function () {
    if (this.currentTest?.isFailed()) await window.screenshot('countdown-failed');
  });

  after(() => watched?.close());

  const row = (name: string) => window.row(name);
  const toast = (text: string | RegExp) => window.toast(text);

  it('counts down live to an extension, and does not alarm about it', async () => {
    // Long enough to be seen in each stage; its output reaches up to its deadline, so it is extended once.
    await daemon.post('/api/tasks', {
      name: 'nightly build',
      ...speaksFor(20),
      timeoutMs: 20_000,
      activityExtensionMs: 8_000,
      maxExtensions: 1,
    });
    await window.runCommand('Daemon Health: Refresh');
    await toast(/“nightly build” will be extended by itself in 1\d s/).waitFor();
    await window.screenshot('countdown-1-soon');
    await toast(/“nightly build” will be extended by itself in [89] s/).waitFor();
    assert.equal(await window.toasts().count(), 1);
    await window.screenshot('countdown-2-last');
  });

  it('says by how much it was extended, and counts down to the new deadline', async () => {
    await toast(/“nightly build” extended by 8 s \(1 of 1\), \d s left/).waitFor();
    await window.screenshot('countdown-3-extended');
  });

  it('tells the time-out once, in a message that stays', async () => {
    const message = toast(
      /“nightly build” on dispatchd timed out after 2\d s \(limit 20 s, 1 of 1 extensions\)/,
    );
    await message.waitFor({ timeout: 30_000 });
    // The countdown closes itself.
    await window.toasts().nth(1).waitFor({ state: 'detached' });
    for (const name of ['Run Again', 'Show Session', 'Show Output']) {
      await message.getByRole('button', { name }).waitFor();
    }
    await window.screenshot('countdown-4-timed-out');
    await message.getByRole('button', { name: 'Show Session' }).click();
    await row('nightly build').and(window.page.locator('.selected')).waitFor();
    await row('nightly build').hover();
    await window.screenshot('countdown-5-session');
  });

  it('extends by the link in the countdown', async () => {
    // Its last output is too old for an extension by itself.
    await daemon.post('/api/tasks', { name: 'long test', ...speaksFor(1), timeoutMs: 40_000 });
    await window.runCommand('Daemon Health: Refresh');
    const message = toast('“long test” times out');
    await message.waitFor();
    await message
      .getByRole('button', { name: 'Extend…' })
      .or(message.locator('a', { hasText: 'Extend…' }))
      .click();
    const howMuch = window.quickInput().getByPlaceholder(/^Extend “long test” \(limit 40 s\) by how much\?/);
    await howMuch.waitFor();
    await window.screenshot('countdown-6-how-much');
    await howMuch.fill('2 min');
    await howMuch.press('Enter');
    await toast(/“long test” extended by 120 s on request, 2 min/).waitFor();
    await window.screenshot('countdown-6-on-request');
    await window.toasts().first().waitFor({ state: 'detached', timeout: 15_000 });
  });

  it('shares one countdown among several sessions, and closes it when they end', async () => {
    await daemon.post('/api/tasks', { name: 'first', command: 'sleep 9', timeoutMs: 40_000 });
    await daemon.post('/api/tasks', { name: 'second', command: 'sleep 9', timeoutMs: 50_000 });
    await window.runCommand('Daemon Health: Refresh');
    const together = /2 sessions (time out unless active|may time out): “first” in \d+ s, “second” in \d+ s/;
    await toast(together).waitFor();
    assert.equal(await window.toasts().count(), 1);
    await window.screenshot('countdown-7-shared');
    await window.toasts().first().waitFor({ state: 'detached', timeout: 20_000 });
  });

  it('says nothing that the console would complain about', () => {
    assert.deepEqual(window.errors, []);
  });

  describe('that a kill of its daemon interrupts', () => {
    let killed: RealDispatchd;

    before(async () => {
      killed = await startDispatchd();
      window.watch({ url: killed.url });
      await window.item('healthy').waitFor();
    });

    after(() => killed?.stop());

    it('is listed, and runs again by one action', async () => {
      await killed.post('/api/tasks', { name: 'import', command: 'sleep 300', timeoutMs: 3_600_000 });
      await row('import').waitFor();
      await killed.kill();
      await killed.start('--port', new URL(killed.url).port);
      await row('Interrupted').waitFor({ timeout: 40_000 });
      await window.toast(/dispatchd restarted \(was up .*\); 1 session interrupted/).waitFor();
      await row('import').hover();
      await window.screenshot('interrupted-1-listed');
      await row('import').getByRole('button', { name: 'Run Session Again' }).click();
      await row('Interrupted').waitFor({ state: 'detached' });
      await row('1 running').waitFor();
      await window.screenshot('interrupted-2-again');
    });

    it('says nothing that the console would complain about', () => {
      assert.deepEqual(window.errors, []);
    });
  });
});
