import assert from 'node:assert/strict';
import { looked, shown, unseenIn, type Looks } from '../../../src/health/away';
import { fromStored, type History, type StoredSpan } from '../../../src/health/history';
import type { Phase } from '../../../src/health/incidentLog';
import { laneOf, toldHistory } from '../../../src/health/lane';
import { AWAY_MS } from '../../../src/health/policy';
import type { DaemonState } from '../../../src/health/states';
import { idAt } from '../../support/target';
import { pastOf } from '../../../src/health/past';
import type { Session } from '../../../src/health/report';
import { goodReport, HOUR_MS, MINUTE_MS, SECOND_MS, Watch } from './support';

const NOON = new Date(2026, 2, 2, 12, 0, 0).getTime();
const ID = idAt('http://127.0.0.1:3457');

function phase(state: DaemonState, fromMs: number, toMs: number, more: Partial<Phase> = {}): Phase {
  const [fromAt, endedAt] = [NOON + fromMs, NOON + toMs];
  return {
    is: 'phase',
    daemonId: ID,
    name: 'x',
    state,
    reason: { is: 'flapping' },
    fromAt,
    seenAt: endedAt,
    endedAt,
    seenBy: {},
    ...more,
  };
}

function historyOf(...spans: readonly [DaemonState, number, number][]): History {
  const stored = spans.map(([state, from, to]): StoredSpan => [state, NOON + from, NOON + to]);
  return fromStored(stored, NOON + 3 * HOUR_MS)!;
}

const lane = (...args: Parameters<typeof laneOf>) =>
  laneOf(...args).map(({ state, fromAt, toAt }) => [
    state,
    (fromAt - NOON) / SECOND_MS,
    (toAt - NOON) / SECOND_MS,
  ]);

describe('the lane of a daemon', () => {
  it('has no gap: what no window watched is "not watched"', () => {
    const spans = [{ state: 'healthy', fromAt: NOON + 60_000, toAt: NOON + 120_000 } as const];
    assert.deepEqual(lane({ spans, phases: [] }, NOON, NOON + 180_000), [
      ['notWatched', 0, 60],
      ['healthy', 60, 120],
      ['notWatched', 120, 180],
    ]);
  });

  it('has a problem from its begin to its end, and not from when it was noticed', () => {
    const spans = historyOf(
      ['healthy', 0, 70_000],
      ['wedged', 70_000, 100_000],
      ['healthy', 100_000, 200_000],
    ).spans;
    assert.deepEqual(lane({ spans, phases: [phase('wedged', 10_000, 95_000)] }, NOON, NOON + 200_000), [
      ['healthy', 0, 10],
      ['wedged', 10, 95],
      ['healthy', 95, 200],
    ]);
  });

  it('shows what a window of another workspace watched, and what the daemon told of the rest', () => {
    const phases = [phase('wedged', 100_000, 125_000, { toldByIt: true })];
    const watches = [{ is: 'watch', daemonId: ID, fromAt: NOON, toAt: NOON + 50_000 } as const];
    assert.deepEqual(lane({ spans: [], phases, watches }, NOON, NOON + 150_000), [
      ['noProblem', 0, 50],
      ['notWatched', 50, 100],
      ['wedged', 100, 125],
      ['notWatched', 125, 150],
    ]);
  });

  it('shows the worst where windows differ', () => {
    const phases = [phase('unresponsive', 0, 60_000), phase('unreachable', 20_000, 80_000)];
    assert.deepEqual(lane({ spans: [], phases }, NOON, NOON + 80_000), [
      ['unresponsive', 0, 60],
      ['unreachable', 60, 80],
    ]);
  });
});

