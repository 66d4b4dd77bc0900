import assert from 'node:assert/strict';
import type { DaemonState } from '../../../src/health/states';
import { PresetWorld, recorded } from '../../support/presetWorld';
import { unreaped } from '../../support/unreaped';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../unit/health/support';

const RED: readonly DaemonState[] = ['wedged', 'unresponsive', 'unreachable', 'failing'];

/** Programs of the daemons' names are scripts for a shell. */
(process.platform === 'win32' ? describe.skip : describe)('a daemon of a preset', function () {
  this.timeout(60_000);
  let world: PresetWorld;
  beforeEach(() => {
    world = new PresetWorld();
  });
  afterEach(() => world.close());

  describe('openclaw', () => {
    const started = (uptimeMs: number) => ({
      ...recorded('openclaw/idle.startupz'),
      body: { ok: true, status: 'started', version: '2026.9.6', uptimeMs },
    });

    /** What a list of jobs says, of a gateway that has run for so long. */
    async function list(name: string, upMs = HOUR_MS): Promise<DaemonState> {
      const jobs = recorded(`openclaw/${name}`);
      world.at(jobs.capturedAt).program('openclaw', jobs);
      const url = await world.serve({ '/startupz': started(upMs) });
      world.watchEntry({ name: 'gateway', preset: 'openclaw', url });
      return world.look();
    }

    function crossesInMs(): number | undefined {
      const loop = world.watch.track.last?.loop;
      return loop && 'crossesInMs' in loop ? loop.crossesInMs : undefined;
    }

    const rows: readonly (readonly [name: string, upMs: number, state: DaemonState, reason: RegExp])[] = [
      ['idle.cli.cron-list', 27_568, 'healthy', /nothing is overdue/],
      ['cron.list.running', HOUR_MS, 'healthy', /nothing is overdue/],
      ['cron.list.saturated1', HOUR_MS, 'healthy', /nothing is overdue/],
      ['cron.list.saturated2', HOUR_MS, 'healthy', /nothing is overdue/],
      // A restart 44 s ago: what was due before is caught up with.
      ['cron.list.after-restart', 44_000, 'healthy', /nothing is overdue/],
      [
        'cron.list.catchup-blocked',
        385_000,
        'wedged',
        /no progress: the next run of hang\d is overdue by more than 2 min, and \d+ more/,
      ],
      ['cron.list.catchup-released', 420_000, 'healthy', /nothing is overdue/],
    ];
    for (const [name, upMs, state, reason] of rows) {
      it(`is ${state} by ${name}`, async () => {
        const is = await list(name, upMs);
        assert.equal(is, state, world.watch.reasonInWords);
        assert.match(world.watch.reasonInWords, reason);
      });
    }

    it('is red within two minutes of a saturation, and judged anew once a minute', async () => {
      assert.equal(await list('cron.list.saturated2'), 'healthy');
      const states = await world.looks(36, 5 * SECOND_MS);
      assert.equal(states.at(-1), 'wedged', world.watch.reasonInWords);
      assert.ok(states.indexOf('wedged') * 5 <= 120, `after ${states.indexOf('wedged') * 5} s`);
      assert.equal(world.calls('openclaw').length, 4, 'the command ran at once, and after each minute');
      assert.deepEqual(new Set(world.calls('openclaw')), new Set(['cron list --json --timeout 5000']));
    });

    it('judges by what was told before as of then, though a Date header has whole seconds', async () => {
      // A job is overdue by 119.0 s in the header's time, and the next header is 6 s later after 5 s.
      world.at('2026-11-25T14:41:34.999Z').program('openclaw', recorded('openclaw/cron.list.saturated2'));
      const url = await world.serve({ '/startupz': started(HOUR_MS) });
      world.watchEntry({ name: 'gateway', preset: 'openclaw', url });
      assert.equal(await world.look(), 'healthy');
      assert.ok(crossesInMs()! < 1_000, 'the first look waits for the moment when the job is too late');
      world.watch.time.advance(5_001);
      assert.equal(await world.look(), 'unverified', world.watch.reasonInWords);
      assert.equal(crossesInMs(), undefined, 'until the jobs are asked for again no moment decides anything');
    });

    it('suspects a run that goes on for over an hour, and is amber', async () => {
      const jobs = recorded('openclaw/cron.list.running');
      const doc = JSON.parse(jobs.stdout ?? '') as { jobs: { state: Record<string, unknown> }[] };
      // Of the run alone: the others are not due yet.
      const only = { ...jobs, stdout: JSON.stringify({ jobs: [doc.jobs[0]] }) };
      world.at(jobs.capturedAt).program('openclaw', only);
      world.watch.time.advance(3 * HOUR_MS);
      const url = await world.serve({ '/startupz': started(4 * HOUR_MS) });
      world.watchEntry({ name: 'gateway', preset: 'openclaw', url });
      assert.equal(await world.look(), 'stuck');
      assert.match(world.watch.reasonInWords, /^suspect: a run of stuck has gone on for 3 h/);
    });

    it('tells of jobs that it is no list of, and of none, that nothing is known', async () => {
      for (const stdout of ['{"jobs":[{"enabled":true,"name":"x","state":{}}]}', '{"tasks":[]}']) {
        world.program('openclaw', { capturedAt: '', stdout });
        const url = await world.serve({ '/startupz': started(HOUR_MS) });
        world.watchEntry({ name: 'gateway', preset: 'openclaw', url });
        assert.equal(await world.look(), 'unverified');
        assert.match(world.watch.reasonInWords, /state\.nextRunAtMs is missing/);
      }
      world.program('openclaw', { capturedAt: '', stdout: '{"jobs":[]}' });
      world.watchEntry({ name: 'gateway', preset: 'openclaw', url: await world.serve({}) });
      assert.equal(await world.look(), 'unverified');
      assert.match(world.watch.reasonInWords, /nothing to do/);
    });

    it('starts and drains without a word of alarm, and its jobs are not asked for meanwhile', async () => {
      assert.equal(await list('cron.list.running'), 'healthy');
      world.answer('/startupz', recorded('openclaw/draining.startupz'));
      world.program('openclaw', recorded('openclaw/draining.cli.cron-status'));
      assert.deepEqual(new Set(await world.looks(60, 5 * SECOND_MS)), new Set(['stopped']));
      world.answer('/startupz', recorded('openclaw/starting.05.startupz'));
      assert.equal(await world.look(), 'starting');
      assert.equal(world.calls('openclaw').length, 1);
      assert.deepEqual(world.watch.spoken, []);
    });

    it('is unverified where its client fails, and goes on by its last word for a moment', async () => {
      assert.equal(await list('cron.list.running'), 'healthy');
      world.program('openclaw', recorded('openclaw/frozen.cli.cron-status'));
      const states = await world.looks(60, 5 * SECOND_MS);
      assert.equal(states.at(0), 'healthy');
      assert.equal(states.at(-1), 'unverified');
      assert.ok(!states.some((state) => RED.includes(state)));
      assert.match(world.watch.reasonInWords, /what proves progress is not told/);
    });

    it('is red where it is frozen, and where it is gone', async () => {
      const jobs = recorded('openclaw/cron.list.running');
      world.at(jobs.capturedAt).program('openclaw', jobs);
      const url = await world.serve({ '/startupz': started(HOUR_MS) });
      world.watchEntry({ name: 'gateway', preset: 'openclaw', url }, 1_000);
      // A machine that is busy may answer late.
      for (let times = 0; times < 20 && !(await world.ask()).ok; times++);
      assert.equal(await world.look(), 'healthy', world.watch.reasonInWords);
      world.freeze();
      const silent = await world.ask();
      for (let times = 0; times < 4; times++) {
        world.watch.time.advance(5 * SECOND_MS);
        world.watch.observe({ ...silent, startedMs: world.watch.time.monotonicMs });
      }
      assert.equal(world.watch.state, 'unresponsive');
      world.freeze(false);
      await world.end();
      await world.looks(4, 5 * SECOND_MS);
      assert.equal(world.watch.state, 'unreachable', world.watch.reasonInWords);
    });

    it('is not red after a sleep in which all jobs became overdue', async () => {
      assert.equal(await list('cron.list.running'), 'healthy');
      await world.looks(3, 5 * SECOND_MS);
      world.watch.time.sleep(8 * HOUR_MS);
      const states = await world.looks(12, 5 * SECOND_MS);
      assert.ok(!states.includes('wedged'), states.join());
    });
  });

  describe('claude', () => {
    const session = () => {
      const { body } = recorded('claude/file.sessions.PID.busy-hung');
      return { ...(body as Record<string, unknown>), pid: process.pid };
    };
    const start = (status: string) => {
      const said = recorded(`claude/${status}`);
      world.at(said.capturedAt).program('claude', said);
      world.watchEntry({ name: 'claude', preset: 'claude' });
    };

    const rows: readonly (readonly [name: string, state: DaemonState, reason: RegExp])[] = [
      ['daemon.status.running', 'unverified', /nothing to do/],
      ['daemon.status.worker', 'unverified', /nothing to do/],
      ['restarted.daemon.status', 'unverified', /nothing to do/],
      ['recovered.daemon.status', 'unverified', /nothing to do/],
      ['thawed.daemon.status', 'unverified', /nothing to do/],
      // It ends by itself, and while it updates itself.
      ['daemon.status.none', 'stopped', /says that work is stopped/],
      ['stopped.daemon.status', 'unavailable', /supervisor not running but 10 workers in roster/],
      ['killed9.daemon.status', 'unavailable', /supervisor not running but 10 workers in roster/],
    ];
    for (const [name, state, reason] of rows) {
      it(`is ${state} by ${name}`, async () => {
        start(name);
        assert.equal(await world.look(), state, world.watch.reasonInWords);
        assert.match(world.watch.reasonInWords, reason);
      });
    }

    it('is red where its supervisor is frozen, though the command ends well', async () => {
      start('daemon.status.worker');
      await world.look();
      world.program('claude', recorded('claude/frozen.daemon.status'));
      await world.looks(4, 5 * SECOND_MS);
      assert.equal(world.watch.state, 'unresponsive', world.watch.reasonInWords);
    });

    it('suspects a session that is busy and writes nothing, and is never red by that', async () => {
      start('daemon.status.worker');
      world.file('.claude/sessions/18040.json', session(), 10 * MINUTE_MS);
      assert.equal(await world.look(), 'healthy', world.watch.reasonInWords);
      const states = await world.looks(200, 15 * SECOND_MS);
      assert.equal(states.at(-1), 'stuck', world.watch.reasonInWords);
      assert.match(world.watch.reasonInWords, /^suspect: count again is busy, with no sign of progress for/);
      assert.ok(!states.some((state) => RED.includes(state)));
    });

    it('does not suspect one whose transcript grows', async () => {
      start('daemon.status.worker');
      const body = session() as { sessionId?: string };
      world.file('.claude/sessions/18040.json', body, 3 * HOUR_MS);
      world.file(`.claude/projects/-home-work/${body.sessionId}.jsonl`, '{}\n', MINUTE_MS);
      assert.equal(await world.look(), 'healthy', world.watch.reasonInWords);
    });

    it('forgets what a session that is gone left behind, and one that is idle owes nothing', async () => {
      start('daemon.status.worker');
      world.file('.claude/sessions/1.json', { ...session(), pid: 2 ** 30 }, 3 * HOUR_MS);
      world.file('.claude/sessions/2.json', { ...session(), status: 'idle' }, 3 * HOUR_MS);
      assert.equal(await world.look(), 'unverified');
      assert.match(world.watch.reasonInWords, /nothing to do/);
    });

    it('forgets one whose process has ended and is not reaped, as in a container', async () => {
      start('daemon.status.worker');
      const worker = await unreaped();
      try {
        world.file('.claude/sessions/1.json', { ...session(), pid: worker.pid }, 3 * HOUR_MS);
        assert.equal(await world.look(), 'unverified', world.watch.reasonInWords);
        assert.match(world.watch.reasonInWords, /nothing to do/);
      } finally {
        worker.reap();
      }
    });

    it('runs no command that starts a supervisor', async () => {
      start('daemon.status.none');
      await world.looks(3, 15 * SECOND_MS);
      assert.deepEqual(new Set(world.calls('claude')), new Set(['daemon status']));
    });
  });

  describe('codex', () => {
    const PID = '.codex/app-server-daemon/daemon.pid';
    const ROLLOUT = '.codex/sessions/2026/11/25/rollout-2026-11-25T14-39-51-x.jsonl';
    const start = (said: string) => {
      const version = recorded(`codex/${said}`);
      world.at(version.capturedAt).program('codex', version);
      world.watchEntry({ name: 'codex', preset: 'codex' });
    };

    it('is idle without a turn', async () => {
      start('daemon.version');
      world.file(PID, recorded('codex/file.daemon.pid').body, HOUR_MS);
      assert.equal(await world.look(), 'unverified');
      assert.match(world.watch.reasonInWords, /nothing to do/);
    });

    it('is offline where it does not run', async () => {
      start('daemon.version.notrunning');
      assert.equal(await world.look(), 'offline', world.watch.reasonInWords);
    });

    it('is red where it is frozen, and where it is gone without its files', async () => {
      start('daemon.version.afterrestart');
      world.file(PID, {}, HOUR_MS);
      await world.look();
      world.program('codex', recorded('codex/daemon.frozen.version'));
      await world.looks(4, 5 * SECOND_MS);
      assert.equal(world.watch.state, 'unresponsive', world.watch.reasonInWords);
      world.program('codex', recorded('codex/daemon.version.notrunning'));
      await world.looks(4, 5 * SECOND_MS);
      assert.equal(world.watch.state, 'unreachable', world.watch.reasonInWords);
    });

    it('suspects a turn under way that writes nothing, and is never red by that', async () => {
      start('daemon.version');
      world.file(PID, {}, 2 * HOUR_MS);
      world.fileOf(ROLLOUT, 'codex/rollout.open.jsonl', 10 * MINUTE_MS);
      assert.equal(await world.look(), 'healthy', world.watch.reasonInWords);
      const states = await world.looks(60, 15 * SECOND_MS);
      assert.equal(states.at(-1), 'stuck');
      assert.match(world.watch.reasonInWords, /^suspect: the daemon is busy/);
      assert.ok(!states.some((state) => RED.includes(state)));
      world.fileOf(ROLLOUT, 'codex/rollout.ended.jsonl');
      await world.looks(4, 15 * SECOND_MS);
      assert.equal(world.watch.state, 'healthy', world.watch.reasonInWords);
    });

    it('does not suspect a turn that ended, or one of a life before', async () => {
      start('daemon.version');
      world.file(PID, {}, HOUR_MS);
      world.fileOf(ROLLOUT, 'codex/rollout.ended.jsonl', 30 * MINUTE_MS);
      world.fileOf(ROLLOUT.replace('-x', '-y'), 'codex/rollout.open.jsonl', 2 * HOUR_MS);
      assert.equal(await world.look(), 'unverified', world.watch.reasonInWords);
    });
  });

  describe('bullmq', () => {
    async function watchQueue(name: string): Promise<void> {
      const page = recorded(`bullmq/${name}.prometheus`);
      const url = await world.at(page.capturedAt).serve({ '/metrics': page });
      world.watchEntry({ name: 'queue', preset: 'bullmq', url: `${url}/metrics` });
      await world.look();
    }

    it('is stuck, and red in the end, where a job never settles', async () => {
      await watchQueue('hung.1');
      world.answer('/metrics', recorded('bullmq/hung.2.prometheus'));
      const minutes = await world.looks(70, MINUTE_MS);
      assert.equal(minutes.indexOf('stuck'), 5, minutes.join());
      assert.match(
        world.watch.reasonInWords,
        /no progress: the daemon has work, and the counter has not moved/,
      );
      assert.equal(minutes.at(-1), 'wedged');
      assert.ok(minutes.indexOf('wedged') >= 59);
    });

    for (const name of ['idle', 'stalled']) {
      it(`is neither with nothing that waits: ${name}`, async () => {
        await watchQueue(name);
        assert.deepEqual(new Set(await world.looks(70, MINUTE_MS)), new Set(['unverified']));
      });
    }

    for (const name of ['worker-frozen', 'no-worker']) {
      it(`is suspect without a worker: ${name}`, async () => {
        await watchQueue(name);
        assert.equal((await world.looks(7, MINUTE_MS)).at(-1), 'stuck');
      });
    }

    it('says that jobs wait and none is under way, where there is no worker or the queue is paused', async () => {
      // The same in both, as BullMQ 6.7.0 told it: so it is neither red nor amber.
      const page = recorded('bullmq/no-worker.prometheus');
      const stdout = page.stdout!.replace('state="active"} 1', 'state="active"} 0');
      const url = await world.at(page.capturedAt).serve({ '/metrics': { ...page, stdout } });
      world.watchEntry({ name: 'queue', preset: 'bullmq', url: `${url}/metrics` });
      assert.deepEqual(new Set(await world.looks(70, MINUTE_MS)), new Set(['unverified']));
      assert.equal(
        world.watch.reasonInWords,
        '1 waits, and nothing is under way: no worker is there, or the queue is paused',
      );
    });

    it('is well as long as the queue gets shorter, though no job is kept', async () => {
      await watchQueue('hung.1');
      for (let waiting = 200; waiting > 0; waiting -= 2) {
        const { stdout = '' } = recorded('bullmq/hung.1.prometheus');
        world.answer('/metrics', {
          capturedAt: '',
          stdout: stdout.replace('state="waiting"} 3', `state="waiting"} ${waiting}`),
        });
        world.watch.time.advance(MINUTE_MS);
        await world.look();
        if (waiting < 198) assert.equal(world.watch.state, 'healthy', world.watch.reasonInWords);
      }
    });
  });

  describe('opencode', () => {
    const answers = {
      '/global/health': recorded('opencode/stuck.global.health'),
      '/session/status': recorded('opencode/stuck.session.status'),
      '/session': recorded('opencode/stuck.session.list'),
    };

    it('is unverified by its answer alone, and no project is loaded', async () => {
      world.watchEntry({ name: 'opencode', preset: 'opencode', url: await world.serve(answers) });
      assert.equal(await world.look(), 'unverified');
      assert.deepEqual(world.asked, ['/global/health']);
    });

    it('suspects a session that is busy and is not updated, and is never red by that', async () => {
      const url = await world.at(answers['/session'].capturedAt).serve(answers);
      world.watchEntry({ name: 'opencode', preset: 'opencode-sessions', url });
      assert.equal(await world.look(), 'healthy', world.watch.reasonInWords);
      const states = await world.looks(240, 5 * SECOND_MS);
      assert.equal(states.at(-1), 'stuck', world.watch.reasonInWords);
      assert.match(world.watch.reasonInWords, /^suspect: New session - .* is busy/);
      assert.ok(!states.some((state) => RED.includes(state)));
      assert.equal(world.asked.filter((path) => path === '/session').length, 21, 'once a minute');
    });

    it('is idle without a session that is busy', async () => {
      const url = await world.serve({
        '/global/health': recorded('opencode/global.health'),
        '/session/status': recorded('opencode/session.status'),
        '/session': recorded('opencode/session'),
      });
      world.watchEntry({ name: 'opencode', preset: 'opencode-sessions', url });
      assert.equal(await world.look(), 'unverified');
      assert.match(world.watch.reasonInWords, /nothing to do/);
    });

    it('asks for a login where it has a password', async () => {
      const url = await world.serve({ '/global/health': recorded('opencode/password.global.health') });
      world.watchEntry({ name: 'opencode', preset: 'opencode', url });
      assert.equal(await world.look(), 'wrongAnswer', world.watch.reasonInWords);
    });
  });
});
