import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { systemClock } from '../../../src/app/systemClock';
import { beginTrack, observe } from '../../../src/health/track';
import type { Probe } from '../../../src/kinds/probe';
import { livingChildren } from '../../../src/system/children';
import { reasonText } from '../../../src/words/reasons';
import { ductorProbe } from '../../support/ductorProbe';
import { FakeDuctor, pythonTime } from '../../support/fakeDuctor';
import { notRun } from '../../support/notRun';
import { until } from '../../support/until';
import { reportOf } from '../support';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

describe('the cron jobs of a ductor', function () {
  this.timeout(20_000);
  let idle: ChildProcess;
  let ductor: FakeDuctor;
  let probe: Probe;

  beforeEach(async () => {
    idle = spawn(process.execPath, ['-e', 'process.stdin.resume()', 'ductor'], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    await once(idle, 'spawn');
    ductor = await FakeDuctor.start();
    probe = ductorProbe(ductor);
  });
  afterEach(async () => {
    await probe.close();
    await ductor.stop();
    idle.kill('SIGKILL');
  });

  /** Its file, written `changedAgoMs` ago, with a job of every minute that last ran `ranAgoMs` ago. */
  const jobs = ({ changedAgoMs = HOUR_MS, ranAgoMs = 2 * HOUR_MS, ...changes } = {}) => {
    const job = {
      id: 'minutely',
      title: 'look after the queue',
      schedule: '* * * * *',
      task_folder: 'queue',
      created_at: pythonTime(Date.now() - 24 * HOUR_MS),
      last_run_at: pythonTime(Date.now() - ranAgoMs),
      ...changes,
    };
    ductor.write('cron_jobs.json', { jobs: [job] }, Date.now() - changedAgoMs);
  };
  const overdue = async () => reportOf(await probe.ask()).overdueJobs?.map(({ name }) => name);

  it('that should have run are told, and since when', async () => {
    ductor.begin({ agoMs: 3 * HOUR_MS, pid: idle.pid! });
    jobs();
    const report = reportOf(await probe.ask());
    const [job] = report.overdueJobs ?? [];
    assert.ok(job);
    assert.equal(job.name, 'look after the queue');
    const agoMs = report.daemonNow! - job.dueAt;
    assert.ok(agoMs > 58 * MINUTE_MS && agoMs < HOUR_MS, `${agoMs}`);
    let track = beginTrack(true, {}, systemClock.now());
    const sample = await probe.ask();
    const at = (laterMs: number) => {
      const now = systemClock.now();
      return { ...now, monotonicMs: now.monotonicMs + laterMs, uptimeMs: now.uptimeMs + laterMs };
    };
    for (const laterMs of [0, 5 * MINUTE_MS]) track = observe(track, sample, 0, at(laterMs)).track;
    assert.equal(track.verdict.state, 'stuck');
    assert.match(reasonText(track.verdict.reason), /^its cron job look after the queue is overdue since /);
  });

  it('that have run, or just began to wait, are not', async () => {
    ductor.begin({ agoMs: 3 * HOUR_MS, pid: idle.pid! });
    jobs({ ranAgoMs: 0, changedAgoMs: 0 });
    assert.deepEqual(await overdue(), []);
  });

  it('may be running while ductor has a process, for as long as it lets one run', async function () {
    if (process.platform !== 'linux') notRun(this, 'elsewhere the processes are not told');
    // The stand-in's own process has one below it.
    ductor.begin({ agoMs: 3 * HOUR_MS, config: { cli_timeout: 7_200 } });
    await until(async () => (await livingChildren(ductor.pid)) === 1);
    jobs();
    assert.deepEqual(await overdue(), []);
    ductor.begin({ agoMs: 3 * HOUR_MS, config: { cli_timeout: 600 } });
    assert.deepEqual(await overdue(), ['look after the queue']);
  });

  it('are none where the file is not there, and not known where it cannot be read', async () => {
    ductor.begin({ agoMs: 3 * HOUR_MS, pid: idle.pid! });
    assert.deepEqual(await overdue(), []);
    ductor.write('cron_jobs.json', '{');
    assert.equal(await overdue(), undefined);
  });

  it('are not told of a ductor that ends', async () => {
    ductor.begin({ agoMs: 3 * HOUR_MS, pid: idle.pid! });
    jobs();
    ductor.log('Termination signal received, shutting down gracefully...');
    assert.equal(await overdue(), undefined);
  });
});
