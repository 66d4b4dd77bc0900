import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeSmithy } from '../support/fakeSmithy';
import { cutButtons } from './cutButtons';
import { openVSCode, type VSCodeWindow } from './harness';

describe('discovery, in a dark and a light window', function () {
  this.timeout(120_000);
  let window: VSCodeWindow;
  let home: string;
  const smithys: FakeSmithy[] = [];

  before(async () => {
    home = realpathSync(mkdtempSync(join(tmpdir(), 'daemon-health-home-')));
    for (const project of ['shop', 'other-project']) {
      mkdirSync(join(home, project));
      writeFileSync(join(home, project, 'README.md'), '# A project\n');
    }
    // Two on the database of the open folder, as after a second `sf serve smithy`, and one of another folder.
    for (const project of ['shop', 'shop', 'other-project']) {
      smithys.push(await FakeSmithy.start(join(home, project)));
    }
    window = await openVSCode({
      colorTheme: 'dark',
      folder: join(home, 'shop'),
      env: { HOME: home, DAEMON_HEALTH_DISCOVERY_PORTS: smithys.map(({ port }) => port).join() },
    });
  });

  after(async () => {
    await window?.close();
    await Promise.all(smithys.splice(0).map((smithy) => smithy.stop()));
    rmSync(home, { recursive: true, force: true });
  });

  const row = (text: string | RegExp) => window.page.locator('.monaco-list-row', { hasText: text }).first();
  const offer = () => row(`Found: smithy on ${smithys[2]!.port}`);
  const conflict = () => row('share a database');

  it('shows the daemons of the open folder, the conflict and the offer', async () => {
    await window.statusItem('daemonHealth.status').click();
    await row('smithy (shop)').waitFor();
    await conflict().waitFor();
    await offer().waitFor();
    assert.match(await offer().innerText(), /~\/other-project/);
    assert.deepEqual(await window.toasts().allInnerTexts(), []);
    const item = window.statusItem('daemonHealth.status').and(window.page.locator('.warning-kind'));
    await item.filter({ hasText: 'share a database' }).waitFor();
  });

  it('warns of the two on one database once it lasts, naming both', async () => {
    const toast = window.toasts().filter({ hasText: 'on the same database' });
    await toast.waitFor({ timeout: 40_000 });
    const text = (await toast.innerText()).replace(/\s+/g, ' ');
    for (const { port } of smithys.slice(0, 2)) assert.match(text, new RegExp(`port ${port}`));
    assert.equal(await window.toasts().count(), 1);
    assert.deepEqual(await cutButtons(window.toasts()), []);
    await window.screenshots('discovery-conflict');
    await toast.getByRole('button', { name: 'Show Details' }).click();
    await toast.waitFor({ state: 'hidden' });
  });

  it('offers Watch and Ignore on the row', async () => {
    await offer().hover();
    await offer().locator('.action-label[aria-label="Ignore"]').waitFor();
    await window.screenshots('discovery-offer');
  });

  it('ignores for good', async () => {
    await offer().locator('.action-label[aria-label="Ignore"]').click();
    await offer().waitFor({ state: 'hidden' });
    await window.runCommand('Daemon Health: Refresh');
    await conflict().waitFor();
    assert.equal(await offer().count(), 0);
  });

  it('is content when one of the two is stopped, and calls that no outage', async () => {
    await smithys.splice(1, 1)[0]!.stop();
    await window.runCommand('Daemon Health: Refresh');
    await conflict().waitFor({ state: 'hidden' });
    await window
      .statusItem('daemonHealth.status')
      .and(window.page.locator('[aria-label*="healthy"]'))
      .waitFor();
    await window.screenshots('discovery-resolved');
  });
});
