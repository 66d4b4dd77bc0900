import assert from 'node:assert/strict';
import { readStatus } from '../../../src/kinds/smithy/status';
import type { Report } from '../../../src/health/report';
import type { Loop } from '../../../src/health/loop';
import { assessLoop, staleThresholdMs } from '../../../src/health/staleness';
import type { Malformed } from '../../../src/health/cause';
import { causeText, loopUnknownText } from '../../../src/words/causes';
import { observe, beginTrack } from '../../../src/health/track';
import type { DaemonState } from '../../../src/health/states';
import { loadRecording, shiftTimes } from '../../fixtures/recordings';
import { DAY_MS, FakeTime, HOUR_MS, Watch, goodReport, reportWith, type Parts } from './support';

const NOW_AT = Date.parse('2026-11-22T12:00:00.000Z');

function report(parts: Parts): Report {
  return reportWith({ daemonNow: NOW_AT, ...parts });
}

function ago(ms: number): number {
  return NOW_AT - ms;
}

/** The report in a recording, with fields of its `health` replaced; `undefined` takes one out. */
function recorded(name: string, health: Record<string, unknown> = {}): Report {
  const { body, headers } = loadRecording(name);
  const status = body as { health?: object };
  const changed = Object.fromEntries(
    Object.entries({ ...status.health, ...health }).filter(([, value]) => value !== undefined),
  );
  const read = readStatus(
    Object.keys(health).length === 0 ? body : { ...status, health: changed },
    Date.parse(headers.date ?? ''),
  );
  if ('is' in read) throw new Error(causeText(read));
  return read;
}

function firstState(read: Report): DaemonState {
  const time = new FakeTime();
  const sample = { ok: true, startedMs: time.monotonicMs, latencyMs: 2, report: read } as const;
  return observe(beginTrack(true, {}, time.now()), sample, 0, time.now()).track.verdict.state;
}

