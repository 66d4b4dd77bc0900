import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { NOTHING_STARTED_AFTER_MS } from '../../src/health/policy';
import { RealDispatchd } from '../support/realDispatchd';
import { SmithyProcess } from '../support/smithyProcess';
import { endWindows, FakeWindow } from '../support/window/fakeWindow';
import { dispatchdOf, installed } from '../support/window/installed';

/** The window shows what it waits for within half a minute after that. */
const BEFORE_MS = 15_000;
/** Longer than an ask may take. */
const STALL_MS = 6_000;
const STALL_EVERY_MS = 20_000;

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

describe('for ten minutes', () => {
  let folder: string;
  let smithy: SmithyProcess;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'daemon-health-long-'));
    smithy = await new SmithyProcess(folder).start();
  });
  afterEach(async () => {
    await endWindows();
    await smithy.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  const open = (...daemons: readonly object[]) =>
    FakeWindow.open({
      extension: installed('new'),
      storage: join(folder, 'storage'),
      focused: true,
      settings: { discovery: false, daemons },
      env: { HOME: folder },
    });

  it('a smithy that completes its cycles starts none of 12 ready tasks: stuck, amber, told once', async () => {
    await smithy.says({ readyTasks: 12 });
    const window = await open({ name: 'smithy', url: smithy.url, kind: 'smithy' });
    await window.row('smithy', 'healthy');
    await wait(NOTHING_STARTED_AFTER_MS - BEFORE_MS);
    const before = await window.row('smithy');
    assert.equal(before.description, 'healthy');
    await window.row('smithy', 'stuck');
    const { messages } = await window.until('the message', (look) => look.messages.length > 0);
    assert.match(messages[0]!.text, /12 ready tasks.*2 free workers/);
    assert.equal(messages[0]!.level, 'warning');
    await wait(60_000);
    assert.equal((await window.look()).messages.length, 1);
  });

  it('no living daemon is red while twice as many processes as cores are busy and the window stands still', async () => {
    const dispatchd = await new RealDispatchd(dispatchdOf('new')).start();
    const busy = Array.from({ length: 2 * cpus().length }, () =>
      spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
    );
    try {
      const window = await open(
        { name: 'smithy', url: smithy.url, kind: 'smithy' },
        { name: 'dispatchd', url: dispatchd.url, kind: 'dispatchd' },
      );
      await window.row('smithy', 'healthy');
      for (const endMs = performance.now() + 600_000; performance.now() < endMs;) {
        await wait(STALL_EVERY_MS);
        window.pause();
        await wait(STALL_MS);
        window.resume();
        const { rows, messages } = await window.look();
        const states = rows.filter(({ depth }) => depth === 0).map(({ description }) => description);
        assert.ok(
          !states.some((state) => /unresponsive|unreachable|failing|wedged/.test(state)),
          String(states),
        );
        assert.deepEqual(messages, []);
      }
    } finally {
      for (const child of busy) child.kill('SIGKILL');
      await dispatchd.stop();
    }
  });
});
