import assert from 'node:assert/strict';
import { SmithyProcess, smithySession } from '../support/smithyProcess';
import type { RealDispatchd } from '../support/realDispatchd';
import { openVSCode, startDispatchd, type VSCodeWindow } from './harness';

describe('work that a kill -9 interrupts, of', function () {
  this.timeout(120_000);
  let window: VSCodeWindow;

  before(async () => {
    window = await openVSCode({ colorTheme: 'dark' });
  });
  after(() => window?.close());

  describe('a smithy', () => {
    let smithy: SmithyProcess;

    before(async () => {
      smithy = await new SmithyProcess('/project').start();
      await smithy.says({
        sessions: [smithySession('e-worker-1'), smithySession('e-worker-2'), smithySession('e-worker-3')],
      });
      window.watch({ url: smithy.url, kind: 'smithy' });
      await window.item('smithy').click();
      await row('3 running').waitFor();
    });

    afterEach(async function () {
      if (this.currentTest?.isFailed()) await window.screenshot('smithy-failed');
    });

    after(() => smithy?.kill());

    const row = (text: string) => window.row(text);

    it('is told once it runs again, without what it has resumed by itself', async () => {
      await smithy.kill();
      await smithy.start();
      await smithy.says({ sessions: [smithySession('e-worker-3', { id: 'session-new' })] });
      const toast = window.toast('smithy seems to have restarted; 1 session resumed, 2 interrupted.');
      await toast.waitFor();
      await row('2 not resumed').waitFor();
      await window.page.mouse.move(640, 300);
      await window.screenshots('smithy-1-interrupted');
      await toast.getByRole('button', { name: 'Show Details' }).click();
      await row('2 not resumed').and(window.page.locator('.selected')).waitFor();
    });

    it('says what is known of it, and offers to resume it but not to run it again', async () => {
      const lost = row('e-worker-1-write');
      await lost.hover();
      const hover = window.page.locator('.workbench-hover:visible', { hasText: 'Last seen' });
      await hover.waitFor();
      assert.match(
        await hover.innerText(),
        /The session ran when its daemon restarted, and was not seen since/,
      );
      await window.inEachTheme(async (theme) => {
        await window.page.mouse.move(640, 300);
        await lost.hover();
        await hover.waitFor();
        await window.screenshot(`smithy-2-hover-${theme}`);
      });
      await lost.getByRole('button', { name: 'Resume Session' }).waitFor();
      assert.equal(await lost.getByRole('button', { name: 'Run Session Again' }).count(), 0);
      await lost.click({ button: 'right' });
      await window.page.getByRole('menuitem', { name: 'Copy Command of Session' }).waitFor();
      await window.screenshots('smithy-3-menu');
      await window.page.keyboard.press('Escape');
    });

    it('is listed over a reload, until the daemon goes on with it', async () => {
      await window.reload();
      // What is shown before the first answer is from memory.
      await window.item('smithy healthy').waitFor();
      await row('2 not resumed').waitFor();
      const lost = row('e-worker-1-write');
      await lost.hover();
      await lost.getByRole('button', { name: 'Resume Session' }).click();
      await row('2 running').waitFor();
      await row('1 not resumed').waitFor();
      await smithy.says({
        sessions: ['e-worker-1', 'e-worker-2', 'e-worker-3'].map((agent) =>
          smithySession(agent, { id: `session-newer-of-${agent}` }),
        ),
      });
      await row('3 running').waitFor();
      await row('not resumed').waitFor({ state: 'detached' });
      await window.screenshots('smithy-4-resumed');
      assert.deepEqual(window.errors, []);
    });

    it('is told again when it is killed once more, however soon', async () => {
      const restarted = (what: string) => window.toast(`smithy seems to have restarted; ${what}.`);
      await window.clearNotifications();
      await smithy.kill();
      await smithy.start();
      await smithy.says({ sessions: [smithySession('e-worker-1', { id: 'session-third' })] });
      await restarted('1 session resumed, 2 interrupted').waitFor();
      await window.clearNotifications();
      await smithy.kill();
      await smithy.start();
      await smithy.says({ isRunning: false, sessions: [] });
      await restarted('1 session interrupted').waitFor();
      await window.screenshot('smithy-5-again');
    });
  });

  afterEach(async function () {
    if (this.currentTest?.isFailed()) await window.screenshot('interrupted-failed');
  });

  describe('a dispatchd, while no window is open', () => {
    let daemon: RealDispatchd;

    before(async () => {
      daemon = await startDispatchd();
      window.watch({ url: daemon.url });
      await window.item('dispatchd healthy').waitFor();
      await window.clearNotifications();
    });
    after(() => daemon?.stop());

    it('is told by the next window of the workspace, with work that no window had seen', async () => {
      const restarted = window.toast(/dispatchd restarted .*; 1 session resumed, 1 interrupted\./);
      // A browser writes what an extension keeps some moments later, and not at all when its page goes before.
      await window.page.waitForTimeout(3_000);
      await window.page.goto('about:blank');
      await daemon.post('/api/tasks', { name: 'nightly report', kind: 'named', command: 'sleep 300' });
      await daemon.post('/api/tasks', { name: 'type check', command: 'sleep 301' });
      await daemon.untilRunning(2);
      await daemon.kill();
      await daemon.start('--port', new URL(daemon.url).port);
      await daemon.untilRunning(1);
      await window.page.goBack();
      await restarted.waitFor({ timeout: 60_000 });
      await restarted.getByRole('button', { name: 'Show Details' }).click();
      await window.row('1 to run again').and(window.page.locator('.selected')).waitFor();
      await window.screenshot('restarted-meanwhile');
    });

    it('is not told again by the window after that', async () => {
      await window.reload();
      // Which view it shows a browser may not have kept.
      await window.item('dispatchd').click();
      await window.row('1 to run again').waitFor();
      // A message about the first look comes with it; give it the time of two polls more.
      await window.page.waitForTimeout(2_500);
      assert.equal(await window.toasts().count(), 0);
    });
  });
});
