import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../scripts/paths.mjs';
import { DaemonProcess, dispatchdFile, stopDaemons } from '../support/dispatchd/daemonProcess';
import { freePort } from '../support/freePort';
import { notRun } from '../support/notRun';
import { ensurePrometheus, promtool, startPrometheus } from '../support/real/prometheus';
import { RealHome } from '../support/real/realProcess';
import { until } from '../support/until';

const RULES = join(root, 'docs', 'prometheus-rules.yml');

/** Above all that one scrape, the rule's `for` and a busy machine take together. */
const FIRES_WITHIN_MS = 120_000;

interface Alert {
  readonly labels: { readonly alertname: string; readonly instance: string };
  readonly state: 'pending' | 'firing';
  readonly annotations: { readonly summary: string };
}

describe('the alerting rules in a real Prometheus', function () {
  this.timeout(300_000);
  let folder: string;
  let home: RealHome | undefined;

  before(async function () {
    try {
      await ensurePrometheus();
    } catch (error) {
      notRun(this, `there is no Prometheus: ${(error as Error).message.split('\n')[0]}`);
    }
    await dispatchdFile();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'daemon-health-rules-'));
  });
  afterEach(async () => {
    await home?.end();
    home = undefined;
    await stopDaemons();
    rmSync(folder, { recursive: true, force: true });
  });

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
    const configuration = join(folder, 'prometheus.yml');
    writeFileSync(
      configuration,
      JSON.stringify({
        global: { scrape_interval: '1s', evaluation_interval: '1s' },
        rule_files: [RULES],
        scrape_configs: [{ job_name: 'dispatchd', static_configs: [{ targets }] }],
      }),
    );
    home = new RealHome(join(folder, 'prometheus'));
    const port = await freePort();
    await startPrometheus(home, port, configuration);

    const ask = async <T>(route: string) =>
      ((await (await fetch(`http://127.0.0.1:${port}/api/v1/${route}`)).json()) as { data: T }).data;
    const valuesOf = async (query: string) => {
      const { result } = await ask<{ result: { value: [number, string] }[] }>(
        `query?query=${encodeURIComponent(query)}`,
      );
      return result.map(({ value }) => Number(value[1]));
    };
    const firing = async () => {
      const { alerts } = await ask<{ alerts: readonly Alert[] }>('alerts');
      return alerts.filter(({ state }) => state === 'firing');
    };

    await until(
      async () => (await valuesOf('dispatchd_cycles_total > 0')).length === 3,
      'three that are scraped',
      FIRES_WITHIN_MS,
    );
    await wedged.post('/api/chaos/hang');
    await gone.stop();
    await until(async () => (await firing()).length >= 2, 'two alerts', FIRES_WITHIN_MS);
    const alerts = await firing();
    assert.deepEqual(
      alerts.map(({ labels }) => `${labels.alertname} ${labels.instance}`).sort(),
      [`DispatchdAbsent ${targets[2]}`, `DispatchdWedged ${targets[1]}`].sort(),
    );
    const { annotations } = alerts.find(({ labels }) => labels.alertname === 'DispatchdWedged')!;
    assert.match(
      annotations.summary,
      /^dispatchd 127\.0\.0\.1:\d+ is wedged: no poll cycle has completed for [\d.]+s\.$/,
    );
    const [age] = await valuesOf(
      `time() - dispatchd_last_cycle_completed_timestamp_seconds{instance="${targets[1]}"}`,
    );
    assert.ok(age! > 3, `the value that an editor shows: ${age}`);

    await wedged.post('/api/chaos/release');
    await until(
      async () => !(await firing()).some(({ labels }) => labels.alertname === 'DispatchdWedged'),
      'the end of the wedge',
      FIRES_WITHIN_MS,
    );
  });
});
