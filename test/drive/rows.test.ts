import assert from 'node:assert/strict';
import axe from 'axe-core';
import { AnsweringServer, healthyAnswer } from '../support/answeringServer';
import { freePort } from '../support/freePort';
import type { RealDispatchd } from '../support/realDispatchd';
import { becomes } from '../support/stateAnswers';
import { cutIn } from './cutButtons';
import { cutRows, measure } from './measureRows';
import { openVSCode, startDispatchd, type VSCodeWindow } from './harness';

const LONG = 'payment-service-refactoring';
const SESSION = 'Code review of the payment service, with all of its tests';

describe('the rows of the tree, in a side bar of the default width', function () {
  this.timeout(150_000);
  const servers = new Map<string, AnsweringServer>();
  let daemon: RealDispatchd | undefined;
  let window: VSCodeWindow;

  before(async () => {
    for (const name of Object.keys(becomes)) servers.set(name, await AnsweringServer.start(healthyAnswer));
    daemon = await startDispatchd();
    const watched = [
      { name: `busy`, url: daemon.url },
      { name: `offline (${LONG})`, url: `http://127.0.0.1:${await freePort()}` },
      ...[...servers].map(([name, { url }]) => ({ name: `${name} (${LONG})`, url })),
    ];
    window = await openVSCode({
      colorTheme: 'dark',
      machineSettings: {
        'daemonHealth.daemons': watched.map((each) => ({ ...each, pollIntervalMs: 1_000 })),
        'daemonHealth.notifications': 'none',
      },
    });
    // As high as all rows: those that are scrolled out of sight are not there. Their width is that of 1000 × 700.
    await window.page.setViewportSize({ width: 1_000, height: 2_000 });
    await window
      .item()
      .filter({ hasText: `${servers.size + 1} daemons` })
      .waitFor();
    await window.item().click();
    await daemon.post('/api/tasks', { name: SESSION, command: 'sleep 300', timeoutMs: 80_000 });
    for (const [name, answer] of Object.entries(becomes)) servers.get(name)!.become(answer);
  });

  afterEach(async function () {
    if (this.currentTest?.isFailed()) await window.screenshot('rows-failed');
  });

  after(async () => {
    await window?.close();
    await daemon?.stop();
    await Promise.all([...servers.values()].map((server) => server.stop()));
  });

  const root = (state: string) =>
    window.page.locator('.sidebar [role="treeitem"][aria-level="1"]', { hasText: state }).first();

  const pollLoop = () => window.page.locator('[role="treeitem"]', { hasText: /^\s*Poll loop/ }).first();

  it('have what matters inside them, whatever state their daemon is in', async () => {
    for (const state of [...Object.keys(becomes), 'offline'])
      await root(state)
        .and(window.page.locator(`[aria-label*=" ${state}"]`))
        .waitFor({ timeout: 60_000 });
    await window.row(SESSION).waitFor();
    await window.page.mouse.move(800, 300);
    await window.screenshots('rows-states');
    const rows = await window.page.evaluate(measure);
    assert.ok(rows.length > 3 * servers.size, `${rows.length} rows`);
    assert.deepEqual(await cutRows(window.page), []);
  });

  it('have it also in the facts under "Details", which are closed', async () => {
    assert.equal(await pollLoop().count(), 0);
    await window.page.setViewportSize({ width: 1_000, height: 5_000 });
    await window.openDetails();
    await pollLoop().waitFor();
    assert.deepEqual(await cutRows(window.page), []);
    await window.screenshot('rows-details');
    await window.page.setViewportSize({ width: 1_000, height: 700 });
  });

  it('count a session down by the second in its last minute', async () => {
    const session = window.row(SESSION);
    await session.scrollIntoViewIfNeeded();
    await session.filter({ hasText: /\d s left/ }).waitFor({ timeout: 60_000 });
    const seconds = async () => Number(/(\d+) s left/.exec(await session.innerText())?.[1]);
    const before = await seconds();
    const later = [1, 2, 3, 4, 5].map((s) => before - s).join('|');
    await session.filter({ hasText: new RegExp(`\\b(${later}) s left`) }).waitFor({ timeout: 20_000 });
    await window.screenshot('rows-last-minute');
  });

  it('show something on Enter: the output of a session, the whole text of a fact', async () => {
    const page = window.page;
    await window.row(SESSION).click({ position: { x: 120, y: 10 } });
    await page.locator('.tab', { hasText: 'Code review' }).waitFor();
    await pollLoop().click();
    const whole = page.locator('.workbench-hover:visible', { hasText: 'checked every 1 s' });
    await whole.waitFor();
    await page.mouse.move(800, 500);
    await page.keyboard.press('Escape');
    await whole.waitFor({ state: 'hidden' });
    // Where the click, or arrow keys, left the focus of the list.
    await page.locator('.sidebar .monaco-list[role="tree"]:visible').first().focus();
    await page.keyboard.press('Enter');
    await whole.waitFor();
    await window.screenshot('rows-enter');
  });

  it('have no fault that the rows of the Explorer have not', async () => {
    const violations = async () => {
      const found = await window.page.evaluate(
        `axe.run(document.querySelector('.sidebar')).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join()))`,
      );
      return found as readonly string[];
    };
    await window.page.evaluate(axe.source);
    const ours = await violations();
    await window.runCommand('View: Show Explorer');
    await window.page.locator('.explorer-folders-view .monaco-list-row').first().waitFor();
    const explorers = await violations();
    assert.deepEqual(
      ours.filter((each) => !explorers.some((id) => id.split(':')[0] === each.split(':')[0])),
      [],
    );
  });

  it('have it inside them also while one does not answer yet, or is being restarted', async () => {
    await window.page.setViewportSize({ width: 1_000, height: 5_000 });
    await window.runCommand('Daemon Health: Focus on Daemon Health View');
    const cutWhile = async (state: string) => {
      await root(state)
        .and(window.page.locator(`[aria-label*=" ${state}"]`))
        .waitFor({ timeout: 60_000 });
      const cut = await cutRows(window.page);
      await window.screenshot(`rows-${state.replace(' ', '-')}`);
      return cut.map((text) => `${state}: ${text}`);
    };
    servers.get('paused')!.become(becomes['unresponsive']!);
    assert.deepEqual(await cutWhile('not answering'), []);
    await window.page.setViewportSize({ width: 1_000, height: 700 });
    await window.ask('Daemon Health: Restart Daemon', /^Restart which daemon\?/);
    assert.deepEqual(await cutIn(window.quickInput()), []);
    await window.quickInput().getByRole('option', { name: 'busy' }).first().click();
    await window.dialog().waitFor();
    await window.screenshot('rows-question');
    assert.deepEqual(await cutIn(window.dialog()), []);
    await window.dialog().getByRole('button', { name: 'Restart', exact: true }).click();
    assert.deepEqual(await cutWhile('restarting'), []);
    await window
      .toast('restarted')
      .or(root('busy').filter({ hasText: 'healthy' }))
      .first()
      .waitFor({ timeout: 60_000 });
  });

  it('and the boxes that ask have no text that is cut', async () => {
    await window.ask('Daemon Health: Add Daemon…', /address/);
    await window.screenshot('rows-add');
    assert.deepEqual(await cutIn(window.quickInput()), []);
    await window.page.keyboard.press('Escape');
    await window.ask('Daemon Health: Copy Command of Session', /which session\?/);
    await window.screenshot('rows-pick');
    assert.deepEqual(await cutIn(window.quickInput()), []);
    await window.page.keyboard.press('Escape');
  });

  it('say nothing that the console would complain about', () => {
    assert.deepEqual(window.errors, []);
  });
});
