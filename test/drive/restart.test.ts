import assert from 'node:assert/strict';
import type { RealDispatchd } from '../support/realDispatchd';
import { CAN_HANG, startDispatchd, watchDispatchd, type VSCodeWindow, type Watched } from './harness';

describe('a restart, in a dark and a light window,', function () {
  this.timeout(120_000);
  let watched: Watched;
  let window: VSCodeWindow;

  before(async () => {
    watched = await watchDispatchd({ flags: CAN_HANG, colorTheme: 'dark' });
    ({ window } = watched);
  });

  after(() => watched?.close());

  describe('of a daemon that does not end', () => {
    let daemon: RealDispatchd;
    let pid: number;

    before(async () => {
      ({ daemon } = watched);
      pid = daemon.pid;
      await daemon.post('/api/tasks', { name: 'nightly report', kind: 'named', command: 'sleep 300' });
      await daemon.post('/api/tasks', { name: 'type check', command: 'sleep 301' });
      // A loop that hangs starts nothing any more.
      await daemon.untilRunning(2);
      await window.item('healthy').waitFor();
      await daemon.post('/api/chaos/hang');
      await window.item('wedged').waitFor();
    });

    it('names the work that it interrupts', async () => {
      await window.runCommand('Daemon Health: Restart Daemon');
      await window.dialog().getByText('This interrupts 2 running sessions').waitFor();
      await window.screenshots('restart-1-consent');
    });

    it('asks it to shut down, then counts the seconds down until it is killed', async () => {
      // From now on it accepts connections and says nothing, and no SIGTERM reaches it.
      process.kill(pid, 'SIGSTOP');
      await window.dialog().getByRole('button', { name: 'Restart', exact: true }).click();
      const progress = window.toast('Restarting dispatchd');
      const counting = (seconds: string) =>
        progress.getByText(new RegExp(`waiting for ${pid} to end, ${seconds} s before it is killed…`));
      // No single one is waited for: on a loaded machine a second may pass unseen.
      await counting('[5-9]').waitFor();
      await progress.hover();
      await window.screenshot('restart-2-counting-light');
      await counting('[1-4]').waitFor();
      await window.setColorTheme('dark');
      await window.screenshot('restart-2-counting-dark');
    });

    it('says how it ended, what was resumed and what was interrupted', async () => {
      const outcome = window.toast(
        /dispatchd restarted in \d+ s \(the old process was ended by force\) · 1 session resumed, 1 interrupted\./,
      );
      await outcome.waitFor();
      await window.item('healthy').waitFor();
      assert.notEqual(daemon.pid, pid);
      assert.throws(() => process.kill(pid, 0));
      // Once it stands still.
      await outcome.hover();
      await window.screenshots('restart-3-outcome');
      await outcome.getByRole('button', { name: 'Show Interrupted' }).click();
      const row = window.selectedRow('Interrupted');
      await row.waitFor();
      await window.row('type check').waitFor();
      // That work was interrupted is said once: the restart that was asked for is no news.
      assert.equal(await window.toast(/restarted \(was up/).count(), 0);
      await window.screenshots('restart-4-interrupted');
    });
  });

  describe('in its words', () => {
    let daemon: RealDispatchd;

    before(async () => {
      daemon = await startDispatchd();
      window.watch({ name: 'next', url: daemon.url });
      await window.item('next healthy').waitFor();
      await window.clearNotifications();
    });

    after(() => daemon?.stop());

    /** From when this returns on the daemon has this name and start command. */
    async function configure(name: string, restart?: object): Promise<void> {
      window.watch({ name, url: daemon.url, ...(restart && { restart }) });
      await window.item(name).waitFor();
    }

    it('warns of a start command that is not there, before anything is ended', async () => {
      const { pid } = daemon;
      await configure('lost', { command: 'no-such-daemon', args: [] });
      await window.runCommand('Daemon Health: Restart Daemon');
      const dialog = window.dialog();
      await dialog
        .getByText('It may not start again: the start command "no-such-daemon" was not found.')
        .waitFor();
      await window.screenshot('restart-not-startable');
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      await dialog.waitFor({ state: 'detached' });
      process.kill(pid, 0);
    });

    it('says that it was stopped and how, on Stop Daemon', async () => {
      const { pid } = daemon;
      await window.runCommand('Daemon Health: Stop Daemon');
      await window.toast(new RegExp(`lost stopped in .*: process ${pid} ended by its own API\\.`)).waitFor();
      await window.item('offline').waitFor();
      await window.clearNotifications();
    });

    it('says that the start command was not found, with what helps', async () => {
      await window.runCommand('Daemon Health: Restart Daemon');
      const failure = window.toast(
        'The daemon could not be started: the command "no-such-daemon" was not found on PATH.',
      );
      await failure.waitFor();
      for (const name of ['Show Terminal', 'Show Log', 'Show Details']) {
        assert.equal(await failure.getByRole('button', { name }).count(), 1, name);
      }
      await failure.hover();
      await window.screenshot('restart-not-found');
      await window.clearNotifications();
    });

    it('says that the task was ended, when its terminal is killed', async () => {
      await configure('idle', { command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'] });
      await window.runCommand('Daemon Health: Restart Daemon');
      await window.toast('Starting idle: waiting for a completed poll cycle').waitFor();
      await window.runCommand('Terminal: Kill the Active Terminal Instance');
      await window
        .toast('The start command was terminated and idle does not answer (connection refused).')
        .waitFor();
      await window.clearNotifications();
    });

    it('says what is left, when it is cancelled', async () => {
      await window.runCommand('Daemon Health: Restart Daemon');
      const progress = window.toast('Starting idle: waiting for a completed poll cycle');
      await progress.getByRole('button', { name: 'Cancel' }).click();
      const outcome = window.toast(
        'Restart cancelled: the daemon was started. Whether the daemon works was not waited for.',
      );
      await outcome.hover();
      await window.screenshot('restart-cancelled');
    });
  });
});