describe('a stale poll loop', () => {
  describe('each situation of the real smithy means one state', () => {
    const rows: readonly [situation: string, read: () => Report, DaemonState][] = [
      ['healthy', () => recorded('status-running'), 'healthy'],
      ['healthy with a worker busy', () => recorded('status-running-worker-busy'), 'healthy'],
      ['healthy after the user started it', () => recorded('status-running-after-user-start'), 'healthy'],
      ['healthy after a restart', () => recorded('restart/3-autostart-status'), 'healthy'],
      [
        'healthy: a sleep that does nothing',
        () => recorded('status-after-sleep-no-fallback-chain'),
        'healthy',
      ],
      [
        'never polled, autostart off',
        () => recorded('staleness-branch/status-never-polled-autostart-disabled'),
        'stopped',
      ],
      ['never polled since a restart', () => recorded('restart/1-after-status'), 'stopped'],
      ['first cycle in flight', () => recorded('staleness-branch/status-first-poll-in-flight'), 'starting'],
      [
        'first cycle wedged: no lastPollCompletedAt',
        () =>
          recorded('staleness-branch/status-first-poll-in-flight', {
            computedAt: '2026-11-22T00:38:12.000Z',
            pollStale: true,
          }),
        'wedged',
      ],
      ['later cycle wedged', () => recorded('status-pollstale'), 'wedged'],
      ['later cycle slow, not stale yet', () => recorded('status-wedged-not-yet-stale'), 'healthy'],
      ['stopped a moment ago', () => recorded('status-stopped'), 'stopped'],
      [
        'stopped for over 60 s, with pollStale true',
        () => recorded('status-stopped', { computedAt: '2026-11-22T00:36:29.000Z', pollStale: true }),
        'stopped',
      ],
      ['stopped while wedged', () => recorded('staleness-branch/status-stopped-while-wedged'), 'stopped'],
      [
        'stopped while wedged, later',
        () =>
          recorded('staleness-branch/status-stopped-while-wedged', {
            computedAt: '2026-11-22T00:52:10.000Z',
            pollStale: true,
          }),
        'stopped',
      ],
      ['stuck without workers', () => recorded('status-stuck-no-workers'), 'stuck'],
      ['stuck with all workers disabled', () => recorded('status-stuck-workers-disabled'), 'stuck'],
      ['stuck no more', () => recorded('status-resumed-worker-registered'), 'healthy'],
      [
        'stuck and wedged: red beats amber',
        () => recorded('status-stuck-no-workers', { pollStale: true }),
        'wedged',
      ],
      ['paused by a rate limit', () => recorded('status-ratelimit-paused'), 'paused'],
      ['paused, a cycle later', () => recorded('status-ratelimit-paused-after-poll'), 'paused'],
      ['paused and wedged', () => recorded('status-ratelimit-paused', { pollStale: true }), 'wedged'],
      ['no git repository', () => recorded('status-no-git'), 'unavailable'],
      ['released version, no health: running', () => recorded('master/status-running'), 'unverified'],
      ['released version, no health: stopped', () => recorded('master/status-stopped'), 'stopped'],
      [
        'running without any timestamp',
        () => recorded('status-running', { lastPollStartedAt: undefined, lastPollCompletedAt: undefined }),
        'unverified',
      ],
    ];
    for (const [situation, read, state] of rows) {
      it(`${situation}: ${state}`, () => assert.equal(firstState(read()), state));
    }
  });

  it('tells in words that a released smithy cannot be verified', () => {
    const loop = assessLoop(recorded('master/status-running'));
    assert.ok(loop.kind === 'unknown');
    assert.match(loopUnknownText(loop.why), /does not report its poll cycles/);
  });

  describe('has the threshold of the daemon, or of smithy’s own rule', () => {
    const rows: readonly [parts: Parts, thresholdMs: number][] = [
      [{}, 60_000],
      [{ pollIntervalMs: 1_000 }, 60_000],
      [{ pollIntervalMs: 6_000 }, 60_000],
      [{ pollIntervalMs: 6_001 }, 60_010],
      [{ pollIntervalMs: 60_000 }, 600_000],
      [{ pollIntervalMs: 60_000, pollStaleThresholdMs: 5_000 }, 5_000],
    ];
    for (const [parts, thresholdMs] of rows) {
      it(`${JSON.stringify(parts)}: ${thresholdMs} ms`, () =>
        assert.equal(staleThresholdMs(report(parts)), thresholdMs));
    }
  });

  describe('is derived where the daemon does not say it, with its own clock', () => {
    const rows: readonly [what: string, parts: Parts, kind: Loop['kind'], ageMs?: number][] = [
      ['completed exactly the threshold ago', { lastPollCompletedAt: ago(60_000) }, 'advancing', 60_000],
      ['completed a ms longer ago', { lastPollCompletedAt: ago(60_001) }, 'stale', 60_001],
      [
        'in flight exactly the threshold',
        { lastPollStartedAt: ago(60_000), lastPollCompletedAt: ago(65_000) },
        'advancing',
        65_000,
      ],
      [
        'in flight a ms longer',
        { lastPollStartedAt: ago(60_001), lastPollCompletedAt: ago(65_000) },
        'stale',
        65_000,
      ],
      [
        'in flight for a moment, the last one long ago',
        { lastPollStartedAt: ago(10), lastPollCompletedAt: ago(300_000) },
        'advancing',
        300_000,
      ],
      ['first in flight for less', { lastPollStartedAt: ago(59_999) }, 'starting', 59_999],
      ['first in flight for longer', { lastPollStartedAt: ago(60_001) }, 'stale', 60_001],
      [
        'started and completed in the same ms',
        { lastPollStartedAt: ago(5), lastPollCompletedAt: ago(5) },
        'advancing',
        5,
      ],
      ['completed with no start known', { lastPollCompletedAt: ago(1) }, 'advancing', 1],
      ['neither timestamp', {}, 'unknown'],
      [
        'a short threshold of its own',
        { pollStaleThresholdMs: 2_000, lastPollCompletedAt: ago(2_001) },
        'stale',
        2_001,
      ],
    ];
    for (const [what, parts, kind, ageMs] of rows) {
      it(`${what}: ${kind}`, () => {
        const loop = assessLoop(report(parts));
        assert.equal(loop.kind, kind);
        assert.equal((loop as { ageMs?: number }).ageMs, ageMs);
      });
    }
  });

  it('takes the daemon’s word for stale, whatever its times say', () => {
    const rows: readonly Parts[] = [
      {},
      { lastPollCompletedAt: ago(1) },
      { lastPollCompletedAt: NOW_AT + DAY_MS },
      { malformed: [{ field: 'health.lastPollStartedAt', is: 'noTime' }] },
    ];
    for (const parts of rows) {
      assert.equal(assessLoop(report({ ...parts, pollStale: true })).kind, 'stale', JSON.stringify(parts));
    }
  });

  it('does not take its word for "not stale" where its times are old: that is not proof', () => {
    const loop = assessLoop(report({ pollStale: false, lastPollCompletedAt: ago(60_001) }));
    assert.equal(loop.kind, 'unknown');
  });

  describe('is unknown, neither green nor red', () => {
    const rows: readonly [what: string, parts: Parts][] = [
      ['a completion in its own future', { lastPollCompletedAt: NOW_AT + 2_001 }],
      ['a start in its own future', { lastPollStartedAt: NOW_AT + DAY_MS, lastPollCompletedAt: ago(1) }],
      [
        'a start a day ahead and an old completion',
        { lastPollStartedAt: NOW_AT + DAY_MS, lastPollCompletedAt: ago(DAY_MS) },
      ],
      ['no clock of the daemon at all', { daemonNow: undefined, lastPollCompletedAt: ago(1) }],
      [
        'a malformed completion',
        {
          lastPollStartedAt: ago(DAY_MS),
          malformed: [{ field: 'health.lastPollCompletedAt', is: 'noTime' }],
        },
      ],
      [
        'a malformed health',
        { malformed: [{ field: 'health', is: 'wrong', expected: 'Object', received: '"x"' }] },
      ],
    ];
    for (const [what, parts] of rows) {
      it(what, () => assert.equal(assessLoop(report(parts)).kind, 'unknown'));
    }
  });

  it('is judged all the same where something else in the report is malformed', () => {
    const malformed: readonly Malformed[] = [
      { field: 'health.readyUnassignedTasks', is: 'wrong', expected: '>=0', received: '-1' },
      { field: 'config.pollIntervalMs', is: 'wrong', expected: 'number', received: '"x"' },
    ];
    assert.equal(assessLoop(report({ malformed, lastPollCompletedAt: ago(1) })).kind, 'advancing');
    assert.equal(assessLoop(report({ malformed, lastPollCompletedAt: ago(DAY_MS) })).kind, 'stale');
  });

  it('tolerates the whole seconds of a Date header', () => {
    assert.equal(assessLoop(report({ lastPollCompletedAt: NOW_AT + 999 })).kind, 'advancing');
  });

  it('falls back to the Date header where the daemon gives no time of its own', () => {
    const read = recorded('status-running', { computedAt: undefined, pollStale: undefined });
    const loop = assessLoop(read);
    // Date says 00:33:25, the last cycle completed at 00:33:22.371.
    assert.deepEqual([loop.kind, (loop as { ageMs: number }).ageMs], ['advancing', 2_629]);
  });

  for (const skewMs of [-DAY_MS, DAY_MS]) {
    it(`is the same on a clock that is off by ${skewMs / DAY_MS} day`, () => {
      for (const name of [
        'status-running',
        'status-pollstale',
        'staleness-branch/status-first-poll-in-flight',
      ]) {
        const { body, headers } = shiftTimes(loadRecording(name), skewMs);
        const read = readStatus(body, Date.parse(headers.date!));
        assert.deepEqual(assessLoop(read as Report), assessLoop(recorded(name)));
      }
    });
  }

  it('says when the cycle in flight will be too old', () => {
    const loop = assessLoop(report({ lastPollStartedAt: ago(50_000), lastPollCompletedAt: ago(55_000) }));
    assert.deepEqual(loop, { kind: 'advancing', ageMs: 55_000, crossesInMs: 10_000 });
  });
});

