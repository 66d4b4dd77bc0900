import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Locator, Page, PageScreenshotOptions } from 'playwright-core';
import { launchBrowser } from '../../scripts/browser.mjs';
import { themesOf } from '../../scripts/installVSCode.mjs';
import { outDir, root, vsixFile } from '../../scripts/paths.mjs';
import { plainWindow } from '../../scripts/plainWindow.mjs';
import { startVSCodeServer, type VSCodeServer } from '../../scripts/vscodeServer.mjs';
import { RealDispatchd } from '../support/realDispatchd';

export type ColorTheme = 'light' | 'dark';
export type Settings = Record<string, unknown>;

export interface OpenOptions {
  /** Settings of the machine that VS Code runs on; they win over the harness's own. */
  machineSettings?: Settings;
  /** Whether VS Code asks if it may trust the folder; without it every folder is trusted. */
  workspaceTrust?: boolean;
  /** The folder to open, or a `.code-workspace` file; a fresh folder with a README by default. */
  folder?: string;
  colorTheme?: ColorTheme;
  /** `.vsix` files to install beside the extension. */
  extensions?: readonly string[];
  /** Whether all extensions are there that VS Code brings with it, or only those of `BUILT_IN`. */
  allBuiltIn?: boolean;
  /** Added to the environment of the extension. */
  env?: Readonly<Record<string, string>>;
}

const viewport = { width: 1280, height: 800 };
const readyDeadlineMs = 60_000;
const paletteDeadlineMs = 5_000;
const paletteAttempts = 5;

/** Where `npm test` has the extension installed once for all files; a file that runs by itself installs it. */
const installed = process.env['DAEMON_HEALTH_INSTALLED'];

/**
 * What the tests look at: colours, icons and files. Each window pays a quarter of its start for the other hundred
 * (languages, debuggers, sign-ins), measured as CPU time on 2026-11-26.
 */
const BUILT_IN = ['theme-defaults', 'theme-seti', 'json', 'log', 'markdown-basics', 'configuration-editing'];

/** The class of the workbench once its theme has been loaded from the theme's file. */
const drawnTheme = '[class*="-json"]';

/** What VS Code itself complains about in this surrounding: nobody signed in, no service worker. */
const knownNoise =
  /service ?worker|AgentHost|authentication provider|sqlite3|Could not find pty \d+ on pty host/i;

/** Opens a VS Code that has the packaged extension installed. `close()` it in an `after` hook. */
export async function openVSCode(options: OpenOptions = {}): Promise<VSCodeWindow> {
  if (!existsSync(vsixFile)) throw new Error(`There is no ${vsixFile}: run npm run package first.`);
  const scratchDir = mkdtempSync(join(tmpdir(), 'daemon-health-drive-'));
  const settings = { ...plainWindow, ...themeSetting(options.colorTheme), ...options.machineSettings };
  let server: VSCodeServer | undefined;
  let browser: Browser | undefined;
  const close = async () => {
    await browser?.close();
    await server?.stop();
    rmSync(scratchDir, { recursive: true, force: true });
  };
  try {
    server = await startVSCodeServer({
      serverDataDir: join(scratchDir, 'server'),
      workspaceTrust: options.workspaceTrust ?? false,
      // Without a marketplace: a test asks nothing of the network.
      // And of the developer's own daemons: only those of the test are there to be found.
      env: {
        EXTENSIONS_GALLERY: '{}',
        DAEMON_HEALTH_DISCOVERY_PORTS: '',
        DISPATCHD_STATE_DIR: join(scratchDir, 'dispatchd'),
        ...options.env,
      },
      machineSettings: settings,
      ...(installed && { installed }),
      ...(!options.allBuiltIn && { builtIn: BUILT_IN }),
      extensions: [...(installed ? [] : [vsixFile]), ...(options.extensions ?? [])],
    });
    browser = await launchBrowser();
    const context = await browser.newContext({ viewport });
    const folder = options.folder ?? makeFolder(join(scratchDir, 'project'));
    return await openWindow({ server, context, folder, settings, close });
  } catch (error) {
    await close();
    throw error;
  }
}

