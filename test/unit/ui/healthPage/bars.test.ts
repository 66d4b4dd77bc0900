import assert from 'node:assert/strict';
import { pastOf } from '../../../../src/health/past';
import type { Session } from '../../../../src/health/report';
import type { PageElement, PageNode } from '../../../../src/ui/healthPage/node';
import { pageOf } from '../../../../src/ui/healthPage/page';
import { idAt } from '../../../support/target';
import { goodReport, MINUTE_MS, Watch } from '../../health/support';

const ID = idAt('http://127.0.0.1:3470');
/** On the local clock; the page shows an hour. */
const NOW = new Date(2026, 2, 2, 9, 0, 0).getTime();
const SINCE = NOW - 60 * MINUTE_MS;

function bodyOf(session: Partial<Session>): PageElement {
  const watch = new Watch();
  watch.time.wallAt = NOW;
  const all = { id: 's', title: 'Nightly', status: 'running', kind: 'foreground', ...session } as Session;
  watch.answer(goodReport(watch.time, { kind: 'dispatchd', sessions: [all] }));
  const source = { daemonId: ID, name: 'dispatchd', track: watch.track, history: undefined, lost: [] };
  return pageOf({
    past: pastOf([source], [], { sinceAt: SINCE, nowAt: NOW, away: undefined }),
    range: 'hour',
    ranges: ['hour'],
    daemons: [{ daemonId: ID, now: 'healthy', severity: 'plain', canRunAgain: true }],
    shows: 'tables',
  }).body;
}

function all(node: PageNode, isIt: (node: PageElement) => boolean): PageElement[] {
  if (typeof node === 'string') return [];
  return [...(isIt(node) ? [node] : []), ...node.children.flatMap((child) => all(child, isIt))];
}
const textOf = (node: PageNode): string =>
  typeof node === 'string' ? node : node.children.map(textOf).join(' ').replace(/\s+/g, ' ').trim();

/** The parts of its bar, each with the minutes of the hour that it covers. */
function barOf(session: Partial<Session>) {
  const minutes = (share = '0%') => Math.round(Number.parseFloat(share) * 0.6 * 100) / 100;
  return all(bodyOf(session), ({ attrs }) => /^(bar|more|limit)\b/.test(attrs.class ?? '')).map(
    ({ attrs }) =>
      attrs.x1 === undefined
        ? [attrs.class, minutes(attrs.x), minutes(attrs.width)]
        : [attrs.class, minutes(attrs.x1)],
  );
}

/** How its row in the table reads, without its name. */
function rowOf(session: Partial<Session>): readonly string[] {
  const [row] = all(
    bodyOf(session),
    ({ tag, attrs }) => tag === 'tr' && attrs['data-key'] === `session ${ID} s`,
  );
  return row!.children.slice(2).map(textOf);
}

const ENDED: Partial<Session> = {
  status: 'completed',
  startedAt: NOW - 50 * MINUTE_MS,
  endedAt: NOW - 20 * MINUTE_MS,
  timeoutMs: 20 * MINUTE_MS,
  extensionsUsed: 2,
  maxExtensions: 3,
};
const LIVE: Partial<Session> = {
  startedAt: NOW - 30 * MINUTE_MS,
  deadlineAt: NOW + 4 * MINUTE_MS,
  timeoutMs: 20 * MINUTE_MS,
  extensionsUsed: 1,
  requestedExtensions: 1,
};

describe('the bar of a session', () => {
  const rows: readonly [what: string, Partial<Session>, bar: unknown, row: readonly string[]][] = [
    [
      'has its limit, what it was extended by, and its end',
      ENDED,
      [
        ['bar done', 10, 30],
        ['more', 30, 10],
        ['limit', 30],
      ],
      ['08:10:00', '08:40:00', '20 min, at 08:30:00', '2 times of 3', 'Finished at 08:40:00'],
    ],
    [
      'of one that runs goes on to the deadline that it has now, as far as the axis goes',
      LIVE,
      [
        ['bar live', 30, 30],
        ['more', 50, 10],
        ['limit', 50],
        ['limit', 60],
      ],
      ['08:30:00', '', '20 min, at 08:50:00', '2 times, to 09:04:00', 'Runs, ends by 09:04:00'],
    ],
    [
      'without an extension has its limit alone',
      { ...ENDED, extensionsUsed: 0, endedAt: NOW - 40 * MINUTE_MS },
      [
        ['bar done', 10, 10],
        ['limit', 30],
      ],
      ['08:10:00', '08:20:00', '20 min, at 08:30:00', '', 'Finished at 08:20:00'],
    ],
    [
      'that was extended and ended before its first limit has no such part',
      { ...ENDED, endedAt: NOW - 40 * MINUTE_MS },
      [
        ['bar done', 10, 10],
        ['limit', 30],
      ],
      ['08:10:00', '08:20:00', '20 min, at 08:30:00', '2 times of 3', 'Finished at 08:20:00'],
    ],
    [
      'has no limit where none is known',
      { status: 'completed', startedAt: ENDED.startedAt!, endedAt: ENDED.endedAt! },
      [['bar done', 10, 30]],
      ['08:10:00', '08:40:00', '', '', 'Finished at 08:40:00'],
    ],
  ];
  for (const [what, session, bar, row] of rows) {
    it(`${what}, in the table too`, () => {
      assert.deepEqual(barOf(session), bar);
      assert.deepEqual(rowOf(session), row);
    });
  }

  it('says its limit and its extensions in words', () => {
    const [label] = all(bodyOf(LIVE), ({ tag, attrs }) => tag === 'rect' && attrs.class === 'bar live');
    assert.equal(textOf(label!), 'Nightly: runs, ends by 09:04:00 · limit 20 min · extended 2 times');
  });
});
