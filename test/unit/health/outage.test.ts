import assert from 'node:assert/strict';
import type { Reason, Shortage } from '../../../src/health/cause';
import type { Failure, HostLoad } from '../../../src/health/report';
import { cyclesOf } from '../../../src/health/staleness';
import { SEVERITY, type DaemonState } from '../../../src/health/states';
import { DAY_MS, FAILURES, HOUR_MS, MINUTE_MS, Watch, goodReport, wedgedReport } from './support';

const poll =
  (watch: Watch, kind: Failure['kind'], tookMs = 0) =>
  () =>
    watch.fail(kind, { tookMs });

describe('an outage', () => {
  it('is three failures in a row over ten seconds, and until then not answering', () => {
    const watch = Watch.healthy();
    assert.deepEqual(watch.repeat(3, 5_000, poll(watch, 'refused')), [
      'notAnswering',
      'notAnswering',
      'unreachable',
    ]);
  });

  it('is not declared before ten seconds, however often it is polled', () => {
    const watch = Watch.healthy();
    const states = watch.repeat(11, 1_000, poll(watch, 'refused'));
    assert.deepEqual(states, [...Array<DaemonState>(10).fill('notAnswering'), 'unreachable']);
  });

  it('counts from when the first request was sent', () => {
    const watch = Watch.healthy();
    watch.wait(5_000).fail('timeout', { tookMs: 5_000 });
    watch.fail('timeout', { tookMs: 2_500 });
    assert.equal(watch.state, 'notAnswering');
    assert.equal(watch.fail('timeout', { tookMs: 2_500 }), 'unresponsive');
  });

  it('starts anew with every answer', () => {
    const watch = Watch.healthy();
    for (let round = 0; round < 3; round++) {
      assert.deepEqual(watch.repeat(2, 5_000, poll(watch, 'refused')), ['notAnswering', 'notAnswering']);
      assert.equal(watch.wait(5_000).answer(), 'healthy');
    }
    assert.deepEqual(watch.notices, []);
  });

  /** Three failures over ten seconds, by the kind of the last. */
  const OUTAGES: Readonly<Partial<Record<Failure['kind'], Reason>>> = {
    refused: { is: 'wentAway', cause: FAILURES.refused.cause, count: 3, forMs: 10_000, isMixed: false },
    reset: { is: 'wentAway', cause: FAILURES.reset.cause, count: 3, forMs: 10_000, isMixed: false },
    timeout: { is: 'unanswered', forMs: 10_000 },
    statusHung: { is: 'statusUnanswered', forMs: 10_000 },
  };
  const kinds: readonly [failures: readonly Failure['kind'][], DaemonState][] = [
    [['refused', 'refused', 'refused'], 'unreachable'],
    [['reset', 'reset', 'reset'], 'unreachable'],
    [['refused', 'reset', 'refused'], 'unreachable'],
    [['timeout', 'timeout', 'timeout'], 'unresponsive'],
    [['timeout', 'statusHung', 'statusHung'], 'unresponsive'],
    [['statusHung', 'statusHung', 'statusHung'], 'unresponsive'],
    [['refused', 'refused', 'timeout'], 'unresponsive'],
    [['timeout', 'timeout', 'refused'], 'unreachable'],
    [['refused', 'wrongAnswer', 'refused'], 'notAnswering'],
    [['wrongAnswer', 'wrongAnswer', 'wrongAnswer'], 'wrongAnswer'],
  ];
  for (const [failures, state] of kinds) {
    it(`of ${failures.join(', ')} is ${state}`, () => {
      const watch = Watch.healthy();
      for (const kind of failures) watch.wait(5_000).fail(kind);
      assert.equal(watch.state, state);
      const last = failures.at(-1)!;
      if (SEVERITY[state] !== 'red') return;
      const reason = OUTAGES[last]!;
      const isMixed = new Set(failures).size > 1;
      assert.deepEqual(watch.reason, reason.is === 'wentAway' ? { ...reason, isMixed } : reason);
    });
  }

  it('keeps the figures of the moment it was declared', () => {
    const watch = Watch.healthy();
    watch.repeat(3, 5_000, poll(watch, 'refused'));
    const { reason } = watch;
    const transitions = watch.transitions.length;
    watch.repeat(20, 5_000, poll(watch, 'refused'));
    assert.deepEqual(watch.reason, reason);
    assert.equal(watch.transitions.length, transitions);
  });

  describe('of a daemon never seen', () => {
    const rows: readonly [kind: Failure['kind'], configured: DaemonState, lookedFor: DaemonState][] = [
      ['refused', 'offline', 'offline'],
      ['reset', 'offline', 'offline'],
      ['timeout', 'unresponsive', 'offline'],
      ['statusHung', 'unresponsive', 'offline'],
      ['wrongAnswer', 'wrongAnswer', 'offline'],
    ];
    for (const [kind, configured, lookedFor] of rows) {
      it(`${kind} is ${configured} where it is configured, ${lookedFor} where it is only looked for`, () => {
        for (const [isConfigured, state] of [
          [true, configured],
          [false, lookedFor],
        ] as const) {
          const watch = new Watch({ configured: isConfigured });
          watch.repeat(4, 5_000, poll(watch, kind));
          assert.equal(watch.state, state);
        }
      });
    }

    it('is not red for one time-out while it starts, however long nothing listened', () => {
      const watch = new Watch();
      watch.repeat(10, 5_000, poll(watch, 'refused'));
      assert.equal(watch.wait(5_000).fail('timeout', { tookMs: 5_000 }), 'unverified');
      watch.wait(5_000).answer();
      watch.stopByUs();
      watch.repeat(10, 5_000, poll(watch, 'refused'));
      assert.equal(watch.wait(5_000).fail('timeout', { tookMs: 5_000 }), 'notAnswering');
      assert.deepEqual(watch.notices, []);
    });

    it('is unreachable where an earlier window saw it up', () => {
      const watch = new Watch({ seenUpAt: Date.parse('2026-03-02T07:00:00Z') });
      assert.deepEqual(watch.repeat(3, 5_000, poll(watch, 'refused')), [
        'notAnswering',
        'notAnswering',
        'unreachable',
      ]);
    });
  });

  it('ends with the first answer', () => {
    const watch = Watch.healthy();
    watch.repeat(5, 5_000, poll(watch, 'refused'));
    assert.equal(watch.wait(5_000).answer(), 'healthy');
  });
});

