import assert from 'node:assert/strict';
import { freePort } from '../support/freePort';
import { BullMQ } from '../support/real/bullmq';
import { presetEntry } from '../support/real/presetEntry';
import { eachWith } from '../support/real/scene';

/** The preset says 5 min and an hour. Here no job that ends takes longer than 2 s. */
const STUCK_AFTER_MS = 10_000;
const RED_AFTER_MS = 20_000;

describe('a real queue of BullMQ, by its metrics', function () {
  this.timeout(180_000);
  const given = eachWith('bullmq', async ({ folder }) => BullMQ.in(folder, await freePort()));

  function entry(): object {
    const { home, url } = given().daemon;
    const progress = { stuckAfterMs: STUCK_AFTER_MS, redAfterMs: RED_AFTER_MS };
    return presetEntry('bullmq', { home, url: `${url}/metrics`, progress });
  }

  async function watchIdle(...parts: Parameters<BullMQ['start']>) {
    const { daemon, scene } = given();
    await daemon.start(...parts);
    const watched = scene.watch(entry());
    await watched.reaches('unverified', 30_000);
    return watched;
  }

  it('is never red while it has nothing to do, and while it works', async () => {
    const watched = await watchIdle();
    await watched.keeps(RED_AFTER_MS);
    // Two at a time: it goes on for longer than a queue that stands still may.
    watched.did('jobs for 30 s');
    await given().daemon.add('slow', 30);
    await watched.reaches('healthy', 30_000);
    await watched.keeps(RED_AFTER_MS + STUCK_AFTER_MS + 10_000);
    assert.deepEqual(watched.besides('unverified', 'healthy'), []);
  });

  it('is stuck, and then red, where its processor never settles', async () => {
    const queue = given().daemon;
    const watched = await watchIdle();
    watched.did('two jobs never settle, and hold both hands');
    await queue.add('hang', 2);
    await queue.add('quick', 3);
    const stuck = await watched.reaches('stuck', 60_000);
    assert.equal(stuck.severity, 'amber');
    const red = await watched.reaches('wedged', 60_000);
    assert.match(red.why, /^no progress: the daemon has work, and the counter has not moved/);
  });

  it('does not answer while it is frozen, or its redis is, and goes on', async () => {
    const watched = await watchIdle();
    const { app, redis } = given().daemon;
    for (const [what, signal] of [
      ['frozen', (name: NodeJS.Signals) => app.signal(name)],
      ['its redis is frozen', (name: NodeJS.Signals) => redis.signal(name)],
    ] as const) {
      await watched.reaches('unverified', 30_000);
      watched.did(what);
      signal('SIGSTOP');
      await watched.reaches('unresponsive', 90_000);
      watched.did('goes on');
      signal('SIGCONT');
      await watched.reaches('unverified', 30_000);
      assert.deepEqual(watched.besides('unresponsive', 'unverified'), []);
    }
  });

  it('says how many wait without a worker; is stuck, and then red, where the worker is frozen; well once it goes on', async () => {
    const queue = given().daemon;
    const watched = await watchIdle(['queue']);
    watched.did('jobs, and no worker');
    await queue.add('quick', 3);
    // A queue that is paused tells the same.
    await watched.reaches('unverified', 30_000, /^3 wait, and nothing is under way/);
    await watched.keeps(RED_AFTER_MS + STUCK_AFTER_MS);
    assert.deepEqual(watched.besides('unverified'), []);
    watched.did('a worker starts');
    const worker = queue.startWorker();
    await queue.add('slow', 20);
    await watched.reaches('healthy', 60_000);
    watched.did('the worker is frozen');
    worker.signal('SIGSTOP');
    await watched.reaches('stuck', 60_000);
    await watched.reaches('wedged', 60_000);
    watched.did('the worker goes on');
    worker.signal('SIGCONT');
    await watched.reaches('healthy', 60_000);
  });

  it('is neither red nor amber after the machine slept while it worked', async () => {
    const { daemon, scene } = given();
    await daemon.start();
    await daemon.add('slow', 60);
    const watched = scene.watchApart(entry());
    await watched.reaches('healthy', 60_000);
    await watched.sleep([daemon.home, daemon.redis], 3 * RED_AFTER_MS);
    await watched.keeps(RED_AFTER_MS);
    assert.deepEqual(watched.besides('healthy', 'unverified', 'notAnswering'), []);
    await watched.reaches('healthy', 30_000);
  });
});
