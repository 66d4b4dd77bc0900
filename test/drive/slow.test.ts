import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { cpus, setPriority } from 'node:os';
import { AnsweringServer, healthyAnswer } from '../support/answeringServer';
import { fillQueue } from '../support/fullQueue';
import { freePort } from '../support/freePort';
import type { RealDispatchd } from '../support/realDispatchd';
import { SmithyProcess } from '../support/smithyProcess';
import { packStallingExtension, stall } from '../support/stall';
import { openVSCode, startDispatchd, watching, type VSCodeWindow } from './harness';

/** Longer than an ask may take. */
const STALL_MS = 6_000;
/** So many asks that are lost one after the other are an outage. */
const STALLS = 3;
/** Of a frozen daemon: 24 s at the latest, and what drawing takes on a busy machine. */
const RED_WITHIN_MS = 26_000;

const BLOCK_MS = 28_000;
/** After its first answer, and what drawing takes. */
const GOOD_AGAIN_WITHIN_MS = 8_000;

describe('slow or frozen', function () {
  this.timeout(180_000);
  const busy: ChildProcess[] = [];
  let smithy: AnsweringServer;
  let frozen: RealDispatchd | undefined;
  let hung: SmithyProcess;
  let full: SmithyProcess;
  let starved: SmithyProcess;
  let waiting: readonly Socket[] = [];
  let window: VSCodeWindow | undefined;
  let stallPort: number;

  before(async () => {
    smithy = await AnsweringServer.start(healthyAnswer);
    frozen = await startDispatchd();
    [hung, full, starved] = await Promise.all([
      new SmithyProcess('/hung').start(),
      new SmithyProcess('/full', undefined, 1).start(),
      new SmithyProcess('/starved').start(),
    ]);
    stallPort = await freePort();
    window = await openVSCode({
      colorTheme: 'dark',
      extensions: [await packStallingExtension()],
      env: { STALL_PORT: String(stallPort) },
      machineSettings: watching(
        { name: 'frozen', kind: 'dispatchd', url: frozen.url, pollIntervalMs: 5_000 },
        ...Object.entries({ hung, full, starved, well: smithy }).map(
          ([name, { url }]) => ({ name, kind: 'smithy', url, pollIntervalMs: 5_000 }) as const,
        ),
      ),
    });
    await window.item('healthy').waitFor();
  });

  after(async () => {
    await window?.close();
    for (const socket of waiting) socket.destroy();
    for (const child of busy) child.kill('SIGKILL');
    await Promise.all([frozen?.stop(), smithy?.stop(), hung?.kill(), full?.kill(), starved?.kill()]);
  });

  const state = (name: string, says: string) => window!.row(name).filter({ hasText: says });

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

  it('daemons that freeze, hang or accept nothing are red in time; one that a busy machine slows down is not', async () => {
    await window!.item().click();
    // Under the mouse the item has neither its colour nor room for the pictures.
    await window!.page.mouse.move(800, 300);
    // Below everybody else's priority but that of the daemon which they starve.
    for (let n = 0; n < 2 * cpus().length; n++) {
      const child = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
      setPriority(child.pid!, 15);
      busy.push(child);
    }
    setPriority(starved.pid, 19);
    await starved.says({ labours: true });
    process.kill(full.pid, 'SIGSTOP');
    waiting = await fillQueue(full.port);
    process.kill(frozen!.pid, 'SIGSTOP');
    await hung.says({ blockForMs: BLOCK_MS });
    const beganMs = performance.now();
    await Promise.all(
      ['frozen', 'hung', 'full'].map((name) => state(name, 'unresponsive').waitFor({ timeout: 60_000 })),
    );
    const tookMs = performance.now() - beganMs;
    assert.ok(tookMs <= RED_WITHIN_MS, `red after ${Math.round(tookMs)} ms`);
    await state('starved', 'unverified').waitFor();
    await window!.screenshots('silent');
    await window!.narrowScreenshot('silent');
    await state('hung', 'recovering').waitFor({ timeout: BLOCK_MS - tookMs + GOOD_AGAIN_WITHIN_MS });
    for (const child of busy) child.kill('SIGKILL');
    for (const socket of waiting) socket.destroy();
    for (const { pid } of [frozen!, full]) process.kill(pid, 'SIGCONT');
    await Promise.all(['frozen', 'full'].map((name) => state(name, 'recovering').waitFor()));
    await window!.screenshots('silent-recovering');
  });

  it('are told in one message', async () => {
    assert.equal(await window!.toasts().count(), 1);
    assert.match((await window!.messages()).join(), /^3 daemons are unresponsive/);
  });
});
