import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../support/freePort';
import { openVSCode, type VSCodeWindow } from './harness';

const COMMAND = 'Daemon Health: Check a Health Endpoint…';

describe('the check of a health endpoint, by keyboard alone in a window in a browser', function () {
  this.timeout(120_000);
  let window: VSCodeWindow;
  let server: Server;
  /** Without its scheme, as people type it. */
  let address: string;

  before(async () => {
    server = createServer((request, response) => {
      if (request.url === '/silent') return;
      response.writeHead(200, { 'content-type': 'application/health+json' });
      response.end(JSON.stringify({ status: 'pass', jobs: { lastFinishedAt: new Date().toISOString() } }));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    window = await openVSCode({ colorTheme: 'dark' });
    mkdirSync(join(window.folder, 'run'));
    writeFileSync(join(window.folder, 'run', 'health.json'), '{"status":"ok"}');
  });

  afterEach(async function () {
    if (this.currentTest?.isFailed()) await window.screenshot('check-failed');
  });

  after(async () => {
    await window?.close();
    server?.closeAllConnections();
    server?.close();
  });

  const option = (name: string | RegExp) => window.quickInput().getByRole('option', { name });
  const asking = () => window.toast(/Asking http/);
  const lines = () => window.page.locator('.editor-instance .view-lines');

  /** Waits until the editor holds this text; where its lines are wrapped does not count. */
  async function shows(pattern: RegExp): Promise<void> {
    await lines().filter({ hasText: pattern }).waitFor();
  }

  async function type(text: string): Promise<void> {
    const question = await window.ask(COMMAND, /^Type an address/);
    await question.fill(text);
  }

  it('says while somebody types what cannot be asked, and leaves nothing where they go back', async () => {
    const { keyboard } = window.page;
    await type('https://127.0.0.1:8080/');
    await option('A health answer is asked for over http, not https.').waitFor();
    await keyboard.press('Enter');
    await window.screenshot('check-1-wrong');
    await window.quickInput().locator('input').first().fill('192.0.2.1:80/health');
    await option('192.0.2.1 is not this machine. Set daemonHealth.allowRemote').waitFor();
    await keyboard.press('Escape');
    await window.quickInput().waitFor({ state: 'hidden' });
    assert.deepEqual(await window.messages(), []);
    assert.equal(await lines().count(), 0);
  });

  it('says what an answer lacks, what to serve, and all of it in sight', async () => {
    await type(`${address}/health`);
    await option(`http://${address}/health`).waitFor();
    await window.page.keyboard.press('Enter');
    await asking().waitFor();
    await window.screenshot('check-2-asking');
    await shows(/1\s+thing\s+is\s+lacking\./);
    await shows(/LACK.*Perhaps\s+a\s+setting\s+can\s+name\s+jobs\.lastFinishedAt\./);
    await shows(/What\s+to\s+serve.*"lastCompletedAt".*Add\s+Daemon/);
    await asking().waitFor({ state: 'detached' });
    await window.screenshots('check-3-lacks');
    // Whoever is read to begins at the first line of the text.
    await window.page.locator('.editor-instance .monaco-editor.focused').waitFor();
    const cut = await lines().evaluate((element) => {
      const { scrollWidth, clientWidth } = (element as unknown as { parentElement: Box }).parentElement;
      return scrollWidth - clientWidth;
    });
    assert.ok(cut <= 0, `${cut} px of the longest line are out of sight`);
  });

  it('reads a file of the workspace', async () => {
    await type('run/health.json');
    await option(join(window.folder, 'run', 'health.json')).waitFor();
    await window.page.keyboard.press('Enter');
    await shows(/The\s+file\s+was\s+read:\s+15\s+bytes\./);
    await window.screenshot('check-4-file');
  });

  it('says what to try where nobody answers', async () => {
    await type(`127.0.0.1:${await freePort()}`);
    await window.page.keyboard.press('Enter');
    await shows(/Nothing\s+can\s+be\s+read:\s+connection\s+refused\..*Look\s+whether\s+the\s+daemon\s+runs/);
    await window.screenshot('check-5-refused');
  });

  it('is over at once where somebody cancels it, and opens nothing', async () => {
    await window.runCommand('View: Close All Editors');
    await type(`${address}/silent`);
    await window.page.keyboard.press('Enter');
    await asking().waitFor();
    await window.runCommand('Notifications: Focus Notification Toast');
    await window.page.keyboard.press('Tab');
    await window.screenshot('check-6-cancel');
    await window.page.keyboard.press('Enter');
    await asking().waitFor({ state: 'detached', timeout: 5_000 });
    assert.equal(await lines().count(), 0);
    assert.deepEqual(window.errors, []);
  });
});

interface Box {
  readonly scrollWidth: number;
  readonly clientWidth: number;
}
