import assert from 'node:assert/strict';
import type { DaemonState } from '../../../src/health/states';
import { daemonRows } from '../../../src/ui/tree/daemonRows';
import { modelOf } from '../ui/support';
import { HOUR_MS, Watch, goodReport, wedgedReport, type Parts } from './support';

describe('tasks that are stuck in a merge queue', () => {
  const rows: readonly [of: string, (watch: Watch) => DaemonState, DaemonState][] = [
    ['a daemon that completes its cycles', answered({ stuckMerges: 2 }), 'stuck'],
    ['none', answered({ stuckMerges: 0 }), 'healthy'],
    ['not known', answered({}), 'healthy'],
    [
      'a wedged one: that is the cause',
      (watch) => watch.answer(wedgedReport(watch.time, HOUR_MS, { stuckMerges: 2 })),
      'wedged',
    ],
    ['a paused one: it merges nothing', answered({ stuckMerges: 2, pause: { isPaused: true } }), 'paused'],
    ['one whose loop is stopped', answered({ stuckMerges: 2, isRunning: false }), 'stopped'],
    [
      'one that tells nothing of its loop',
      answered({ stuckMerges: 2, lastPollStartedAt: undefined, lastPollCompletedAt: undefined }),
      'unverified',
    ],
  ];
  for (const [of, act, state] of rows) {
    it(`of ${of}: ${state}`, () => {
      assert.equal(act(Watch.healthy()), state);
    });
  }

  it('are told once after ten seconds, whatever their number, and are counted in the row of the queue', () => {
    const watch = Watch.healthy();
    let count = 1;
    watch.repeat(20, 5_000, () => watch.answer(goodReport(watch.time, { stuckMerges: ++count })));
    assert.deepEqual(watch.spoken, ['problem stuck']);
    assert.equal(watch.reasonInWords, '21 tasks have been in the merge queue for over 10 min');
    assert.equal(watch.transitions.filter(({ to }) => to === 'stuck').length, 1);
    const queue = daemonRows(modelOf(watch), watch.time.now(), undefined).find(
      ({ label }) => label === 'Queue',
    );
    assert.equal(queue?.description, '0 ready tasks · 2 workers · 21 stuck in the merge queue');
    watch.stayHealthy(40_000);
    assert.deepEqual(watch.spoken, ['problem stuck', 'recovered stuck']);
  });

  it('come after a queue that no worker takes, which stops them, too', () => {
    const watch = Watch.healthy();
    const queue = { readyUnassignedTasks: 3, availableWorkers: 0, stuck: true };
    answered({ stuckMerges: 2, queue })(watch);
    assert.deepEqual(watch.reason, { is: 'stuckQueue', ready: 3 });
  });
});

function answered(parts: Parts): (watch: Watch) => DaemonState {
  return (watch) => watch.wait(5_000).answer(goodReport(watch.time, parts));
}
