import { idAt } from '../../support/target';
import { readDaemons } from '../../../src/settings/daemonList';
import assert from 'node:assert/strict';
import { type Clock } from '../../../src/base/time';
import { systemClock } from '../../../src/app/systemClock';
import { Registry } from '../../../src/watch/registry';
import type { AskTimeouts } from '../../../src/kinds/kind';
import { createProbe } from '../../../src/kinds/probe';
import type { HealthEvent } from '../../../src/health/advance';
import type { DaemonState } from '../../../src/health/states';
import { Rendered } from '../../../src/ui/shared/rendered';
import { renderStatus } from '../../../src/ui/statusBar/statusText';
import { daemonRows } from '../../../src/ui/tree/daemonRows';
import { recordingAt, type Recording } from '../../fixtures/recordings';
import { FakeTime } from '../../unit/health/support';
import { HEALTHY, PATIENT, Scope, TIMEOUTS, answering, playing } from '../support';
import { freePort } from '../../support/freePort';
import { until } from '../../support/until';

describe('a registry over real servers', function () {
  this.timeout(30_000);
  const scope = new Scope();
  afterEach(() => scope.close());

  /** Watches these addresses; nothing is polled by itself within a test unless time is real. */
  function watch(
    urls: readonly string[],
    {
      clock = systemClock,
      timeouts = PATIENT,
      configured = true,
      pollIntervalMs = 300_000,
    }: { clock?: Clock; timeouts?: AskTimeouts; configured?: boolean; pollIntervalMs?: number } = {},
  ): { registry: Registry; state: (index?: number) => DaemonState; events: HealthEvent[] } {
    const events: HealthEvent[] = [];
    const registry = new Registry({
      clock,
      random: () => 0.5,
      isFocused: () => true,
      createProbe: (target) => Promise.resolve(createProbe(target, { timeouts })),
      recall: () => ({}),
    });
    scope.add(() => Promise.resolve(registry.dispose()));
    registry.on('stepped', (_model, heard) => events.push(...heard));
    registry.configure(
      readDaemons(
        urls.map((url, index) => ({ name: `d${index}`, url, pollIntervalMs })),
        { configured, allowRemote: false },
      ),
    );
    return { registry, state: (index = 0) => registry.models[index]!.track.verdict.state, events };
  }

  it('asks each daemon at once, and knows when it has asked them all', async () => {
    const server = await scope.http(playing(HEALTHY));
    const { registry, state } = watch([server.origin, `http://127.0.0.1:${await freePort()}`]);
    assert.equal(registry.settled, false);
    await registry.refresh();
    assert.equal(registry.settled, true);
    assert.deepEqual([state(0), state(1)], ['healthy', 'offline']);
  });

  it('polls one address once, however often it is configured', async () => {
    const server = await scope.http(playing(HEALTHY));
    const { registry } = watch([server.origin, `${server.origin}/`, `${server.origin}//`]);
    await registry.refresh();
    assert.equal(registry.models.length, 1);
    assert.equal(server.requests.filter((path) => path === '/api/daemon/status').length, 1);
  });

  it('never has two polls of one daemon under way: who asks meanwhile joins', async () => {
    let underWay = 0;
    let most = 0;
    const server = await scope.http((request, response) => {
      underWay++;
      most = Math.max(most, underWay);
      response.on('finish', () => underWay--);
      setTimeout(() => playing(HEALTHY)(request, response), 30);
    });
    const { registry } = watch([server.origin], { pollIntervalMs: 1_000 });
    const monitor = registry.monitor(idAt(server.origin))!;
    const statuses = () => server.requests.filter((path) => path === '/api/daemon/status').length;
    await Promise.all([registry.refresh(), monitor.poll(), monitor.attend(), registry.refresh()]);
    assert.equal(statuses(), 1);
    await until(() => statuses() >= 3, 'polls by the timer');
    assert.equal(most, 1);
  });

  it('goes on polling a server that never answers, and sees it come back', async () => {
    let isHung = true;
    const server = await scope.http((request, response) => {
      if (!isHung) playing(HEALTHY)(request, response);
    });
    const { registry, state } = watch([server.origin], { timeouts: TIMEOUTS, pollIntervalMs: 1_000 });
    await until(() => registry.models[0]!.track.samples >= 3, 'three polls', 20_000);
    assert.equal(state(), 'unverified');
    isHung = false;
    await until(() => state() === 'healthy', 'the recovery', 20_000);
  });

  it('lets a hung server hold up no other', async () => {
    const hung = await scope.tcp(() => {});
    const good = await scope.http(playing(HEALTHY));
    const { state } = watch([hung.origin, good.origin], { timeouts: PATIENT });
    await until(() => state(1) === 'healthy', 'the good one');
    assert.equal(state(0), 'unverified');
  });

  it('shows a default daemon only once it has answered as one, and says nothing of what else is there', async () => {
    const time = new FakeTime();
    let answer = answering('<html></html>', { type: 'text/html' });
    const server = await scope.http((request, response) => answer(request, response));
    const { registry, events } = watch([server.origin], { clock: time, configured: false });
    for (let poll = 0; poll < 20; poll++) {
      await registry.refresh();
      time.advance(5_000);
    }
    assert.deepEqual(registry.models, []);
    assert.deepEqual(
      events.filter(({ kind }) => kind === 'notice'),
      [],
    );
    answer = playing(HEALTHY);
    await registry.refresh();
    assert.equal(registry.models.length, 1);
  });

  it('keeps what it knows of a daemon whose settings did not change', async () => {
    const server = await scope.http(playing(HEALTHY));
    const { registry } = watch([server.origin]);
    await registry.refresh();
    const { track } = registry.models[0]!;
    const settings = [{ name: 'd0', url: server.origin, pollIntervalMs: 300_000 }];
    registry.configure(readDaemons(settings, { configured: true, allowRemote: false }));
    assert.equal(registry.models[0]!.track, track);
    registry.configure({ daemons: [], problems: [] });
    assert.deepEqual(registry.models, []);
  });

  /** How often a poll every five seconds writes to the status item and the tree. */
  async function writes(
    url: string,
    { warmUp = 25, polls = 40, timeouts = PATIENT, time = new FakeTime(), showsProcess = false } = {},
  ) {
    const { registry, state } = watch([url], { clock: time, timeouts });
    const count = { status: 0, rows: 0 };
    const status = new Rendered(() => void count.status++);
    const rows = new Rendered(() => void count.rows++);
    const poll = async () => {
      await registry.refresh();
      status.set(renderStatus(registry.models, registry.conflicts, time.now()));
      rows.set(registry.models.map((model) => daemonRows(model, time.now(), undefined)));
      time.advance(5_000);
    };
    for (let index = 0; index < warmUp; index++) await poll();
    // The process at its port is looked up once, and shown once.
    if (showsProcess) await until(() => registry.models[0]!.holder, 'the process at its port');
    await poll();
    count.status = count.rows = 0;
    const before = state();
    for (let index = 0; index < polls; index++) await poll();
    assert.equal(state(), before);
    return { state: before, ...count };
  }

  function live(time: FakeTime, name: string, change: (recording: Recording) => Recording = (same) => same) {
    return (
      request: Parameters<ReturnType<typeof playing>>[0],
      response: Parameters<ReturnType<typeof playing>>[1],
    ) =>
      playing({
        ...HEALTHY,
        '/api/daemon/status': change(recordingAt(name, time.wallAt)),
        '/api/sessions': recordingAt('sessions-worker-running', time.wallAt),
      })(request, response);
  }

  describe('writes nothing to the surfaces', () => {
    const unchanged: readonly [name: string, DaemonState][] = [
      ['status-running', 'healthy'],
      ['status-stopped', 'stopped'],
      ['master/status-running', 'unverified'],
    ];
    for (const [name, state] of unchanged) {
      it(`while a daemon stays ${state}`, async () => {
        const time = new FakeTime();
        const server = await scope.http(live(time, name));
        const written = await writes(server.origin, { time, showsProcess: true });
        assert.deepEqual(written, { state, status: 0, rows: 0 });
      });
    }

    it('while nothing listens', async () => {
      const origin = `http://127.0.0.1:${await freePort()}`;
      assert.deepEqual(await writes(origin), { state: 'offline', status: 0, rows: 0 });
    });
  });

  describe('writes at most once a minute, for a time that is shown in minutes,', () => {
    const failing: readonly [
      what: string,
      handler: (time: FakeTime) => ReturnType<typeof playing>,
      DaemonState,
    ][] = [
      ['no worker', (time) => live(time, 'status-stuck-no-workers'), 'stuck'],
      ['no repository', (time) => live(time, 'status-no-git'), 'unavailable'],
      ['the same wrong answer', () => answering('{"error":"x"}', { status: 500 }), 'wrongAnswer'],
    ];
    for (const [what, handler, expected] of failing) {
      it(`while there is ${what}`, async () => {
        const time = new FakeTime();
        const server = await scope.http(handler(time));
        const { state, status, rows } = await writes(server.origin, { time, polls: 36 });
        assert.equal(state, expected);
        assert.ok(status <= 4 && rows <= 4, `${status} and ${rows} writes in three minutes`);
      });
    }

    it('while it never answers', async () => {
      const server = await scope.tcp(() => {});
      const options = { timeouts: { requestMs: 20, fallbackMs: 20 }, polls: 24 };
      // Its hover tells for how long, in the first minutes with the seconds; a row never does.
      const early = await writes(server.origin, options);
      assert.equal(early.state, 'unresponsive');
      assert.ok(early.rows <= 3, `${early.rows} writes in two minutes`);
      const { status, rows } = await writes(server.origin, { ...options, warmUp: 70 });
      assert.ok(status <= 3 && rows <= 3, `${status} and ${rows} writes in two minutes`);
    });

    it('while it is wedged', async () => {
      const time = new FakeTime();
      const wedgedAt = time.wallAt - 10 * 60_000;
      const server = await scope.http(
        live(time, 'status-pollstale', (recording) => {
          const body = recording.body as { health: object };
          const at = (ms: number) => new Date(ms).toISOString();
          const health = {
            ...body.health,
            lastPollStartedAt: at(wedgedAt),
            lastPollCompletedAt: at(wedgedAt - 50),
          };
          return { ...recording, body: { ...body, health: { ...health, computedAt: at(time.wallAt) } } };
        }),
      );
      const { state, status, rows } = await writes(server.origin, { time, polls: 36 });
      assert.equal(state, 'wedged');
      assert.ok(status <= 4 && rows <= 4, `${status} and ${rows} writes in three minutes`);
    });
  });

  describe('that is disposed', () => {
    const open = () =>
      process.getActiveResourcesInfo().filter((what) => /Timeout|TCPSocket/.test(what)).length;

    it('asks no more, keeps no connection, holds nothing open', async () => {
      const server = await scope.http(playing(HEALTHY));
      const openBefore = open();
      const { registry } = watch([server.origin], { pollIntervalMs: 1_000 });
      await registry.refresh();
      const monitor = registry.monitor(idAt(server.origin))!;
      const asked = server.requests.length;
      registry.dispose();
      await monitor.poll();
      await monitor.attend();
      assert.equal(server.requests.length, asked);
      assert.deepEqual(registry.models, []);
      // Sooner than an idle connection would end by itself.
      await until(() => open() <= openBefore, 'timers and sockets to end', 2_000);
    });

    it('in the middle of a poll, ends it and hears nothing of it', async () => {
      const server = await scope.tcp(() => {});
      const openBefore = open();
      const { registry, events } = watch([server.origin]);
      await until(() => server.connections() > 0, 'the connection');
      const polling = registry.monitor(idAt(server.origin))!.poll();
      registry.dispose();
      await polling;
      await server.close();
      assert.deepEqual(events, []);
      await until(() => open() <= openBefore, 'timers and sockets to end', 2_000);
    });

    it('while its probe is still being loaded, closes it', async () => {
      let deliver = () => {};
      let closed = 0;
      const server = await scope.http(playing(HEALTHY));
      const registry = new Registry({
        clock: systemClock,
        random: () => 0.5,
        isFocused: () => true,
        createProbe: (target) =>
          new Promise((resolve) => {
            deliver = () => {
              const probe = createProbe(target, { timeouts: PATIENT });
              resolve({ ...probe, close: () => (closed++, probe.close()) });
            };
          }),
        recall: () => ({}),
      });
      registry.configure(readDaemons([{ url: server.origin }], { configured: true, allowRemote: false }));
      const polling = registry.monitor(idAt(server.origin))!.poll();
      registry.dispose();
      deliver();
      await polling;
      assert.equal(closed, 1);
      assert.deepEqual(server.requests, []);
    });
  });
});
