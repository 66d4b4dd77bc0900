import assert from 'node:assert/strict';
import type { RealDispatchd } from '../support/realDispatchd';
import { CAN_HANG, watchDispatchd, type VSCodeWindow, type Watched } from './harness';

/** Longer than a window waits before it tells what the window with the say did not. */
const TAKEOVER_MS = 10_000;

describe('one daemon in five windows', function () {
  this.timeout(240_000);
  let watched: Watched | undefined;
  let daemon: RealDispatchd;
  let windows: readonly VSCodeWindow[];

  /** What is told in any window until one that waits for its turn would have told it. A toast may hide meanwhile. */
  async function told(): Promise<readonly string[]> {
    const texts = new Set<string>();
    const endMs = performance.now() + TAKEOVER_MS;
    while (performance.now() < endMs) {
      const shown = await Promise.all(windows.map((window) => window.messages()));
      shown.forEach((each, index) => each.forEach((text) => texts.add(`window ${index + 1}: ${text}`)));
      await windows[0]!.page.waitForTimeout(500);
    }
    return [...texts];
  }

  before(async () => {
    watched = await watchDispatchd({ flags: CAN_HANG });
    ({ daemon } = watched);
    const first = watched.window;
    const more: VSCodeWindow[] = [];
    for (let count = 0; count < 4; count++) more.push(await first.openWindow());
    windows = [first, ...more];
    await Promise.all(windows.map((window) => window.item('healthy').waitFor()));
  });

  after(() => watched?.close());

  it('that hangs is red in all of them, and told in one', async () => {
    await daemon.post('/api/tasks', { name: 'type check', command: 'sleep 300' });
    await daemon.untilRunning(1);
    await daemon.post('/api/chaos/hang');
    await Promise.all(windows.map((window) => window.item('wedged').waitFor()));
    const texts = await told();
    assert.equal(texts.length, 1, texts.join('\n'));
    assert.match(texts[0]!, /dispatchd is wedged/);
    const [speaking] = /\d/.exec(texts[0]!)!;
    await windows[Number(speaking) - 1]!.clearNotifications();
  });

  it('and is restarted in one of them is restarting in all, and one message tells how it ended', async () => {
    const [, , third, ...others] = windows;
    // It accepts connections and says nothing, so that the restart lasts until it is killed.
    process.kill(daemon.pid, 'SIGSTOP');
    await third!.runCommand('Daemon Health: Restart Daemon');
    await third!.dialog().getByRole('button', { name: 'Restart', exact: true }).click();
    await Promise.all(others.map((window) => window.item('restarting').waitFor()));
    await others[0]!.item().click();
    await others[0]!.row('in another window').waitFor();
    await others[0]!.screenshot('five-windows-restarting');
    await third!.toast(/dispatchd restarted in .* · 1 session interrupted\./).waitFor();
    await third!.screenshot('five-windows-outcome');
    const texts = await told();
    assert.equal(texts.length, 1, texts.join('\n'));
    assert.match(texts[0]!, /^window 3: dispatchd restarted in/);
    await Promise.all(windows.map((window) => window.item('healthy').waitFor()));
  });
});
