import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/freePort';
import { notRun } from '../support/notRun';
import { BullMQ } from '../support/real/bullmq';
import { Watched } from '../support/real/watched';

/** How long a queue may stand still here: far longer than its longest job that ends. */
const RED_AFTER_MS = 10_000;

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
    watched = new Watched({
      url: `${queue.url}/metrics`,
      kind: 'generic',
      progress: {
        counter: 'bullmq_job_count{state="completed"}',
        busy: 'bullmq_job_count{state="waiting"}',
        redAfterMs: RED_AFTER_MS,
      },
    });
  });
  afterEach(async () => {
    watched?.dispose();
    await queue?.end();
    [watched, queue] = [undefined, undefined];
    rmSync(folder, { recursive: true, force: true });
  });

  it('is never red while it has nothing to do, and while it works', async () => {
    await watched!.reaches('unverified', 30_000);
    await queue!.add('slow', 20);
    await watched!.reaches('healthy', 30_000);
    // Two at a time: it goes on for 20 s.
    await watched!.keeps(RED_AFTER_MS * 3);
    assert.deepEqual(watched!.besides('unverified', 'healthy'), []);
  });
  it('is red where its processor never settles', async () => {
    await watched!.reaches('unverified', 30_000);
    await queue!.add('hang', 2);
    await queue!.add('quick', 3);
    const red = await watched!.reaches('wedged', 60_000);
    console.log(red);
  });
});