export interface WatchOptions extends OpenOptions {
  /** Flags of the daemon. */
  flags?: readonly string[];
  pollIntervalMs?: number;
}

/** A real dispatchd and a window that watches it. `close()` both in an `after` hook. */
export interface Watched {
  readonly daemon: RealDispatchd;
  readonly window: VSCodeWindow;
  close(): Promise<void>;
}

/** Starts a dispatchd, and opens a VS Code that is told to watch it and nothing else. */
export async function watchDispatchd({
  flags = [],
  pollIntervalMs = 1_000,
  machineSettings,
  ...options
}: WatchOptions = {}): Promise<Watched> {
  const daemon = await startDispatchd(...flags);
  try {
    const window = await openVSCode({
      ...options,
      machineSettings: { ...watching({ url: daemon.url, pollIntervalMs }), ...machineSettings },
    });
    return {
      daemon,
      window,
      async close() {
        await window.close();
        await daemon.stop();
      },
    };
  } catch (error) {
    await daemon.stop();
    throw error;
  }
}

/** A real dispatchd; a test that is not its file's first gives its window one with `watch`. `stop()` it in an `after` hook. */
export function startDispatchd(...flags: readonly string[]): Promise<RealDispatchd> {
  return new RealDispatchd(join(root, 'dist', 'dispatchd.js')).start(...flags);
}

export interface WatchedDaemon {
  readonly url: string;
  /** Also its kind, where `kind` says nothing else. */
  readonly name?: string;
  readonly kind?: 'smithy' | 'dispatchd' | 'ductor';
  readonly pollIntervalMs?: number;
  readonly restart?: object;
}

/** Settings by which these daemons are watched and no other. */
export function watching(...daemons: readonly WatchedDaemon[]): Settings {
  return {
    'daemonHealth.daemons': daemons.map(
      ({ kind = 'dispatchd', name = kind, pollIntervalMs = 1_000, ...more }) => ({
        name,
        kind,
        pollIntervalMs,
        ...more,
      }),
    ),
  };
}

/** Flags of a dispatchd that can be made to hang, and is wedged after four seconds: a slow disk holds a cycle up for two. */
export const CAN_HANG: readonly string[] = ['--chaos', '--poll-stale-threshold-ms', '4000'];

interface Host {
  readonly server: VSCodeServer;
  readonly context: BrowserContext;
  readonly folder: string;
  readonly settings: Settings;
  close(): Promise<void>;
}

async function openWindow(host: Host): Promise<VSCodeWindow> {
  const page = await host.context.newPage();
  const window = new VSCodeWindow(host, page);
  const kind = host.folder.endsWith('.code-workspace') ? 'workspace' : 'folder';
  await page.goto(`${host.server.url}&${kind}=${encodeURIComponent(host.folder)}`);
  await window.ready();
  return window;
}

/** One window of a running VS Code, seen from outside. */
export class VSCodeWindow {
  /** Errors in the page and in VS Code's log, the extension's included, but those that VS Code always has here. */
  readonly errors: string[] = [];
  private unloading = false;

  constructor(
    private readonly host: Host,
    readonly page: Page,
  ) {
    page.on('pageerror', (error) => this.note(error.message));
    page.on('console', (message) => {
      // Without a format it is no log entry but a notification read out, or the browser's word on a missing file.
      if (message.type() === 'error' && message.text().startsWith('%c')) this.note(message.text());
    });
  }

  /** The folder that is open. */
  get folder(): string {
    return this.host.folder;
  }

  /** The item's place in the status bar; `id` is the item's own, such as `daemonHealth.status`. */
  statusItem(id: string): Locator {
    return this.page.locator(`[id="daemon-health.daemon-health.${id}"]`);
  }

  /** The health in the status bar. @param says what its spoken form has to hold */
  item(says?: string): Locator {
    const item = this.statusItem('daemonHealth.status');
    return says === undefined ? item : item.and(this.page.locator(`[aria-label*="${says}"]`));
  }

  /** The same while it is red. */
  redItem(): Locator {
    return this.item().and(this.page.locator('.error-kind'));
  }

