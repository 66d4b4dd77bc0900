import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/freePort';
import { SmithyProcess, smithySession } from '../support/smithyProcess';
import { openVSCode, watching, type VSCodeWindow } from './harness';
import { makeProject } from '../support/project';

/** A second smithy is found within 6 s; drawing takes a while on a busy machine. */
const FOUND_WITHIN_MS = 8_000;

describe('two smithys on one database, of which one has a stopped loop and a running session', function () {
  this.timeout(120_000);
  let home: string;
  let window: VSCodeWindow;
  let stopped: SmithyProcess;
  let running: SmithyProcess;

  before(async () => {
    home = realpathSync(mkdtempSync(join(tmpdir(), 'daemon-health-home-')));
    const project = makeProject(join(home, 'shop'));
    writeFileSync(join(project, 'README.md'), '# A project\n');
    [stopped, running] = await Promise.all([
      freePort().then((port) => new SmithyProcess(project).startAt(port)),
      new SmithyProcess(project).start(),
    ]);
    await stopped.says({ isRunning: false, sessions: [smithySession('e-worker-1')] });
    window = await openVSCode({
      colorTheme: 'dark',
      folder: project,
      env: { HOME: home },
      machineSettings: watching(
        { name: 'smithy', kind: 'smithy', url: stopped.url },
        { name: 'second', kind: 'smithy', url: running.url },
      ),
    });
    await window.item().click();
    await window.row('smithy').waitFor();
  });

  afterEach(async function () {
    if (this.currentTest?.isFailed()) await window.screenshot('conflict-failed');
  });

  after(async () => {
    await window?.close();
    await Promise.all([stopped?.kill(), running?.kill()]);
    rmSync(home, { recursive: true, force: true });
  });

  const conflict = () => window.row('share a database');
  const warningItem = () => window.item().and(window.page.locator('.warning-kind'));

  it('are a conflict, in the status bar and in the tree', async () => {
    await conflict().waitFor();
    await warningItem().filter({ hasText: 'share a database' }).waitFor();
  });

  it('are told of once, in words that are true of both', async () => {
    const toast = window.toast('on the same database');
    await toast.waitFor({ timeout: 40_000 });
    const text = (await toast.innerText()).replace(/\s+/g, ' ');
    assert.match(text, new RegExp(`smithy on port ${stopped.port}`));
    assert.match(text, new RegExp(`second on port ${running.port}`));
    const why = `Stop one: ${running.port} dispatches tasks, and agents of ${stopped.port} still run.`;
    assert.ok(text.includes(why), text);
    assert.equal(await window.toasts().count(), 1);
    await window.screenshots('conflict-agents');
    await window.clearNotifications();
  });

  it('are none any more once that session has ended', async () => {
    await stopped.says({ sessions: [] });
    await conflict().waitFor({ state: 'detached' });
    await warningItem().waitFor({ state: 'detached' });
    await window.screenshots('conflict-agents-ended');
  });

  it('name the process of each, also once that process is dead', async () => {
    const { pid } = running;
    await window.openDetails();
    for (const each of [stopped.pid, pid]) await window.row(`pid ${each} since`).waitFor();
    await running.kill();
    await window.row('unreachable').waitFor({ timeout: 30_000 });
    await window.row(`pid ${pid} since`).waitFor();
    await window.clearNotifications();
  });

  it('are one again within 6 s once a second one is started, which takes the next port', async () => {
    window.watch({ name: 'smithy', kind: 'smithy', url: stopped.url, pollIntervalMs: 5_000 });
    await stopped.says({ isRunning: true });
    await window.item('smithy healthy').waitFor();
    await running.startAt(stopped.port + 1);
    const beganMs = performance.now();
    await warningItem().filter({ hasText: 'share a database' }).waitFor();
    const tookMs = performance.now() - beganMs;
    assert.ok(tookMs <= FOUND_WITHIN_MS, `found after ${Math.round(tookMs)} ms`);
    await conflict().waitFor();
    await window.screenshots('conflict-second');
    await window.narrowScreenshot('conflict-second');
  });

  it('say nothing that the console would complain about', () => {
    assert.deepEqual(window.errors, []);
  });
});
