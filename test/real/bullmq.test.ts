import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/freePort';
import { notRun } from '../support/notRun';
import { BullMQ } from '../support/real/bullmq';
import { presetEntry } from '../support/real/presetEntry';
import { Watched } from '../support/real/watched';

/** The preset says 5 min and an hour. Here no job that ends takes longer than 2 s. */
const STUCK_AFTER_MS = 10_000;
const RED_AFTER_MS = 20_000;

describe('a real queue of BullMQ, by its metrics', function () {
  this.timeout(180_000);
  let folder: string;
  let queue: BullMQ | undefined;
  let watched: Watched | undefined;

  beforeEach(async function () {
    folder = mkdtempSync(join(tmpdir(), 'daemon-health-bullmq-'));
    try {
      queue = await BullMQ.in(folder, await freePort());
    } catch (error) {
      notRun(this, `there is no BullMQ with its redis: ${(error as Error).message.split('\n')[0]}`);
    }
    await queue.start();
    const progress = { stuckAfterMs: STUCK_AFTER_MS, redAfterMs: RED_AFTER_MS };
    const entry = presetEntry('bullmq', { home: queue.home, url: `${queue.url}/metrics`, progress });
    watched = new Watched(entry);
  });
  afterEach(async () => {
    watched?.dispose();
    await queue?.end();
    [watched, queue] = [undefined, undefined];
    rmSync(folder, { recursive: true, force: true });
  });

  it('is never red while it has nothing to do, and while it works', async () => {
    await watched!.reaches('unverified', 30_000);
    // Two at a time: it goes on for longer than a queue that stands still may.
    await queue!.add('slow', 30);
    await watched!.reaches('healthy', 30_000);
    await watched!.keeps(RED_AFTER_MS + STUCK_AFTER_MS + 10_000);
    assert.deepEqual(watched!.besides('unverified', 'healthy'), []);
  });

  it('is stuck, and then red, where its processor never settles', async () => {
    await watched!.reaches('unverified', 30_000);
    await queue!.add('hang', 2);
    await queue!.add('quick', 3);
    const stuck = await watched!.reaches('stuck', 60_000);
    assert.equal(stuck.severity, 'amber');
    const red = await watched!.reaches('wedged', 60_000);
    assert.match(red.why, /^no progress: the daemon has work, and the counter has not moved/);
  });

  it('does not answer while it is frozen, and goes on', async () => {
    await watched!.reaches('unverified', 30_000);
    queue!.app.signal('SIGSTOP');
    await watched!.reaches('unresponsive', 90_000);
    queue!.app.signal('SIGCONT');
    await watched!.reaches('unverified', 30_000);
  });
});