describe('the history as it is told', () => {
  it('is that of the log', () => {
    const history = historyOf(
      ['healthy', 0, HOUR_MS],
      ['wedged', HOUR_MS, HOUR_MS + 27_000],
      ['healthy', HOUR_MS + 27_000, 2 * HOUR_MS],
    );
    const told = toldHistory(history, [phase('wedged', HOUR_MS - 60_000, HOUR_MS + 25_000)]);
    assert.equal(told.summary.is === 'problems' && told.summary.totalMs, 85_000);
    assert.equal(told.spans, history.spans, 'what is kept is what was seen');
    const bad = told.segments.filter((segment) => segment.bad);
    assert.deepEqual(
      bad.map((segment) => [segment.bad!.fromAt - NOON, segment.bad!.toAt - NOON, segment.bad!.beside]),
      [
        [HOUR_MS - 60_000, HOUR_MS, 'healthy'],
        [HOUR_MS, HOUR_MS + 25_000, 'healthy'],
      ],
    );
  });

  it('has the problem that begins at this moment', () => {
    const history = historyOf(['healthy', 0, HOUR_MS], ['wedged', HOUR_MS, HOUR_MS]);
    const told = toldHistory(history, [phase('wedged', HOUR_MS, HOUR_MS)]);
    assert.deepEqual(told.summary, history.summary);
    assert.equal(told.segments.at(-1)?.state, 'wedged');
    const over = historyOf(
      ['healthy', 0, HOUR_MS],
      ['wedged', HOUR_MS, HOUR_MS + 2_000],
      ['healthy', HOUR_MS + 2_000, HOUR_MS + 2_000],
      ['wedged', HOUR_MS + 2_000, HOUR_MS + 2_000],
    );
    const first = phase('wedged', HOUR_MS, HOUR_MS + 2_000, { endedAt: NOON + HOUR_MS + 2_000 });
    assert.equal(toldHistory(over, [first]).segments.at(-1)?.state, 'wedged', 'also after another one');
  });

  it('is the history itself where the log has nothing of that time', () => {
    const history = historyOf(['healthy', 0, HOUR_MS]);
    assert.equal(toldHistory(history, []), history);
    assert.equal(toldHistory(history, [phase('wedged', -3 * HOUR_MS, -2 * HOUR_MS)]), history);
  });
});

describe('the work that a daemon remembers of the time before a window looked', () => {
  const session = (id: string, outcome?: string): Session => ({
    id,
    title: id,
    status: 'terminated',
    startedAt: NOON - HOUR_MS,
    endedAt: NOON - MINUTE_MS,
    ...(outcome !== undefined && { outcome }),
  });

  it('is there once, with its end where the daemon says how that was', () => {
    const watch = Watch.healthy();
    watch.answer(goodReport(watch.time, { sessions: [session('listed')] }));
    const told = [
      session('listed'),
      session('quiet'),
      session('late', 'Session exceeded max duration (20s)'),
    ];
    const source = { daemonId: ID, name: 'smithy', track: watch.track, history: undefined, lost: [], told };
    const nowAt = Math.max(NOON, watch.time.wallAt) + HOUR_MS;
    const [past] = pastOf([source], [], { sinceAt: 0, nowAt, away: undefined }).daemons;
    assert.deepEqual(
      past!.sessions.map(({ session: { id }, end }) => [id, end]),
      [
        ['listed', 'completed'],
        ['quiet', undefined],
        ['late', 'timedOut'],
      ],
    );
  });
});

describe('who was away', () => {
  const at = (ms: number, looks?: Looks) => looked(looks, NOON + ms);

  it('left when a window was last looked at, if that is long ago', () => {
    const left = at(5 * MINUTE_MS, at(0));
    assert.equal(left.away, undefined);
    const back = at(5 * MINUTE_MS + AWAY_MS + 1, left);
    assert.deepEqual(back.away, {
      leftAt: NOON + 5 * MINUTE_MS,
      backAt: NOON + 5 * MINUTE_MS + AWAY_MS + 1,
      isSeen: false,
    });
    assert.deepEqual(at(2 * AWAY_MS, back).away, back.away, 'until the next time');
  });

  it('has seen what happened once the page was shown', () => {
    const back = at(HOUR_MS, at(0));
    assert.equal(shown(back).away?.isSeen, true);
    assert.equal(at(HOUR_MS + MINUTE_MS, shown(back)).away?.isSeen, true);
    assert.equal(at(3 * HOUR_MS, shown(back)).away?.isSeen, false);
  });

  it('is still to be told of the night before where the page was not opened in between', () => {
    const night = at(10 * HOUR_MS, at(0));
    const lunch = at(14 * HOUR_MS, at(13 * HOUR_MS, night));
    const gaps = (looks: Looks) =>
      unseenIn(looks.away).map(({ leftAt, backAt }) => [leftAt - NOON, backAt - NOON]);
    assert.deepEqual(gaps(lunch), [
      [0, 10 * HOUR_MS],
      [10 * HOUR_MS, 13 * HOUR_MS],
      [13 * HOUR_MS, 14 * HOUR_MS],
    ]);
    assert.deepEqual(gaps(shown(lunch)), []);
    assert.deepEqual(gaps(at(20 * HOUR_MS, shown(lunch))), [[14 * HOUR_MS, 20 * HOUR_MS]]);
  });

  it('was not away where the clock was set back', () => {
    assert.equal(at(-HOUR_MS, at(0)).away, undefined);
  });
});
