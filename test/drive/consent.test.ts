import assert from 'node:assert/strict';
import type { RealDispatchd } from '../support/realDispatchd';
import { CAN_HANG, watchDispatchd, type VSCodeWindow, type Watched } from './harness';

interface StatusSession {
  readonly name: string;
  readonly status: string;
  readonly recovered: boolean;
}

describe('a restart that interrupts work', function () {
  this.timeout(120_000);
  let watched: Watched | undefined;
  let daemon: RealDispatchd;
  let window: VSCodeWindow;

  before(async () => {
    watched = await watchDispatchd({ flags: CAN_HANG, colorTheme: 'dark' });
    ({ daemon, window } = watched);
    await window.item('healthy').waitFor();
    await daemon.post('/api/tasks', { name: 'nightly report', kind: 'named', command: 'sleep 300' });
    await daemon.post('/api/tasks', { name: 'type check', command: 'sleep 301' });
    await daemon.untilRunning(2);
    await daemon.post('/api/chaos/hang');
    await window.item('wedged').waitFor();
  });

  after(() => watched?.close());

  it('names it, for how long it ran and what becomes of it, and is not done on Cancel', async () => {
    const pid = daemon.pid;
    await window.runCommand('Daemon Health: Restart Daemon');
    const dialog = window.dialog();
    await dialog.waitFor();
    const text = await dialog.innerText();
    assert.match(text, /This interrupts 2 running sessions:/);
    assert.match(text, /nightly report, running for .+, will be resumed/);
    assert.match(text, /type check, running for .+, can be run again/);
    await window.screenshot('consent');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.equal(daemon.pid, pid);
    process.kill(pid, 0);
  });

  it('finds out why when asked, says so with a link to the report, and resumes the work', async () => {
    const pid = daemon.pid;
    await window.runCommand('Daemon Health: Restart Daemon');
    const dialog = window.dialog();
    await dialog.waitFor();
    assert.match(await dialog.innerText(), /opens the debugger of Node on port 9229 for about 5 s/);
    await dialog.getByRole('button', { name: 'Restart and Find Out Why (about 5 s)' }).click();
    await window.item('healthy').waitFor({ timeout: 60_000 });
    const toast = window.page.locator('.notification-toast', { hasText: 'dispatchd restarted in' });
    await toast.waitFor({ timeout: 60_000 });
    assert.match(await toast.innerText(), /Before that, the old process waited for \d/);
    const report = window.page.locator('.tab', { hasText: 'dispatchd.md' });
    assert.equal(await report.count(), 0, 'nothing opens by itself');
    await window.screenshot('found-out');
    await toast.getByRole('button', { name: 'Show Hang Report' }).click();
    await report.waitFor({ timeout: 60_000 });
    const lines = window.page.locator('.editor-instance .view-line');
    await lines.filter({ hasText: 'It has waited for' }).waitFor();
    await lines.filter({ hasText: 'Which rule decided' }).waitFor();
    await lines.filter({ hasText: 'answered in' }).first().waitFor({ state: 'detached' });
    await window.screenshot('report');
    assert.notEqual(daemon.pid, pid);
    const status = (await (await fetch(`${daemon.url}/api/daemon/status`)).json()) as {
      sessions: StatusSession[];
      recovery: { interrupted: StatusSession[] };
    };
    const resumed = status.sessions.filter((session) => session.status === 'running');
    assert.deepEqual(
      resumed.map(({ name, recovered }) => ({ name, recovered })),
      [{ name: 'nightly report', recovered: true }],
    );
    assert.deepEqual(
      status.recovery.interrupted.map(({ name }) => name),
      ['type check'],
    );
    await window.screenshot('resumed');
  });
});
