import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/freePort';
import { notRun } from '../support/notRun';
import { startPrometheus } from '../support/real/prometheus';
import { RealHome, type RealProcess } from '../support/real/realProcess';
import { Watched } from '../support/real/watched';

/** It collects its own numbers each second here. */
const CONFIGURATION = (port: number) => `
global:
  scrape_interval: 1s
scrape_configs:
  - job_name: itself
    static_configs: [{ targets: ['127.0.0.1:${port}'] }]
`;

describe('a real Prometheus, as a daemon of any make', function () {
  this.timeout(180_000);
  let home: RealHome;
  let port: number;
  let prometheus: RealProcess;
  let watched: Watched | undefined;

  beforeEach(async function () {
    home = new RealHome(realpathSync(mkdtempSync(join(tmpdir(), 'daemon-health-prometheus-'))));
    port = await freePort();
    const configuration = join(home.folder, 'prometheus.yml');
    writeFileSync(configuration, CONFIGURATION(port));
    try {
      prometheus = await startPrometheus(home, port, configuration);
    } catch (error) {
      notRun(this, `there is no Prometheus: ${(error as Error).message.split('\n')[0]}`);
    }
  });
  afterEach(async () => {
    watched?.dispose();
    watched = undefined;
    await home.end();
    rmSync(home.folder, { recursive: true, force: true });
  });

  it('only answers, as long as no proof is named', async () => {
    watched = new Watched({ url: `http://127.0.0.1:${port}/-/ready` });
    await watched.reaches('unverified', 30_000);
    prometheus.signal('SIGSTOP');
    await watched.reaches('unresponsive', 90_000);
    prometheus.signal('SIGCONT');
    await watched.reaches('unverified', 30_000);
    assert.deepEqual(watched.besides('unverified', 'notAnswering', 'unresponsive'), []);
  });

  it('is well by the numbers that it collects, and is gone once it has ended', async () => {
    const beat = 'prometheus_tsdb_head_samples_appended_total{type="float"}';
    const url = `http://127.0.0.1:${port}/metrics`;
    watched = new Watched({ url, kind: 'generic', progress: { beat, redAfterMs: 30_000 } });
    await watched.reaches('healthy', 60_000);
    await watched.keeps(5_000);
    assert.deepEqual(watched.besides('unverified', 'healthy'), []);
    await prometheus.end();
    await watched.reaches('unreachable', 60_000);
    assert.deepEqual(watched.besides('unverified', 'healthy', 'notAnswering', 'unreachable'), []);
  });
});
