import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as vscode from 'vscode';
import type { DaemonHealthApi } from '../../src/api';
import { findListener, isAlive } from '../../src/system/processTable';
import { freePort } from '../support/freePort';
import { EXTENSION_ID, activatedApi, untilState, watch } from './support';

type Action = 'start' | 'restart' | 'stop';

describe('Run Task', function () {
  this.timeout(90_000);
  let api: DaemonHealthApi;
  let port: number;
  let url: string;
  let child: ChildProcess | undefined;

  before(async () => (api = await activatedApi()));

  beforeEach(async () => {
    port = await freePort();
    url = `http://127.0.0.1:${port}`;
  });

  afterEach(async () => {
    child?.kill('SIGKILL');
    child = undefined;
    const listener = await findListener(port);
    if (listener) process.kill(listener.pid, 'SIGKILL');
    // VS Code keeps the terminals of tasks that are over.
    for (const terminal of vscode.window.terminals) terminal.dispose();
    await watch(undefined);
  });

  const daemonFile = () =>
    vscode.Uri.joinPath(
      vscode.extensions.getExtension(EXTENSION_ID)!.extensionUri,
      'test/fixtures/daemons/daemon.mjs',
    ).fsPath;

  /** A daemon that runs already, not from here. */
  async function running(...flags: readonly string[]): Promise<number> {
    child = spawn(process.execPath, [daemonFile(), '--port', String(port), ...flags], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout!, 'data');
    await untilState(api, url, 'healthy');
    return child.pid!;
  }

  async function configure(mode: 'terminal' | 'background', ...flags: readonly string[]): Promise<void> {
    const restart = {
      command: process.execPath,
      args: [daemonFile(), '--port', String(port), ...flags],
      mode,
    };
    await watch([{ name: 'mine', url, pollIntervalMs: 1_000, restart }]);
    await untilState(api, url, 'offline');
  }

  /** As VS Code has it from the extension for *Run Task*, keybindings and `tasks.json`. */
  async function taskOf(action: Action): Promise<vscode.Task> {
    const tasks = await vscode.tasks.fetchTasks({ type: 'daemonHealth' });
    const task = tasks.find(({ definition }) => definition.action === action);
    assert.ok(task, action);
    return task;
  }

  /** The exit code of a run, once it is over. */
  async function exitCodeOf(action: Action): Promise<number | undefined> {
    const task = await taskOf(action);
    const ended = new Promise<number | undefined>((resolve) => {
      const subscription = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
        if (execution.task.name !== task.name) return;
        subscription.dispose();
        resolve(exitCode);
      });
    });
    await vscode.tasks.executeTask(task);
    return ended;
  }

  /** What was started by the extension needs nobody's consent to be ended. */
  async function startedFromHere(): Promise<void> {
    await vscode.commands.executeCommand('daemonHealth.restart', url);
    await untilState(api, url, 'healthy');
  }

  for (const mode of ['terminal', 'background'] as const) {
    it(`start refuses a daemon that runs already (${mode})`, async () => {
      await configure(mode);
      const pid = await running();
      assert.equal(await exitCodeOf('start'), 1);
      assert.equal((await findListener(port))?.pid, pid);
    });
  }

  it('start starts a daemon in its terminal, and has its exit code', async () => {
    await configure('terminal');
    const code = exitCodeOf('start');
    await untilState(api, url, 'healthy');
    process.kill((await findListener(port))!.pid, 'SIGKILL');
    assert.equal(await code, 128 + 9);
  });

  it('start starts a daemon in the background, and is over when that is healthy', async () => {
    await configure('background');
    assert.equal(await exitCodeOf('start'), 0);
    assert.ok(await findListener(port));
    await untilState(api, url, 'healthy');
  });

  it('start in a terminal that is killed takes the daemon with it', async () => {
    await configure('terminal');
    const code = exitCodeOf('start');
    await untilState(api, url, 'healthy');
    vscode.window.terminals.find(({ name }) => name.includes('start mine'))!.dispose();
    assert.equal(await code, undefined);
    while (await findListener(port)) await new Promise((resolve) => setTimeout(resolve, 100));
  });

  it('restart is over when the daemon is proven to work', async () => {
    await configure('background');
    await startedFromHere();
    const old = (await findListener(port))!.pid;
    assert.equal(await exitCodeOf('restart'), 0);
    assert.equal(await isAlive(old), false);
    assert.notEqual((await findListener(port))?.pid, old);
  });

  it('restart in a terminal that is killed stops where it is, and can be run again', async () => {
    await configure('background', '--ignore-sigterm');
    await startedFromHere();
    const old = (await findListener(port))!.pid;
    const code = exitCodeOf('restart');
    await untilState(api, url, 'restarting');
    vscode.window.terminals.find(({ name }) => name.includes('restart mine'))!.dispose();
    await code;
    await untilState(api, url, 'healthy');
    assert.equal((await findListener(port))?.pid, old, 'it was not ended by force, and nothing was started');
    assert.equal(await exitCodeOf('restart'), 0);
    assert.equal(await isAlive(old), false);
  });

  it('stop ends the daemon, and has nothing to do a second time', async () => {
    await configure('background');
    await startedFromHere();
    assert.equal(await exitCodeOf('stop'), 0);
    assert.equal(await findListener(port), undefined);
    await untilState(api, url, 'offline');
    assert.equal(await exitCodeOf('stop'), 0);
  });
});
