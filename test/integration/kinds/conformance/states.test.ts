import assert from 'node:assert/strict';
import { SEVERITY } from '../../../../src/health/states';
import { staleThresholdMs } from '../../../../src/health/staleness';
import { until } from '../../../support/until';
import { reportOf } from '../../support';
import { eachKind, POLL_MS, wellOf } from './theatre';

/** A cycle, an ask and a busy machine come on top of a threshold. */
const SLACK_MS = 4_000;

eachKind('a daemon of each kind is seen in each of its states', (play) => {
  it('healthy: where it tells of its loop, else unverified with a reason', async () => {
    const { watch } = play();
    const report = await play().untilWell();
    assert.equal(watch.state, wellOf(report));
    assert.notEqual(watch.reasonInWords, '');
    const red = watch.transitions.filter(({ to }) => SEVERITY[to] === 'red');
    assert.deepEqual(red, [], 'it was never red on the way');
  });

  it('wedged: within its threshold where it tells of its loop, else neither red nor healthy', async () => {
    const { stage, watch } = play();
    const { progress } = await play().untilWell();
    await stage.wedge();
    const startedMs = performance.now();
    if (progress.kind === 'untold') {
      for (let ask = 0; ask < 5; ask++) {
        await play().poll();
        watch.wait(60_000);
        assert.equal(watch.state, 'unverified');
      }
      return;
    }
    await until(async () => {
      await play().poll();
      return SEVERITY[watch.state] === 'red';
    });
    assert.equal(watch.state, 'wedged', watch.reasonInWords);
    const thresholdMs = staleThresholdMs(reportOf(await play().poll()));
    assert.ok(performance.now() - startedMs < thresholdMs + SLACK_MS, 'it came late');
  });

  it('stopped: where its loop is stopped', async () => {
    const { stage, watch } = play();
    await play().untilWell();
    const probe = play().probe({}, (await stage.stopLoop()) ?? stage.target);
    await until(async () => {
      watch.observe({ ...(await probe.ask()), startedMs: watch.time.monotonicMs });
      return watch.state === 'stopped';
    });
  });

  it('refused: unreachable after 3 failures over 10 s and not before, and well again once it is back', async () => {
    const { stage, watch } = play();
    await play().untilWell();
    await stage.vanish();
    const states: string[] = [];
    for (const waitMs of [POLL_MS, POLL_MS - 1_000, POLL_MS, 1_000]) {
      watch.wait(waitMs);
      const sample = await play().poll();
      assert.equal(sample.ok, false);
      states.push(watch.state);
    }
    assert.deepEqual(
      states,
      ['notAnswering', 'notAnswering', 'notAnswering', 'unreachable'],
      watch.reasonInWords,
    );
    await stage.start();
    await play().untilWell();
  });
});