  /** The first row of a list or tree that holds this text. */
  row(text: string): Locator {
    return this.page.locator('.monaco-list-row', { hasText: text }).first();
  }

  /** The selected row of a tree that holds this text. A list that was chosen from keeps its own selected row while hidden. */
  selectedRow(text: string): Locator {
    return this.page.locator('.monaco-list-row.selected[role="treeitem"]', { hasText: text });
  }

  /** Opens the facts about each daemon that is on screen. */
  async openDetails(): Promise<void> {
    const row = (open: boolean) =>
      this.page.locator(`[role="treeitem"][aria-expanded="${open}"]`, { hasText: /^\s*Details\s*$/ });
    await row(false).or(row(true)).first().waitFor();
    while ((await row(false).count()) > 0) {
      const opened = await row(true).count();
      await row(false).first().click();
      await row(true).nth(opened).waitFor();
    }
  }

  /** The notifications that are on screen. */
  toasts(): Locator {
    return this.page.locator('.notifications-toasts .notification-list-item');
  }

  /** The one that holds this text. */
  toast(text: string | RegExp): Locator {
    return this.toasts().filter({ hasText: text });
  }

  /** The sentences of the notifications that are on screen, equal whether a notification is drawn already or not. */
  async messages(): Promise<readonly string[]> {
    const texts = await this.toasts().locator('.notification-list-item-message').allTextContents();
    return texts.map((text) => text.trim());
  }

  /** The modal dialog that is on screen. */
  dialog(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  /** The box that asks: palette, list to choose from, or a line to type. */
  quickInput(): Locator {
    return this.page.locator('.quick-input-widget');
  }

  /** Runs a command through the command palette, and waits for what it asks. @param placeholder of its question */
  async ask(title: string, placeholder: RegExp): Promise<Locator> {
    await this.choose(title);
    const question = this.quickInput().getByPlaceholder(placeholder);
    await question.waitFor();
    return question;
  }

  /** Runs a command through the command palette, by the whole title that is shown there. */
  async runCommand(title: string): Promise<void> {
    await this.choose(title);
    await this.quickInput().waitFor({ state: 'hidden' });
  }

  /** Chooses in the context menu that is open. VS Code's menus take no click in their first tenth of a second. */
  async chooseInMenu(label: string): Promise<void> {
    const item = this.page.locator('.monaco-menu .action-label', { hasText: label });
    await item.waitFor();
    while (await item.isVisible()) {
      await item.click({ timeout: paletteDeadlineMs }).catch(() => undefined);
      await item.waitFor({ state: 'hidden', timeout: 1_000 }).catch(() => undefined);
    }
  }

  /** Chooses a command in the command palette. Rows that are drawn anew meanwhile take no click, but a key. */
  private async choose(title: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      await this.openPalette(`>${title}`);
      const command = this.quickInput().getByRole('option', { name: title }).first();
      try {
        await command.waitFor({ timeout: paletteDeadlineMs });
        const isFocused = await command.and(this.page.locator('.focused')).isVisible();
        if (isFocused) await this.page.keyboard.press('Enter');
        else await command.click({ timeout: paletteDeadlineMs });
        return;
      } catch (error) {
        if (attempt === paletteAttempts) throw error;
      }
    }
  }

  /**
   * Opens the command palette with this in its line. VS Code closes it when something else takes the focus meanwhile,
   * as a view does that is shown late: then it is opened again, as a person would.
   */
  async openPalette(text: string): Promise<void> {
    const line = this.quickInput().locator('input').first();
    for (let attempt = 1; ; attempt++) {
      await this.page.keyboard.press('F1');
      try {
        await line.fill(text, { timeout: paletteDeadlineMs });
        return;
      } catch (error) {
        if (attempt === paletteAttempts) throw error;
      }
    }
  }

  /** Keeps a picture of the window, or of a part of it, as `out/screenshots/<name>.png` and returns its path. */
  async screenshot(name: string, clip?: PageScreenshotOptions['clip']): Promise<string> {
    const file = join(outDir, 'screenshots', `${name}.png`);
    // A message that slides in is drawn where it comes to rest.
    await this.page.screenshot({ path: file, animations: 'disabled', ...(clip && { clip }) });
    return file;
  }

