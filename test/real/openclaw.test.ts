import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../support/freePort';
import { notRun } from '../support/notRun';
import { OpenClaw } from '../support/real/openclaw';
import { presetEntry } from '../support/real/presetEntry';
import { Watched, type Seen } from '../support/real/watched';
import { until } from '../support/until';

/** The preset says 2 min. Jobs run every 10 s here, and the command that tells of them takes up to 3 s. */
const RED_AFTER_MS = 20_000;
/** It is asked every 5 s, on a machine that may be busy. */
const LATEST_MS = 30_000;
/** As many runs at a time does its scheduler allow. */
const RUNS_AT_A_TIME = 8;
const FOR_EVER = 'sleep 1200';

describe('a real gateway of OpenClaw, by its preset', function () {
  this.timeout(400_000);
  let folder: string;
  let openclaw: OpenClaw | undefined;
  let watched: Watched | undefined;

  beforeEach(async function () {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'daemon-health-openclaw-')));
    try {
      openclaw = await OpenClaw.in(folder, await freePort());
    } catch (error) {
      notRun(this, `there is no openclaw: ${(error as Error).message.split('\n')[0]}`);
    }
  });
  afterEach(async () => {
    watched?.dispose();
    await openclaw?.home.end();
    [watched, openclaw] = [undefined, undefined];
    rmSync(folder, { recursive: true, force: true });
  });

  function watch(): Watched {
    const { home, url, argv } = openclaw!;
    const progress = { redAfterMs: RED_AFTER_MS };
    return (watched = new Watched(
      presetEntry('openclaw', { home, url, program: argv, progress, everyMs: 5_000 }),
    ));
  }

  async function isLive(): Promise<void> {
    const { ok, status } = (await (await fetch(`${openclaw!.url}/health`)).json()) as Record<string, unknown>;
    assert.deepEqual({ ok, status }, { ok: true, status: 'live' });
  }

  const isRunning = (name: string) =>
    until(
      async () => (await openclaw!.jobs()).some((job) => job.name === name && job.state.runningAtMs),
      `a run of ${name}`,
      60_000,
    );

  /** Red comes once the job is so late, and not long after. */
  async function assertInTime(red: Seen): Promise<void> {
    assert.match(red.why, /^no progress: the next run of tick is overdue by more than 20 s$/);
    const { nextRunAtMs = NaN } = (await openclaw!.jobs()).find(({ name }) => name === 'tick')!.state;
    const lateMs = red.wallAt - (nextRunAtMs + RED_AFTER_MS);
    assert.ok(lateMs >= 0 && lateMs < LATEST_MS, `red ${lateMs} ms after the job was so late`);
    await isLive();
  }

  it('is never red while it starts, works, restarts and drains; does not answer while it is frozen', async () => {
    openclaw!.launch();
    const watched = watch();
    await watched.reaches('healthy', 120_000);
    assert.deepEqual(watched.besides('offline', 'starting', 'healthy'), []);

    await openclaw!.schedule('tick', '10s', 'true');
    await openclaw!.schedule('long', '15s', 'sleep 12');
    watched.forget();
    await watched.keeps(2 * RED_AFTER_MS);
    assert.deepEqual(watched.besides('healthy'), []);

    await openclaw!.run('gateway', 'restart');
    await watched.reaches('healthy', 120_000);
    assert.deepEqual(watched.besides('healthy', 'stopped', 'starting', 'notAnswering', 'unverified'), []);

    openclaw!.gateway.signal('SIGSTOP');
    await watched.reaches('unresponsive', 90_000);
    openclaw!.gateway.signal('SIGCONT');
    await watched.reaches('healthy', 90_000);

    watched.forget();
    await openclaw!.schedule('hang', '2s', FOR_EVER);
    await isRunning('hang');
    openclaw!.gateway.signal('SIGTERM');
    // It waits up to 5 min for that run.
    await watched.reaches('stopped', 60_000);
    await watched.keeps(10_000);
    assert.deepEqual(watched.besides('healthy', 'stopped'), []);
  });

  it('is red where runs that never end fill its scheduler, while its health says live', async () => {
    await openclaw!.start();
    await openclaw!.schedule('tick', '10s', 'true');
    const watched = watch();
    await watched.reaches('healthy', 60_000);
    for (let run = 1; run <= RUNS_AT_A_TIME; run++) {
      await openclaw!.schedule(`hang${run}`, '10s', FOR_EVER);
    }
    await assertInTime(await watched.reaches('wedged', 120_000));
    assert.deepEqual(watched.besides('healthy', 'wedged'), []);
  });

  it('is red where one run that it missed never ends after its start, and well once that has ended', async () => {
    await openclaw!.start();
    await openclaw!.schedule('tick', '10s', 'true');
    await openclaw!.schedule('hang', '10s', FOR_EVER);
    // Before a run begins: it would wait for the end of that.
    await openclaw!.gateway.end();
    await delay(12_000);
    await openclaw!.start();
    const watched = watch();
    await assertInTime(await watched.reaches('wedged', 120_000));
    for (const pid of openclaw!.home.running(FOR_EVER)) process.kill(pid, 'SIGKILL');
    await watched.reaches('healthy', 60_000);
  });
});
