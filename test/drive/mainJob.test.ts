import assert from 'node:assert/strict';
import type { RealDispatchd } from '../support/realDispatchd';
import { CAN_HANG, watchDispatchd, type VSCodeWindow, type Watched } from './harness';

/** How wide an element is, and what is in it, in px. */
const widthsOf = (element: unknown) => {
  const { clientWidth, scrollWidth } = element as { clientWidth: number; scrollWidth: number };
  return { clientWidth, scrollWidth };
};

describe('the main job, in a dark and a light window', function () {
  this.timeout(120_000);
  let watched: Watched | undefined;
  let daemon: RealDispatchd;
  let window: VSCodeWindow;

  before(async () => {
    watched = await watchDispatchd({ flags: CAN_HANG, colorTheme: 'dark' });
    ({ daemon, window } = watched);
  });

  after(() => watched?.close());

  const item = () => window.item();
  const row = (name: string) => window.row(name);

  it('shows a healthy daemon plainly, and its tree at a click', async () => {
    await window.item('healthy').waitFor();
    assert.doesNotMatch((await item().getAttribute('class')) ?? '', /error-kind|warning-kind/);
    await item().click();
    await row('Details').waitFor();
    assert.equal(await row('Poll loop').count(), 0, 'facts are folded');
    await window.openDetails();
    await row('Poll loop').waitFor();
    await row('Process').waitFor();
    await window.page.mouse.move(640, 300);
    await window.screenshots('1-healthy');
  });

  it('turns red on a poll cycle that hangs, and says so once', async () => {
    await daemon.post('/api/chaos/hang');
    await window.redItem().waitFor();
    assert.match(await item().innerText(), /dispatchd wedged/);
    const toast = window.toast('dispatchd is wedged');
    await toast.waitFor();
    assert.equal(await window.toasts().count(), 1);
    await row('wedged').waitFor();
    await window.screenshots('2-wedged');
  });

  it('tells reason, since and freshness in the tooltip', async () => {
    await item().hover();
    const hover = window.page.locator('.workbench-hover', { hasText: 'No cycle since' });
    await hover.waitFor();
    const text = (await hover.innerText()).replace(/\u00a0/g, ' ');
    assert.match(text, /No cycle since \d\d:\d\d:\d\d \([\d a-z]+ s\)\. Noticed \d\d:\d\d:\d\d\./);
    assert.match(text, /the poll loop hangs \(the daemon itself says so\)\./i);
    assert.match(text, /Answering, checked every 1 s\./);
    const { clientWidth, scrollWidth } = await hover.evaluate(widthsOf);
    assert.ok(scrollWidth <= clientWidth, `${scrollWidth} px in ${clientWidth} px`);
    await window.screenshots('3-tooltip');
    await window.page.mouse.move(640, 300);
    await hover.waitFor({ state: 'hidden' });
  });

  it('is plain again after Restart Daemon in the notification, with a new process', async () => {
    const oldPid = daemon.pid;
    const toast = window.toast('dispatchd is wedged');
    await toast.getByRole('button', { name: 'Restart Daemon' }).click();
    await window.toast(/dispatchd restarted in/).waitFor();
    await window.item('healthy').waitFor();
    assert.doesNotMatch((await item().getAttribute('class')) ?? '', /error-kind|warning-kind/);
    assert.notEqual(daemon.pid, oldPid);
    assert.throws(() => process.kill(oldPid, 0));
    await window.screenshots('4-cured');
  });

  it('says nothing that the console would complain about', () => {
    assert.deepEqual(window.errors, []);
  });
});
