import assert from 'node:assert/strict';
import type { Failure } from '../../../src/health/report';
import { SEVERITY, type DaemonState } from '../../../src/health/states';
import { HOUR_MS, Watch, goodReport, reportWith, wedgedReport, type Parts } from './support';

const NEVER_SEEN = () => new Watch();
const LOOKED_FOR = () => new Watch({ configured: false });
const SEEN_BEFORE = () => new Watch({ seenUpAt: 1 });

/** A daemon that was healthy and now answers so. */
function answered(parts: Parts): Watch {
  const watch = Watch.healthy();
  watch.wait(5_000).answer(goodReport(watch.time, parts));
  return watch;
}

function failed(kind: Failure['kind'], times = 3): Watch {
  const watch = Watch.healthy();
  watch.repeat(times, 5_000, () => watch.fail(kind));
  return watch;
}

const STUCK: Parts = { queue: { readyUnassignedTasks: 3, availableWorkers: 0, stuck: true } };
const UNVERIFIED = () => {
  const watch = new Watch();
  watch.answer(reportWith());
  return watch;
};
const WEDGED = () => {
  const watch = Watch.healthy();
  watch.wait(5_000).answer(wedgedReport(watch.time, 61_000));
  return watch;
};
const SLEPT = (watch: Watch) => {
  watch.time.sleep(HOUR_MS);
  return watch;
};
const STOPPED_BY_US = () => {
  const watch = Watch.healthy();
  watch.stopByUs();
  return watch;
};

describe('one lost answer', () => {
  const rows: readonly [of: string, () => Watch, Failure['kind'], DaemonState][] = [
    ...(['refused', 'reset', 'timeout', 'statusHung', 'errors'] as const).map(
      (kind): (typeof rows)[number] => ['a healthy daemon', () => Watch.healthy(), kind, 'notAnswering'],
    ),
    ['a paused one', () => answered({ pause: { isPaused: true } }), 'refused', 'notAnswering'],
    ['a stuck one', () => answered(STUCK), 'timeout', 'notAnswering'],
    ['one that is unavailable', () => answered({ available: false }), 'refused', 'notAnswering'],
    ['one whose loop is stopped', () => answered({ isRunning: false }), 'refused', 'stopped'],
    ['one whose loop is stopped', () => answered({ isRunning: false }), 'reset', 'notAnswering'],
    ['one of which nothing tells', UNVERIFIED, 'timeout', 'notAnswering'],
    ['one that is not asked yet, and was up in an earlier window', SEEN_BEFORE, 'refused', 'notAnswering'],
    ['one that gave a wrong answer', () => failed('wrongAnswer'), 'refused', 'notAnswering'],

    ['a wedged one', WEDGED, 'refused', 'wedged'],
    ['an unresponsive one', () => failed('timeout'), 'refused', 'unreachable'],
    ['a failing one', () => failed('errors'), 'timeout', 'unresponsive'],
    ['a wedged one, after sleep', () => SLEPT(WEDGED()), 'timeout', 'wedged'],
    ['an unreachable one, after sleep', () => SLEPT(failed('refused')), 'timeout', 'unreachable'],
    ['a failing one, after sleep', () => SLEPT(failed('errors')), 'refused', 'failing'],

    ['one that was never seen', NEVER_SEEN, 'refused', 'offline'],
    ['one that was never seen, and that lets us wait', NEVER_SEEN, 'timeout', 'unverified'],
    ['one that is only looked for', LOOKED_FOR, 'timeout', 'offline'],
    ['one that was stopped from here', STOPPED_BY_US, 'refused', 'offline'],
    ['one that asks to wait', () => Watch.healthy(), 'untold', 'unverified'],
    ['one while the editor stood still', () => Watch.healthy(), 'editorBusy', 'unverified'],
  ];
  for (const [of, make, kind, state] of rows) {
    it(`(${kind}) of ${of}: ${state}`, () => {
      const watch = make();
      const wasRed = SEVERITY[watch.state] === 'red';
      const spoken = [...watch.spoken];
      assert.equal(watch.wait(5_000).fail(kind), state);
      assert.equal(SEVERITY[state] === 'red', wasRed, 'red only where it was');
      assert.deepEqual(watch.spoken, spoken, 'and nothing is said');
    });
  }

  it('tells neither again nor as over what is amber, and goes on with it after an answer', () => {
    const watch = answered(STUCK);
    watch.repeat(3, 5_000, () => watch.answer(goodReport(watch.time, STUCK)));
    for (let round = 0; round < 2; round++) {
      assert.equal(watch.wait(5_000).fail('refused'), 'notAnswering');
      assert.equal(watch.wait(5_000).answer(goodReport(watch.time, STUCK)), 'stuck');
    }
    assert.deepEqual(watch.spoken, ['problem stuck']);
  });

  it('is asked about again within a second, and an answer ends it', () => {
    const watch = Watch.healthy();
    watch.wait(5_000).fail('timeout');
    assert.equal(watch.nextDelayMs(), 1_000);
    assert.equal(watch.waitForNext().answer(), 'healthy');
  });
});