describe('a failure that decides nothing yet', () => {
  for (const kind of ['refused', 'reset', 'timeout', 'statusHung'] as const) {
    it(`is plain and not answering, neither green nor red: ${kind}`, () => {
      const watch = Watch.healthy();
      assert.equal(watch.wait(5_000).fail(kind), 'notAnswering');
      assert.deepEqual(watch.reason, { is: 'notYetAnOutage', cause: FAILURES[kind].cause });
    });

    it(`leaves a wedge red: ${kind}`, () => {
      const watch = Watch.healthy();
      watch.wait(5_000).answer(wedgedReport(watch.time, 61_000));
      const before = watch.track.verdict;
      assert.equal(watch.wait(5_000).fail(kind), 'wedged');
      assert.deepEqual(watch.track.verdict, before);
    });
  }

  it('leaves red what is red, also while it is flapping', () => {
    const watch = Watch.healthy();
    for (let round = 0; round < 6; round++) {
      watch.wait(5_000).answer(wedgedReport(watch.time, 61_000 + round * 10_000));
      watch.wait(5_000).answer();
    }
    assert.equal(watch.state, 'unstable');
    assert.equal(watch.wait(5_000).answer(wedgedReport(watch.time, 61_000)), 'wedged');
    assert.equal(watch.wait(5_000).fail('refused'), 'wedged');
  });

  it('leaves an outage red while the kind of failure changes', () => {
    const watch = Watch.healthy();
    watch.repeat(3, 5_000, () => watch.fail('refused'));
    for (const kind of ['timeout', 'statusHung', 'reset', 'refused'] as const) {
      watch.wait(5_000).fail(kind);
      assert.equal(SEVERITY[watch.state], 'red', kind);
    }
  });
});

