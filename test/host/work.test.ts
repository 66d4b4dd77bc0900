import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { DaemonHealthApi } from '../../src/api';
import type { RealDispatchd } from '../support/realDispatchd';
import { ownSessions } from '../support/dispatchd/ownSessions';
import { activatedApi, realDispatchd, untilState, watch } from './support';

interface SessionView {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly cwd: string;
  readonly timeoutMs: number;
  readonly requestedExtensions: number;
}

describe('the work of a dispatchd, by commands', function () {
  this.timeout(60_000);
  let api: DaemonHealthApi;
  let daemon: RealDispatchd;
  let sessions: readonly SessionView[] = [];

  before(async () => {
    api = await activatedApi();
    daemon = await realDispatchd().start();
    await watch([{ name: 'dispatchd', url: daemon.url, kind: 'dispatchd', pollIntervalMs: 1_000 }]);
    await untilState(api, daemon.url, 'healthy');
  });

  after(async () => {
    await watch(undefined);
    await daemon.stop();
  });

  const run = (command: string, ...args: unknown[]) =>
    vscode.commands.executeCommand(`daemonHealth.${command}`, ...args);
  const rowOf = (id: string) => `${daemon.url}#session#${id}`;

  /** Waits until the daemon lists such a session, and the extension has asked it since. */
  async function seen(isIt: (session: SessionView) => boolean): Promise<SessionView> {
    for (;;) {
      sessions = await ownSessions<SessionView>(daemon.url);
      const found = sessions.find(isIt);
      await run('refresh');
      if (found) return found;
    }
  }

  it('Run in Daemon runs a command outside the editor, in the folder that is open', async () => {
    await run('runCommand', { command: 'echo hello; sleep 300', timeoutMs: 120_000 });
    const session = await seen(({ status }) => status === 'running');
    assert.equal(session.name, 'echo hello; sleep 300');
    assert.equal(session.timeoutMs, 120_000);
    assert.equal(session.cwd, vscode.workspace.workspaceFolders?.[0]?.uri.fsPath);
  });

  it('Extend gives it more time', async () => {
    const { id } = await seen(({ status }) => status === 'running');
    await run('extendSession', rowOf(id), { byMs: 60_000 });
    await seen((session) => session.id === id && session.requestedExtensions === 1);
  });

  it('Show Output opens what it printed, as a read-only document', async () => {
    const { id } = await seen(({ status }) => status === 'running');
    await run('showOutput', rowOf(id));
    const document = vscode.window.activeTextEditor?.document;
    assert.equal(document?.getText(), 'hello\n');
    assert.equal(document?.isDirty, false);
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  });

  it('Copy Command copies it as it was given', async () => {
    const { id } = await seen(({ status }) => status === 'running');
    await run('copyCommand', rowOf(id));
    assert.equal(await vscode.env.clipboard.readText(), 'echo hello; sleep 300');
  });

  it('Run Again runs once more what a kill of the daemon interrupted', async () => {
    const { id } = await seen(({ status }) => status === 'running');
    const port = new URL(daemon.url).port;
    await daemon.kill();
    await daemon.start('--port', port);
    await seen((session) => session.id === id && session.status === 'interrupted');
    await run('runAgain', rowOf(id));
    const again = await seen(({ status }) => status === 'running');
    assert.notEqual(again.id, id);
    assert.equal(again.timeoutMs, 120_000);
  });

  it('Dismiss takes interrupted work off the list', async () => {
    const { id } = await seen(({ status }) => status === 'running');
    const port = new URL(daemon.url).port;
    await daemon.kill();
    await daemon.start('--port', port);
    await seen((session) => session.id === id && session.status === 'interrupted');
    await run('dismissSession', rowOf(id));
    await seen((session) => session.id === id && 'handled' in session && session.handled === 'dismissed');
  });
});
