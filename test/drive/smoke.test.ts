import assert from 'node:assert/strict';
import { openVSCode, type VSCodeWindow } from './harness.js';

describe('VS Code with the packaged extension', () => {
  let window: VSCodeWindow;

  before(async () => {
    window = await openVSCode({
      colorTheme: 'dark',
      allBuiltIn: true,
      // This window has to do with no daemon.
      machineSettings: { 'daemonHealth.statusBar.show': 'always' },
    });
  });
  after(() => window?.close());

  it('shows the status item', async () => {
    await window.statusItem('daemonHealth.status').waitFor();
    await window.screenshot('smoke-dark');
  });

  it('follows the colour theme', async () => {
    await window.setColorTheme('light');
    await window.screenshot('smoke-light');
  });

  it('complains about nothing', async () => {
    assert.deepEqual(await window.toasts().allInnerTexts(), []);
    assert.deepEqual(window.errors, []);
  });
});
