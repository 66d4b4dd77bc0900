import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Impostor, statusOf } from '../support/impostor';
import { watchDispatchd, type VSCodeWindow, type Watched } from './harness';

const REFUSED = 'Nothing was sent';

describe(`a window whose dispatchd was killed, and whose port another program took (${Impostor.kind})`, function () {
  this.timeout(120_000);
  let watched: Watched | undefined;
  let window: VSCodeWindow;
  let impostor: Impostor | undefined;
  let sentence: string;

  before(async () => {
    watched = await watchDispatchd({ colorTheme: 'dark' });
    const { daemon } = watched;
    ({ window } = watched);
    await window.item('healthy').waitFor();
    await daemon.kill();
    const { stateDir, url } = daemon;
    const { id } = JSON.parse(readFileSync(join(stateDir, 'instance.json'), 'utf8')) as { id: string };
    impostor = await Impostor.listen(Number(new URL(url).port), statusOf(stateDir, 'PID', id));
    sentence = `Another program answers at ${url} (${impostor.inWords}). ${REFUSED}.`;
    await window.item().click();
    await window.row('nightly report').waitFor();
  });

  afterEach(async function () {
    if (this.currentTest?.isFailed()) await window.screenshot('impostor-failed');
    const close = window.toast(REFUSED).locator('.codicon-notifications-clear');
    while ((await close.count()) > 0) await close.first().click();
  });

  after(async () => {
    await impostor?.stop();
    await watched?.close();
  });

  /** The user is told who answers, and that program was told nothing. */
  async function isRefused(name: string): Promise<void> {
    const toast = window.toast(REFUSED);
    await Promise.race([toast.waitFor(), untilTold()]);
    assert.deepEqual(impostor!.told, [], 'what the other program was sent');
    assert.ok((await toast.innerText()).includes(sentence), await toast.innerText());
    await window.page.mouse.move(640, 300);
    await window.screenshot(`impostor-${name}`);
  }

  async function untilTold(): Promise<void> {
    while (impostor!.told.length === 0) await window.page.waitForTimeout(50);
  }

  for (const [name, title] of [
    ['output', 'Show Output of Session'],
    ['extend', 'Extend Session…'],
  ] as const) {
    it(`sends nothing for ${title}`, async () => {
      const row = window.row('nightly report');
      await row.hover();
      await row.getByRole('button', { name: title }).click();
      await isRefused(name);
    });
  }

  it('sends nothing for Run in Daemon…', async () => {
    const question = await window.ask('Daemon Health: Run in Daemon…', /^Type a command to run/);
    await question.fill('echo my-secret');
    await question.press('Enter');
    const time = window.quickInput().getByPlaceholder(/^How long may the command run\?/);
    await time.fill('7');
    await time.press('Enter');
    await isRefused('run');
  });

  it('asked for its status meanwhile, without a token', () => {
    const paths = new Set(impostor!.heard.map(({ method, path }) => `${method} ${path}`));
    assert.ok(paths.has('GET /api/daemon/status'), [...paths].join(', '));
    assert.deepEqual(impostor!.told, []);
    assert.deepEqual(window.errors, []);
  });
});
