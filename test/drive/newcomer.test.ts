import { until } from '../support/until';
import { isDeepStrictEqual } from 'node:util';
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../scripts/paths.mjs';
import type { Frame } from 'playwright-core';
import { FakeSmithy } from '../support/fakeSmithy';
import { RealDispatchd } from '../support/realDispatchd';
import { cutButtons } from './cutButtons';
import { openVSCode, type VSCodeWindow } from './harness';

const PREFIX = 'Daemon Health: ';
/** Of the palette; each has more than ten rows. */
const MAX_PAGES = 20;

/** What the browser made of an image. */
interface Picture {
  readonly alt: string;
  /** 0 where it could not be loaded. */
  readonly naturalWidth: number;
}

/** What can be done where no daemon is. */
const ALWAYS = [
  'Add Daemon…',
  'Check a Health Endpoint…',
  'Configure Daemons',
  'Copy Diagnostics',
  'Open Health Page',
  'Refresh',
  'Run a Sample Command',
  'Run in Daemon…',
  'Show Details',
  'Show Log',
  'Show Me a Hang',
  'Start Bundled Daemon',
];
/** What needs a daemon that answers. */
const WITH_DAEMON = [
  'Open Dashboard',
  'Restart Daemon',
  'Save Hang Report',
  'Snooze Notifications…',
  'Stop Daemon',
];
/** What needs work that runs. */
const WITH_RUNNING = ['Copy Command of Session', 'Extend Session…', 'Show Output of Session', 'Stop Session'];

