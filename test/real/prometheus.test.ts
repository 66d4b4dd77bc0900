import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Prometheus } from '../support/real/prometheus';
import { eachWith } from '../support/real/scene';

describe('a real Prometheus, as a daemon of any make', function () {
  this.timeout(180_000);
  const given = eachWith('prometheus', ({ folder }) => Prometheus.in(join(folder, 'prometheus')));

  /** It collects its own numbers. */
  async function started(): Promise<Prometheus> {
    const { daemon } = given();
    await daemon.start({ job: 'itself', targets: [`127.0.0.1:${daemon.port}`] });
    return daemon;
  }

  it('only answers, as long as no proof is named', async () => {
    const { url, server } = await started();
    const watched = given().scene.watch({ url: `${url}/-/ready` });
    await watched.reaches('unverified', 30_000);
    watched.did('frozen');
    server.signal('SIGSTOP');
    await watched.reaches('unresponsive', 90_000);
    watched.did('goes on');
    server.signal('SIGCONT');
    await watched.reaches('unverified', 30_000);
    assert.deepEqual(watched.besides('unverified', 'unresponsive'), []);
  });

  it('is well by the numbers that it collects, and is gone once it has ended', async () => {
    const { url, server } = await started();
    const beat = 'prometheus_tsdb_head_samples_appended_total{type="float"}';
    const progress = { beat, redAfterMs: 30_000 };
    const watched = given().scene.watch({ url: `${url}/metrics`, kind: 'generic', progress });
    await watched.reaches('healthy', 60_000);
    await watched.keeps(5_000);
    assert.deepEqual(watched.besides('unverified', 'healthy'), []);
    watched.did('SIGTERM');
    await server.end();
    await watched.reaches('unreachable', 60_000);
    assert.deepEqual(watched.besides('unverified', 'healthy', 'notAnswering', 'unreachable'), []);
  });
});