describe('a loop that begins cycles', () => {
  const MINUTE = 60_000;

  /** What is shown after each poll of a daemon whose loop begins a cycle every 5 s; `completedAgo` is of the last completion. */
  function statesOf(
    polls: readonly { startedAgo: number; completedAgo?: number; pollStale?: boolean; afterMs?: number }[],
  ): string[] {
    const time = new FakeTime();
    let track = beginTrack(true, {}, time.now());
    return polls.map(({ startedAgo, completedAgo, pollStale, afterMs = 5_000 }) => {
      time.advance(afterMs);
      const read = report({
        daemonNow: time.wallAt,
        pollIntervalMs: 5_000,
        lastPollStartedAt: time.wallAt - startedAgo,
        ...(completedAgo !== undefined && { lastPollCompletedAt: time.wallAt - completedAgo }),
        ...(pollStale !== undefined && { pollStale }),
      });
      const sample = { ok: true, startedMs: time.monotonicMs, latencyMs: 2, report: read } as const;
      track = observe(track, sample, 0, time.now()).track;
      return track.verdict.state;
    });
  }

  for (const pollStale of [undefined, false]) {
    const told = pollStale === undefined ? 'tells nothing of staleness' : 'says that nothing is stale';
    it(`and completes none for ten minutes is unverified from the second one on, where the daemon ${told}`, () => {
      const states = statesOf(
        [0, 5_000, 10_000].map((passedMs) => ({
          startedAgo: 500,
          completedAgo: 10 * MINUTE + passedMs,
          ...(pollStale !== undefined && { pollStale }),
        })),
      );
      assert.deepEqual(states, ['healthy', 'unverified', 'unverified']);
    });
  }

  it('says since when', () => {
    const begun = {
      completedAt: ago(10 * MINUTE),
      firstStartedAt: ago(9_500),
      lastStartedAt: ago(500),
      count: 3,
    };
    const read = report({ lastPollStartedAt: ago(500), lastPollCompletedAt: ago(10 * MINUTE) });
    const loop = assessLoop(read, begun);
    assert.deepEqual(loop, {
      kind: 'unknown',
      why: { is: 'begunInVain', forMs: 10 * MINUTE },
      crossesInMs: 59_500,
    });
  });

  it('and never completed any is unverified once the first one is that old', () => {
    const states = statesOf(Array.from({ length: 16 }, () => ({ startedAgo: 500 })));
    assert.deepEqual(states, [...Array<string>(13).fill('starting'), ...Array<string>(3).fill('unverified')]);
  });

  it('is healthy while the last completion is no older than the threshold and one interval', () => {
    const states = statesOf([
      { startedAgo: 500, completedAgo: 55_000, pollStale: false },
      { startedAgo: 500, completedAgo: 60_000, pollStale: false },
      { startedAgo: 500, completedAgo: 65_000, pollStale: false },
      { startedAgo: 500, completedAgo: 70_000, pollStale: false },
    ]);
    assert.deepEqual(states, ['healthy', 'healthy', 'healthy', 'unverified']);
  });

  it('is healthy with one long cycle in flight, as after a pause', () => {
    const states = statesOf(
      [500, 5_500, 10_500].map((startedAgo) => ({ startedAgo, completedAgo: 10 * MINUTE + startedAgo })),
    );
    assert.deepEqual(states, ['healthy', 'healthy', 'healthy']);
  });

  it('is asked again at the moment at which the cycle in flight will be too old', () => {
    const watch = Watch.healthy();
    for (const startedAgo of [58_500, 58_000]) {
      const startedAt = watch.time.wallAt - startedAgo;
      const completedAt = watch.time.wallAt - 10 * MINUTE;
      watch.answer(
        goodReport(watch.time, { lastPollStartedAt: startedAt, lastPollCompletedAt: completedAt }),
      );
    }
    assert.equal(watch.state, 'unverified');
    assert.equal(watch.nextDelayMs(), 2_030);
  });

  it('is healthy again as soon as a cycle completes', () => {
    const states = statesOf([
      ...[0, 5_000].map((passedMs) => ({ startedAgo: 500, completedAgo: 10 * MINUTE + passedMs })),
      { startedAgo: 500, completedAgo: 490 },
      { startedAgo: 500, completedAgo: 5_490 },
    ]);
    assert.deepEqual(states, ['healthy', 'unverified', 'healthy', 'healthy']);
  });

  it('is judged anew after the daemon was started again', () => {
    const states = statesOf([
      ...[0, 5_000].map((passedMs) => ({ startedAgo: 500, completedAgo: 10 * MINUTE + passedMs })),
      { startedAgo: 500 },
      { startedAgo: 5_500 },
    ]);
    assert.deepEqual(states, ['healthy', 'unverified', 'starting', 'starting']);
  });
});

