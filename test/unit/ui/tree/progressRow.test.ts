import assert from 'node:assert/strict';
import type { Check, Progress } from '../../../../src/health/report';
import { clockTime } from '../../../../src/base/time';
import { daemonRows } from '../../../../src/ui/tree/daemonRows';
import { MINUTE_MS, reportWith, Watch } from '../../health/support';
import { modelOf } from '../support';

/** What the rows of a daemon of any make say. */
function rowsOf(progressAt: (nowAt: number) => Progress, checks?: readonly Check[]) {
  const watch = new Watch();
  const daemonNow = watch.time.wallAt;
  const report = reportWith({
    kind: 'any',
    progress: progressAt(daemonNow),
    daemonNow,
    pollStaleThresholdMs: 5 * MINUTE_MS,
    ...(checks && { checks }),
  });
  watch.answer(report);
  const rows = daemonRows(modelOf(watch), watch.time.now(), undefined);
  return rows.slice(1).map(({ label, description }) => `${label}: ${description}`);
}

const untold: Progress = { kind: 'untold', by: 'settings' };
const sign = (agoMs: number) => (nowAt: number) =>
  ({ kind: 'signs', by: 'time', provenAt: nowAt - agoMs, owedSinceAt: nowAt - agoMs }) as const;

describe('the rows of a daemon of any make', () => {
  const rows: readonly (readonly [what: string, progress: (nowAt: number) => Progress, row: string])[] = [
    ['a sign', sign(MINUTE_MS), 'Progress: last sign 1 min ago · limit 5 min'],
    [
      'no sign for long',
      sign(7 * MINUTE_MS),
      `Progress: no sign since ${clockTime(new Watch().time.wallAt - 7 * MINUTE_MS, new Watch().time.wallAt)} · limit 5 min`,
    ],
    ['no proof', () => untold, 'Progress: no proof is named'],
    ['nothing to do', () => ({ kind: 'signs', by: 'counter' }), 'Progress: not known'],
  ];
  for (const [what, progress, row] of rows) {
    it(`tell of ${what}, and of no poll loop, queue or sessions`, () => {
      const said = rowsOf(progress);
      assert.ok(said.includes(row), said.join('\n'));
      assert.ok(!said.some((each) => /^(Poll loop|Queue|Rate limit|Sessions):/.test(each)), said.join('\n'));
    });
  }

  it('have one for each of its checks', () => {
    const said = rowsOf(
      () => untold,
      [
        { name: 'db', state: 'good' },
        { name: 'broker', state: 'bad', said: 'no route' },
        { name: 'disk', state: 'warning' },
        { name: 'gpu', state: 'unknown' },
      ],
    );
    const from = said.indexOf('Checks: 2 of 4 not good');
    assert.ok(from >= 0, said.join('\n'));
    for (const row of ['db: good', 'broker: fails · no route', 'disk: warning', 'gpu: not known']) {
      assert.ok(said.includes(row), row);
    }
  });

  it('say that no check fails, and nothing where there are none', () => {
    assert.ok(rowsOf(() => untold, [{ name: 'db', state: 'good' }]).includes('Checks: none of 1 fails'));
    assert.ok(!rowsOf(() => untold).some((each) => each.startsWith('Checks')));
  });
});
