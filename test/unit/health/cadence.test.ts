import assert from 'node:assert/strict';
import { resetBackoff } from '../../../src/health/track';
import { DAY_MS, HOUR_MS, Watch, goodReport, wedgedReport } from './support';

describe('the next poll', () => {
  it('comes after the configured interval', () => {
    const watch = Watch.healthy();
    assert.equal(watch.nextDelayMs(), 5_000);
    assert.equal(watch.nextDelayMs({ intervalMs: 20_000 }), 20_000);
  });

  it('comes after a second at least, whatever is configured', () => {
    const watch = Watch.healthy();
    for (const intervalMs of [0, -5, 10, 1_000]) assert.equal(watch.nextDelayMs({ intervalMs }), 1_000);
  });

  it('comes every 15 s where no window has the focus, ± 10 % so that windows do not poll in step', () => {
    const watch = Watch.healthy();
    const delays = [0, 0.5, 1 - Number.EPSILON].map((random) =>
      watch.nextDelayMs({ focused: false, random }),
    );
    assert.deepEqual(delays.map(Math.round), [13_500, 15_000, 16_500]);
    assert.equal(watch.nextDelayMs({ focused: false, intervalMs: 30_000 }), 30_000);
  });

  it('comes every second during our own restart', () => {
    const watch = Watch.healthy();
    watch.restart({ restarting: true });
    watch.fail('refused');
    assert.equal(watch.nextDelayMs({ focused: false, intervalMs: 60_000 }), 1_000);
  });

  it('comes after a second while a failure decides nothing yet, so that red does not wait for the interval', () => {
    const watch = Watch.healthy();
    watch.wait(5_000).fail('refused');
    for (const intervalMs of [2_000, 5_000, 60_000, 300_000]) {
      for (const focused of [true, false]) assert.equal(watch.nextDelayMs({ intervalMs, focused }), 1_000);
    }
    watch.wait(5_000).answer();
    assert.equal(watch.nextDelayMs({ intervalMs: 20_000 }), 20_000);
  });

  it('comes when a daemon that asks to wait wants it, in 5 min at the latest', () => {
    const watch = Watch.healthy();
    const rows = [
      [60_000, 60_000],
      [300_000, 300_000],
      [86_400_000, 300_000],
      [0, 5_000],
    ] as const;
    for (const [waitMs, delayMs] of rows) {
      const state = watch.wait(5_000).fail('untold', { cause: { is: 'asksToWait', status: 429, waitMs } });
      assert.equal(watch.nextDelayMs(), delayMs);
      assert.equal(state, 'unverified');
    }
    assert.equal(watch.reasonInWords, 'HTTP 429: the daemon asks to wait 0 s');
    watch.wait(5_000).answer();
    assert.deepEqual([watch.state, watch.nextDelayMs()], ['healthy', 5_000]);
  });

  it('does not take a request to wait for an outage, nor for the end of one', () => {
    const watch = Watch.healthy();
    watch.repeat(10, 5_000, () => watch.fail('untold'));
    assert.deepEqual([watch.state, watch.spoken], ['unverified', []]);
    watch.repeat(4, 5_000, () => watch.fail('refused'));
    assert.equal(watch.state, 'unreachable');
    assert.equal(watch.wait(5_000).fail('untold'), 'unreachable');
  });

  it('finds a frozen daemon red after 20 s in the middle, and never after 24 s', () => {
    const redAfterMs: number[] = [];
    // It freezes at any moment between two polls; each ask then takes its whole 5 s.
    for (let offsetMs = 0; offsetMs < 5_000; offsetMs += 100) {
      const watch = Watch.healthy();
      const frozenMs = watch.time.monotonicMs + offsetMs;
      for (let polls = 0; watch.state !== 'unresponsive'; polls++) {
        assert.ok(polls < 10, 'it never turns red');
        watch.waitForNext().fail('timeout', { tookMs: 5_000 });
      }
      redAfterMs.push(watch.time.monotonicMs - frozenMs);
    }
    redAfterMs.sort((a, b) => a - b);
    assert.ok(
      redAfterMs[redAfterMs.length / 2]! <= 20_000,
      `${redAfterMs[redAfterMs.length / 2]} ms in the middle`,
    );
    assert.ok(redAfterMs.at(-1)! <= 24_000, `${redAfterMs.at(-1)} ms at the latest`);
  });

  it('finds a daemon that is frozen for 28 s red before it goes on', () => {
    const watch = Watch.healthy();
    const untilMs = watch.time.monotonicMs + 28_000;
    while (watch.time.monotonicMs + 5_000 < untilMs) watch.waitForNext().fail('timeout', { tookMs: 5_000 });
    assert.equal(watch.state, 'unresponsive');
  });

  describe('of a daemon that is down', () => {
    const delays = (watch: Watch, options = {}) =>
      Array.from({ length: 7 }, () => {
        const delayMs = watch.nextDelayMs(options);
        watch.wait(delayMs).fail('refused');
        return Math.round(delayMs);
      });

    it('comes after 2 s, then ever later, up to 30 s', () => {
      const watch = Watch.healthy();
      watch.repeat(3, 5_000, () => watch.fail('refused'));
      assert.equal(watch.state, 'unreachable');
      assert.deepEqual(delays(watch), [2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    });

    it('comes at the poll interval on this machine, where a refusal costs nothing, and somebody looks', () => {
      const watch = Watch.healthy();
      watch.repeat(3, 5_000, () => watch.fail('refused'));
      const here = { isLoopback: true };
      assert.deepEqual(delays(watch, here), [2_000, 4_000, 5_000, 5_000, 5_000, 5_000, 5_000]);
      assert.ok(watch.nextDelayMs({ ...here, random: 1 - Number.EPSILON }) <= 6_000);
      const hungUp = Watch.healthy();
      hungUp.repeat(13, 5_000, () => hungUp.fail('reset'));
      assert.deepEqual([hungUp.state, hungUp.nextDelayMs(here)], ['unreachable', 5_000]);
      assert.equal(watch.nextDelayMs({ ...here, intervalMs: 20_000 }), 20_000);
      assert.equal(watch.nextDelayMs({ ...here, intervalMs: 120_000 }), 120_000);
      assert.equal(watch.nextDelayMs({ ...here, focused: false }), 30_000);
      watch.fail('timeout', { tookMs: 5_000 });
      assert.equal(watch.nextDelayMs(here), 30_000);
    });

    it('does so for one that never was there', () => {
      const watch = new Watch({ configured: false });
      watch.fail('wrongAnswer');
      assert.deepEqual(delays(watch), [2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    });

    it('is ± 10 %', () => {
      const watch = Watch.healthy();
      watch.repeat(20, 5_000, () => watch.fail('refused'));
      const ends = [0, 1 - Number.EPSILON].map((random) => Math.round(watch.nextDelayMs({ random })));
      assert.deepEqual(ends, [27_000, 33_000]);
    });

    it('is no more eager than a window without focus, nor in the end than the user wants', () => {
      const watch = Watch.healthy();
      watch.repeat(3, 5_000, () => watch.fail('refused'));
      assert.equal(watch.nextDelayMs({ focused: false }), 15_000);
      watch.repeat(20, 5_000, () => watch.fail('refused'));
      assert.equal(watch.nextDelayMs({ intervalMs: 120_000 }), 120_000);
    });

    it('is eager again when the user looks, when the machine wakes up, and when it answered', () => {
      for (const reset of [
        (watch: Watch) => (watch.track = resetBackoff(watch.track)),
        (watch: Watch) => watch.time.sleep(HOUR_MS),
        (watch: Watch) =>
          watch
            .wait(5_000)
            .stayHealthy(5_000)
            .repeat(2, 5_000, () => watch.fail('refused')),
      ]) {
        const watch = Watch.healthy();
        watch.repeat(20, 5_000, () => watch.fail('refused'));
        assert.equal(watch.nextDelayMs(), 30_000);
        reset(watch);
        watch.wait(5_000).fail('refused');
        assert.equal(watch.nextDelayMs(), 2_000);
      }
    });
  });

  describe('of a slow daemon', () => {
    const slow = (latenciesMs: readonly number[]) => {
      const watch = Watch.healthy();
      for (const latencyMs of latenciesMs) watch.wait(5_000).answer(goodReport(watch.time), latencyMs);
      return watch.nextDelayMs();
    };

    it('takes no more than one part in a hundred of its time: 70 ms an answer is every 7 s', () => {
      assert.equal(slow([70, 71, 69, 70, 110]), 7_000);
    });

    it('is not put off by single slow answers', () => {
      assert.equal(slow([3, 900, 3, 900, 3]), 5_000);
    });

    it('comes every 30 s at least, however slow', () => {
      assert.equal(slow([4_000, 4_000, 4_000, 4_000, 4_000]), 30_000);
    });
  });

  describe('is early where the threshold will be crossed before it', () => {
    it('comes 30 ms after a cycle in flight crosses it', () => {
      const watch = Watch.healthy();
      watch.wait(5_000).answer(wedgedReport(watch.time, 58_000));
      assert.equal(watch.nextDelayMs(), 2_030);
      assert.equal(watch.nextDelayMs({ focused: false }), 2_030);
      watch.wait(500);
      assert.equal(watch.nextDelayMs(), 1_530);
    });

    it('comes after the first cycle’s crossing too', () => {
      const watch = new Watch();
      const first = { lastPollCompletedAt: undefined, lastPollStartedAt: watch.time.wallAt - 57_000 };
      watch.answer(goodReport(watch.time, first));
      assert.equal(watch.nextDelayMs(), 3_030);
    });

    it('is not early otherwise', () => {
      const watch = Watch.healthy();
      watch.wait(5_000).answer(wedgedReport(watch.time, 50_000));
      assert.equal(watch.nextDelayMs(), 5_000);
      watch.wait(5_000).answer(wedgedReport(watch.time, 62_000));
      assert.equal(watch.nextDelayMs(), 5_000);
    });

    it('never comes in a burst where the daemon’s clock has whole seconds', () => {
      const watch = Watch.healthy();
      watch.wait(5_000).answer(wedgedReport(watch.time, 60_000));
      assert.equal(watch.nextDelayMs(), 200);
    });

    for (const intervalMs of [1_000, 5_000, 60_000, 300_000]) {
      for (const focused of [true, false]) {
        it(`so that red comes within 250 ms of it: every ${intervalMs} ms, ${focused ? 'focused' : 'unfocused'}`, () => {
          for (let offsetMs = 0; offsetMs < 5_000; offsetMs += 173) {
            const watch = Watch.healthy();
            const startedAt = watch.time.wallAt + offsetMs;
            let crossedMs = 0;
            const answer = () => {
              const sinceMs = watch.time.wallAt - startedAt;
              if (sinceMs < 0) return watch.answer();
              crossedMs = Math.max(0, sinceMs - 60_000);
              return watch.answer(wedgedReport(watch.time, sinceMs));
            };
            let polls = 0;
            while (answer() !== 'wedged') {
              watch.waitForNext({ intervalMs, focused });
              assert.ok(++polls < 70, 'too many polls');
            }
            assert.ok(crossedMs > 0 && crossedMs <= 250, `${crossedMs} ms after the crossing`);
          }
        });
      }
    }
  });

  it('is always in time and never at once, whatever happened', () => {
    const watch = Watch.healthy();
    watch
      .wait(5_000)
      .answer(goodReport(watch.time, { pollStaleThresholdMs: 1, lastPollCompletedAt: watch.time.wallAt }));
    assert.ok(watch.nextDelayMs() >= 200);
    watch.time.sleep(DAY_MS, { monotonicStands: false });
    assert.ok(watch.nextDelayMs() >= 200);
  });
});
