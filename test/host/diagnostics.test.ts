import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { DaemonHealthApi } from '../../src/api';
import { AnsweringServer, healthyAnswer, sendJson } from '../support/answeringServer';
import { activatedApi, untilState, watch } from './support';

const SECRET = 'swordfish';

describe('Copy Diagnostics', () => {
  let api: DaemonHealthApi;
  let server: AnsweringServer;
  let other: AnsweringServer;

  before(async () => {
    api = await activatedApi();
    server = await AnsweringServer.start(healthyAnswer);
    other = await AnsweringServer.start(healthyAnswer);
    await watch([
      {
        name: 'first',
        url: server.url,
        pollIntervalMs: 1_000,
        restart: { command: 'sf', args: ['--token', SECRET], cwd: homedir(), env: { API_KEY: SECRET } },
      },
      { name: 'second', url: other.url, pollIntervalMs: 1_000 },
    ]);
    await untilState(api, server.url, 'healthy');
    await untilState(api, other.url, 'healthy');
    server.become((response) =>
      sendJson(response, {
        isRunning: true,
        health: { computedAt: new Date().toISOString(), pollStale: true },
        instance: { id: 'one', workspace: `${homedir()}/project`, version: `1.0 token=${SECRET}` },
      }),
    );
    await untilState(api, server.url, 'wedged');
  });

  after(async () => {
    await watch(undefined);
    await server.stop();
    await other.stop();
  });

  async function copied(...args: unknown[]): Promise<string> {
    await vscode.env.clipboard.writeText('');
    await vscode.commands.executeCommand('daemonHealth.copyDiagnostics', ...args);
    return vscode.env.clipboard.readText();
  }

  it('puts each daemon, its verdict and its samples into the clipboard', async () => {
    const text = await copied();
    assert.match(text, /^# Daemon Health diagnostics$/m);
    assert.match(text, /^## Daemon ` first `$/m);
    assert.match(text, /^## Daemon ` second `$/m);
    assert.match(text, /^> wedged .* → the poll loop hangs \(the daemon itself says so\)$/m);
    assert.match(text, /^> healthy .* → the poll loop completes cycles$/m);
    assert.match(text, /### Last \d+ samples\n\n```text\n\S+Z {2}healthy/);
    assert.match(text, /^wedged once today · under 1 min$/m);
  });

  it('tells every setting with its scope, and the versions', async () => {
    const text = await copied();
    assert.match(text, /^daemonHealth\.daemons \(user\): \[\{"name":"first"/m);
    assert.match(text, /^daemonHealth\.allowRemote \(default\): false$/m);
    assert.ok(text.includes(vscode.version) && text.includes(process.versions.node));
  });

  it('leaves secrets and the home directory out', async () => {
    const text = await copied();
    assert.ok(!text.includes(SECRET), text);
    assert.ok(!text.includes(homedir()), text);
    assert.match(text, /"env":\["API_KEY"\]/);
  });

  it('is of one daemon from its row', async () => {
    for (const target of [other.url, `${other.url}#loop`]) {
      const text = await copied(target);
      assert.match(text, /^## Daemon ` second `$/m);
      assert.doesNotMatch(text, /^## Daemon ` first `$/m);
    }
  });
});