describe('what a newcomer meets, in a window in a browser', function () {
  this.timeout(120_000);
  let home: string;
  let window: VSCodeWindow;
  let smithy: FakeSmithy | undefined;
  const dispatchds: RealDispatchd[] = [];

  before(async () => {
    home = realpathSync(mkdtempSync(join(tmpdir(), 'daemon-health-home-')));
    const folder = join(home, 'shop');
    mkdirSync(join(folder, '.vscode'), { recursive: true });
    writeFileSync(join(folder, 'README.md'), '# A project\n');
    // A task runs a command as a keybinding does: also one that the palette does not offer.
    const tasks = [
      {
        label: 'extend',
        type: 'shell',
        command: 'echo ${command:daemonHealth.extendSession}',
        problemMatcher: [],
      },
    ];
    writeFileSync(join(folder, '.vscode', 'tasks.json'), JSON.stringify({ version: '2.0.0', tasks }));
    smithy = await FakeSmithy.start(folder);
    window = await openVSCode({
      allBuiltIn: true,
      colorTheme: 'dark',
      folder,
      env: { HOME: home },
      machineSettings: {
        'daemonHealth.daemons': [],
        'daemonHealth.statusBar.show': 'always',
        'task.allowAutomaticTasks': 'on',
      },
    });
    await window.item('no daemon found').waitFor();
  });

  afterEach(async function () {
    if (this.currentTest?.isFailed()) await window.screenshot('newcomer-failed');
    // The settings are in a dialog, or in an editor of older versions.
    await window.page.keyboard.press('Escape');
    if (await settings().isVisible()) await window.runCommand('View: Close All Editors');
  });

  after(async () => {
    await window?.close();
    await Promise.all(dispatchds.map((daemon) => daemon.stop()));
    await smithy?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  /** VS Code fills the palette bit by bit, and on a loaded machine the first look may come too soon. */
  async function offers(commands: readonly string[]): Promise<void> {
    let seen: readonly string[] = [];
    await until(async () => isDeepStrictEqual((seen = await palette()), commands)).catch(() => undefined);
    assert.deepEqual(seen, commands);
  }

  /** The names of our commands in the palette. */
  async function palette(): Promise<readonly string[]> {
    await window.openPalette(`>${PREFIX}`);
    const input = window.quickInput().locator('input').first();
    const options = window.quickInput().getByRole('option', { name: PREFIX });
    await options.first().waitFor();
    // The list makes only the rows that are in sight: it is read page by page.
    const names = new Set<string>();
    const last = window.quickInput().locator('.monaco-list-row.focused[data-last-element="true"]');
    for (let page = 0; page < MAX_PAGES; page++) {
      for (const text of await options.locator('.monaco-highlighted-label').allInnerTexts()) names.add(text);
      if (await last.isVisible()) break;
      await input.press('PageDown');
    }
    await window.page.keyboard.press('Escape');
    return [...names]
      .filter((name) => name.startsWith(PREFIX) && !name.includes(' View'))
      .map((name) => name.slice(PREFIX.length))
      .sort();
  }

  /** The page of an extension is in a frame in a frame. */
  async function untilFrame(selector: string): Promise<Frame> {
    for (;;) {
      for (const frame of window.page.frames().slice(1)) {
        const count = await frame
          .locator(selector)
          .count()
          .catch(() => 0);
        if (count > 0) return frame;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  const settings = () => window.page.locator('.settings-editor');

  async function settingIsShown(): Promise<void> {
    await settings().waitFor();
    await settings().locator('.setting-item-contents', { hasText: 'The daemons to watch' }).first().waitFor();
    assert.equal(await settings().getByText('No Settings Found').isVisible(), false);
  }

  async function openWalkthrough(): Promise<void> {
    await window.ask('Welcome: Open Walkthrough...', /.*/);
    await window.quickInput().getByRole('option', { name: 'Get Started with Daemon Health' }).first().click();
  }

  it('offers in the palette only what can be done where no daemon is', async () => {
    await offers(ALWAYS);
  });

  it('says what is missing, not an error, when such a command is run all the same', async () => {
    await window.ask('Tasks: Run Task', /^Select the task to run/);
    await window.quickInput().getByRole('option', { name: 'extend' }).first().click();
    const toast = window.toast('No session can be extended right now.');
    await toast.waitFor();
    await window.screenshot('newcomer-2-info');
    assert.equal(await toast.locator('.codicon-info').count(), 1);
    await window.runCommand('Notifications: Clear All Notifications');
  });

  for (const theme of ['dark', 'light'] as const) {
    it(`opens the setting, not an empty list, from the palette, ${theme}`, async () => {
      await window.setColorTheme(theme);
      await window.runCommand('Daemon Health: Configure Daemons');
      await settingIsShown();
      await window.screenshot(`newcomer-1-configure-${theme}`);
    });
  }

  it('opens the setting from the empty view', async () => {
    await window.item().click();
    await window.page.locator('.welcome-view-content a', { hasText: 'configure daemons' }).click();
    await settingIsShown();
  });

  it('opens the setting from the walkthrough', async () => {
    await openWalkthrough();
    const step = window.page.locator('.getting-started-step', { hasText: 'Choose a daemon to watch' });
    await step.waitFor();
    await step.getByRole('button', { name: 'Open Settings' }).click();
    await settingIsShown();
  });

  it('says where a daemon comes from when the walkthrough restarts one that is not there', async () => {
    await openWalkthrough();
    const step = window.page.locator('.getting-started-step', {
      hasText: 'Restart a daemon that hangs',
    });
    await step.click();
    await step.getByRole('button', { name: 'Restart Daemon' }).click();
    const toast = window.toast('No daemon is watched.');
    await toast.waitFor();
    await window.screenshot('newcomer-2-none');
    assert.deepEqual(await cutButtons(window.toasts()), []);
    await toast.getByRole('button', { name: 'Add Daemon…' }).click();
    await window
      .quickInput()
      .getByPlaceholder(/type.* address/i)
      .waitFor();
    await window.page.keyboard.press('Escape');
  });

  it('reads first what to do with it, and sees no broken picture, on the page of the extension', async () => {
    await window.runCommand('Extensions: Show Installed Extensions');
    await window.page
      .locator('.extensions-viewlet .monaco-list-row', { hasText: 'Daemon Health' })
      .first()
      .click();
    const readme = await untilFrame('h2');
    await window.screenshot('newcomer-3-readme');
    const headings = await readme.locator('h2').allInnerTexts();
    assert.equal(headings[0], 'First minute');
    assert.equal(headings.at(-1), 'Develop');
    const pictures = await readme
      .locator('img')
      .evaluateAll((images) =>
        (images as unknown as Picture[]).map(({ alt, naturalWidth }) => ({ alt, naturalWidth })),
      );
    assert.deepEqual(
      pictures.filter(({ naturalWidth }) => naturalWidth === 0),
      [],
    );
    await window.runCommand('View: Close All Editors');
    await window.item().click();
  });

  it('offers the rest where a dispatchd runs', async () => {
    dispatchds.push(await new RealDispatchd(join(root, 'dist', 'dispatchd.js'), home).start());
    const [first] = dispatchds;
    window.changeSettings({
      'daemonHealth.daemons': [
        { name: 'first', url: first!.url, pollIntervalMs: 1_000 },
        { name: 'shop', url: smithy!.url, pollIntervalMs: 1_000 },
      ],
    });
    await window.item('2 daemons').waitFor();
    await window.item().click();
    await window.row('Details').waitFor();
    await offers([...ALWAYS, ...WITH_DAEMON].sort());
    await first!.post('/api/tasks', { name: 'nightly', command: 'sleep 300', timeoutMs: 3_600_000 });
    await window.row('nightly').waitFor();
    await offers([...ALWAYS, ...WITH_DAEMON, ...WITH_RUNNING].sort());
  });

  it('offers Run in Daemon… on a dispatchd, and not on a smithy', async () => {
    const menuOf = async (name: string) => {
      await window.row(name).click({ button: 'right' });
      const menu = window.page.locator('.monaco-menu .action-item .action-label');
      await menu.filter({ hasText: 'Copy Value' }).waitFor();
      const items = await menu.allInnerTexts();
      await window.screenshot(`newcomer-4-menu-${name}`);
      await window.page.keyboard.press('Escape');
      return items.filter((item) => item.trim() !== '');
    };
    const onFirst = await menuOf('first');
    assert.ok(onFirst.includes('Run in Daemon…'), onFirst.join());
    assert.ok(onFirst.includes('Stop Daemon'), onFirst.join());
    const onSmithy = await menuOf('shop');
    assert.ok(onSmithy.includes('Open Dashboard'), onSmithy.join());
    assert.ok(!onSmithy.includes('Run in Daemon…'), onSmithy.join());
  });

  it('runs a command in the dispatchd that was clicked, and asks which where it was not said', async () => {
    dispatchds.push(await new RealDispatchd(join(root, 'dist', 'dispatchd.js'), home).start());
    window.changeSettings({
      'daemonHealth.daemons': [
        ...dispatchds.map(({ url }, index) => ({
          name: ['first', 'second'][index],
          url,
          pollIntervalMs: 1_000,
        })),
        { name: 'shop', url: smithy!.url, pollIntervalMs: 1_000 },
      ],
    });
    await window.page.locator('.monaco-list-row', { hasText: /^second.*healthy/ }).click({ button: 'right' });
    await window.chooseInMenu('Run in Daemon…');
    const question = window.quickInput().getByPlaceholder(/^Type a command to run/);
    await question.fill('sleep 301');
    await question.press('Enter');
    const time = window.quickInput().getByPlaceholder(/^How long/);
    await time.waitFor();
    await time.press('Enter');
    await dispatchds[1]!.untilRunning(1);
    await window.ask('Daemon Health: Run in Daemon…', /^Run the command in which dispatchd\?$/);
    for (const name of ['first', 'second']) await window.quickInput().getByRole('option', { name }).waitFor();
    assert.equal(await window.quickInput().getByRole('option', { name: 'shop' }).count(), 0);
    await window.screenshot('newcomer-5-which');
  });

  it('hides Stop and Open Dashboard where nothing listens any more', async () => {
    await smithy!.stop();
    smithy = undefined;
    await window.item('shop unreachable').waitFor({ timeout: 40_000 });
    await window.row('shop').click({ button: 'right' });
    const menu = window.page.locator('.monaco-menu .action-item .action-label');
    await menu.filter({ hasText: 'Copy Value' }).waitFor();
    const items = await menu.allInnerTexts();
    assert.ok(items.includes('Restart Daemon'), items.join());
    for (const gone of ['Stop Daemon', 'Open Dashboard']) assert.ok(!items.includes(gone), gone);
  });

  it('says nothing that the console would complain about', () => {
    assert.deepEqual(window.errors, []);
  });
});
