import assert from 'node:assert/strict';
import type { RealDispatchd } from '../support/realDispatchd';
import { watchDispatchd, type VSCodeWindow, type Watched } from './harness';

describe('a countdown, with two windows open', function () {
  this.timeout(150_000);
  let watched: Watched | undefined;
  let daemon: RealDispatchd;
  let first: VSCodeWindow;
  let second: VSCodeWindow;

  before(async () => {
    watched = await watchDispatchd();
    ({ daemon, window: first } = watched);
    second = await first.openWindow();
    await first.item('healthy').waitFor();
    await second.item('healthy').waitFor();
  });

  afterEach(async function () {
    if (this.currentTest?.isFailed()) {
      await first.screenshot('countdown-windows-failed-1');
      await second.screenshot('countdown-windows-failed-2');
    }
  });

  after(() => watched?.close());

  const countdown = (window: VSCodeWindow) => window.toast(/“backup” times out in/);
  const shown = async () =>
    (await Promise.all([first, second].map((window) => countdown(window).count()))).reduce(
      (sum, count) => sum + count,
      0,
    );
  /** The window that shows it, once one does. */
  const showing = async () =>
    Promise.any(
      [first, second].map((window) =>
        countdown(window)
          .waitFor()
          .then(() => window),
      ),
    );

  it('is shown by one of them', async () => {
    // In sight from its start on, and for longer than all that follows takes.
    await daemon.post('/api/tasks', { name: 'backup', command: 'sleep 600', timeoutMs: 58_000 });
    await showing();
    // The other one would take over after 8 s, were it free.
    await first.page.waitForTimeout(9_500);
    assert.equal(await shown(), 1);
  });

  it('comes back in that window after it was loaded anew, and stays in one', async () => {
    const window = await showing();
    await window.reload();
    await countdown(window).waitFor();
    await window.screenshot('countdown-reloaded');
    await first.page.waitForTimeout(1_500);
    assert.equal(await shown(), 1);
  });

  it('passes to the other one when the window that shows it is closed', async () => {
    const window = await showing();
    const other = window === first ? second : first;
    await window.page.close();
    await countdown(other).waitFor({ timeout: 25_000 });
  });
});
