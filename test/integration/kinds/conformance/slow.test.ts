import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { AskTimeouts } from '../../../../src/kinds/kind';
import { causeText } from '../../../../src/words/causes';
import { notRun } from '../../../support/notRun';
import { until } from '../../../support/until';
import { failureOf, reportOf } from '../../support';
import { obstacleOf } from './obstacle';
import { eachKind } from './theatre';

const TIMEOUTS: AskTimeouts = { requestMs: 500, fallbackMs: 500 };
/** A timer comes late on a busy machine. */
const SLACK_MS = 700;

eachKind('a daemon of each kind that answers too late', (play) => {
  it('slow: fails an ask within its one deadline, is not asked more, and its next answer counts', async function () {
    const { stage, target } = play();
    if (target.kind !== 'http' && process.platform === 'win32')
      notRun(this, 'Windows has no named pipes in folders');
    const obstacle = await obstacleOf(stage);
    try {
      const probe = play().probe({ timeouts: TIMEOUTS }, obstacle.target);
      await until(async () => (await probe.ask()).ok, 'a first answer');
      obstacle.hold();
      const sent: number[] = [];
      for (let ask = 0; ask < 3; ask++) {
        const before = obstacle.requests.length;
        const startedMs = performance.now();
        // So that an ask without an end is red, and the obstacle is taken away.
        const sample = await Promise.race([probe.ask(), delay(10 * SLACK_MS, undefined, { ref: false })]);
        assert.ok(sample, 'an ask does not end');
        const failure = failureOf(sample);
        const tookMs = performance.now() - startedMs;
        assert.equal(failure.kind, 'timeout', causeText(failure.cause));
        const wholeMs = TIMEOUTS.requestMs + TIMEOUTS.fallbackMs;
        assert.ok(tookMs < wholeMs + SLACK_MS, `an ask took ${Math.round(tookMs)} ms of ${wholeMs}`);
        const asked = obstacle.requests.slice(before);
        assert.equal(new Set(asked).size, asked.length, `a route was asked twice: ${asked.join(' ')}`);
        sent.push(asked.length);
      }
      assert.ok(Math.max(...sent) === sent[0], `later asks send more: ${sent.join(', ')}`);
      await obstacle.release();
      assert.equal(reportOf(await probe.ask()).kind, stage.kind.id);
    } finally {
      await obstacle.close();
    }
  });
});
