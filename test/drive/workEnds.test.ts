import assert from 'node:assert/strict';
import { watchDispatchd, type Watched } from './harness';

/** Runs this script of Node's. */
const node = (script: string) => ({ command: process.execPath, args: ['-e', script] });

describe('commands that end, in a window', function () {
  this.timeout(100_000);
  let watched: Watched | undefined;

  before(async () => {
    watched = await watchDispatchd({ pollIntervalMs: 2_000, colorTheme: 'dark' });
    await watched.window.item('healthy').waitFor();
  });

  afterEach(async function () {
    if (this.currentTest?.isFailed()) await watched?.window.screenshot('work-failed');
  });

  after(() => watched?.close());

  it('fails: says so with its exit code, and shows its output', async () => {
    const { window, daemon } = watched!;
    await daemon.post('/api/tasks', { name: 'Lint', ...node('console.log("2 errors"); process.exit(3)') });
    const message = window.toast(/“Lint” failed on dispatchd after .*s \(exit code 3\)\./);
    await message.waitFor();
    await window.screenshots('work-1-failed');
    await message.getByRole('button', { name: 'Show Output' }).click();
    await window.page.locator('.view-line', { hasText: '2 errors' }).waitFor();
  });

  it('run out their last minute in the item, and offer what fits', async () => {
    const { window, daemon } = watched!;
    await daemon.post('/api/tasks', {
      name: 'Build',
      ...node('setTimeout(() => {}, 600_000)'),
      timeoutMs: 58_000,
    });
    await window
      .item()
      .filter({ hasText: /0:\d\d left/ })
      .waitFor();
    const message = window.toast(/“Build” times out in \d\d s unless active/);
    await message.waitFor();
    await window.screenshots('work-2-left');
    await message.locator('a', { hasText: 'Extend…' }).click();
    const howMuch = window.quickInput().getByPlaceholder(/^Extend “Build” \(limit 58 s\) by how much\?/);
    await howMuch.waitFor();
    await window.screenshots('work-3-extend');
    await howMuch.fill('10 min');
    await howMuch.press('Enter');
    await window.toast(/“Build” extended by 600 s on request/).waitFor();
  });

  it('say nothing that the console would complain about', () => {
    assert.deepEqual(watched!.window.errors, []);
  });
});
