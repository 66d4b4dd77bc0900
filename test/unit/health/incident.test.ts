import assert from 'node:assert/strict';
import { isRecovering as isIncidentRecovering } from '../../../src/health/incident';
import { STOP_LONGEST_MS } from '../../../src/health/policy';
import { SEVERITY } from '../../../src/health/states';
import { HOUR_MS, MINUTE_MS, SECOND_MS, Watch, goodReport, reportWith, wedgedReport } from './support';

function stuck(watch: Watch) {
  return watch.answer(
    goodReport(watch.time, { queue: { readyUnassignedTasks: 2, availableWorkers: 0, stuck: true } }),
  );
}

/** A wedge that was seen crossing the threshold a moment ago. */
function wedge(watch: Watch, forMs = 60_030) {
  return watch.answer(wedgedReport(watch.time, forMs));
}

const isRecovering = (watch: Watch) => isIncidentRecovering(watch.track);

describe('an incident', () => {
  it('does not exist while all is well', () => {
    const watch = Watch.healthy();
    assert.equal(watch.track.incident, undefined);
    assert.deepEqual(watch.notices, []);
  });

  it('that is red speaks at once, and once', () => {
    const watch = Watch.healthy();
    watch.wait(5_000);
    wedge(watch);
    assert.deepEqual(watch.spoken, ['problem wedged']);
    watch.repeat(600, 5_000, () => wedge(watch, 70_000));
    assert.deepEqual(watch.spoken, ['problem wedged']);
  });

  it('that is amber speaks after ten seconds, and once', () => {
    const watch = Watch.healthy();
    const openedMs = watch.wait(5_000).time.monotonicMs;
    stuck(watch);
    watch.repeat(60, 1_000, () => stuck(watch));
    assert.deepEqual(watch.spoken, ['problem stuck']);
    assert.equal(watch.notices[0]!.atMs, openedMs - 50_000 + 10 * SECOND_MS);
  });

  it('that is amber for less than ten seconds says nothing', () => {
    const watch = Watch.healthy();
    watch.wait(5_000);
    stuck(watch);
    watch.wait(9_999);
    stuck(watch);
    watch.wait(1);
    watch.stayHealthy(5 * MINUTE_MS);
    assert.deepEqual(watch.spoken, []);
  });

  it('that is amber now and then, but never for ten seconds, says nothing', () => {
    const watch = Watch.healthy();
    for (let round = 0; round < 3; round++) {
      watch.wait(5_000);
      stuck(watch);
      watch.wait(5_000).stayHealthy(20_000);
    }
    assert.deepEqual(watch.spoken, []);
  });

  it('that a lost answer interrupts still counts its ten seconds', () => {
    const watch = Watch.healthy();
    watch.wait(5_000);
    stuck(watch);
    watch.wait(5_000).fail('refused');
    watch.wait(5_000);
    stuck(watch);
    assert.deepEqual(watch.spoken, ['problem stuck']);
  });

  describe('at start-up', () => {
    it('says nothing on the first sample, and speaks once it has lasted 30 seconds', () => {
      const watch = new Watch();
      wedge(watch, 10 * MINUTE_MS);
      assert.equal(watch.state, 'wedged');
      watch.repeat(5, 5_000, () => wedge(watch, 10 * MINUTE_MS));
      assert.deepEqual(watch.spoken, []);
      watch.wait(5_000);
      wedge(watch, 10 * MINUTE_MS);
      assert.deepEqual(watch.spoken, ['problem wedged']);
    });

    it('says nothing of what clears within 30 seconds', () => {
      const watch = new Watch();
      wedge(watch, 10 * MINUTE_MS);
      watch.wait(25_000).stayHealthy(2 * MINUTE_MS);
      assert.deepEqual(watch.spoken, []);
      assert.equal(watch.track.incident, undefined);
    });

    it('is silent for 30 seconds about an outage that was there before us', () => {
      const watch = new Watch({ seenUpAt: Date.parse('2026-03-02T07:00:00Z') });
      const outage = () => watch.fail('refused');
      outage();
      watch.repeat(7, 5_000, outage);
      assert.equal(watch.state, 'unreachable');
      assert.deepEqual(watch.spoken, []);
      watch.repeat(1, 5_000, outage);
      assert.deepEqual(watch.spoken, ['problem unreachable']);
    });

    it('speaks at once of what breaks later, although the first answer came late', () => {
      const watch = new Watch();
      watch.repeat(5, 5_000, () => watch.fail('refused'));
      assert.equal(watch.state, 'offline');
      watch.stayHealthy(MINUTE_MS);
      watch.wait(5_000);
      wedge(watch);
      assert.deepEqual(watch.spoken, ['problem wedged']);
    });

    it('speaks of the amber that a red of before us became', () => {
      const watch = new Watch();
      wedge(watch, 10 * MINUTE_MS);
      watch.repeat(8, 5_000, () => watch.fail('wrongAnswer'));
      assert.deepEqual(watch.spoken, ['problem wrongAnswer']);
    });
  });

  describe('is over', () => {
    it('after 30 s of good answers with a newer completed cycle, and says so', () => {
      const watch = Watch.healthy();
      watch.wait(5_000);
      wedge(watch);
      const { openedAt } = watch.track.incident!;
      watch.wait(5 * SECOND_MS).answer();
      assert.equal(isRecovering(watch), true);
      watch.repeat(5, 5_000, () => watch.answer());
      assert.deepEqual(watch.spoken, ['problem wedged']);
      watch.wait(5_000).answer();
      assert.deepEqual(watch.spoken, ['problem wedged', 'recovered wedged']);
      assert.deepEqual(watch.notices.at(-1)!.notice, {
        kind: 'recovered',
        state: 'wedged',
        openedAt,
        lastedMs: 5_000,
      });
      assert.equal(watch.track.incident, undefined);
    });

    it('not before a cycle newer than the first good answer’s completed', () => {
      const watch = Watch.healthy();
      watch.wait(5_000);
      wedge(watch);
      watch.wait(5_000);
      const completedAt = watch.time.wallAt - 100;
      const frozen = () =>
        watch.answer(
          goodReport(watch.time, { lastPollStartedAt: completedAt + 50, lastPollCompletedAt: completedAt }),
        );
      frozen();
      watch.repeat(10, 5_000, frozen);
      assert.equal(isRecovering(watch), true);
      watch.wait(5_000).answer();
      assert.deepEqual(watch.spoken, ['problem wedged', 'recovered wedged']);
    });

    it('also where the daemon’s clock was set back meanwhile', () => {
      const watch = Watch.healthy();
      watch.wait(5_000);
      wedge(watch);
      watch.wait(5_000).answer();
      watch.time.jumpWall(-HOUR_MS);
      watch.repeat(7, 5_000, () => watch.answer());
      assert.deepEqual(watch.spoken, ['problem wedged', 'recovered wedged']);
    });

    it('not while nothing proves that the loop runs again', () => {
      const watch = Watch.healthy();
      watch.wait(5_000);
      wedge(watch);
      const blind = goodReport(watch.time, { lastPollStartedAt: undefined, lastPollCompletedAt: undefined });
      watch.repeat(20, 5_000, () => watch.answer(blind));
      assert.equal(isRecovering(watch), false);
      watch.repeat(20, 5_000, () => watch.answer({ ...blind, pause: { isPaused: true } }));
      assert.equal(watch.state, 'paused');
      assert.notEqual(watch.track.incident, undefined);
      assert.deepEqual(watch.spoken, ['problem wedged']);
    });

    it('in silence, after ten minutes of answers that could not prove it cured', () => {
      const watch = Watch.healthy();
      watch.wait(5_000);
      wedge(watch);
      const blind = reportWith();
      watch.repeat(60, 5_000, () => watch.answer(blind));
      watch.wait(5_000).fail('reset');
      watch.repeat(120, 5_000, () => watch.answer(blind));
      assert.notEqual(watch.track.incident, undefined, 'a lost answer in between begins the time anew');
      watch.wait(5_000).answer(blind);
      assert.equal(watch.track.incident, undefined);
      assert.deepEqual(watch.spoken, ['problem wedged']);
      watch.wait(5_000);
      wedge(watch);
      assert.deepEqual(watch.spoken, ['problem wedged', 'problem wedged']);
    });

    it('after an outage of a daemon that never tells about its loop', () => {
      const watch = new Watch();
      const blind = reportWith();
      watch.repeat(3, 5_000, () => watch.answer(blind));
      watch.repeat(3, 5_000, () => watch.fail('refused'));
      watch.repeat(7, 5_000, () => watch.answer(blind));
      assert.deepEqual(watch.spoken, ['problem unreachable', 'recovered unreachable']);
    });

    it('silently where it never spoke', () => {
      const watch = Watch.healthy();
      watch.wait(5_000);
      stuck(watch);
      watch.wait(5_000).stayHealthy(MINUTE_MS);
      assert.equal(watch.track.incident, undefined);
      assert.deepEqual(watch.spoken, []);
    });

    it('silently when the daemon is stopped', () => {
      const watch = Watch.healthy();
      watch.wait(5_000);
      wedge(watch);
      watch.wait(5_000).answer(goodReport(watch.time, { isRunning: false, pollStale: true }));
      assert.equal(watch.track.incident, undefined);
      assert.deepEqual(watch.spoken, ['problem wedged']);
    });
  });

  it('is one, where a wedge clears for seconds and comes back', () => {
    const watch = Watch.healthy();
    for (let round = 0; round < 4; round++) {
      // As recorded: stale from 61 s to 240 s, completed for 5 s, in flight again, not stale for 60 s.
      for (let ageMs = 61_000; ageMs <= 240_000; ageMs += 5_000) {
        watch.wait(5_000);
        wedge(watch, ageMs);
      }
      watch.wait(5_000).answer();
      const completedAt = watch.time.wallAt - 2_000;
      for (let ageMs = 5_000; ageMs < 60_000; ageMs += 5_000) {
        watch.wait(5_000).answer(
          goodReport(watch.time, {
            lastPollStartedAt: completedAt + 5_000,
            lastPollCompletedAt: completedAt,
          }),
        );
      }
    }
    assert.deepEqual(watch.spoken, ['problem wedged']);
  });

  it('is one, where a wedge comes back after answers that proved nothing', () => {
    const watch = Watch.healthy();
    watch.wait(5_000);
    wedge(watch);
    watch.repeat(12, 5_000, () => watch.answer(reportWith()));
    watch.wait(5_000);
    wedge(watch);
    assert.deepEqual(watch.spoken, ['problem wedged']);
  });

  it('that turns from amber to red is a new one', () => {
    const watch = Watch.healthy();
    watch.repeat(4, 5_000, () => stuck(watch));
    const opened = watch.track.incident?.openedAt;
    watch.wait(5_000);
    wedge(watch);
    assert.notDeepEqual(watch.track.incident?.openedAt, opened);
    assert.deepEqual(watch.spoken, ['problem stuck', 'problem wedged']);
  });

  it('that turns from red to amber and back is the same', () => {
    const watch = Watch.healthy();
    for (let round = 0; round < 3; round++) {
      watch.repeat(4, 5_000, () => wedge(watch));
      watch.repeat(4, 5_000, () => watch.fail('wrongAnswer'));
    }
    assert.deepEqual(watch.spoken, ['problem wedged']);
    assert.equal(watch.track.incident?.state, 'wedged');
  });

  describe('that is red and became amber', () => {
    /** Unreachable, told, and back: good every time, but still counted as flapping. */
    const outage = () => {
      const watch = Watch.healthy();
      for (let round = 0; round < 3; round++) {
        watch.wait(5_000).fail('refused');
        watch.wait(5_000).answer();
      }
      watch.repeat(3, 5_000, () => watch.fail('refused'));
      assert.deepEqual(watch.spoken, ['problem unreachable']);
      return watch;
    };

    it('is over after 30 s of answers with newer cycles: what is wrong since is told, and so is the next', () => {
      const watch = outage();
      watch.repeat(7, 5_000, () => watch.answer());
      assert.equal(watch.state, 'unstable');
      assert.equal(watch.track.incident?.state, 'unstable');
      watch.repeat(2, 5_000, () => watch.answer());
      assert.deepEqual(watch.spoken, ['problem unreachable', 'problem unstable']);
      watch.wait(5_000);
      wedge(watch);
      assert.deepEqual(watch.spoken, ['problem unreachable', 'problem unstable', 'problem wedged']);
    });

    it('goes on where it is bad again sooner', () => {
      const watch = outage();
      watch.repeat(6, 5_000, () => watch.answer());
      assert.equal(watch.state, 'unstable');
      assert.equal(isRecovering(watch), false);
      watch.wait(5_000);
      wedge(watch);
      watch.repeat(2, 5_000, () => watch.answer());
      assert.equal(watch.track.incident?.severity, 'red');
      assert.deepEqual(watch.spoken, ['problem unreachable']);
    });

    it('goes on while no newer cycle completed', () => {
      const watch = Watch.healthy();
      watch.wait(5_000);
      wedge(watch);
      const full = goodReport(watch.time, { available: false });
      watch.repeat(20, 5_000, () => watch.answer(full));
      assert.equal(watch.state, 'unavailable');
      assert.equal(watch.track.incident?.state, 'wedged');
      assert.deepEqual(watch.spoken, ['problem wedged']);
    });
  });

  it('that goes from one red to another is the same, and knows what it is about now', () => {
    const watch = Watch.healthy();
    watch.wait(5_000);
    wedge(watch);
    watch.repeat(3, 5_000, () => watch.fail('refused'));
    assert.equal(watch.state, 'unreachable');
    assert.equal(watch.track.incident?.state, 'unreachable');
    assert.deepEqual(watch.spoken, ['problem wedged']);
  });

  describe('that goes on', () => {
    it('reminds every hour while it is red', () => {
      const watch = Watch.healthy();
      const spokeMs = watch.wait(5_000).time.monotonicMs;
      wedge(watch);
      watch.repeat((3.5 * HOUR_MS) / 10_000, 10_000, () => wedge(watch));
      assert.deepEqual(watch.spoken, ['problem wedged', ...Array<string>(3).fill('reminder wedged')]);
      const times = watch.notices.map(({ atMs }) => atMs);
      times.forEach((atMs, index) => {
        if (index > 0) assert.ok(atMs - times[index - 1]! >= HOUR_MS, `reminder ${index}`);
      });
      assert.equal(times[0], spokeMs - 50_000);
    });

    it('does not remind of amber', () => {
      const watch = Watch.healthy();
      watch.repeat(720, 15_000, () => stuck(watch));
      assert.deepEqual(watch.spoken, ['problem stuck']);
    });

    it('does not say "still wedged" while it is something else', () => {
      const watch = Watch.healthy();
      watch.wait(5_000);
      wedge(watch);
      watch.repeat(720, 15_000, () => watch.fail('wrongAnswer'));
      assert.deepEqual(watch.spoken, ['problem wedged']);
    });
  });

  describe('of our own making', () => {
    it('is none: a restart is silent from its beginning to its proof', () => {
      const watch = Watch.healthy();
      watch.wait(5_000);
      wedge(watch);
      assert.equal(watch.restart({ restarting: true }), 'restarting');
      watch.repeat(30, 500, () => watch.fail('refused'));
      watch.repeat(5, 500, () =>
        watch.answer(goodReport(watch.time, { lastPollStartedAt: watch.time.wallAt, pollStale: false })),
      );
      assert.equal(watch.state, 'restarting');
      assert.equal(watch.restart({ restarting: false, proven: true }), 'healthy');
      assert.equal(watch.track.incident, undefined);
      watch.stayHealthy(2 * MINUTE_MS);
      assert.deepEqual(watch.spoken, ['problem wedged']);
    });

    it('goes on where the restart was cancelled, without speaking again', () => {
      const watch = Watch.healthy();
      watch.wait(5_000);
      wedge(watch);
      watch.restart({ restarting: true });
      watch.wait(2_000);
      wedge(watch);
      assert.equal(watch.restart({ restarting: false, proven: false }), 'wedged');
      assert.deepEqual(watch.track.verdict.asOf, watch.time.now());
      watch.repeat(5, 5_000, () => wedge(watch));
      assert.deepEqual(watch.spoken, ['problem wedged']);
    });

    it('is spoken of where a restart left the daemon down', () => {
      const watch = Watch.healthy();
      watch.restart({ restarting: true });
      watch.repeat(60, 500, () => watch.fail('refused'));
      watch.restart({ restarting: false, proven: false });
      watch.repeat(3, 5_000, () => watch.fail('refused'));
      assert.equal(watch.state, 'unreachable');
      assert.deepEqual(watch.spoken, ['problem unreachable']);
    });

    it('is none: a stop through us is offline at once, and silent', () => {
      const watch = Watch.healthy();
      watch.stopByUs();
      assert.deepEqual(
        watch.repeat(5, 5_000, () => watch.fail('refused')),
        Array(5).fill('offline'),
      );
      assert.deepEqual(watch.spoken, []);
    });

    it('is none: what the process still answers while it ends is no return', () => {
      const watch = Watch.healthy();
      watch.stopByUs();
      watch.wait(2_000).answer();
      watch.wait(5_000).answer();
      watch.wait(2_000).fail('timeout');
      watch.repeat(5, 5_000, () => watch.fail('refused'));
      assert.equal(watch.state, 'offline');
      assert.deepEqual(watch.spoken, []);
    });

    it('ends an open incident silently', () => {
      const watch = Watch.healthy();
      watch.wait(5_000);
      wedge(watch);
      watch.stopByUs();
      watch.wait(5_000).fail('refused');
      assert.equal(watch.track.incident, undefined);
      assert.deepEqual(watch.spoken, ['problem wedged']);
    });

    it('is over as soon as the daemon is back: the next outage is red again', () => {
      const watch = Watch.healthy();
      watch.stopByUs();
      watch.wait(1_000).fail('refused');
      watch.wait(1_000).stayHealthy(10_000);
      watch.repeat(3, 5_000, () => watch.fail('refused'));
      assert.equal(watch.state, 'unreachable');
      assert.deepEqual(watch.spoken, ['problem unreachable']);
    });

    it('is over where the stop did not end it: the next outage is red again', () => {
      const watch = Watch.healthy();
      watch.stopByUs();
      watch.stayHealthy(STOP_LONGEST_MS + 5_000);
      watch.repeat(3, 5_000, () => watch.fail('refused'));
      assert.equal(watch.state, 'unreachable');
    });
  });

  it('never opens for what is only looked for', () => {
    const watch = new Watch({ configured: false });
    for (const kind of ['wrongAnswer', 'timeout', 'statusHung', 'refused', 'reset'] as const) {
      watch.repeat(10, 5_000, () => watch.fail(kind));
      assert.equal(SEVERITY[watch.state], 'plain', kind);
    }
    assert.deepEqual(watch.notices, []);
  });
});
