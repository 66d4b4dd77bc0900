import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/freePort';
import type { RealDispatchd } from '../support/realDispatchd';
import { openVSCode, watchDispatchd, type VSCodeWindow, type Watched } from './harness';
import { ownSessions } from '../support/dispatchd/ownSessions';

const COMMAND = 'Daemon Health: Run in Daemon…';

interface RunSession {
  readonly name: string;
  readonly status: string;
  readonly cwd: string;
  readonly timeoutMs: number;
}

const sessionsOf = (url: string) => ownSessions<RunSession>(url);

describe('Run in Daemon…, asked for in a window', function () {
  this.timeout(100_000);
  let home: string;
  let watched: Watched | undefined;
  let daemon: RealDispatchd;
  let window: VSCodeWindow;

  before(async () => {
    home = realpathSync(mkdtempSync(join(tmpdir(), 'daemon-health-folders-')));
    for (const folder of ['shop', 'site']) {
      mkdirSync(join(home, folder));
      writeFileSync(join(home, folder, 'README.md'), `# ${folder}\n`);
    }
    const workspace = join(home, 'two.code-workspace');
    writeFileSync(workspace, JSON.stringify({ folders: [{ path: 'shop' }, { path: 'site' }] }));
    watched = await watchDispatchd({ colorTheme: 'dark', folder: workspace });
    ({ daemon, window } = watched);
    await window.item('healthy').waitFor();
  });

  after(async () => {
    await watched?.close();
    rmSync(home, { recursive: true, force: true });
  });

  const option = (name: string | RegExp) => window.quickInput().getByRole('option', { name });
  const running = async () => (await sessionsOf(daemon.url)).filter(({ status }) => status === 'running');

  it('asks for the command, the folder and the time, and shows what runs', async () => {
    const question = await window.ask(COMMAND, /^Type a command to run$/);
    await question.fill('echo building; sleep 300');
    await option(/echo building; sleep 300.*run/).waitFor();
    assert.equal(await window.quickInput().getByRole('option').count(), 1);
    await window.screenshot('run-1-command');
    await question.press('Enter');
    await window.quickInput().getByPlaceholder('Run the command in which folder?').waitFor();
    await window.screenshot('run-2-folder');
    await option(/^site/).click();
    const time = window.quickInput().getByPlaceholder(/^How long may the command run\? Or type a time/);
    await time.waitFor();
    assert.deepEqual(
      (await window.quickInput().getByRole('option').allInnerTexts()).map((text) => text.trim()),
      ['10 min', '30 min', '1 h', '4 h'],
    );
    await window.screenshot('run-3-time');
    await time.fill('soon');
    await time.press('Enter');
    await time.fill('1 h 30 min');
    await option('1 h 30 min').waitFor();
    await time.press('Enter');
    await window.row('echo building; sleep 300').waitFor();
    await window.screenshot('run-4-runs');
    assert.deepEqual(
      (await running()).map(({ name, cwd, timeoutMs }) => ({ name, cwd, timeoutMs })),
      [{ name: 'echo building; sleep 300', cwd: join(home, 'site'), timeoutMs: 5_400_000 }],
    );
  });

  it('runs nothing where one goes back, at any question', async () => {
    const { keyboard } = window.page;
    await window.ask(COMMAND, /^Type a command to run, or pick a recent one$/);
    await keyboard.press('Escape');
    for (const answers of [0, 1]) {
      const question = await window.ask(COMMAND, /^Type a command/);
      await question.fill('false');
      await question.press('Enter');
      await option(/^shop/).waitFor();
      if (answers > 0) {
        await option(/^shop/).click();
        await window
          .quickInput()
          .getByPlaceholder(/^How long/)
          .waitFor();
      }
      await keyboard.press('Escape');
      await window.quickInput().waitFor({ state: 'hidden' });
    }
    assert.equal((await sessionsOf(daemon.url)).length, 1);
  });

  it('offers what ran before, whole, also after the window was loaded anew', async () => {
    await window.reload();
    await window.item('healthy').waitFor();
    await window.ask(COMMAND, /or pick a recent one/);
    const recent = option(/echo building; sleep 300/);
    assert.match(await recent.innerText(), /site · 1 h 30 min/);
    await window.screenshot('run-5-recent');
    await recent.click();
    await daemon.untilRunning(2);
    assert.deepEqual(
      (await running()).map(({ cwd, timeoutMs }) => ({ cwd, timeoutMs })),
      Array.from({ length: 2 }, () => ({ cwd: join(home, 'site'), timeoutMs: 5_400_000 })),
    );
  });

  it('says nothing that the console would complain about', () => {
    assert.deepEqual(window.errors, []);
  });
});

