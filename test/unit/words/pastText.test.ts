import assert from 'node:assert/strict';
import { pastOf } from '../../../src/health/past';
import { pastSentences } from '../../../src/words/pastText';
import { idAt } from '../../support/target';
import { goodReport, HOUR_MS, Watch } from '../health/support';

it('a time in which no window watched is not told as one without problems', () => {
  const watch = new Watch();
  watch.answer(goodReport(watch.time));
  const { wallAt: nowAt } = watch.time;
  const source = { daemonId: idAt('http://127.0.0.1:3457'), name: 'smithy', track: watch.track };
  const past = pastOf([{ ...source, history: undefined, lost: [], told: [] }], [], {
    sinceAt: nowAt - 24 * HOUR_MS,
    nowAt,
    away: undefined,
  });
  assert.deepEqual(
    pastSentences(past, () => false),
    ['In the last 24 h: no window watched.'],
  );
});
