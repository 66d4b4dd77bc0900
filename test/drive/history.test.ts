import assert from 'node:assert/strict';
import type { RealDispatchd } from '../support/realDispatchd';
import { CAN_HANG, watchDispatchd, type VSCodeWindow, type Watched } from './harness';

describe('the last 24 h, as drawn', function () {
  this.timeout(120_000);
  let watched: Watched | undefined;
  let daemon: RealDispatchd;
  let window: VSCodeWindow;

  before(async () => {
    watched = await watchDispatchd({
      flags: CAN_HANG,
      colorTheme: 'dark',
      machineSettings: { 'daemonHealth.notifications': 'none' },
    });
    ({ daemon, window } = watched);
    await window.item('healthy').waitFor();
    await daemon.post('/api/chaos/hang');
    await window.redItem().waitFor();
  });

  after(() => watched?.close());

  const item = () => window.item();
  const row = () => window.row('Last 24 h');
  const openRow = async () => {
    await item().click();
    await window.openDetails();
  };
  const hover = () => window.page.locator('.workbench-hover:visible', { hasText: 'Last 24 h' });

  /** Hovers something until its hover shows the strip, looks at it and goes away again. */
  async function seeStrip(where: () => ReturnType<typeof item>, screenshot: string): Promise<void> {
    const image = hover().locator('img');
    // VS Code takes a hover away whose row is drawn anew in that moment: a person points again.
    for (let attempt = 1; ; attempt++) {
      await where().hover();
      const isShown = await image.waitFor({ timeout: 5_000 }).then(
        () => true,
        () => false,
      );
      if (isShown) break;
      assert.ok(attempt < 5, 'no hover shows the strip');
      await window.page.mouse.move(800, 300);
    }
    assert.match(
      (await image.getAttribute('alt')) ?? '',
      /^Last 24 h: not watched .*; wedged \d\d:\d\d:\d\d to \d\d:\d\d:\d\d$/,
    );
    const width = await image.evaluate(
      (element) => (element as unknown as { naturalWidth: number }).naturalWidth,
    );
    assert.equal(width, 240, 'the browser draws the picture');
    await window.screenshot(screenshot);
    await window.page.mouse.move(800, 300);
    await hover().waitFor({ state: 'hidden' });
  }

  for (const colorTheme of ['dark', 'light'] as const) {
    it(`shows the strip in the tooltip, in a ${colorTheme} window`, async () => {
      await window.setColorTheme(colorTheme);
      await seeStrip(item, `history-tooltip-${colorTheme}`);
    });
  }

  for (const colorTheme of ['light', 'dark'] as const) {
    it(`says it in words in the tree, with the strip in the hover, in a ${colorTheme} window`, async () => {
      await window.setColorTheme(colorTheme);
      if (!(await row().isVisible())) await openRow();
      await row().and(window.page.locator('[aria-label*="wedged once today"]')).waitFor();
      await seeStrip(row, `history-tree-${colorTheme}`);
    });
  }

  it('says nothing that the console would complain about', () => {
    assert.deepEqual(window.errors, []);
  });

  it('still knows of it after the daemon is well and the window was loaded anew', async () => {
    await daemon.post('/api/chaos/release');
    await window.item('recovering').waitFor();
    await window.reload();
    await window.item('healthy').waitFor();
    if (!(await row().isVisible())) await openRow();
    await row().and(window.page.locator('[aria-label*="wedged once today"]')).waitFor();
  });
});
