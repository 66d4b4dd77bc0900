import assert from 'node:assert/strict';
import type { DaemonModel } from '../../../src/daemons/fleet';
import { beginTrack } from '../../../src/health/tracker';
import { keepingRows } from '../../../src/ui/keptRows';
import { daemonRows } from '../../../src/ui/treeRows';

const at = (ms: number) => ({ wallAt: 1_700_000_000_000 + ms, monotonicMs: ms, uptimeMs: ms });
const daemon = {
  name: 'smithy',
  origin: 'http://127.0.0.1:3457',
  port: 3457,
  pollIntervalMs: 5_000,
  configured: true,
};
const model: DaemonModel = { daemon, track: beginTrack({ configured: true }, at(0)) };
const sessionRows = { details: () => [], hover: () => undefined };

describe('rows kept between polls', () => {
  const cases = [
    { what: 'are the same ones while it was not polled', next: model, nowMs: 4_999, kept: true },
    { what: 'are made anew when they are old', next: model, nowMs: 5_000, kept: false },
    { what: 'are made anew with its model', next: { ...model }, nowMs: 1, kept: false },
    { what: 'are made anew once sessions can be drawn', next: model, nowMs: 1, sessionRows, kept: false },
  ];
  for (const { what, next, nowMs, sessionRows: drawnBy, kept } of cases) {
    it(what, () => {
      const rowsOf = keepingRows(daemonRows);
      const first = rowsOf(model, at(0), undefined);
      assert.equal(rowsOf(next, at(nowMs), drawnBy) === first, kept);
    });
  }
});
