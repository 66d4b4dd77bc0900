import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from '../../scripts/paths.mjs';
import { DaemonProcess, stopDaemons } from '../support/dispatchd/daemonProcess';
import { ensurePrometheus, Prometheus, promtool } from '../support/real/prometheus';
import { eachWith } from '../support/real/scene';
import { until } from '../support/until';

const RULES = join(root, 'docs', 'prometheus-rules.yml');

/** Above all that one scrape, the rule's `for` and a busy machine take together. */
const FIRES_WITHIN_MS = 120_000;

describe('the alerting rules in a real Prometheus', function () {
  this.timeout(300_000);
  const given = eachWith('rules', ({ folder }) => Prometheus.in(join(folder, 'prometheus')));
  afterEach(stopDaemons);

  it('are rules to promtool, and say what they should of times that it plays', async () => {
    assert.match(await promtool('check', 'rules', RULES), /SUCCESS: 7 rules found/);
    const tests = join(root, 'test', 'fixtures', 'prometheus-rules.test.yml');
    assert.match(await promtool('test', 'rules', tests), /SUCCESS/);
  });

  it('stand on metrics that promtool finds no fault with', async () => {
    const daemon = await DaemonProcess.start();
    const { text } = await daemon.get('/metrics');
    const check = spawn(join(await ensurePrometheus(), 'promtool'), ['check', 'metrics']);
    let said = '';
    for (const stream of [check.stdout, check.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
    check.stdin.end(text);
    const [code] = (await once(check, 'close')) as [number | null];
    assert.deepEqual([code, said], [0, '']);
  });

  it('tell which one of three dispatchds is wedged, and which one is gone', async () => {
    const flags = ['--chaos', '--poll-stale-threshold-ms', '3000'];
    const [first, wedged, gone] = [
      await DaemonProcess.start(flags),
      await DaemonProcess.start(flags),
      await DaemonProcess.start(flags),
    ];
    const targets = [first, wedged, gone].map(({ port }) => `127.0.0.1:${port}`);
    const prometheus = given().daemon;
    await prometheus.start({ job: 'dispatchd', targets, rules: RULES });

    await until(
      async () => (await prometheus.values('dispatchd_cycles_total > 0')).length === 3,
      'three that are scraped',
      FIRES_WITHIN_MS,
    );
    await wedged.post('/api/chaos/hang');
    await gone.stop();
    await until(async () => (await prometheus.firing()).length >= 2, 'two alerts', FIRES_WITHIN_MS);
    const alerts = await prometheus.firing();
    assert.deepEqual(
      alerts.map(({ labels }) => `${labels.alertname} ${labels.instance}`).sort(),
      [`DispatchdAbsent ${targets[2]}`, `DispatchdWedged ${targets[1]}`].sort(),
    );
    const { annotations } = alerts.find(({ labels }) => labels.alertname === 'DispatchdWedged')!;
    assert.match(
      annotations.summary,
      /^dispatchd 127\.0\.0\.1:\d+ is wedged: no poll cycle has completed for [\d.]+s\.$/,
    );
    const [age] = await prometheus.values(
      `time() - dispatchd_last_cycle_completed_timestamp_seconds{instance="${targets[1]}"}`,
    );
    assert.ok(age! > 3, `the value that an editor shows: ${age}`);

    await wedged.post('/api/chaos/release');
    await until(
      async () => !(await prometheus.firing()).some(({ labels }) => labels.alertname === 'DispatchdWedged'),
      'the end of the wedge',
      FIRES_WITHIN_MS,
    );
  });
});
