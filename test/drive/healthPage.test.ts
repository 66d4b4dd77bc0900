import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import axe from 'axe-core';
import type { FrameLocator } from 'playwright-core';
import type { RealDispatchd } from '../support/realDispatchd';
import { until } from '../support/until';
import { CAN_HANG, watchDispatchd, type VSCodeWindow, type Watched } from './harness';

/** Twice as long as `CAN_HANG` waits until it is wedged. */
const HANG_MS = 8_000;
const AWAY_MS = 20 * 60_000;

/** What of the page breaks a rule of axe, each with the elements that do. */
const AXE = `axe.run(document).then(({ violations }) =>
  violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' | ')))`;

/** What reaches over the right edge, unless it stands in what scrolls by itself; `title` is not drawn. */
const WIDER_THAN_THE_PAGE = `[...document.body.querySelectorAll('*')]
  .filter((each) => !each.closest('.wide *, svg *') && each.getBoundingClientRect().right > innerWidth + 1)
  .map((each) => each.tagName + '.' + each.className)
  .concat(document.documentElement.scrollWidth > innerWidth + 1 ? ['the page'] : [])`;

/** The state that the windows of the one workspace share. */
function lastLooksFile(window: VSCodeWindow): string {
  const scratch = dirname(window.folder);
  const found = readdirSync(join(scratch, 'server'), { recursive: true, encoding: 'utf8' }).find((file) =>
    file.endsWith('lastLooks.json'),
  );
  assert.ok(found, 'a window was looked at');
  return join(scratch, 'server', found);
}