describe('sleep', () => {
  for (const monotonicStands of [true, false]) {
    const how = monotonicStands ? 'stands still' : 'goes on';
    it(`of the machine raises no false red where the monotonic clock ${how}`, () => {
      const watch = Watch.healthy();
      watch.repeat(2, 5_000, () => watch.fail('refused'));
      watch.time.sleep(8 * HOUR_MS, { monotonicStands });
      // What a smithy says before its loop has run again: everything is eight hours old.
      assert.equal(
        watch.wait(3_000).answer(goodReport(watch.time, { cycleAgoMs: 8 * HOUR_MS, pollStale: true })),
        'unverified',
      );
      assert.deepEqual(watch.reason, { is: 'unsettled', why: 'woke' });
      assert.equal(watch.wait(5_000).answer(), 'healthy');
      assert.deepEqual(watch.notices, []);
    });

    it(`in which the daemon died is red within three polls where the monotonic clock ${how}`, () => {
      const watch = Watch.healthy();
      watch.repeat(2, 5_000, () => watch.fail('refused'));
      watch.time.sleep(8 * HOUR_MS, { monotonicStands });
      assert.deepEqual(
        watch.repeat(3, 5_000, () => watch.fail('refused')),
        ['notAnswering', 'notAnswering', 'unreachable'],
      );
      assert.deepEqual(watch.spoken, ['problem unreachable']);
    });
  }

  it('through which the loop stays wedged is red on the second poll after it', () => {
    const watch = Watch.healthy();
    watch.time.sleep(HOUR_MS);
    assert.equal(watch.answer(wedgedReport(watch.time, HOUR_MS)), 'unverified');
    assert.equal(watch.wait(5_000).answer(wedgedReport(watch.time, HOUR_MS + 5_000)), 'wedged');
  });

  it('gives a daemon with slow cycles one of its own intervals to run', () => {
    const watch = Watch.healthy();
    const slow = { pollIntervalMs: 60_000 };
    watch.wait(5_000).answer(goodReport(watch.time, slow));
    watch.time.sleep(HOUR_MS);
    const old = (afterMs: number) =>
      watch
        .wait(afterMs)
        .answer(goodReport(watch.time, { ...slow, cycleAgoMs: HOUR_MS + afterMs, pollStale: true }));
    assert.equal(old(0), 'unverified');
    assert.deepEqual(
      watch.repeat(5, 0, () => old(10_000)),
      Array(5).fill('unverified'),
    );
    assert.equal(old(10_000), 'wedged');
  });

  it('does not make green what was red before it', () => {
    const watch = Watch.healthy();
    watch.wait(5_000).answer(wedgedReport(watch.time, 61_000));
    watch.time.sleep(HOUR_MS);
    assert.equal(watch.answer(wedgedReport(watch.time, HOUR_MS)), 'wedged');
    watch.time.sleep(HOUR_MS);
    assert.equal(watch.fail('refused'), 'wedged');
  });

  for (const tookMs of [5_000, 6_500, 21_000, 90_000]) {
    it(`is not seen in an ask that takes ${tookMs / 1_000} s`, () => {
      const watch = Watch.healthy();
      const states = Array.from({ length: 3 }, () => watch.waitForNext().fail('timeout', { tookMs }));
      assert.deepEqual(states, ['notAnswering', 'notAnswering', 'unresponsive']);
    });
  }

  it('is not seen in a wall clock that jumps', () => {
    const watch = Watch.healthy();
    for (let round = 0; round < 3; round++) {
      watch.time.jumpWall(8 * HOUR_MS);
      watch.wait(5_000).fail('refused');
    }
    assert.equal(watch.state, 'unreachable');
  });

  it('forgets flapping', () => {
    const watch = Watch.healthy();
    for (let round = 0; round < 5; round++) {
      watch.wait(5_000).fail('refused');
      watch.wait(5_000).answer();
    }
    assert.equal(watch.state, 'unstable');
    watch.time.sleep(HOUR_MS);
    assert.equal(watch.wait(5_000).answer(), 'healthy');
  });
});