describe('Run in Daemon… where no dispatchd runs', function () {
  this.timeout(100_000);
  let window: VSCodeWindow;
  let url: string;

  before(async () => {
    url = `http://127.0.0.1:${await freePort()}`;
    window = await openVSCode({
      colorTheme: 'light',
      machineSettings: {
        'daemonHealth.daemons': [{ name: 'dispatchd', url, kind: 'dispatchd', pollIntervalMs: 1_000 }],
      },
    });
    await window.item('offline').waitFor();
  });

  after(async () => {
    const pid = window && (await pidOf(url));
    await window?.close();
    if (pid !== undefined) process.kill(pid, 'SIGTERM');
  });

  const dialog = () => window.dialog().filter({ hasText: 'dispatchd does not run. Start dispatchd?' });

  it('starts nothing where that is not wanted', async () => {
    await window.runCommand(COMMAND);
    await dialog().waitFor();
    await window.screenshot('run-6-start');
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    await dialog().waitFor({ state: 'detached' });
    assert.equal(await pidOf(url), undefined);
  });

  it('starts it first where the user agrees, then asks', async () => {
    await window.runCommand(COMMAND);
    await dialog().getByRole('button', { name: 'Start Daemon' }).click();
    const question = window.quickInput().getByPlaceholder('Type a command to run');
    await question.waitFor({ timeout: 60_000 });
    await question.fill('sleep 300');
    await question.press('Enter');
    // One folder is open: there is nothing to choose from.
    const time = window.quickInput().getByPlaceholder(/^How long/);
    await time.fill('7');
    await time.press('Enter');
    await window.row('sleep 300').waitFor();
    await window.screenshot('run-7-started');
    const [session] = await sessionsOf(url);
    assert.equal(session?.timeoutMs, 420_000);
    assert.equal(realpathSync(session.cwd), realpathSync(window.folder));
  });
});

describe('Run in Daemon… in a folder that is not trusted', function () {
  this.timeout(100_000);
  let watched: Watched | undefined;

  before(async () => {
    watched = await watchDispatchd({
      workspaceTrust: true,
      machineSettings: { 'security.workspace.trust.startupPrompt': 'never' },
    });
    await watched.window.item('healthy').waitFor();
  });
  after(() => watched?.close());

  it('runs nothing, says what trust is needed for, and where it is given', async () => {
    const { window, daemon } = watched!;
    await window.runCommand(COMMAND);
    await window.dialog().getByText('Run in Daemon needs a trusted workspace.').waitFor();
    await window.screenshot('run-8-restricted');
    await window.dialog().getByRole('button', { name: 'Manage Workspace Trust' }).click();
    await window.page.locator('.workspace-trust-editor').waitFor();
    assert.deepEqual(await sessionsOf(daemon.url), []);
  });
});

/** The process that answers as dispatchd there; `undefined` where none does. */
async function pidOf(url: string): Promise<number | undefined> {
  try {
    const { instance } = (await (await fetch(`${url}/api/health`)).json()) as { instance: { pid: number } };
    return instance.pid;
  } catch {
    return undefined;
  }
}