describe('the health page', function () {
  this.timeout(240_000);
  let watched: Watched | undefined;
  let daemon: RealDispatchd;
  let window: VSCodeWindow;
  let page: FrameLocator;
  let hungMs: number;

  const sleeper = (name: string, timeoutMs?: number) =>
    daemon.post('/api/tasks', {
      name,
      command: process.execPath,
      args: ['-e', 'setTimeout(() => {}, 600000)'],
      ...(timeoutMs !== undefined && { timeoutMs, maxExtensions: 0 }),
    });

  before(async () => {
    watched = await watchDispatchd({
      flags: CAN_HANG,
      colorTheme: 'dark',
      machineSettings: { 'daemonHealth.notifications': 'none' },
    });
    ({ daemon, window } = watched);
    await window.item('healthy').waitFor();
    await sleeper('Nightly report');
    await daemon.untilRunning(1);
    await until(() => {
      try {
        return lastLooksFile(window) !== '';
      } catch {
        return false;
      }
    });

    // The window is closed; then it hangs, is killed, is started, and one command times out.
    const url = window.page.url();
    await window.page.goto('about:blank');
    await delay(1_000);
    await daemon.post('/api/chaos/hang');
    const hungAtMs = performance.now();
    await delay(HANG_MS);
    await daemon.kill();
    hungMs = performance.now() - hungAtMs;
    await delay(2_000);
    await daemon.start(...CAN_HANG, '--port', new URL(daemon.url).port);
    await sleeper('Slow import', 1_000);
    await daemon.post('/api/tasks', { name: 'Quick check', command: process.execPath, args: ['-e', '0'] });
    await until(async () => {
      const { sessions } = (await (await fetch(`${daemon.url}/api/sessions`)).json()) as {
        sessions: { name: string; status: string }[];
      };
      return sessions.some(({ status }) => status === 'timed-out');
    });
    const file = lastLooksFile(window);
    const kept = JSON.parse(readFileSync(file, 'utf8')) as { value: { lookedAt: number } };
    kept.value.lookedAt -= AWAY_MS;
    writeFileSync(file, JSON.stringify(kept));
    await window.page.goto(url);
    await window.drawn();
    // What a window says while it is left is about the leaving.
    window.errors.length = 0;
  });

  after(() => watched?.close());

  const lead = () => page.locator('#lead');

  it('is announced by a mark in the item, which says how many things happened', async () => {
    await window.item('things happened while you were away').waitFor();
    await window.screenshot('health-page-mark');
  });

  it('opens as a tab, and says first what happened since one left', async () => {
    await window.runCommand('Daemon Health: Open Health Page');
    page = window.page.frameLocator('iframe.webview').frameLocator('iframe');
    await lead().waitFor();
    const text = await lead().innerText();
    assert.match(
      text,
      /^Since you left at \d\d:\d\d: dispatchd hung \d\d:\d\d:\d\d to \d\d:\d\d:\d\d, then was gone .* and restarted, not from here, at \d\d:\d\d:\d\d\./,
    );
    assert.match(text, /1 session finished, 1 timed out/);
    assert.match(text, /1 session waits for you/);
    assert.match(
      await page.locator('table').first().innerText(),
      /its process was killed|told by the daemon/i,
    );
  });

  it('has a red lane as long as the hang was, to the second', async () => {
    const ms = Number(await page.locator('.lane .part[data-state="wedged"]').first().getAttribute('data-ms'));
    assert.ok(Math.abs(ms - hungMs) <= 2_000, `${ms} ms of ${hungMs} ms`);
  });

  it('takes the mark away', async () => {
    await window.item('while you were away').waitFor({ state: 'detached' });
  });

  for (const theme of ['dark', 'light'] as const) {
    it(`is drawn in a ${theme} window, wide and narrow`, async () => {
      await window.setColorTheme(theme);
      await delay(1_000);
      await window.screenshot(`health-page-${theme}`);
      await window.narrowScreenshot(`health-page-${theme}`);
      const overflow = await page
        .locator('body')
        .evaluate(
          (body: { scrollWidth: number; clientWidth: number }) => body.scrollWidth - body.clientWidth,
        );
      assert.ok(overflow <= 0, `the page is ${overflow} px too wide`);
    });
  }

  it('is read at twice the size without scrolling sideways, but in its tables', async () => {
    const body = page.locator('body');
    await body.evaluate((element: { style: { zoom: string } }) => (element.style.zoom = '2'));
    await page.locator('summary').click();
    await page.locator('details table').first().waitFor();
    const tooWide = await body.evaluate(WIDER_THAN_THE_PAGE);
    await window.screenshot('health-page-zoomed');
    await page.locator('summary').click();
    await body.evaluate((element: { style: { zoom: string } }) => (element.style.zoom = ''));
    assert.deepEqual(tooWide, []);
  });

  for (const [name, theme] of [
    ['light', 'vs'],
    ['dark', 'vs-dark'],
    ['Default High Contrast', 'hc-black'],
    ['Default High Contrast Light', 'hc-light'],
  ] as const) {
    it(`gives a reader what it needs, with enough contrast: ${theme}`, async () => {
      if (name === 'light' || name === 'dark') await window.setColorTheme(name);
      else window.changeSettings({ 'workbench.colorTheme': name });
      await window.page.locator(`.monaco-workbench.${theme}`).waitFor();
      await page.locator(`body[data-vscode-theme-kind]`).waitFor();
      await delay(1_500);
      const frame = await (await page.locator('body').elementHandle()).ownerFrame();
      assert.ok(frame);
      await frame.evaluate(axe.source);
      const violations: unknown = await frame.evaluate(AXE);
      await window.screenshot(`health-page-axe-${theme}`);
      assert.deepEqual(violations, []);
    });
  }

  it('is exported as a Markdown file', async () => {
    await page.getByRole('button', { name: 'Export…' }).click();
    const name = window.quickInput().locator('input').first();
    await name.waitFor();
    await window.page.keyboard.press('Enter');
    await window.page.locator('.tab', { hasText: /daemon-health-.*\.md/ }).waitFor();
    const file = readdirSync(window.folder).find((each) => each.startsWith('daemon-health-'));
    const text = readFileSync(join(window.folder, file!), 'utf8');
    assert.match(text, /dispatchd hung \d\d:\d\d:\d\d to/);
    assert.match(text, /Slow import: .*timed out at/);
    await window.screenshot('health-page-export');
    await window.page.locator('.tab', { hasText: 'Daemon Health' }).click();
  });

  it('tells the same in the table', async () => {
    await page.locator('summary').click();
    const table = page.locator('details table').first();
    await table.waitFor();
    const rows = await table.locator('tbody tr').count();
    const parts = await page.locator('.lane .part').count();
    assert.equal(rows, parts);
    await window.screenshot('health-page-table');
  });

  it('is walked by keyboard, each part in words', async () => {
    const last = page.locator('.lane .part[tabindex="0"]').first();
    await last.focus();
    await window.page.keyboard.press('ArrowLeft');
    const caption = await page.locator('#caption').innerText();
    assert.match(caption, /\d\d:\d\d:\d\d to .*\d\d:\d\d:\d\d/);
    assert.equal(await page.locator('.part:focus').getAttribute('aria-label'), caption);
  });

  it('runs again what waits', async () => {
    await page.getByRole('button', { name: 'Run Again: “Nightly report”' }).click();
    await daemon.untilRunning(1);
    await page.getByText('waits for you').waitFor({ state: 'detached' });
  });

  it('follows the daemon live', async () => {
    await daemon.post('/api/chaos/hang');
    await page.locator('.lane .part.red').last().waitFor();
    await page.getByText('Goes on').waitFor();
    await window.screenshot('health-page-red');
  });

  it('says nothing that the console would complain about', () => {
    assert.deepEqual(window.errors, []);
  });
});