  /** Keeps a picture of the window as narrow as beside an editor, as `<name>-narrow.png`. */
  async narrowScreenshot(name: string): Promise<void> {
    await this.page.setViewportSize({ ...viewport, width: viewport.width / 2 });
    await this.screenshot(`${name}-narrow`);
    await this.page.setViewportSize(viewport);
  }

  /** Does something in each colour theme, in the present one first. The window stays in the other one. */
  async inEachTheme(action: (theme: ColorTheme) => Promise<unknown>): Promise<void> {
    const present = await this.colorTheme();
    await action(present);
    const other = present === 'dark' ? 'light' : 'dark';
    await this.setColorTheme(other);
    await action(other);
  }

  /**
   * Keeps a picture of the window in each colour theme, as `<name>-dark.png` and `<name>-light.png`. A hover of a row
   * goes away with the theme: bring it back by `inEachTheme`.
   */
  screenshots(name: string, clip?: PageScreenshotOptions['clip']): Promise<void> {
    return this.inEachTheme((theme) => this.screenshot(`${name}-${theme}`, clip));
  }

  /** From now on these daemons are watched, and no other. */
  watch(...daemons: readonly WatchedDaemon[]): void {
    this.changeSettings(watching(...daemons));
  }

  /** Takes the notifications away that those before this test left. */
  async clearNotifications(): Promise<void> {
    await this.runCommand('Notifications: Clear All Notifications');
    await this.toasts().first().waitFor({ state: 'detached' });
  }

  /** Changes settings of the machine; every window follows at once. */
  changeSettings(changes: Settings): void {
    Object.assign(this.host.settings, changes);
    this.host.server.writeMachineSettings(this.host.settings);
  }

  async setColorTheme(theme: ColorTheme): Promise<void> {
    this.changeSettings(themeSetting(theme));
    await this.page
      .locator(`.monaco-workbench.${theme === 'light' ? 'vs' : 'vs-dark'}${drawnTheme}`)
      .waitFor();
  }

  async colorTheme(): Promise<ColorTheme> {
    const dark = await this.page.locator(`.monaco-workbench.vs-dark`).count();
    return dark > 0 ? 'dark' : 'light';
  }

  /** Opens one more window of the same VS Code. @param folder the same one by default */
  openWindow(folder = this.host.folder): Promise<VSCodeWindow> {
    return openWindow({ ...this.host, folder });
  }

  /** Loads the window anew, like Developer: Reload Window. */
  async reload(): Promise<void> {
    // What a window says while it is torn down is about the tearing down.
    this.unloading = true;
    await this.page.reload();
    this.unloading = false;
    await this.drawn();
  }

  /** Waits until the workbench is drawn; which view it shows may be any. */
  async drawn(): Promise<Locator> {
    const workbench = this.page.locator(`.monaco-workbench${drawnTheme}`);
    await workbench.waitFor({ timeout: readyDeadlineMs });
    await workbench.locator('.part.statusbar .statusbar-item').first().waitFor({ timeout: readyDeadlineMs });
    return workbench;
  }

  /** Waits until the workbench is drawn and its folder is shown. */
  async ready(): Promise<void> {
    const workbench = await this.drawn();
    await workbench
      .locator('.explorer-folders-view .monaco-list-row')
      .first()
      .waitFor({ timeout: readyDeadlineMs });
  }

  /** Closes VS Code with all of its windows, and leaves nothing behind. */
  close(): Promise<void> {
    return this.host.close();
  }

  private note(text: string): void {
    if (!this.unloading && !knownNoise.test(text)) this.errors.push(text);
  }
}

function themeSetting(theme: ColorTheme | undefined): Settings {
  return theme ? { 'workbench.colorTheme': themesOf()[theme] } : {};
}

function makeFolder(folder: string): string {
  mkdirSync(folder);
  writeFileSync(join(folder, 'README.md'), '# A project\n');
  return folder;
}
