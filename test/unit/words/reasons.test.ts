import assert from 'node:assert/strict';
import { clockMinute } from '../../../src/base/time';
import type { Reason, Unproven, Unsettled } from '../../../src/health/cause';
import { renderStatus } from '../../../src/ui/statusBar/statusText';
import { daemonRows } from '../../../src/ui/tree/daemonRows';
import { reasonText, unprovenText } from '../../../src/words/reasons';
import { Watch } from '../health/support';
import { modelOf, texts } from '../ui/support';
import { itSays, type Table } from './table';

const REFUSED = { is: 'connectionRefused' } as const;
const PAGE = { is: 'webPage' } as const;

describe('the words for why a daemon is in its state', () => {
  const reasons: Table<Reason> = {
    restarting: [{ is: 'restarting' }, 'a restart is under way'],
    startingByUs: [{ is: 'startingByUs' }, 'a start is under way'],
    restartingElsewhere: [{ is: 'restartingElsewhere' }, 'restarting (in another window)'],
    unanswered: [
      { is: 'unanswered', forMs: 20_000, command: 'tail' },
      'no answer within 20 s: the command tail does not end',
    ],
    statusUnanswered: [
      { is: 'statusUnanswered', forMs: 12_000 },
      'the status did not answer within 12 s, though /api/health did',
    ],
    wentAway: [
      { is: 'wentAway', cause: REFUSED, count: 6, forMs: 10_000, isMixed: false },
      'connection refused 6 times in 10 s; the daemon answered before',
    ],
    startFailed: [{ is: 'startFailed', said: 'no database' }, 'start failed: no database'],
    hasEnded: [{ is: 'hasEnded' }, 'stopped, and has ended'],
    stoppedByUs: [{ is: 'stoppedByUs' }, 'stopped from here'],
    neverSeen: [{ is: 'neverSeen', cause: REFUSED }, 'never seen up in this workspace (connection refused)'],
    wrongAnswer: [
      { is: 'wrongAnswer', cause: PAGE },
      'the answer is a web page; another service listens there',
    ],
    cannotTell: [
      { is: 'cannotTell', cause: { is: 'editorStoodStill', stoodStillMs: 6_000 } },
      'cannot tell: this editor was busy for 6 s',
    ],
    unavailable: [{ is: 'unavailable', why: { is: 'said', said: 'no git repository' } }, 'no git repository'],
    answersErrors: [
      {
        is: 'answersErrors',
        cause: { is: 'httpError', status: 500, isPage: false, said: 'database is locked' },
      },
      'the daemon answers with errors: HTTP 500: database is locked',
    ],
    loopStopped: [{ is: 'loopStopped' }, 'the poll loop is stopped'],
    starting: [{ is: 'starting' }, 'the daemon is still starting'],
    firstCycle: [{ is: 'firstCycle' }, 'the first poll cycle is in flight'],
    loopHangs: [
      { is: 'loopHangs', stale: { is: 'pollStale' } },
      'the poll loop hangs (the daemon itself says so)',
    ],
    stuckQueue: [{ is: 'stuckQueue', ready: 3 }, '3 ready tasks, no available worker'],
    lifeEnded: [{ is: 'lifeEnded', how: 'killed' }, 'its process was killed'],
    flapping: [{ is: 'flapping' }, 'the daemon keeps changing its state'],
    paused: [{ is: 'paused' }, 'paused by a rate limit or by request'],
    pauseOverdue: [
      { is: 'pauseOverdue', overdueMs: 6 * 3_600_000 },
      'still paused, 6 h after the limit was to reset',
    ],
    startsNothing: [
      { is: 'startsNothing', ready: 12, free: 1, forMs: 720_000 },
      '12 ready tasks, 1 free worker, and nothing was started for 12 min',
    ],
    mergesStuck: [{ is: 'mergesStuck', count: 2 }, '2 tasks have been in the merge queue for over 10 min'],
    turnHangs: [{ is: 'turnHangs', count: 1 }, 'its turn seems to hang: the turn has no process'],
    suspectSilent: [
      { is: 'suspectSilent', forMs: 18 * 60_000, name: 'count the files', others: 2 },
      'suspect: count the files is busy, with no sign of progress for 18 min, and 2 more',
    ],
    suspectRun: [{ is: 'suspectRun', forMs: 3 * 3_600_000, others: 0 }, 'suspect: a run has gone on for 3 h'],
    jobOverdue: [
      {
        is: 'jobOverdue',
        name: 'nightly',
        dueAt: Date.UTC(2026, 0, 1),
        daemonNow: Date.UTC(2026, 0, 1),
        others: 1,
      },
      `its cron job nightly is overdue since ${clockMinute(Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 1))}, and 1 more`,
    ],
    slow: [
      { is: 'slow', shortage: { is: 'cpuLimit' }, cause: { is: 'noAnswer', withinMs: 5_000 } },
      'slow: the machine is busy (a CPU limit holds the daemon back); no answer within 5 s',
    ],
    notYetAnOutage: [{ is: 'notYetAnOutage', cause: REFUSED }, 'connection refused (not yet an outage)'],
    unsettled: [
      { is: 'unsettled', why: 'woke' },
      'the machine just woke up; the daemon gets one interval to complete a cycle',
    ],
    notAsked: [{ is: 'notAsked' }, 'not asked yet'],
    loopUnknown: [
      { is: 'loopUnknown', why: { is: 'noCycleTimes' } },
      'the daemon gives no time of a poll cycle',
    ],
    getsOn: [{ is: 'getsOn', by: 'counter' }, 'the counter of the work moves'],
    allGetOn: [{ is: 'allGetOn', by: 'age', count: 12 }, 'each of 12 series has a recent success'],
    saysStopped: [{ is: 'saysStopped' }, 'the daemon says that work is stopped, or stops'],
    loopAdvances: [{ is: 'loopAdvances' }, 'the poll loop completes cycles'],
    nothingTells: [{ is: 'nothingTells' }, 'nothing tells whether the poll loop advances'],
  };
  const others: Readonly<Record<Exclude<Unsettled, 'woke'>, string>> = {
    clockSet: "the daemon's clock was just set",
    started: 'the loop was just started',
  };
  itSays<Reason>(
    [
      ...Object.values(reasons),
      ...Object.entries(others).map(
        ([why, what]) =>
          [
            { is: 'unsettled', why: why as Unsettled },
            `${what}; the daemon gets one interval to complete a cycle`,
          ] as const,
      ),
      [{ is: 'allGetOn', by: 'counter', count: 1 }, 'the counter of each of 1 series moves'],
      [{ is: 'allGetOn', by: 'state', count: 12 }, 'none of 12 series is in a bad state'],
      [{ is: 'getsOn', by: 'time' }, 'the time that proves progress is recent'],
      [{ is: 'getsOn', by: 'age' }, 'the age that proves progress is small'],
      [{ is: 'getsOn', by: 'due' }, 'nothing is overdue'],
      [{ is: 'getsOn', by: 'beat' }, 'the beat changes'],
      [
        { is: 'loopHangs', stale: { is: 'noSign', by: 'time', thresholdMs: 60_000 } },
        'no progress: the time that proves progress is older than 1 min',
      ],
      [{ is: 'mergesStuck', count: 1 }, '1 task has been in the merge queue for over 10 min'],
      [{ is: 'stuckQueue', ready: 1 }, '1 ready task, no available worker'],
      [{ is: 'stuckQueue', ready: undefined }, 'tasks wait and no worker is available'],
    ],
    reasonText,
  );
});

