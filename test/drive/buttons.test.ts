import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { AnsweringServer, healthyAnswer, sendJson } from '../support/answeringServer';
import { buttonsOf, cutButtons } from './cutButtons';
import { openVSCode, type VSCodeWindow } from './harness';

type Answer = (response: ServerResponse) => void;

const stuck: Answer = (response) => {
  const at = new Date().toISOString();
  const cycle = { computedAt: at, lastPollStartedAt: at, lastPollCompletedAt: at, pollStale: false };
  const health = { ...cycle, readyUnassignedTasks: 3, availableWorkers: 0, stuck: true };
  sendJson(response, { isRunning: true, health });
};

/** What daemons do once they were healthy, and what is offered then. */
const TROUBLES: readonly (readonly [name: string, answer: () => Answer, buttons: readonly string[]])[] = [
  ['stuck', () => stuck, ['Show Details', 'More…']],
  ['wrong', () => (response) => response.end('<html>'), ['Show Details', 'More…']],
  [
    'unavailable',
    () => (response) => sendJson(response, { isRunning: false, available: false, reason: 'no git' }),
    ['Show Details', 'More…'],
  ],
  ['unreachable', () => (response) => response.destroy(), ['Restart Daemon', 'Show Details', 'More…']],
];

describe('the buttons of notifications, in a window', function () {
  this.timeout(120_000);
  const servers = new Map<string, AnsweringServer>();
  let window: VSCodeWindow;

  before(async () => {
    for (const [name] of TROUBLES) servers.set(name, await AnsweringServer.start(healthyAnswer));
    window = await openVSCode({
      colorTheme: 'dark',
      machineSettings: {
        'daemonHealth.daemons': [...servers].map(([name, { url }]) => ({ name, url, pollIntervalMs: 1_000 })),
      },
    });
    await window
      .item()
      .filter({ hasText: `${TROUBLES.length} daemons` })
      .waitFor();
    for (const [name, answer] of TROUBLES) servers.get(name)!.become(answer());
    await window.item(`${TROUBLES.length - 1} more with problems`).waitFor({ timeout: 60_000 });
    await window.toasts().first().waitFor({ timeout: 60_000 });
    await window.runCommand('Notifications: Show Notifications');
    for (const [name] of TROUBLES) await message(name).waitFor({ timeout: 60_000 });
  });

  afterEach(async function () {
    if (this.currentTest?.isFailed()) await window.screenshot('buttons-failed');
  });

  after(async () => {
    await window?.close();
    await Promise.all([...servers.values()].map((server) => server.stop()));
  });

  const messages = () => window.page.locator('.notifications-center .notification-list-item');
  const message = (name: string) =>
    messages().filter({
      has: window.page.locator('.notification-list-item-message', {
        hasText: new RegExp(`^\\s*${name}(:| is)`),
      }),
    });

  it('are at most three, the one that helps first', async () => {
    for (const [name, , buttons] of TROUBLES) {
      assert.deepEqual(await buttonsOf(message(name)).allInnerTexts(), buttons, name);
    }
  });

  for (const [width, height] of [
    [1_280, 800],
    [1_000, 700],
  ] as const) {
    for (const theme of ['dark', 'light'] as const) {
      it(`are read whole at ${width} × ${height}, ${theme}`, async () => {
        await window.page.setViewportSize({ width, height });
        await window.setColorTheme(theme);
        await window.screenshot(`buttons-${width}-${theme}`);
        assert.ok((await buttonsOf(messages()).count()) >= TROUBLES.length);
        assert.deepEqual(await cutButtons(messages()), []);
      });
    }
  }

  it('lead to the rest: log, snooze, and never again for what is amber', async () => {
    const more = (name: string) => buttonsOf(message(name)).filter({ hasText: 'More…' }).click();
    const offers = (names: readonly string[]) =>
      Promise.all(names.map((name) => window.quickInput().getByRole('option', { name }).waitFor()));
    const open = (name: string) =>
      window.quickInput().locator('.quick-input-title', { hasText: name }).waitFor();
    await more('unreachable');
    await open('unreachable');
    await offers(['Show Log', 'Snooze 15 minutes', 'Snooze 1 hour', 'Snooze until the next restart']);
    assert.equal(await window.quickInput().getByRole('option').count(), 4);
    await window.page.keyboard.press('Escape');
    await window.runCommand('Notifications: Show Notifications');
    await more('stuck');
    await open('stuck');
    await offers(["Don't Show Again…"]);
    await window.screenshot('buttons-more');
    await window.quickInput().getByRole('option', { name: 'Snooze 1 hour' }).click();
    // High enough for all rows: those that are scrolled out of sight are not there.
    await window.page.setViewportSize({ width: 1_000, height: 1_600 });
    await window.item().click();
    await window.row('stuck').waitFor();
    await window.row('snoozed until').waitFor();
  });

  it('says nothing that the console would complain about', () => {
    assert.deepEqual(window.errors, []);
  });
});
