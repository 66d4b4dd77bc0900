import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { DaemonHealthApi } from '../../src/api';
import { FakeSmithy } from '../support/fakeSmithy';
import { activatedApi, untilState, watch } from './support';

const PORTS = 'DAEMON_HEALTH_DISCOVERY_PORTS';
const STATE = 'DISPATCHD_STATE_DIR';

describe('discovery', () => {
  let api: DaemonHealthApi;
  let elsewhere: string;
  const smithys: FakeSmithy[] = [];
  const before_ = { ports: process.env[PORTS], state: process.env[STATE] };

  /** Smithys of these folders, and nothing else, are there to be found. */
  const present = async (...folders: string[]) => {
    for (const folder of folders) smithys.push(await FakeSmithy.start(folder));
    process.env[PORTS] = smithys.map(({ port }) => port).join();
    return smithys.slice(-folders.length);
  };
  const urlOf = ({ port }: FakeSmithy) => `http://localhost:${port}`;
  const refresh = () => vscode.commands.executeCommand('daemonHealth.refresh');
  const watchedUrls = () => api.daemons().map(({ url }) => url);
  /**
   * Found and not watched. The first refresh may join a scan that began before the smithy was there, the second
   * finds it, and the third asks for its status if it is watched.
   */
  const assertLeftAlone = async (smithy: FakeSmithy) => {
    for (let round = 0; round < 3; round++) await refresh();
    assert.ok(smithy.requests.includes('/api/health'));
    assert.ok(!smithy.requests.includes('/api/daemon/status'));
    assert.ok(!watchedUrls().includes(urlOf(smithy)));
  };
  const ours = () => vscode.workspace.workspaceFolders![0]!.uri.fsPath;

  before(async () => {
    api = await activatedApi();
    elsewhere = realpathSync(mkdtempSync(join(tmpdir(), 'daemon-health-elsewhere-')));
    process.env[STATE] = elsewhere;
    process.env[PORTS] = '';
    // Joins the look around that activation began, which knows nothing of these places.
    await refresh();
  });
  afterEach(async () => {
    process.env[PORTS] = '';
    await Promise.all(smithys.splice(0).map((smithy) => smithy.stop()));
    await watch(undefined);
    await vscode.commands.executeCommand('daemonHealth.offerIgnored');
    await refresh();
  });
  after(() => {
    rmSync(elsewhere, { recursive: true, force: true });
    for (const [name, value] of [
      [PORTS, before_.ports],
      [STATE, before_.state],
    ] as const) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  it('watches a smithy of the open folder by itself, and writes no setting for it', async () => {
    const [smithy] = await present(ours());
    await refresh();
    const found = await untilState(api, urlOf(smithy!), 'healthy');
    assert.match(found.name, /^smithy \(daemon-health-workspace-/);
    assert.equal(
      vscode.workspace.getConfiguration('daemonHealth').inspect('daemons')?.globalValue,
      undefined,
    );
  });

  it('leaves one of another folder alone until the user says Watch', async () => {
    const [smithy] = await present(elsewhere);
    await assertLeftAlone(smithy!);
    await vscode.commands.executeCommand('daemonHealth.watch', `found#${urlOf(smithy!)}`);
    await untilState(api, urlOf(smithy!), 'healthy');
    const list = vscode.workspace.getConfiguration('daemonHealth').get<{ url: string }[]>('daemons', []);
    assert.equal(list.at(-1)?.url, urlOf(smithy!));
  });

  it('keeps what it watched when the first daemon is put into the list', async () => {
    const [own, other] = await present(ours(), elsewhere);
    await refresh();
    await untilState(api, urlOf(own!), 'healthy');
    await vscode.commands.executeCommand('daemonHealth.watch', `found#${urlOf(other!)}`);
    await untilState(api, urlOf(other!), 'healthy');
    assert.ok(watchedUrls().includes(urlOf(own!)));
  });

  it('adopts nothing where the user wrote a list, be it empty', async () => {
    await watch([]);
    const [smithy] = await present(ours());
    await assertLeftAlone(smithy!);
  });

  it('finds nothing where it is switched off', async () => {
    const section = vscode.workspace.getConfiguration('daemonHealth');
    await section.update('discovery', false, vscode.ConfigurationTarget.Global);
    try {
      const [smithy] = await present(ours());
      await refresh();
      assert.deepEqual(smithy!.requests, []);
    } finally {
      await section.update('discovery', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('follows a smithy that moved to another port, without an outage', async () => {
    const [before] = await present(ours());
    await refresh();
    await untilState(api, urlOf(before!), 'healthy');
    const [after] = await present(ours());
    process.env[PORTS] = String(after!.port);
    smithys.splice(smithys.indexOf(before!), 1);
    const oldUrl = urlOf(before!);
    await before!.stop();
    await refresh();
    await untilState(api, urlOf(after!), 'healthy');
    assert.ok(!watchedUrls().includes(oldUrl));
  });

  it('says of a found smithy that it has the database of a listed one that is gone', async () => {
    const [before] = await present(elsewhere);
    const oldUrl = urlOf(before!);
    const oldPort = before!.port;
    await watch([{ name: 'forge', url: oldUrl }]);
    await untilState(api, oldUrl, 'healthy');
    const [after] = await present(elsewhere);
    process.env[PORTS] = String(after!.port);
    smithys.splice(smithys.indexOf(before!), 1);
    await before!.stop();
    await vscode.commands.executeCommand('daemonHealth.daemons.focus');
    let row = '';
    // The view asks for its rows when it is shown, which is some time after the command.
    for (let round = 0; round < 20 && !row.includes('It has'); round++) {
      await refresh();
      await vscode.commands.executeCommand('daemonHealth.copyValue', `found#${urlOf(after!)}`);
      row = await vscode.env.clipboard.readText();
    }
    assert.match(row, new RegExp(`It has the database of forge, which is gone from port ${oldPort}\\.$`));
    assert.ok(watchedUrls().includes(oldUrl), 'what the user named stays');
  });
});
