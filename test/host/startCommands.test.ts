import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { DaemonHealthApi } from '../../src/api';
import { findListener } from '../../src/restart/processes';
import { freePort } from '../support/freePort';
import { EXTENSION_ID, activatedApi, untilState, watch } from './support';

/** A start command that fails must be over long before the proof would time out. */
const FAILS_WITHIN_MS = 20_000;

describe('the start command of a configured daemon, in a task', function () {
  this.timeout(90_000);
  let api: DaemonHealthApi;
  let folder: string;
  let port: number;
  let url: string;

  before(async () => (api = await activatedApi()));

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), `daemon's "folder" `));
    port = await freePort();
    url = `http://127.0.0.1:${port}`;
  });

  afterEach(async () => {
    const listener = await findListener(port);
    if (listener) process.kill(listener.pid, 'SIGKILL');
    await watch(undefined);
    rmSync(folder, { recursive: true, force: true });
  });

  const daemonFile = () =>
    vscode.Uri.joinPath(
      vscode.extensions.getExtension(EXTENSION_ID)!.extensionUri,
      'test',
      'fixtures',
      'daemons',
      'daemon.mjs',
    ).fsPath;

  async function configure(restart: object): Promise<void> {
    await watch([{ name: 'mine', url, pollIntervalMs: 1_000, restart: { cwd: folder, ...restart } }]);
    await untilState(api, url, 'offline');
  }

  it('runs in the terminal, in a folder with quotes and spaces', async () => {
    await configure({ command: process.execPath, args: [daemonFile(), '--port', String(port)] });
    await vscode.commands.executeCommand('daemonHealth.restart', url);
    await untilState(api, url, 'healthy');
    const execution = vscode.tasks.taskExecutions.find(({ task }) => task.name === 'start mine');
    assert.ok(execution, 'the daemon lives in the task');
    execution.terminate();
    await untilState(api, url, 'unreachable', 40_000);
    assert.equal(await findListener(port), undefined);
  });

  it('outlives its task in the background', async () => {
    await configure({
      command: process.execPath,
      args: [daemonFile(), '--port', String(port)],
      mode: 'background',
    });
    await vscode.commands.executeCommand('daemonHealth.restart', url);
    await untilState(api, url, 'healthy');
    if (vscode.tasks.taskExecutions.some(({ task }) => task.name === 'start mine')) {
      await new Promise<void>((resolve) => {
        const subscription = vscode.tasks.onDidEndTask(({ execution }) => {
          if (execution.task.name !== 'start mine') return;
          subscription.dispose();
          resolve();
        });
      });
    }
    assert.ok(await findListener(port));
  });

  for (const mode of ['terminal', 'background'] as const) {
    it(`that does not exist ends the restart at once (${mode})`, async () => {
      await configure({ command: 'no-such-program-anywhere', args: [], mode });
      const startedMs = performance.now();
      await vscode.commands.executeCommand('daemonHealth.restart', url);
      assert.ok(performance.now() - startedMs < FAILS_WITHIN_MS);
      assert.equal(await findListener(port), undefined);
    });
  }

  it('may be a shell line', async () => {
    await configure({ command: `"${process.execPath}" "${daemonFile()}" --port ${port}` });
    await vscode.commands.executeCommand('daemonHealth.restart', url);
    await untilState(api, url, 'healthy');
  });
});