describe('a loop whose daemon says by its own clock that all is well', () => {
  /** It hangs, and its clock is set back by an hour: its times lie in its future, and its flag goes by them. */
  function setBack() {
    const watch = Watch.healthy();
    watch.wait(5_000);
    const [lastPollStartedAt, lastPollCompletedAt] = [watch.time.wallAt, watch.time.wallAt - 5_000];
    const hangs = () => watch.answer(goodReport(watch.time, { lastPollStartedAt, lastPollCompletedAt }));
    hangs();
    watch.time.jumpWall(-HOUR_MS);
    return { watch, hangs };
  }

  it('hangs all the same, by our clock, once no new cycle was seen for the threshold and an interval', () => {
    const { watch, hangs } = setBack();
    for (let ms = 0; ms < 60_000; ms += 5_000) {
      watch.wait(5_000);
      assert.equal(hangs(), 'unverified');
    }
    watch.wait(5_000);
    hangs();
    watch.wait(watch.nextDelayMs());
    assert.equal(hangs(), 'wedged');
    assert.equal(watch.reasonInWords, 'the poll loop hangs (no new poll cycle was seen for over 1 min)');
    watch.wait(5_000).answer();
    assert.equal(watch.state, 'healthy');
  });

  it('has its interval to go on after the machine slept', () => {
    const { watch, hangs } = setBack();
    watch.wait(30_000);
    hangs();
    watch.time.sleep(DAY_MS, { monotonicStands: false });
    assert.equal(hangs(), 'unverified');
  });
});