describe('our own stall', () => {
  it('during an ask counts neither way: it neither adds to a row of failures nor ends it', () => {
    const watch = Watch.healthy();
    watch.repeat(6, 5_000, () => watch.fail('editorBusy'));
    assert.equal(watch.state, 'unverified');
    assert.deepEqual(watch.reason, { is: 'cannotTell', cause: FAILURES.editorBusy.cause });
    assert.equal(watch.track.streak?.count, undefined);
    watch.repeat(2, 5_000, () => watch.fail('refused'));
    watch.wait(5_000).fail('editorBusy');
    assert.equal(watch.track.streak?.count, 2);
    assert.equal(watch.wait(1_000).fail('refused'), 'unreachable');
  });

  it('of more than five seconds before an ask begins a row of failures anew', () => {
    const fail = (watch: Watch, stoodStillMs: number) => {
      const { monotonicMs: startedMs } = watch.time;
      return watch.observe({ ok: false, startedMs, stoodStillMs, failure: FAILURES.refused });
    };
    for (const [stoodStillMs, state] of [
      [5_000, 'unreachable'],
      [5_001, 'notAnswering'],
    ] as const) {
      const watch = Watch.healthy();
      watch.repeat(2, 1_000, () => watch.fail('refused'));
      watch.wait(10_000);
      assert.equal(fail(watch, stoodStillMs), state, `${stoodStillMs} ms`);
      watch.repeat(10, 1_000, () => watch.fail('refused'));
      assert.equal(watch.state, 'unreachable', 'ten seconds of failures after it');
      watch.wait(30_000);
      assert.equal(fail(watch, 30_000), 'unreachable', 'what is red stays red');
    }
  });

  it('leaves red what is red', () => {
    const watch = Watch.healthy();
    watch.repeat(3, 5_000, () => watch.fail('refused'));
    assert.equal(watch.wait(5_000).fail('editorBusy'), 'unreachable');
  });

  it('makes no daemon unstable, and none slow', () => {
    const watch = Watch.healthy();
    for (let round = 0; round < 12; round++) {
      watch.wait(5_000).fail('editorBusy');
      watch.wait(5_000).observe({
        ok: true,
        startedMs: watch.time.monotonicMs,
        latencyMs: 6_000,
        ourLagMs: 5_900,
        report: goodReport(watch.time),
      });
    }
    assert.equal(watch.state, 'healthy');
    assert.equal(watch.nextDelayMs(), 5_000);
  });
});

describe('a daemon that does not answer on a starved machine', () => {
  const starved: Shortage = { is: 'manyProcesses', runnable: 9, cores: 2 };
  /** Three asks without an answer that end this long after the first began, and what was seen meanwhile. */
  function silent(host: HostLoad, spanMs = 17_000): Watch {
    const watch = Watch.healthy();
    for (let ask = 0; ask < 3; ask++) {
      watch.wait(ask === 0 ? 0 : (spanMs - 15_000) / 2);
      const startedMs = watch.time.monotonicMs;
      watch.time.advance(5_000);
      const failure = { ...FAILURES.timeout, host };
      watch.observe({ ok: false, startedMs, failure });
    }
    return watch;
  }

  const rows: readonly [what: string, HostLoad, spanMs: number, DaemonState][] = [
    ['whose process runs or waits for the CPU is slow', { starved, process: 'busy' }, 17_000, 'unverified'],
    ['is slow for a minute', { starved, process: 'busy' }, 59_000, 'unverified'],
    ['is red after a minute', { starved, process: 'busy' }, 60_000, 'unresponsive'],
    ['whose process is stopped is red in time', { starved, process: 'stopped' }, 17_000, 'unresponsive'],
    ['whose process is idle is red in time', { starved, process: 'idle' }, 17_000, 'unresponsive'],
    ['of whose process nothing is known is red in time', { starved }, 17_000, 'unresponsive'],
  ];
  for (const [what, host, spanMs, state] of rows) {
    it(what, () => {
      const watch = silent(host, spanMs);
      assert.equal(watch.state, state);
      if (state === 'unverified') {
        const { cause } = FAILURES.timeout;
        assert.deepEqual(watch.reason, { is: 'slow', shortage: starved, cause });
      }
    });
  }

  it('is red in time where it is alone in its busy loop', () => {
    assert.equal(silent({ process: 'busy' }).state, 'unresponsive');
  });

  it('is red in time where it refuses', () => {
    const watch = Watch.healthy();
    watch.repeat(3, 5_000, () => watch.fail('refused'));
    assert.equal(watch.state, 'unreachable');
  });
});

