import assert from 'node:assert/strict';
import { createProbe, type Probe } from '../../../src/kinds/probe';
import { readDaemons } from '../../../src/settings/daemonList';
import { DaemonProcess } from '../../support/dispatchd/daemonProcess';
import { until } from '../../support/until';
import { Watch } from '../../unit/health/support';
import { dispatchdScope } from '../dispatchdScope';
import { PATIENT, reportOf } from '../support';

/** Quick to be late, and longer than a cycle of a busy machine. */
const THRESHOLD_MS = 2_000;

interface HealthJson {
  readonly status: string;
  readonly output?: string;
  readonly checks: Readonly<
    Record<
      string,
      readonly {
        readonly status: string;
        readonly time?: string;
        readonly output?: string;
        readonly observedValue: number;
      }[]
    >
  >;
}

describe('what dispatchd tells programs of any make', function () {
  this.timeout(60_000);
  const scope = dispatchdScope();

  const started = (...flags: string[]) =>
    DaemonProcess.start(['--chaos', '--poll-stale-threshold-ms', String(THRESHOLD_MS), ...flags]);

  async function wedged(): Promise<DaemonProcess> {
    const daemon = await started();
    await until(async () => (await daemon.get('/readyz')).status === 200, 'the first cycle');
    await daemon.post('/api/chaos/hang');
    await until(async () => (await daemon.status()).health.pollStale, 'the wedge', 30_000);
    return daemon;
  }

  const healthOf = async (daemon: DaemonProcess) => (await daemon.get('/health')).json<HealthJson>();
  const cyclesIn = ({ checks }: HealthJson) => checks['pollLoop:cycles']![0]!;

  /** The values of a page of metrics, by their names; labels stay on the name. */
  async function metricsOf(daemon: DaemonProcess): Promise<ReadonlyMap<string, number>> {
    const { text } = await daemon.get('/metrics');
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(
      lines.map((line) => {
        const [name = '', value = ''] = line.split(' ');
        return [name, Number(value)];
      }),
    );
  }

  function probeOf(entry: object): Probe {
    const { daemons } = readDaemons([entry], { configured: true, allowRemote: false });
    const { target, kind, asks } = daemons[0]!;
    const probe = createProbe(target, { kind, timeouts: PATIENT, ...(asks && { asks }) });
    scope.add(() => probe.close());
    return probe;
  }

  it('is well while its loop completes cycles, and each cycle moves the time of the check', async () => {
    const daemon = await started();
    await until(async () => (await daemon.get('/health')).status === 200, 'the first cycle');
    const answer = await daemon.get('/health');
    assert.match(String(answer.headers['content-type']), /^application\/health\+json\b/);
    const health = answer.json<HealthJson>();
    assert.deepEqual([health.status, cyclesIn(health).status], ['pass', 'pass']);
    const firstAt = Date.parse(cyclesIn(health).time!);
    await until(async () => Date.parse(cyclesIn(await healthOf(daemon)).time!) > firstAt, 'another cycle');
    assert.ok(cyclesIn(await healthOf(daemon)).observedValue > cyclesIn(health).observedValue);
    for (const [path, text] of [
      ['/livez', 'ok'],
      ['/readyz', 'ok'],
      ['/readyz?verbose', '[+]start ok\n[+]cycles ok\n[+]loop ok\nreadyz check passed\n'],
      ['/livez?verbose', '[+]http ok\nlivez check passed\n'],
    ] as const) {
      const probe = await daemon.get(path);
      assert.deepEqual([probe.status, probe.text], [200, text], path);
    }
  });

  it('fails while a cycle hangs, is not ready, and lives', async () => {
    const daemon = await wedged();
    const answer = await daemon.get('/health');
    const health = answer.json<HealthJson>();
    assert.deepEqual([answer.status, health.status, cyclesIn(health).status], [503, 'fail', 'fail']);
    assert.match(health.output!, /^no poll cycle has completed for \S+ s \(threshold 2 s\)$/);
    const again = cyclesIn(await healthOf(daemon));
    assert.equal(again.time, cyclesIn(health).time, 'the time of a check is no timer of its own');
    const ready = await daemon.get('/readyz');
    assert.deepEqual([ready.status, ready.text], [503, 'wedged']);
    const verbose = await daemon.get('/readyz?verbose');
    assert.equal(verbose.status, 503);
    assert.match(verbose.text, /^\[\+\]start ok\n\[\+\]cycles ok\n\[-\]loop failed: no poll cycle has/);
    const live = await daemon.get('/livez');
    assert.deepEqual([live.status, live.text], [200, 'ok']);
    const late = async () => (await metricsOf(daemon)).get('dispatchd_cycles_late_total');
    await until(async () => (await late()) === 1, 'the count of late cycles');

    await daemon.post('/api/chaos/release');
    await until(async () => (await daemon.get('/readyz')).status === 200, 'the end of the wedge');
    assert.equal((await healthOf(daemon)).status, 'pass');
  });

  it('warns of tasks that no worker can take, and goes on being ready', async () => {
    const daemon = await started('--workers', '0');
    await daemon.submit({ command: 'true' });
    await until(async () => (await daemon.get('/readyz')).status === 200, 'the first cycle');
    const answer = await daemon.get('/health');
    const { status, checks } = answer.json<HealthJson>();
    assert.deepEqual([answer.status, status], [200, 'warn']);
    const { output, observedValue } = checks['queue:ready']![0]!;
    assert.deepEqual([output, observedValue], ['1 task is ready and there is no worker to take it', 1]);
  });

  it('counts what it did, and tells nothing of what it runs', async () => {
    const daemon = await started('--workers', '1');
    const secret = 'of-somebody';
    await daemon.session(await daemon.submit({ name: secret, command: `exit 0 # ${secret}` }), 'completed');
    const running = await daemon.submit({ name: secret, command: 'sleep 60' });
    await daemon.session(running, 'running');
    await daemon.submit({ name: secret, command: 'sleep 60', prompt: secret });
    const answer = await daemon.get('/metrics');
    assert.equal(answer.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
    for (const path of ['/metrics', '/health', '/livez?verbose', '/readyz?verbose']) {
      const { text } = await daemon.get(path);
      assert.ok(!text.includes(secret) && !text.includes(daemon.stateDir), text);
    }
    const metrics = await metricsOf(daemon);
    assert.deepEqual(
      ['tasks_dispatched_total', 'tasks_running', 'tasks_queued', 'tasks_ready', 'workers'].map((name) =>
        metrics.get(`dispatchd_${name}`),
      ),
      [2, 1, 1, 1, 1],
    );
    assert.equal(metrics.get('dispatchd_cycle_threshold_seconds'), THRESHOLD_MS / 1_000);
    const { deadlineAt } = await daemon.session(running, 'running');
    assert.equal(
      metrics.get('dispatchd_earliest_deadline_timestamp_seconds'),
      Date.parse(deadlineAt) / 1_000,
    );
    const completed = 'dispatchd_last_cycle_completed_timestamp_seconds';
    const before = metrics.get(completed)!;
    await until(async () => (await metricsOf(daemon)).get(completed)! > before, 'another cycle');
  });

  it('is refused to a web page, as all else is', async () => {
    const daemon = await started();
    for (const path of ['/metrics', '/livez', '/readyz', '/health']) {
      for (const [name, value] of [
        ['host', 'evil.example'],
        ['origin', 'http://evil.example'],
        ['sec-fetch-site', 'cross-site'],
      ] as const) {
        assert.equal((await daemon.request('GET', path, { headers: { [name]: value } })).status, 403, path);
      }
      const posted = await daemon.request('POST', path, { token: daemon.token });
      assert.deepEqual([posted.status, posted.headers['allow']], [405, 'GET'], path);
    }
  });

  it('is read by the kind generic without any setting, with its checks', async () => {
    const daemon = await started();
    await until(async () => (await daemon.get('/readyz')).status === 200, 'the first cycle');
    const url = `http://127.0.0.1:${daemon.port}`;
    const report = reportOf(await probeOf({ url: `${url}/health` }).ask());
    assert.deepEqual(report.checks, [
      { name: 'pollLoop:cycles', state: 'good' },
      { name: 'queue:ready', state: 'good' },
    ]);
    const verbose = reportOf(await probeOf({ url: `${url}/readyz?verbose`, kind: 'generic' }).ask());
    assert.deepEqual(
      verbose.checks?.map(({ name, state }) => `${name} ${state}`),
      ['start good', 'cycles good', 'loop good'],
    );
  });

  for (const [what, path, progress] of [
    ['the contract that it keeps, without any setting', '/health', undefined],
    ['the time of its check', '/health', { time: 'checks.pollLoop:cycles.0.time' }],
    ['its metric', '/metrics', { time: 'dispatchd_last_cycle_completed_timestamp_seconds' }],
  ] as const) {
    it(`is proven by ${what}: healthy, and red once a cycle hangs`, async () => {
      const daemon = await started();
      await until(async () => (await daemon.get('/readyz')).status === 200, 'the first cycle');
      const url = `http://127.0.0.1:${daemon.port}${path}`;
      const probe = probeOf({
        url,
        ...(progress && { kind: 'generic', progress: { ...progress, redAfterMs: THRESHOLD_MS } }),
      });
      const watch = new Watch();
      const look = async () => watch.observe({ ...(await probe.ask()), startedMs: watch.time.monotonicMs });
      await until(async () => (await look()) === 'healthy', 'a cycle within the threshold');
      await daemon.post('/api/chaos/hang');
      await until(async () => (await daemon.get('/readyz')).status === 503, 'the wedge');
      await until(async () => (await look()) === 'wedged', 'red', 10_000).catch(() => {
        assert.fail(`${watch.reasonInWords}`);
      });
    });
  }
});
