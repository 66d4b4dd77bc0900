import assert from 'node:assert/strict';
import { join } from 'node:path';
import { root } from '../../scripts/paths.mjs';
import { findListener, isAlive } from '../../src/system/processTable';
import { freePort } from '../support/freePort';
import { openVSCode, type VSCodeWindow } from './harness';

const MODES = ['terminal', 'background'] as const;

/** What README says of windows that are reloaded and closed. */
describe('a daemon that was started from here', function () {
  this.timeout(120_000);
  let window: VSCodeWindow;
  const ports = new Map<string, number>();
  const pids = new Map<string, number>();

  before(async () => {
    for (const mode of MODES) ports.set(mode, await freePort());
    window = await openVSCode({
      machineSettings: {
        'daemonHealth.daemons': MODES.map((mode) => ({
          name: `in ${mode}`,
          url: `http://127.0.0.1:${ports.get(mode)}`,
          pollIntervalMs: 1_000,
          restart: {
            command: process.execPath,
            args: [join(root, 'test/fixtures/daemons/daemon.mjs'), '--port', String(ports.get(mode))],
            mode,
          },
        })),
      },
    });
    for (const mode of MODES) {
      await start(`in ${mode}`);
      const listener = await findListener(ports.get(mode)!);
      assert.ok(listener, mode);
      pids.set(mode, listener.pid);
    }
  });

  after(async () => {
    await window?.close();
    for (const port of ports.values()) {
      const listener = await findListener(port);
      if (listener) process.kill(listener.pid, 'SIGKILL');
    }
  });

  async function start(name: string): Promise<void> {
    const { page } = window;
    const command = 'Daemon Health: Restart Daemon';
    await window.openPalette(`>${command}`);
    await page.getByRole('option', { name: command }).first().click();
    await page.getByRole('option', { name }).click();
    await window.toast(`${name} started in`).waitFor();
  }

  /** Those that still are the process that was started. */
  async function alive(): Promise<readonly string[]> {
    const living = await Promise.all(MODES.map((mode) => isAlive(pids.get(mode)!)));
    return MODES.filter((_, index) => living[index]);
  }

  it('outlives a reload of the window, in a VS Code server in both modes', async () => {
    await window.reload();
    await window.item().waitFor();
    assert.deepEqual(await alive(), MODES);
  });

  it('outlives the closing of the window, in a VS Code server in both modes', async () => {
    const next = await window.openWindow();
    await window.page.close();
    window = next;
    await window.item().waitFor();
    assert.deepEqual(await alive(), MODES);
  });

  it('outlives VS Code in the background only', async () => {
    await window.close();
    while ((await alive()).includes('terminal')) await new Promise((resolve) => setTimeout(resolve, 100));
    assert.deepEqual(await alive(), ['background']);
    assert.equal((await findListener(ports.get('background')!))?.pid, pids.get('background'));
  });
});
