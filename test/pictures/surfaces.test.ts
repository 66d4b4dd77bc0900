import { themesOf } from '../../scripts/installVSCode.mjs';
import { AnsweringServer, healthyAnswer } from '../support/answeringServer';
import { becomes } from '../support/stateAnswers';
import type { RealDispatchd } from '../support/realDispatchd';
import { CAN_HANG, openVSCode, startDispatchd, watching, type VSCodeWindow } from '../drive/harness';

/** The setting that names each theme, and the class of the workbench that is drawn in that. */
const THEMES = [
  ['dark', themesOf().dark, '.vs-dark'],
  ['light', themesOf().light, '.vs'],
  ['hc-dark', 'Default High Contrast', '.hc-black'],
  ['hc-light', 'Default High Contrast Light', '.hc-light'],
] as const;

const WIDE = { width: 1_280, height: 800 };
/** Of a laptop with the editor beside something else. */
const NARROW = { width: 1_000, height: 700 };
/** All rows of all states. */
const TALL = { width: 1_000, height: 1_600 };

/**
 * Every surface in every theme, wide and narrow, as `out/screenshots/surface-….png`: to be looked at by a person. Nothing is
 * asserted but that each of them can be reached.
 */
describe('every surface, in pictures', function () {
  this.timeout(600_000);
  const servers = new Map<string, AnsweringServer>();
  let daemon: RealDispatchd | undefined;
  let window: VSCodeWindow;

  before(async () => {
    daemon = await startDispatchd(...CAN_HANG);
    window = await openVSCode({ colorTheme: 'dark', machineSettings: watching() });
  });
  after(async () => {
    await window?.close();
    await daemon?.stop();
    await Promise.all([...servers.values()].map((server) => server.stop()));
  });

  async function inAllThemes(
    name: string,
    show: () => Promise<unknown>,
    sizes = [WIDE, NARROW],
  ): Promise<void> {
    for (const [theme, setting, drawn] of THEMES) {
      window.changeSettings({ 'workbench.colorTheme': setting });
      await window.page.locator(`.monaco-workbench${drawn}`).waitFor();
      for (const size of sizes) {
        await window.page.setViewportSize(size);
        await show();
        await window.screenshot(`surface-${name}-${theme}-${size.width}`);
      }
    }
    await window.page.setViewportSize(WIDE);
  }

  /** One that was shown before another size stays where the item was. */
  async function hoverOverItem(says: string): Promise<void> {
    const hover = window.page.locator('.workbench-hover:visible');
    await window.page.mouse.move(700, 300);
    await hover.waitFor({ state: 'hidden' });
    await window.item().hover();
    await hover.filter({ hasText: says }).waitFor();
  }

  async function openWalkthrough(): Promise<void> {
    await window.ask('Welcome: Open Walkthrough...', /^Select a walkthrough/);
    await window.quickInput().getByRole('option', { name: 'Daemon Health' }).first().click();
    await window.page.locator('.getting-started-step').first().waitFor();
  }

  it('nothing to watch: the view that welcomes', async () => {
    await window.runCommand('Daemon Health: Focus on Daemon Health View');
    await inAllThemes('welcome', () => Promise.resolve());
  });

  it('the walkthrough', async () => {
    await openWalkthrough();
    await inAllThemes('walkthrough', () => Promise.resolve());
    await window.runCommand('View: Close All Editors');
  });

  it('a healthy daemon with work: tree, hover of the item, list of sessions', async () => {
    window.watch({ url: daemon!.url });
    await window.item('healthy').waitFor();
    for (const name of ['Nightly report', 'Type check'])
      await daemon!.post('/api/tasks', { name, command: 'sleep 3000', timeoutMs: 1_800_000 });
    await window.row('Nightly report').waitFor();
    await inAllThemes('healthy', async () => {
      await hoverOverItem('Since');
    });
    await window.ask('Daemon Health: Stop Session', /^Stop which session\?$/);
    await inAllThemes('pick', () => Promise.resolve(), [WIDE]);
    await window.page.keyboard.press('Escape');
  });

  it('a countdown and a command that failed', async () => {
    await daemon!.post('/api/tasks', { name: 'Lint', command: 'exit 3' });
    await daemon!.post('/api/tasks', {
      name: 'Index',
      command: 'sleep 300',
      timeoutMs: 55_000,
      maxExtensions: 0,
    });
    await window.toast('failed').waitFor();
    await window.toast('times out').waitFor();
    await inAllThemes('work', () => Promise.resolve());
  });

  it('a hang, the question before its restart, and the outcome', async () => {
    await daemon!.post('/api/chaos/hang');
    await window.redItem().waitFor();
    await window.toast('wedged').waitFor();
    await inAllThemes('wedged', async () => {
      await hoverOverItem('cycle');
    });
    await window.page.mouse.move(700, 300);
    await window.runCommand('Daemon Health: Restart Daemon');
    await window.dialog().waitFor();
    await inAllThemes('question', () => Promise.resolve());
    await window.dialog().getByRole('button', { name: 'Restart', exact: true }).click();
    await window.toast('restarted in').waitFor({ timeout: 60_000 });
    await inAllThemes('outcome', () => Promise.resolve());
    await window.clearNotifications();
  });

  it('the walkthrough, with ticks at what really happened', async () => {
    await window.runCommand('View: Hide Panel');
    await openWalkthrough();
    const ticks = window.page.locator('.getting-started-step .codicon-getting-started-step-checked:visible');
    await ticks.nth(2).waitFor();
    await inAllThemes('walkthrough-ticked', () => Promise.resolve());
  });

  it('adding a daemon', async () => {
    // It takes the focus when it is drawn anew, and the box goes.
    await window.runCommand('View: Close All Editors');
    await window.ask('Daemon Health: Add Daemon…', /address/);
    await window.quickInput().locator('input').first().fill('127.0.0.1:9');
    await window.quickInput().getByRole('option', { name: 'ask who is there' }).waitFor();
    await inAllThemes('add', () => Promise.resolve());
    await window.page.keyboard.press('Escape');
  });

  it('the health page', async () => {
    await window.runCommand('Daemon Health: Open Health Page');
    await window.page.frameLocator('iframe.webview').frameLocator('iframe').locator('#lead').waitFor();
    await inAllThemes('page', () => new Promise((resolve) => setTimeout(resolve, 500)));
    await window.runCommand('View: Close All Editors');
  });

  it('the tree, in every state', async () => {
    const names = [...Object.keys(becomes), 'healthy'];
    for (const name of names) servers.set(name, await AnsweringServer.start(healthyAnswer));
    window.changeSettings({ 'daemonHealth.notifications': 'none' });
    window.watch(...names.map((name) => ({ name, kind: 'smithy' as const, url: servers.get(name)!.url })));
    await window
      .item()
      .filter({ hasText: `${names.length} daemons` })
      .waitFor();
    await window.runCommand('Daemon Health: Focus on Daemon Health View');
    // Rows that are scrolled out of sight are not there.
    await window.page.setViewportSize(TALL);
    for (const [name, answer] of Object.entries(becomes)) servers.get(name)!.become(answer);
    for (const name of names)
      await window.page
        // The one that keeps changing its state is in the state of another now and then.
        .locator(`.sidebar [role="treeitem"][aria-level="1"][aria-label^="${name} "][aria-label*=" ${name}"]`)
        .waitFor({ timeout: 60_000 });
    await inAllThemes('states', () => Promise.resolve(), [TALL]);
  });
});
