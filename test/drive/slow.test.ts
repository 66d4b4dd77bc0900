import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { AnsweringServer, healthyAnswer } from '../support/answeringServer';
import { freePort } from '../support/freePort';
import type { RealDispatchd } from '../support/realDispatchd';
import { packStallingExtension, stall } from '../support/stall';
import { openVSCode, startDispatchd, watching, type VSCodeWindow } from './harness';

/** Longer than an ask may take. */
const STALL_MS = 6_000;
/** So many asks that are lost one after the other are an outage. */
const STALLS = 3;
/** Of a frozen daemon: 24 s at the latest, and what drawing takes on a busy machine. */
const RED_WITHIN_MS = 26_000;

describe('slow or frozen', function () {
  this.timeout(180_000);
  let smithy: AnsweringServer;
  let daemon: RealDispatchd | undefined;
  let window: VSCodeWindow | undefined;
  let stallPort: number;

  before(async () => {
    smithy = await AnsweringServer.start(healthyAnswer);
    daemon = await startDispatchd();
    stallPort = await freePort();
    window = await openVSCode({
      extensions: [await packStallingExtension()],
      env: { STALL_PORT: String(stallPort) },
      machineSettings: watching(
        { kind: 'smithy', url: smithy.url, pollIntervalMs: 5_000 },
        { kind: 'dispatchd', url: daemon.url, pollIntervalMs: 5_000 },
      ),
    });
    await window.item('healthy').waitFor();
  });

  after(async () => {
    await window?.close();
    await daemon?.stop();
    await smithy?.stop();
  });

  /** The extension host stands still from the moment at which it asks for the status next; the answer waits for it. */
  function stallAtNextStatus(): Promise<void> {
    return new Promise((resolve, reject) => {
      smithy.become((response: ServerResponse) => {
        if (response.req.url !== '/api/daemon/status') return healthyAnswer(response);
        smithy.become(healthyAnswer);
        stall(stallPort, STALL_MS).then(() => {
          healthyAnswer(response);
          resolve();
        }, reject);
      });
    });
  }

  it('a living daemon stays healthy while another extension keeps the editor busy in the midst of its asks', async () => {
    for (let count = 0; count < STALLS; count++) await stallAtNextStatus();
    // The ask after the last stall: by then each of them has been taken for what it was.
    await new Promise<void>((resolve) =>
      smithy.become((response) => {
        healthyAnswer(response);
        resolve();
      }),
    );
    await window!.item('healthy').waitFor();
    assert.equal(await window!.redItem().count(), 0);
    assert.deepEqual(await window!.toasts().allInnerTexts(), [], 'a notification came');
    await window!.screenshot('stalled');
  });

  it('a daemon that freezes is red in time', async () => {
    const startedMs = performance.now();
    process.kill(daemon!.pid, 'SIGSTOP');
    try {
      await window!.redItem().waitFor({ timeout: 60_000 });
      const tookMs = performance.now() - startedMs;
      await window!.item('unresponsive').waitFor();
      assert.ok(tookMs <= RED_WITHIN_MS, `red after ${Math.round(tookMs)} ms`);
      await window!.screenshot('frozen');
    } finally {
      process.kill(daemon!.pid, 'SIGCONT');
    }
    await window!.item('healthy').waitFor({ timeout: 60_000 });
  });
});
