import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { DaemonHealthApi } from '../../src/api';
import { findListener } from '../../src/system/processTable';
import { freePort } from '../support/freePort';
import { EXTENSION_ID, activatedApi, untilState, watch } from './support';

/** A start command that fails must be over long before the proof would time out. */
const FAILS_WITHIN_MS = 10_000;

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
    // VS Code keeps the terminals of tasks that are over.
    for (const terminal of vscode.window.terminals) terminal.dispose();
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
    it(`that does not exist ends the restart at once (${mode}), again and again`, async () => {
      await configure({ command: 'no-such-program-anywhere', args: [], mode });
      for (let attempt = 1; attempt <= 2; attempt++) {
        const startedMs = performance.now();
        await vscode.commands.executeCommand('daemonHealth.restart', url);
        assert.ok(performance.now() - startedMs < FAILS_WITHIN_MS, `attempt ${attempt}`);
        assert.equal(await findListener(port), undefined);
      }
    });
  }

  it('in a folder that does not exist ends the restart at once', async () => {
    await configure({ command: process.execPath, args: ['-e', ''], cwd: join(folder, 'nowhere') });
    const startedMs = performance.now();
    await vscode.commands.executeCommand('daemonHealth.restart', url);
    assert.ok(performance.now() - startedMs < FAILS_WITHIN_MS);
  });

  // Its daemon never completes a cycle: without an end of the task the restart would wait for a minute.
  const hung = () => ({
    command: process.execPath,
    args: [daemonFile(), '--port', String(port), '--never-polls'],
  });
  const startRun = () => vscode.tasks.taskExecutions.find(({ task }) => task.name === 'start mine');
  const startTerminal = () => vscode.window.terminals.find(({ name }) => name.includes('start mine'));

  for (const [what, end] of [
    ['a task cancelled by the user', () => startRun()?.terminate()],
    ['a killed terminal', () => startTerminal()?.dispose()],
  ] as const) {
    for (const mode of ['terminal', 'background'] as const) {
      it(`with ${what} ends the restart (${mode})`, async () => {
        await configure({ ...hung(), mode });
        const restart = vscode.commands.executeCommand('daemonHealth.restart', url);
        await untilListening();
        const startedMs = performance.now();
        end();
        if (mode === 'terminal') {
          await restart;
          assert.ok(performance.now() - startedMs < FAILS_WITHIN_MS);
          assert.equal(await findListener(port), undefined, 'it ended with its terminal');
        } else {
          assert.ok(await findListener(port), 'it outlives its terminal');
          // It still answers, so whether it comes to work is still waited for.
          process.kill((await findListener(port))!.pid, 'SIGKILL');
          await restart;
          assert.ok(performance.now() - startedMs < FAILS_WITHIN_MS);
        }
      });
    }
  }

  async function untilListening(): Promise<void> {
    while (!(await findListener(port)) || !startRun())
      await new Promise((resolve) => setTimeout(resolve, 100));
  }

  it('may be a shell line', async () => {
    await configure({ command: `"${process.execPath}" "${daemonFile()}" --port ${port}` });
    await vscode.commands.executeCommand('daemonHealth.restart', url);
    await untilState(api, url, 'healthy');
  });
});