describe('clocks', () => {
  for (const jumpMs of [-DAY_MS, -HOUR_MS, HOUR_MS, DAY_MS]) {
    it(`set by ${jumpMs / HOUR_MS} h on this machine change nothing`, () => {
      const watch = Watch.healthy();
      watch.time.jumpWall(jumpMs);
      assert.equal(watch.wait(5_000).answer(), 'healthy');
      watch.repeat(2, 5_000, () => watch.fail('refused'));
      watch.time.jumpWall(jumpMs);
      assert.equal(watch.wait(5_000).fail('refused'), 'unreachable');
      assert.deepEqual(watch.spoken, ['problem unreachable']);
    });

    it(`set by ${jumpMs / HOUR_MS} h before the loop has run again raise no false red`, () => {
      const watch = Watch.healthy();
      const { startedAt, completedAt } = cyclesOf(goodReport(watch.time));
      watch.time.jumpWall(jumpMs);
      watch.wait(3_000).answer(
        goodReport(watch.time, {
          lastPollStartedAt: startedAt,
          lastPollCompletedAt: completedAt,
          pollStale: jumpMs > 0,
        }),
      );
      assert.equal(watch.state, 'unverified');
      assert.equal(watch.wait(5_000).answer(), 'healthy');
      assert.deepEqual(watch.notices, []);
    });

    it(`that are ${jumpMs / HOUR_MS} h apart from the daemon’s change nothing`, () => {
      const watch = new Watch();
      const skewed = (cycleAgoMs: number, pollStale: boolean) =>
        goodReport(watch.time, { skewMs: jumpMs, cycleAgoMs, pollStale });
      assert.equal(watch.answer(skewed(2_000, false)), 'healthy');
      assert.equal(watch.wait(5_000).answer(skewed(2_000, false)), 'healthy');
      assert.equal(watch.wait(5_000).answer(skewed(61_000, true)), 'wedged');
      assert.equal(watch.track.verdict.loopSinceMs, watch.time.monotonicMs - 61_000);
    });
  }

  it('that are set at every answer do not hide a wedge', () => {
    const watch = Watch.healthy();
    const states = watch.repeat(3, 5_000, () => {
      watch.time.jumpWall(MINUTE_MS);
      return watch.answer(wedgedReport(watch.time, 10 * MINUTE_MS));
    });
    assert.deepEqual(states, ['unverified', 'wedged', 'wedged']);
  });
});

describe('flapping', () => {
  function toggle(watch: Watch, times: number): DaemonState[] {
    let up = true;
    return watch.repeat(times, 5_000, () => {
      up = !up;
      return up ? watch.answer() : watch.fail('refused');
    });
  }

  it('is more than 30 % changes in 21 samples: unstable from the seventh change on', () => {
    const watch = Watch.healthy();
    watch.stayHealthy(2 * MINUTE_MS);
    assert.deepEqual(toggle(watch, 6), [
      'notAnswering',
      'healthy',
      'notAnswering',
      'healthy',
      'notAnswering',
      'healthy',
    ]);
    assert.deepEqual(toggle(watch, 2), ['unstable', 'unstable']);
  });

  it('ends below 15 %: once fewer than three changes are left in the window', () => {
    const watch = Watch.healthy();
    watch.stayHealthy(2 * MINUTE_MS);
    toggle(watch, 8);
    const states = watch.repeat(21, 5_000, () => watch.answer());
    const calmAfter = states.indexOf('healthy');
    // After 18 of them the window holds three samples of the toggling: two changes, 10 %.
    assert.equal(calmAfter, 18 - 1);
    assert.ok(states.slice(calmAfter).every((state) => state === 'healthy'));
  });

  it('is forgotten by a restart that was cancelled at once', () => {
    const watch = Watch.healthy();
    toggle(watch, 8);
    watch.restart({ restarting: true });
    assert.equal(watch.restart({ restarting: false, proven: false }), 'healthy');
  });

  it('is not a restart: its history ends with it', () => {
    const watch = Watch.healthy();
    toggle(watch, 8);
    assert.equal(watch.state, 'unstable');
    watch.restart({ restarting: true });
    assert.equal(watch.answer(), 'restarting');
    assert.equal(watch.restart({ restarting: false, proven: true }), 'healthy');
    assert.equal(watch.wait(5_000).answer(), 'healthy');
  });
});
