import assert from 'node:assert/strict';
import { AnsweringServer, sendJson } from '../support/answeringServer';
import { sidewaysPx } from './cutButtons';
import { openVSCode, type VSCodeWindow } from './harness';
import { cutRows } from './measureRows';

const QUERY = 'time() - worker_last_success_timestamp_seconds';
const RED = 'worker-7.eu-west-1.compute.example.internal:9100';
const GONE = 'worker-3.us-east-1.compute.example.internal:9100';
const NEVER = 'worker-9.us-east-1.compute.example.internal:9100';
const SECOND_MS = 1_000;

describe('a fleet, by its Prometheus, in a window in a browser', function () {
  this.timeout(120_000);
  let window: VSCodeWindow;
  let prometheus: AnsweringServer;
  /** When each last had a success, epoch ms; `undefined` for one that moves on. */
  const lastAt = new Map<string, number | undefined>();

  before(async () => {
    for (let n = 1; n <= 12; n++) {
      const zone = [3, 9, 12].includes(n) ? 'us-east-1' : 'eu-west-1';
      lastAt.set(`worker-${n}.${zone}.compute.example.internal:9100`, undefined);
    }
    prometheus = await AnsweringServer.start((response) => {
      const now = Date.now();
      const result = [...lastAt].map(([instance, at = now - 2 * SECOND_MS]) => ({
        metric: { instance, job: 'workers', zone: instance.split('.')[1] },
        value: [now / SECOND_MS, String((now - at) / SECOND_MS)],
      }));
      sendJson(response, { status: 'success', data: { resultType: 'vector', result } });
    });
    window = await openVSCode({
      colorTheme: 'dark',
      machineSettings: {
        'remote.autoForwardPorts': false,
        'daemonHealth.daemons': [
          {
            name: 'workers {{instance}}',
            prometheus: prometheus.url,
            query: QUERY,
            value: 'age',
            redAbove: 600,
            pollIntervalMs: SECOND_MS,
          },
        ],
      },
    });
    // The side bar is as wide as in any window; the rows of all states are in sight.
    await window.page.setViewportSize({ width: 1_000, height: 800 });
    await window.item('healthy').waitFor();
    await window.item().click();
    await window.row('worker-12').waitFor();
  });

  afterEach(async function () {
    if (this.currentTest?.isFailed()) await window.screenshot('fleet-failed');
  });

  after(async () => {
    await window?.close();
    await prometheus?.stop();
  });

  const rows = (says: string | RegExp) =>
    window.page.locator('.sidebar [role="treeitem"][aria-level="2"]', { hasText: says });

  it('shows the worst first, each by its figure, and nothing before the first "·" is cut', async () => {
    await window.screenshot('fleet-1-healthy');
    assert.deepEqual(await cutRows(window.page), []);
    lastAt.set(RED, Date.now() - 50 * 60 * SECOND_MS);
    lastAt.set(NEVER, 0);
    lastAt.delete(GONE);
    await window.redItem().waitFor();
    await rows(/no success for 5\d min/).waitFor();
    await window.toast('workers: 1 of 12 red: worker-7.eu-west-1').waitFor();
    await window.screenshots('fleet-2-red');
    const texts = (await rows(/worker-/).allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' ').trim());
    const series = texts.filter((text) => !/^1 of 12 red/.test(text));
    assert.equal(series.length, 12);
    assert.deepEqual(
      series.slice(0, 3).map((text) => text.replace(/ for 5\d min/, '')),
      [`no success · ${RED}`, `vanished · ${GONE} · unverified`, `no success yet · ${NEVER} · unverified`],
    );
    assert.match(series[3]!, /^gets on · worker-1\./);
    assert.deepEqual(await cutRows(window.page), []);
  });

  it('tells all of a series in its hover', async () => {
    const hover = window.page.locator('.workbench-hover:visible', { hasText: 'job="workers"' });
    await rows(/no success for 5\d min/).hover();
    await hover.waitFor();
    await window.screenshot('fleet-3-hover');
    await window.page.mouse.move(700, 300);
    await hover.waitFor({ state: 'hidden' });
  });

  it('is filtered by keyboard, and whole again', async () => {
    const { keyboard } = window.page;
    const option = (name: string) => window.quickInput().getByRole('option', { name });
    const question = await window.ask('Daemon Health: Filter Series…', /text of their labels/);
    await question.fill('ZONE="us-east');
    await option('Show 3 of 12 series').waitFor();
    await window.screenshot('fleet-4-filter');
    await keyboard.press('Enter');
    await rows('Filter: ZONE="us-east').waitFor();
    await rows(/no success for 5\d min/).waitFor({ state: 'detached' });
    await window.screenshot('fleet-5-filtered');
    assert.equal(await rows('worker-12').count(), 1);
    assert.equal(await window.redItem().count(), 1);
    const again = await window.ask('Daemon Health: Filter Series…', /text of their labels/);
    await again.fill('');
    await option('Show all 12 series').waitFor();
    await keyboard.press('Enter');
    await rows(/no success for 5\d min/).waitFor();
  });

  it('is one lane and one incident on the health page, which names the worst', async () => {
    await window.runCommand('Notifications: Clear All Notifications');
    await window.runCommand('Daemon Health: Open Health Page');
    const page = window.page.frameLocator('iframe.webview').frameLocator('iframe');
    await page.getByRole('cell', { name: /^1 of 12 red: worker-7\.eu-west-1/ }).waitFor();
    await window.screenshots('fleet-6-page');
    assert.equal(await sidewaysPx(page.locator('.wide').first()), 0);
    assert.equal(await page.getByText('It does not list its work.').count(), 0, 'its series are its work');
    assert.deepEqual(window.errors, []);
  });
});
