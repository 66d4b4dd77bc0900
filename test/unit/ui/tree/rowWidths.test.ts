import assert from 'node:assert/strict';
import type { Session } from '../../../../src/health/report';
import type { DaemonState } from '../../../../src/health/states';
import { daemonRows, problemRow } from '../../../../src/ui/tree/daemonRows';
import { withFindings } from '../../../../src/ui/tree/findingRows';
import type { Row } from '../../../../src/ui/tree/row';
import { sessionRows } from '../../../../src/ui/tree/sessionRows';
import { MINUTE_MS, Watch, goodReport } from '../../health/support';
import { by, INTO, STATES } from '../intoStates';
import { modelOf } from '../support';
import { cutRows } from './widths';

const LONG_NAME = 'smithy (payment-service-refactoring)';
const LONG_TITLE = 'Code review of the payment service, with all of its tests';
const drawn = sessionRows(() => []);

const sectionOf = (watch: Watch, name = LONG_NAME) =>
  daemonRows(modelOf(watch, name), watch.time.now(), drawn);

describe('in a side bar of 300 px, what stands before the first "·" lies inside the row', () => {
  for (const state of STATES) {
    it(`of a daemon that is ${state}`, () => {
      const watch = INTO[state]();
      // A daemon that is well needs no word: the icon says it.
      const name = state === 'healthy' ? 'smithy' : LONG_NAME;
      assert.deepEqual(cutRows(sectionOf(watch, name)), []);
    });

    it(`and a day later, where moments have a day: ${state}`, () => {
      const name = state === 'healthy' ? 'smithy' : LONG_NAME;
      const late = by(INTO[state](), (watch) => {
        // Of a month and a day with long names.
        watch.time.advance(Date.parse('2026-11-28T09:00:00Z') - watch.time.wallAt);
        watch.repeat(3, 5_000, () => watch.answer());
        watch.repeat(3, 5_000, () => watch.fail('timeout'));
        watch.wait(25 * 60 * MINUTE_MS);
      });
      assert.deepEqual(cutRows(sectionOf(late, name)), []);
      const unanswered = by(INTO[state](), (watch) => watch.wait(25 * 60 * MINUTE_MS));
      assert.deepEqual(cutRows(sectionOf(unanswered, name)), []);
    });

    it(`and the verdict is one row, with its reason before its time: ${state}`, () => {
      const rows = sectionOf(INTO[state]());
      const verdict = rows.find(({ id }) => id.endsWith('#state'))!;
      assert.doesNotMatch(verdict.label, /^(Since|Noticed)/);
      assert.match(verdict.description!, /^· (since|noticed) \d\d:\d\d:\d\d( · \S|$)/);
      assert.equal(verdict.severity, rows[0].severity, 'as red as its daemon');
      const isFirst = rows[0].children[0] === verdict.id;
      assert.equal(
        isFirst,
        state !== ('healthy' satisfies DaemonState),
        'a healthy daemon has it in Details',
      );
    });
  }

  const sessions = (at: number): readonly Session[] => [
    { id: 'a', title: LONG_TITLE, status: 'running', role: 'worker', deadlineAt: at + 40 * MINUTE_MS },
    { id: 'b', title: LONG_TITLE, status: 'running', role: 'worker', startedAt: at },
    { id: 'c', title: LONG_TITLE, status: 'waiting', question: 'Which of the schemas?' },
    { id: 'd', title: LONG_TITLE, status: 'timed-out', endedAt: at, command: 'npm run everything' },
    { id: 'e', title: LONG_TITLE, status: 'interrupted', endedAt: at },
  ];
  it('of sessions with long titles', () => {
    const watch = new Watch();
    watch.answer(goodReport(watch.time, { kind: 'dispatchd', sessions: sessions(watch.time.wallAt) }));
    const rows = sectionOf(watch, 'smithy');
    assert.equal(rows.filter(({ sessionId }) => sessionId !== undefined).length, 5);
    assert.deepEqual(cutRows(rows), []);
    watch.repeat(3, 5_000, () => watch.fail('refused'));
    assert.deepEqual(cutRows(sectionOf(watch)), []);
  });

  it('of a start that failed, of a loop that hangs for hours, and of what it recovers from', () => {
    const failed = by(Watch.healthy(), (watch) => {
      watch.restart({ restarting: true });
      watch.restart({
        restarting: false,
        proven: false,
        startFailed: 'the command "sf" was not found on PATH',
      });
      watch.wait(1_000).fail('refused');
    });
    const hung = by(INTO.wedged(), (watch) =>
      watch.wait(13 * 60 * MINUTE_MS).answer(goodReport(watch.time, { pollStale: true })),
    );
    const recovering = by(INTO.wedged(), (watch) => watch.wait(5_000).answer());
    for (const watch of [failed, hung, recovering]) assert.deepEqual(cutRows(sectionOf(watch)), []);
  });

  it('of a pause until tomorrow, in Details, too', () => {
    const watch = new Watch();
    watch.time.advance(Date.parse('2026-11-28T09:00:00Z') - watch.time.wallAt);
    const pause = { isPaused: true, resumesAt: watch.time.wallAt + 20 * 60 * MINUTE_MS };
    watch.answer(goodReport(watch.time, { pause, sessions: [] }));
    assert.deepEqual(cutRows(sectionOf(watch)), []);
  });

  it('of a daemon whose name is of wide letters', () => {
    for (const name of [
      '支払いサービスのリファクタリング',
      '결제 서비스 리팩터링 데몬',
      '🚀🔥🚀🔥🚀🔥🚀🔥🚀🔥🚀🔥🚀🔥',
    ])
      for (const state of STATES)
        if (state !== 'healthy') assert.deepEqual(cutRows(sectionOf(INTO[state](), name)), []);
  });

  it('of conflicts, offers and settings', () => {
    const party = { name: 'smithy', kind: 'smithy', database: '/x', databaseShown: '~/x', isWorking: true };
    const conflict = {
      id: 'conflict#/x',
      database: '/x',
      parties: [37783, 43857].map((port) => ({ ...party, port, isWatched: true })),
    };
    const offer = {
      kind: 'dispatchd',
      target: { kind: 'http', origin: 'http://127.0.0.1:43857' },
      place: '~/work/with/a/long/path/to/its/folder',
      isIgnored: false,
    };
    const rows = withFindings([], [conflict], [offer as never]).flat();
    const settings = problemRow(
      'daemonHealth.daemons[10] needs a "url", such as "http://127.0.0.1:3457".',
      0,
    );
    assert.equal(rows.length, 2);
    assert.deepEqual(cutRows([...rows, ...settings]), []);
  });
});

describe('a healthy daemon', () => {
  it('is one line and what it works on: fifty of them are no list of facts', () => {
    const rows = Array.from({ length: 50 }, (_, index) => sectionOf(Watch.healthy(), `daemon ${index}`));
    const open = rows.flat().filter((row) => isShown(row, new Map(rows.flat().map((one) => [one.id, one]))));
    assert.ok(open.length <= 100, `${open.length} rows are open`);
  });
});

/** Nothing above it is closed. */
function isShown(row: Row, byId: ReadonlyMap<string, Row>): boolean {
  const parent = row.parentId === undefined ? undefined : byId.get(row.parentId);
  return parent === undefined || (parent.expanded === true && isShown(parent, byId));
}
