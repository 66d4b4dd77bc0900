import assert from 'node:assert/strict';
import { join } from 'node:path';
import { root } from '../../scripts/paths.mjs';
import { systemClock } from '../../src/app/systemClock';
import { daemonRows } from '../../src/ui/tree/daemonRows';
import { dispatchdFile } from '../support/dispatchd/daemonProcess';
import { Prometheus } from '../support/real/prometheus';
import { eachWith } from '../support/real/scene';
import { RealDispatchd } from '../support/realDispatchd';
import { until } from '../support/until';

const RULES = join(root, 'docs', 'prometheus-rules.yml');
/** A loop of 200 ms that completes nothing for so long is wedged, also where the machine is busy. */
const RED_ABOVE_S = 15;

describe('a real Prometheus over three dispatchds', function () {
  this.timeout(400_000);
  const given = eachWith('fleet', ({ folder }) => Prometheus.in(join(folder, 'prometheus')));

  it('shows the row of the wedged one red, and the rule fires for that one alone', async () => {
    const { daemon: prometheus, scene } = given();
    const file = await dispatchdFile();
    const flags = ['--chaos', '--poll-stale-threshold-ms', '5000'];
    const daemons = [1, 2, 3].map(() => new RealDispatchd(file));
    for (const daemon of daemons) scene.has({ end: () => daemon.stop() });
    await Promise.all(daemons.map((daemon) => daemon.start(...flags)));
    const [, bravo] = daemons as [RealDispatchd, RealDispatchd, RealDispatchd];
    const hosts = daemons.map(({ url }) => new URL(url).host);
    await prometheus.start({ job: 'dispatchd', targets: hosts, rules: RULES });
    const watched = scene.watch({
      name: 'dispatchd {{instance}}',
      prometheus: prometheus.url,
      query: 'time() - dispatchd_last_cycle_completed_timestamp_seconds',
      value: 'age',
      redAbove: RED_ABOVE_S,
    });
    const rows = () =>
      daemonRows(watched.model, systemClock.now(), undefined)
        .filter(({ contextValue }) => contextValue === 'series')
        .map(({ label, severity }) => `${severity} ${label.replace(/^.* · /, '')}`);
    await until(() => rows().length === 3, 'three series', 60_000);
    await watched.reaches('healthy', 60_000);
    assert.deepEqual([...rows()].sort(), hosts.map((host) => `plain ${host}`).sort());
    await watched.keeps(2 * RED_ABOVE_S * 1_000);
    assert.deepEqual(watched.besides('unverified', 'healthy'), []);

    watched.did('the second of three hangs');
    await bravo.post('/api/chaos/hang');
    const { why } = await watched.reaches('wedged', 120_000);
    const wedged = new URL(bravo.url).host;
    assert.equal(why, `1 of 3 red: ${wedged}, no success for over ${RED_ABOVE_S} s`);
    assert.equal(rows()[0], `red ${wedged}`, 'the worst first');
    assert.equal(rows().filter((row) => row.startsWith('red')).length, 1);

    const firing = async () =>
      (await prometheus.firing())
        .filter(({ labels }) => labels.alertname === 'DispatchdWedged')
        .map(({ labels }) => labels.instance);
    await until(async () => (await firing()).length > 0, 'the rule to fire', 120_000);
    watched.did('DispatchdWedged fires');
    assert.deepEqual(await firing(), [new URL(bravo.url).host]);

    watched.did('the hang ends');
    await bravo.post('/api/chaos/release');
    await watched.reaches('healthy', 120_000);
    watched.did('kill -9 of the same');
    await bravo.kill();
    await watched.reaches('unverified', 60_000);
    assert.equal(rows().filter((row) => row.startsWith('red')).length, 0, 'who is gone is not red');

    watched.did('Prometheus is frozen');
    prometheus.server.signal('SIGSTOP');
    // Whoever measures does not answer: nothing is known of those that are measured.
    await watched.reaches('unverified', 90_000, /^Prometheus does not answer: no answer within/);
    await watched.keeps(2 * RED_ABOVE_S * 1_000);
    watched.did('Prometheus goes on');
    prometheus.server.signal('SIGCONT');
    await watched.reaches('unverified', 60_000, /its series has vanished$/);
    assert.deepEqual(watched.besides('unverified'), []);
    watched.did('Prometheus is ended');
    await prometheus.server.end();
    await watched.reaches('unverified', 60_000, /^Prometheus does not answer: connection refused/);
  });
});
