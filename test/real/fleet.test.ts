import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/app/systemClock';
import { daemonRows } from '../../src/ui/tree/daemonRows';
import { dispatchdFile } from '../support/dispatchd/daemonProcess';
import { freePort } from '../support/freePort';
import { notRun } from '../support/notRun';
import { ensurePrometheus, startPrometheus } from '../support/real/prometheus';
import { RealHome } from '../support/real/realProcess';
import { Watched } from '../support/real/watched';
import { RealDispatchd } from '../support/realDispatchd';
import { until } from '../support/until';

const RULES = join(__dirname, '../../docs/prometheus-rules.yml');
/** A loop of 200 ms that completes nothing for so long is wedged, also where the machine is busy. */
const RED_ABOVE_S = 15;

describe('a real Prometheus over three dispatchds', function () {
  this.timeout(300_000);
  let folder: string;
  let home: RealHome;
  let daemons: readonly RealDispatchd[] = [];
  let watched: Watched | undefined;

  before(async function () {
    try {
      await ensurePrometheus();
    } catch (error) {
      notRun(this, `there is no Prometheus: ${(error as Error).message.split('\n')[0]}`);
    }
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'daemon-health-fleet-'));
    home = new RealHome(join(folder, 'prometheus'));
  });
  afterEach(async () => {
    watched?.dispose();
    await Promise.all(daemons.map((daemon) => daemon.kill()));
    await home.end();
    [watched, daemons] = [undefined, []];
    rmSync(folder, { recursive: true, force: true });
  });

  it('shows the row of the wedged one red, and the rule fires for that one alone', async () => {
    const file = await dispatchdFile();
    const flags = ['--chaos', '--poll-stale-threshold-ms', '5000'];
    daemons = await Promise.all([1, 2, 3].map(() => new RealDispatchd(file).start(...flags)));
    const [, bravo] = daemons as [RealDispatchd, RealDispatchd, RealDispatchd];
    const hosts = daemons.map(({ url }) => new URL(url).host);
    const configuration = join(folder, 'prometheus.yml');
    writeFileSync(
      configuration,
      [
        'global: { scrape_interval: 1s, evaluation_interval: 1s }',
        `rule_files: [${JSON.stringify(RULES)}]`,
        'scrape_configs:',
        '  - job_name: dispatchd',
        `    static_configs: [{ targets: ${JSON.stringify(hosts)} }]`,
        '',
      ].join('\n'),
    );
    const port = await freePort();
    await startPrometheus(home, port, configuration);
    const origin = `http://127.0.0.1:${port}`;
    watched = new Watched({
      name: 'dispatchd {{instance}}',
      prometheus: origin,
      query: 'time() - dispatchd_last_cycle_completed_timestamp_seconds',
      value: 'age',
      redAbove: RED_ABOVE_S,
    });
    const fleet = watched;
    const rows = () =>
      daemonRows(fleet.model, systemClock.now(), undefined)
        .filter(({ contextValue }) => contextValue === 'series')
        .map(({ label, severity }) => `${severity} ${label.replace(/^.* · /, '')}`);
    await until(() => rows().length === 3, 'three series', 60_000);
    await watched.reaches('healthy', 60_000);
    assert.deepEqual([...rows()].sort(), hosts.map((host) => `plain ${host}`).sort());

    await bravo.post('/api/chaos/hang');
    const { why } = await watched.reaches('wedged', 120_000);
    const wedged = new URL(bravo.url).host;
    assert.equal(why, `1 of 3 red: ${wedged}, no success for over ${RED_ABOVE_S} s`);
    assert.equal(rows()[0], `red ${wedged}`, 'the worst first');
    assert.equal(rows().filter((row) => row.startsWith('red')).length, 1);

    const firing = async () => {
      const answer = await fetch(`${origin}/api/v1/alerts`);
      const { data } = (await answer.json()) as {
        data: { alerts: { state: string; labels: Record<string, string> }[] };
      };
      return data.alerts
        .filter(({ state, labels }) => state === 'firing' && labels['alertname'] === 'DispatchdWedged')
        .map(({ labels }) => labels['instance']);
    };
    await until(async () => (await firing()).length > 0, 'the rule to fire', 120_000);
    assert.deepEqual(await firing(), [new URL(bravo.url).host]);

    await bravo.post('/api/chaos/release');
    await watched.reaches('healthy', 120_000);
    await bravo.kill();
    await watched.reaches('unverified', 60_000);
    assert.equal(rows().filter((row) => row.startsWith('red')).length, 0, 'who is gone is not red');
  });
});
