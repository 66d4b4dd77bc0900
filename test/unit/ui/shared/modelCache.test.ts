import { at as watchedAt } from '../../../support/target';
import assert from 'node:assert/strict';
import type { DaemonModel } from '../../../../src/model/daemonModel';
import { beginTrack } from '../../../../src/health/track';
import { cachedByModel } from '../../../../src/ui/shared/modelCache';

const at = (ms: number) => ({ wallAt: 1_700_000_000_000 + ms, monotonicMs: ms, uptimeMs: ms });
const daemon = {
  name: 'smithy',
  ...watchedAt('http://127.0.0.1:3457'),
  pollIntervalMs: 5_000,
  configured: true,
};
const model: DaemonModel = { daemon, track: beginTrack({ configured: true }, at(0)) };

describe('what is kept between polls', () => {
  const cases = [
    { what: 'is the same while the daemon was not polled', next: model, nowMs: 4_999, kept: true },
    { what: 'is made anew when it is old', next: model, nowMs: 5_000, kept: false },
    { what: 'is made anew with the model', next: { ...model }, nowMs: 1, kept: false },
  ];
  for (const { what, next, nowMs, kept } of cases) {
    it(what, () => {
      const rowsOf = cachedByModel(({ track }) => [track.verdict.state]);
      const first = rowsOf(model, at(0));
      assert.equal(rowsOf(next, at(nowMs)) === first, kept);
    });
  }
});
