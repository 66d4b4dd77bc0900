import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { findListener } from '../../src/system/processTable';
import { freePort } from '../support/freePort';
import { OpenClaw } from '../support/real/openclaw';
import { presetEntry } from '../support/real/presetEntry';
import { eachWith } from '../support/real/scene';
import type { Seen } from '../support/real/sightings';
import { RestartingWindow } from '../support/restartingWindow';
import { until } from '../support/until';

/** The preset says 2 min. Jobs run every 10 s here, and the command that tells of them takes up to 3 s. */
const RED_AFTER_MS = 20_000;
/** The preset says an hour. */
const STUCK_AFTER_MS = 20_000;
/** It is asked every 5 s, on a machine that may be busy. */
const LATEST_MS = 30_000;
/** As many runs at a time does its scheduler allow. */
const RUNS_AT_A_TIME = 8;
const FOR_EVER = 'sleep 1200';
const RESTARTED = /^openclaw restarted in .*(\.|, but only the next run will show whether work gets on\.)$/;

describe('a real gateway of OpenClaw, by its preset', function () {
  this.timeout(400_000);
  const given = eachWith('openclaw', async ({ folder }) => OpenClaw.in(folder, await freePort()));

  function entry(times: object = {}): object {
    const { home, url, argv } = given().daemon;
    const progress = { redAfterMs: RED_AFTER_MS, ...times };
    return presetEntry('openclaw', { home, url, program: argv, progress, everyMs: 5_000 });
  }

  const watch = (times?: object) => given().scene.watch(entry(times));

  async function isLive(): Promise<void> {
    const answer = await fetch(`${given().daemon.url}/health`);
    const { ok, status } = (await answer.json()) as Record<string, unknown>;
    assert.deepEqual({ ok, status }, { ok: true, status: 'live' });
  }

  const isRunning = (name: string) =>
    until(
      async () => (await given().daemon.jobs()).some((job) => job.name === name && job.state.runningAtMs),
      `a run of ${name}`,
      60_000,
    );

  function endRuns(): void {
    for (const pid of given().daemon.home.running(FOR_EVER)) process.kill(pid, 'SIGKILL');
  }

  /** Red comes once the job is so late, and not long after. */
  async function assertInTime(red: Seen): Promise<void> {
    assert.match(red.why, /^no progress: the next run of tick is overdue by more than 20 s$/);
    const { nextRunAtMs = NaN } = (await given().daemon.jobs()).find(({ name }) => name === 'tick')!.state;
    const lateMs = red.wallAt - (nextRunAtMs + RED_AFTER_MS);
    assert.ok(lateMs >= 0 && lateMs < LATEST_MS, `red ${lateMs} ms after the job was so late`);
    await isLive();
  }

  it('is never red while it starts, works, restarts and drains; does not answer while it is frozen', async () => {
    const openclaw = given().daemon;
    openclaw.launch();
    const watched = watch();
    await watched.reaches('healthy', 120_000);
    assert.deepEqual(watched.besides('offline', 'starting', 'healthy'), []);

    await openclaw.schedule('tick', '10s', 'true');
    await openclaw.schedule('long', '15s', 'sleep 12');
    watched.did('jobs of 0 s and of 12 s run again and again');
    await watched.keeps(2 * RED_AFTER_MS);
    assert.deepEqual(watched.besides('healthy'), []);

    watched.did('gateway restart');
    await openclaw.run('gateway', 'restart');
    await watched.reaches('healthy', 120_000);
    assert.deepEqual(watched.besides('healthy', 'stopped', 'starting', 'notAnswering', 'unverified'), []);

    watched.did('frozen');
    openclaw.gateway.signal('SIGSTOP');
    await watched.reaches('unresponsive', 90_000);
    watched.did('goes on');
    openclaw.gateway.signal('SIGCONT');
    await watched.reaches('healthy', 90_000);
    assert.deepEqual(watched.besides('unresponsive', 'healthy'), []);

    await openclaw.schedule('hang', '2s', FOR_EVER);
    await isRunning('hang');
    watched.did('SIGTERM, while a run goes on');
    openclaw.gateway.signal('SIGTERM');
    // It waits up to 5 min for that run.
    await watched.reaches('stopped', 60_000);
    await watched.keeps(10_000);
    watched.did('that run ends');
    endRuns();
    await watched.keeps(20_000);
    assert.deepEqual(watched.besides('stopped', 'offline'), []);
  });

  it('is red where runs that never end fill its scheduler, while its health says live', async () => {
    const openclaw = given().daemon;
    await openclaw.start();
    await openclaw.schedule('tick', '10s', 'true');
    const watched = watch();
    await watched.reaches('healthy', 60_000);
    for (let run = 1; run <= RUNS_AT_A_TIME; run++) {
      await openclaw.schedule(`hang${run}`, '10s', FOR_EVER);
    }
    watched.did('the last of 8 runs that never end is scheduled');
    await assertInTime(await watched.reaches('wedged', 120_000));
    // A job that was on its way when they were last told is not late by that: the next answer decides.
    assert.deepEqual(watched.besides('healthy', 'unverified', 'wedged'), []);
  });

  it('is red where one run that it missed never ends after its start, and well once that has ended', async () => {
    const openclaw = given().daemon;
    await openclaw.start();
    await openclaw.schedule('tick', '10s', 'true');
    await openclaw.schedule('hang', '10s', FOR_EVER);
    // Before a run begins: it would wait for the end of that.
    await openclaw.gateway.end();
    await delay(12_000);
    await openclaw.start();
    const watched = watch();
    watched.did('it catches up, and one run never ends');
    await assertInTime(await watched.reaches('wedged', 120_000));
    watched.did('that run ends');
    endRuns();
    await watched.reaches('healthy', 60_000);
  });

  it('is amber where a run goes on for too long, and red once it was killed', async () => {
    const openclaw = given().daemon;
    await openclaw.start();
    await openclaw.schedule('tick', '10s', 'true');
    const watched = watch({ stuckAfterMs: STUCK_AFTER_MS });
    await watched.reaches('healthy', 60_000);
    watched.did('a run that never ends is scheduled');
    await openclaw.schedule('hang', '5s', FOR_EVER);
    const stuck = await watched.reaches('stuck', 120_000);
    assert.equal(stuck.severity, 'amber');
    assert.match(stuck.why, /^suspect: a run of hang has gone on for/);
    await watched.keeps(RED_AFTER_MS);
    assert.deepEqual(watched.besides('healthy', 'stuck'), []);

    watched.did('kill -9');
    await openclaw.gateway.end('SIGKILL');
    await watched.reaches('unreachable', 60_000);
    endRuns();
    watched.did('started again');
    await openclaw.start();
    await watched.reaches('healthy', 120_000);
    assert.deepEqual(watched.besides('unreachable', 'starting', 'healthy', 'unverified'), []);
  });

  it('is restarted while it runs work, and says that only its next run proves that', async () => {
    const { daemon: openclaw, scene } = given();
    await openclaw.start();
    await openclaw.schedule('tick', '10s', 'true');
    const { home, port } = openclaw;
    const { folder } = scene;
    const window = new RestartingWindow({ kind: 'generic', port, folder, env: home.env, entry: entry() });
    scene.has({ end: () => window.dispose() });
    const { pid } = openclaw.gateway;
    const outcome = await window.restart(await window.plan());
    assert.match(outcome.text, RESTARTED);
    assert.notEqual((await findListener(port))?.pid, pid);
  });

  it('is neither red nor amber after the machine slept', async () => {
    const openclaw = given().daemon;
    await openclaw.start();
    await openclaw.schedule('tick', '10s', 'true');
    await openclaw.schedule('tock', '15s', 'sleep 2');
    const watched = given().scene.watchApart(entry());
    await watched.reaches('healthy', 60_000);
    await watched.sleep([openclaw.home], 3 * RED_AFTER_MS);
    await watched.reaches('healthy', 60_000);
    await watched.keeps(2 * RED_AFTER_MS);
    assert.deepEqual(watched.besides('healthy', 'unverified', 'notAnswering'), []);
  });
});
