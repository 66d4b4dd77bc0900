import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FAILURES_BEFORE_RED, FAILURE_SPAN_MS } from '../../src/health/policy';
import { isAlive } from '../../src/system/processTable';
import { SmithyProcess } from '../support/smithyProcess';
import { openVSCode, type VSCodeWindow } from './harness';

const NOT_FOUND = 'The daemon could not be started: the command "sf" was not found on PATH.';

describe('a smithy whose start command is not there', function () {
  this.timeout(120_000);
  let home: string;
  let smithy: SmithyProcess;
  let window: VSCodeWindow;

  before(async () => {
    home = realpathSync(mkdtempSync(join(tmpdir(), 'daemon-health-start-')));
    mkdirSync(join(home, 'shop'));
    writeFileSync(join(home, 'shop', 'README.md'), '# A project\n');
    smithy = await new SmithyProcess(join(home, 'shop')).start();
    // No settings: the smithy of the open folder is found by itself.
    window = await openVSCode({
      colorTheme: 'dark',
      folder: join(home, 'shop'),
      env: { HOME: home, PATH: '/usr/bin:/bin', DAEMON_HEALTH_DISCOVERY_PORTS: String(smithy.port) },
    });
    await window.item('healthy').waitFor();
    await window.item().click();
    await window.openDetails();
    await window.row('Last 24 h').waitFor();
  });

  after(async () => {
    await window?.close();
    await smithy?.kill();
    rmSync(home, { recursive: true, force: true });
  });

  it('is not ended before the user knows that it may not start again', async () => {
    await window.runCommand('Daemon Health: Restart Daemon');
    const dialog = window.dialog();
    await dialog.waitFor();
    await window.screenshot('start-doubt-dark');
    assert.match(await dialog.innerText(), /It may not start again: the start command "sf" was not found\./);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.equal(await isAlive(smithy.pid), true, 'nothing was ended');
  });

  it('says why it could not be started: in the notification, in the terminal and in its log', async () => {
    await window.runCommand('Daemon Health: Restart Daemon');
    await window.dialog().getByRole('button', { name: 'Restart', exact: true }).click();
    const outcome = window.toast(/could not be started|start command/);
    await outcome.waitFor();
    await outcome.hover();
    await window.screenshot('start-failed-dark');
    assert.equal((await outcome.locator('.notification-list-item-message').innerText()).trim(), NOT_FOUND);
    await window.page.locator('.xterm-rows', { hasText: 'was not found on PATH' }).first().waitFor();
  });

  it('is offline from then on, amber and with the reason', async () => {
    const item = window.item('start failed: the command');
    await item.and(window.page.locator('.warning-kind')).waitFor();
    await window.row('offline · start failed: the command').waitFor();
    const past = await window.row('Last 24 h').innerText();
    assert.match(past, /start failed \d\d:\d\d · the command "sf" was not found on PATH/);
    assert.doesNotMatch(past, /no problems/);
    const icon = window.row('Restarts').locator('.custom-view-tree-node-item-icon');
    assert.match((await icon.getAttribute('class')) ?? '', /codicon-history/);
    await window.toast(NOT_FOUND).hover();
    await window.screenshot('start-failed-tree-dark');
    await window.setColorTheme('light');
    await window.screenshot('start-failed-tree-light');
  });

  it('is no news a second time, and still known after the window is reloaded', async () => {
    // Three failures over ten seconds are an outage of a daemon that was not ended by us.
    await window.page.waitForTimeout(FAILURE_SPAN_MS + FAILURES_BEFORE_RED * 2_000);
    assert.equal(await window.toast('the daemon answered before').count(), 0);
    assert.equal(await window.redItem().count(), 0);
    await window.reload();
    await window.item('start failed: the command').waitFor();
  });

  it('is plain again once the failed start is dismissed', async () => {
    await window.item().click();
    const row = window.page.locator('.monaco-list-row[aria-level="2"]', { hasText: 'Start failed' }).first();
    await row.hover();
    await row.getByRole('button', { name: 'Dismiss Failed Start' }).click();
    await window.row('stopped from here').waitFor();
    await window.item('offline').and(window.page.locator(':not(.warning-kind)')).waitFor();
    await window.screenshot('start-failed-dismissed-light');
  });
});
