import assert from 'node:assert/strict';
import type { SessionPast } from '../../../../src/health/past';
import { pageDaemonOf } from '../../../../src/ui/healthPage/pageDaemon';
import { sessionInShort } from '../../../../src/words/pastText';
import { wedgedReport, Watch } from '../../health/support';
import { by } from '../intoStates';
import { modelOf } from '../support';

describe('on the health page', () => {
  it('a state has no seconds: the lanes beside it are drawn in steps, and measure something else', () => {
    const said = [61_000, 65_000, 130_000].map((hungMs) => {
      const report = { pollStaleThresholdMs: 20_000, pollStale: true };
      const watch = by(new Watch(), (each) => each.answer(wedgedReport(each.time, hungMs - 40_000, report)));
      return pageDaemonOf(modelOf(watch), watch.time.now()).now;
    });
    assert.deepEqual(said, ['wedged', 'wedged', 'wedged 1 min']);
  });

  it('a session that is past its limit does not end by a moment that is over', () => {
    const past = (deadlineAt: number) =>
      ({
        session: { id: 'a', title: 'a', status: 'running' },
        isLive: true,
        deadlineAt,
      }) as unknown as SessionPast;
    assert.match(sessionInShort(past(1_000), 0), /^runs, ends by [\d:/ ]+$/);
    assert.match(sessionInShort(past(1_000), 61_000), /^runs, was to end by [\d:/ ]+$/);
  });
});
