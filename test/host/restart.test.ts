import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { DaemonHealthApi } from '../../src/api';
import type { RealDispatchd } from '../support/realDispatchd';
import { until } from '../support/until';
import { activatedApi, realDispatchd, untilState, watch } from './support';

describe('Restart Daemon in the extension host', function () {
  this.timeout(60_000);
  let api: DaemonHealthApi;
  let daemon: RealDispatchd;

  before(async () => {
    api = await activatedApi();
    daemon = await realDispatchd().start('--chaos', '--poll-stale-threshold-ms', '4000');
    await watch([{ name: 'dispatchd', url: daemon.url, kind: 'dispatchd', pollIntervalMs: 1_000 }]);
  });

  after(async () => {
    await watch(undefined);
    await daemon.stop();
  });

  it('offers a start and a restart task for each daemon', async () => {
    await untilState(api, daemon.url, 'healthy');
    const tasks = await vscode.tasks.fetchTasks({ type: 'daemonHealth' });
    assert.deepEqual(
      tasks
        .map(({ definition, name }) => ({ ...definition, name }))
        .sort((a, b) => a.name.localeCompare(b.name)),
      [
        { type: 'daemonHealth', daemon: 'dispatchd', action: 'restart', name: 'restart dispatchd' },
        { type: 'daemonHealth', daemon: 'dispatchd', action: 'start', name: 'start dispatchd' },
        { type: 'daemonHealth', daemon: 'dispatchd', action: 'stop', name: 'stop dispatchd' },
      ],
    );
  });

  it('brings a wedged daemon back as a new process, with the flags it had', async () => {
    await untilState(api, daemon.url, 'healthy');
    const oldPid = daemon.pid;
    await daemon.post('/api/chaos/hang');
    await untilState(api, daemon.url, 'wedged');

    await vscode.commands.executeCommand('daemonHealth.restart', daemon.url);

    await untilState(api, daemon.url, 'healthy');
    assert.notEqual(daemon.pid, oldPid);
    assert.throws(() => process.kill(oldPid, 0), 'the old process is gone');
    // Still --chaos, still the same state folder and token.
    await daemon.post('/api/chaos/hang');
    await untilState(api, daemon.url, 'wedged');
  });

  it('restarts by the task of its name as well', async () => {
    const oldPid = daemon.pid;
    const tasks = await vscode.tasks.fetchTasks({ type: 'daemonHealth' });
    const task = tasks.find(({ definition }) => definition.action === 'restart');
    assert.ok(task);
    await vscode.tasks.executeTask(task);
    await until(
      () => {
        try {
          return daemon.pid !== oldPid;
        } catch {
          return false;
        }
      },
      'the restart to end',
      20_000,
    );
    await untilState(api, daemon.url, 'healthy');
  });

  it('is offline, without alarm, once it was stopped from here', async () => {
    await vscode.commands.executeCommand('daemonHealth.stop', daemon.url);
    const { reason } = await untilState(api, daemon.url, 'offline');
    assert.match(reason, /stopped from here/);
  });

  it('starts a stopped daemon', async () => {
    await vscode.commands.executeCommand('daemonHealth.restart', daemon.url);
    await untilState(api, daemon.url, 'healthy', 60_000);
  });
});
