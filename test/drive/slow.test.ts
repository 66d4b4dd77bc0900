import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { ServerResponse } from 'node:http';
import { root } from '../../scripts/paths.mjs';
import { AnsweringServer, healthyAnswer } from '../support/answeringServer';
import { pidOfPeer } from '../support/peer';
import { RealDispatchd } from '../support/realDispatchd';
import { openVSCode, type VSCodeWindow } from './harness';

/** Longer than an ask may take. */
const STALL_MS = 6_000;
/** Of a frozen daemon: 24 s at the latest, and what drawing takes on a busy machine. */
const RED_WITHIN_MS = 26_000;

describe('slow or frozen', function () {
  this.timeout(120_000);
  let smithy: AnsweringServer;
  let daemon: RealDispatchd;
  let window: VSCodeWindow;

  before(async function () {
    // Only there the process at the other end of a connection is found.
    if (process.platform !== 'linux') return this.skip();
    smithy = await AnsweringServer.start(healthyAnswer);
    daemon = await new RealDispatchd(join(root, 'dist', 'dispatchd.js')).start();
    window = await openVSCode({
      machineSettings: {
        'daemonHealth.daemons': [
          { name: 'smithy', url: smithy.url, kind: 'smithy' },
          { name: 'dispatchd', url: daemon.url, kind: 'dispatchd' },
        ],
      },
    });
    await window.item('healthy').waitFor();
  });

  after(async () => {
    await window?.close();
    await daemon?.stop();
    await smithy?.stop();
  });

  /** The editor stands still from the moment at which it asks for the status next. */
  function stallAtNextStatus(): Promise<void> {
    return new Promise((resolve) => {
      smithy.become((response: ServerResponse) => {
        if (response.req.url !== '/api/daemon/status') return healthyAnswer(response);
        const editor = pidOfPeer(response.req.socket);
        smithy.become(healthyAnswer);
        process.kill(editor, 'SIGSTOP');
        healthyAnswer(response);
        setTimeout(() => {
          process.kill(editor, 'SIGCONT');
          resolve();
        }, STALL_MS);
      });
    });
  }

  it('a living daemon stays healthy while the editor stands still in the midst of its asks', async () => {
    for (let stall = 0; stall < 4; stall++) await stallAtNextStatus();
    await window.item('healthy').waitFor();
    assert.equal(await window.redItem().count(), 0);
    assert.equal(await window.toasts().count(), 0, 'a notification came');
  });

  it('a daemon that freezes is red in time', async () => {
    const startedMs = performance.now();
    process.kill(daemon.pid, 'SIGSTOP');
    try {
      await window.redItem().waitFor({ timeout: 60_000 });
      const tookMs = performance.now() - startedMs;
      await window.item('unresponsive').waitFor();
      assert.ok(tookMs <= RED_WITHIN_MS, `red after ${Math.round(tookMs)} ms`);
      await window.screenshot('frozen');
    } finally {
      process.kill(daemon.pid, 'SIGCONT');
    }
    await window.item('healthy').waitFor({ timeout: 60_000 });
  });
});