describe('the words for what a look at a daemon does not prove', () => {
  const whys: Table<Unproven> = {
    noAnswer: [{ is: 'noAnswer', cause: REFUSED }, 'the daemon does not answer (connection refused)'],
    wrongAnswer: [
      { is: 'wrongAnswer', cause: PAGE },
      'the answer is a web page; another service listens there',
    ],
    oldInstance: [{ is: 'oldInstance' }, 'the old process still answers'],
    starting: [{ is: 'starting' }, 'the daemon is still starting'],
    unavailable: [{ is: 'unavailable', why: { is: 'said', said: 'no git repository' } }, 'no git repository'],
    loopStopped: [{ is: 'loopStopped' }, 'the poll loop is stopped'],
    stateUntold: [{ is: 'stateUntold' }, 'the daemon does not tell its state'],
    noCycleYet: [{ is: 'noCycleYet' }, 'no poll cycle has completed yet'],
    cyclesUntold: [
      { is: 'cyclesUntold' },
      'this version does not report its poll cycles, so that its work could not be proven',
    ],
    loopHangs: [
      { is: 'loopHangs', stale: { is: 'lastCycle', thresholdMs: 90_000 } },
      'the poll loop hangs (the last completed poll cycle is older than 1 min 30 s)',
    ],
    loopUnknown: [
      { is: 'loopUnknown', why: { is: 'intakeUntold' } },
      'whether messages reach the daemon is not known',
    ],
  };
  itSays<Unproven>(Object.values(whys), unprovenText);
});

describe('a daemon that fails is shown with what happened and for how long', () => {
  /** What the row of its state says after the time, and the part of the hover that says the same. */
  function shown(watch: Watch): { row: string; hover: string } {
    const now = watch.time.now();
    const { description = '' } = daemonRows(modelOf(watch), now, undefined).find(({ id }) =>
      id.endsWith('#state'),
    )!;
    return {
      row: description.replace(/^· noticed [\d:]+ · /, ''),
      hover: texts(renderStatus([modelOf(watch)], [], now).tooltip),
    };
  }

  it('where it does not answer', () => {
    const watch = Watch.healthy();
    for (const waitMs of [0, 2_500, 2_500]) watch.wait(waitMs).fail('timeout', { tookMs: 5_000 });
    assert.equal(watch.state, 'unresponsive');
    const { row, hover } = shown(watch);
    assert.match(row, /^· noticed [\d:]+$/);
    assert.match(hover, /No answer since [\d:]+\. Noticed/);
  });

  it('where nothing listens any more', () => {
    const watch = Watch.healthy();
    watch.repeat(6, 2_000, () => watch.fail('refused'));
    assert.equal(watch.state, 'unreachable');
    const { row, hover } = shown(watch);
    assert.equal(row, 'connection refused 6 times in 10 s; the daemon answered before');
    assert.ok(hover.includes('Connection refused 6 times in 10 s; the daemon answered before'), hover);
  });

  it('where some asks were refused and others reset', () => {
    const watch = Watch.healthy();
    for (const kind of ['reset', 'refused', 'refused'] as const) watch.wait(5_000).fail(kind);
    const { row } = shown(watch);
    assert.equal(row, '3 failures in 10 s, the last: connection refused; the daemon answered before');
  });
});
