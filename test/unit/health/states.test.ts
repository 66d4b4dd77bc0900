import assert from 'node:assert/strict';
import type { Cause, Reason } from '../../../src/health/cause';
import { reasonText } from '../../../src/words/reasons';
import { RULE_TEXTS } from '../../../src/words/rules';
import type { Loop } from '../../../src/health/loop';
import { RULES, decide, trace, type Facts } from '../../../src/health/verdict';
import { SEVERITY, type DaemonState } from '../../../src/health/states';
import { FAILURES, FakeTime, Watch, goodReport, wedgedReport, type Parts } from './support';

const ORDER: readonly DaemonState[] = [
  'restarting',
  'unresponsive',
  'unreachable',
  'failing',
  'offline',
  'wrongAnswer',
  'unavailable',
  'stopped',
  'starting',
  'wedged',
  'stuck',
  'unstable',
  'paused',
  'notAnswering',
  'unverified',
  'healthy',
];

const QUIET: Facts = {
  restarting: false,
  seenUp: true,
  configured: true,
  stoppedByUs: false,
  flapping: false,
};
const OUTAGE = { count: 3, firstMs: 0, lastMs: 10_000 };
const STALE: Loop = { kind: 'stale', ageMs: 70_000, stale: { is: 'pollStale' } };
const STARTING: Loop = { kind: 'starting', ageMs: 10, crossesInMs: 59_990 };
const ADVANCING: Loop = { kind: 'advancing', ageMs: 10, crossesInMs: 59_990 };
const UNKNOWN: Loop = { kind: 'unknown', why: { is: 'noCycleTimes' } };

function answered(loop: Loop | undefined, report: Parts = {}): Partial<Facts> {
  return { ...(loop && { loop }), report: goodReport(new FakeTime(), report) };
}

const STUCK = { queue: { readyUnassignedTasks: 3, availableWorkers: 0, stuck: true } };
const PAUSED = { pause: { isPaused: true } };

describe('the state table', () => {
  it('has the order of the design', () => {
    assert.deepEqual(
      RULES.map(({ state }) => state),
      ORDER,
    );
    assert.deepEqual(Object.keys(SEVERITY).sort(), [...ORDER].sort());
  });

  describe('gives each state its rule', () => {
    const refused = FAILURES.refused.cause;
    const rows: readonly [state: DaemonState, facts: Partial<Facts>, reason: Reason][] = [
      ['restarting', { restarting: true, failure: FAILURES.refused }, { is: 'restarting' }],
      ['unresponsive', { failure: FAILURES.timeout, streak: OUTAGE }, { is: 'unanswered', forMs: 10_000 }],
      [
        'unresponsive',
        {
          failure: { kind: 'timeout', cause: { is: 'commandLate', command: 'tail', withinMs: 5_000 } },
          streak: OUTAGE,
        },
        { is: 'unanswered', forMs: 10_000, command: 'tail' },
      ],
      // A command that never ended here may be none that tells of a daemon: nothing shows that one hangs.
      [
        'wrongAnswer',
        {
          failure: { kind: 'timeout', cause: { is: 'commandLate', command: 'tail', withinMs: 5_000 } },
          streak: OUTAGE,
          seenUp: false,
        },
        { is: 'wrongAnswer', cause: { is: 'commandLate', command: 'tail', withinMs: 5_000 } },
      ],
      [
        'unresponsive',
        { failure: FAILURES.statusHung, streak: OUTAGE },
        { is: 'statusUnanswered', forMs: 10_000 },
      ],
      [
        'unresponsive',
        { failure: FAILURES.timeout, streak: OUTAGE, seenUp: false },
        { is: 'unanswered', forMs: 10_000 },
      ],
      [
        'unresponsive',
        { failure: FAILURES.statusHung, streak: OUTAGE, seenUp: false },
        { is: 'statusUnanswered', forMs: 10_000 },
      ],
      [
        'unreachable',
        { failure: FAILURES.refused, streak: { ...OUTAGE, of: 'connectionRefused' } },
        { is: 'wentAway', cause: refused, count: 3, forMs: 10_000, isMixed: false },
      ],
      [
        'unreachable',
        { failure: FAILURES.reset, streak: { ...OUTAGE, of: 'closed' } },
        { is: 'wentAway', cause: FAILURES.reset.cause, count: 3, forMs: 10_000, isMixed: false },
      ],
      [
        'notAnswering',
        { failure: FAILURES.refused, streak: { ...OUTAGE, count: 2 } },
        { is: 'notYetAnOutage', cause: refused },
      ],
      [
        'notAnswering',
        { failure: FAILURES.refused, streak: { ...OUTAGE, lastMs: 9_999 } },
        { is: 'notYetAnOutage', cause: refused },
      ],
      [
        'notAnswering',
        { failure: FAILURES.timeout, streak: { ...OUTAGE, count: 2 } },
        { is: 'notYetAnOutage', cause: FAILURES.timeout.cause },
      ],
      [
        'offline',
        { failure: FAILURES.refused, streak: OUTAGE, seenUp: false },
        { is: 'neverSeen', cause: refused },
      ],
      [
        'offline',
        { failure: FAILURES.refused, seenUp: false, configured: false },
        { is: 'neverSeen', cause: refused },
      ],
      ['offline', { failure: FAILURES.refused, streak: OUTAGE, stoppedByUs: true }, { is: 'stoppedByUs' }],
      [
        'failing',
        { failure: FAILURES.errors, streak: OUTAGE, seenUp: false, configured: true },
        { is: 'answersErrors', cause: FAILURES.errors.cause },
      ],
      [
        'failing',
        { failure: { ...FAILURES.errors, isKnown: false }, streak: OUTAGE },
        { is: 'answersErrors', cause: FAILURES.errors.cause },
      ],
      [
        'notAnswering',
        { failure: FAILURES.errors, streak: { ...OUTAGE, count: 2 } },
        { is: 'notYetAnOutage', cause: FAILURES.errors.cause },
      ],
      [
        'wrongAnswer',
        { failure: { ...FAILURES.errors, isKnown: false }, streak: OUTAGE, seenUp: false },
        { is: 'wrongAnswer', cause: FAILURES.errors.cause },
      ],
      ['wrongAnswer', { failure: FAILURES.wrongAnswer }, { is: 'wrongAnswer', cause: { is: 'noJson' } }],
      [
        'wrongAnswer',
        { failure: FAILURES.wrongAnswer, seenUp: false },
        { is: 'wrongAnswer', cause: { is: 'noJson' } },
      ],
      [
        'unavailable',
        answered(undefined, {
          available: false,
          isRunning: false,
          unavailable: { is: 'said', said: 'no git' },
        }),
        { is: 'unavailable', why: { is: 'said', said: 'no git' } },
      ],
      [
        'unavailable',
        answered(undefined, { available: false, isRunning: false }),
        { is: 'unavailable', why: { is: 'said', said: undefined } },
      ],
      ['stopped', answered(undefined, { isRunning: false, pollStale: true }), { is: 'loopStopped' }],
      ['starting', answered(ADVANCING, { starting: true }), { is: 'starting' }],
      ['starting', answered(STARTING, STUCK), { is: 'firstCycle' }],
      ['wedged', answered(STALE, { ...STUCK, ...PAUSED }), { is: 'loopHangs', stale: { is: 'pollStale' } }],
      [
        'stuck',
        { ...answered(ADVANCING, { ...STUCK, ...PAUSED }), flapping: true },
        { is: 'stuckQueue', ready: 3 },
      ],
      [
        'stuck',
        answered(ADVANCING, { queue: { readyUnassignedTasks: 1, availableWorkers: 0 } }),
        { is: 'stuckQueue', ready: 1 },
      ],
      ['stuck', answered(ADVANCING, { queue: { stuck: true } }), { is: 'stuckQueue', ready: undefined }],
      [
        'healthy',
        answered(ADVANCING, { queue: { readyUnassignedTasks: 9, availableWorkers: 0, stuck: false } }),
        { is: 'loopAdvances' },
      ],
      ['healthy', answered(ADVANCING, { queue: { readyUnassignedTasks: 9 } }), { is: 'loopAdvances' }],
      ['unstable', { ...answered(ADVANCING, PAUSED), flapping: true }, { is: 'flapping' }],
      ['paused', answered(UNKNOWN, PAUSED), { is: 'paused' }],
      ['unverified', answered(UNKNOWN), { is: 'loopUnknown', why: { is: 'noCycleTimes' } }],
      ['unverified', { ...answered(STALE), unsettled: 'woke' }, { is: 'unsettled', why: 'woke' }],
      ['unverified', { ...answered(STALE), unsettled: 'clockSet' }, { is: 'unsettled', why: 'clockSet' }],
      ['unverified', {}, { is: 'notAsked' }],
      ['healthy', answered(ADVANCING), { is: 'loopAdvances' }],
    ];
    for (const [state, facts, reason] of rows) {
      it(`${state}: ${reasonText(reason)}`, () => {
        assert.deepEqual(decide({ ...QUIET, ...facts }), { state, reason });
      });
    }
  });

  it('keeps quiet about a daemon that is only looked for, whatever else has its port', () => {
    for (const failure of Object.values(FAILURES)) {
      const facts = { ...QUIET, failure, streak: OUTAGE, seenUp: false, configured: false };
      assert.equal(decide(facts).state, 'offline', failure.kind);
    }
  });

  it('lets a failing sample never be healthy, starting, stopped or paused', () => {
    for (const failure of Object.values(FAILURES)) {
      assert.equal(SEVERITY[decide({ ...QUIET, failure }).state] === 'red', false);
      assert.ok(['notAnswering', 'unverified', 'wrongAnswer'].includes(decide({ ...QUIET, failure }).state));
    }
  });

  it('traces every rule, matched or not, and the first match is the state', () => {
    const facts = { ...QUIET, ...answered(STALE, { ...STUCK, ...PAUSED }), flapping: true };
    const lines = trace(facts);
    assert.deepEqual(
      lines.map(({ state }) => state),
      ORDER,
    );
    assert.deepEqual(
      lines.filter(({ reason }) => reason !== undefined).map(({ state }) => state),
      ['wedged', 'stuck', 'unstable', 'paused'],
    );
  });

  it('has words for each rule, and for nothing else', () => {
    assert.deepEqual(Object.keys(RULE_TEXTS).sort(), [...ORDER].sort());
    assert.ok(Object.values(RULE_TEXTS).every((text) => text.length > 0));
  });

  it('has not been asked yet, at first', () => {
    assert.equal(new Watch().state, 'unverified');
    assert.deepEqual(new Watch().reason, { is: 'notAsked' });
  });

  it('keeps the start of a state as long as it lasts, and says how fresh it is', () => {
    const watch = Watch.healthy();
    const since = watch.track.verdict.since;
    watch.stayHealthy(60_000);
    assert.deepEqual(watch.track.verdict.since, since);
    assert.deepEqual(watch.track.verdict.asOf, watch.time.now());
    watch.wait(5_000).answer(wedgedReport(watch.time, 61_000));
    assert.deepEqual(watch.track.verdict.since, watch.time.now());
  });

  it('gives a transition for a new state and for a reason of another code, and none for the same', () => {
    const watch = Watch.healthy();
    const before = watch.transitions.length;
    watch.stayHealthy(60_000);
    assert.equal(watch.transitions.length, before);
    const badGateway: Cause = { is: 'httpError', status: 502, isPage: false };
    watch.fail('wrongAnswer', { cause: badGateway });
    watch.wait(5_000).fail('wrongAnswer', { cause: badGateway });
    watch.wait(5_000).fail('wrongAnswer', { cause: { is: 'noStatusRoute' } });
    assert.deepEqual(
      watch.transitions.slice(before).map(({ to, reason }) => ({ to, reason })),
      [
        { to: 'wrongAnswer', reason: { is: 'wrongAnswer', cause: badGateway } },
        { to: 'wrongAnswer', reason: { is: 'wrongAnswer', cause: { is: 'noStatusRoute' } } },
      ],
    );
  });

  it('is failing after three errors of a daemon in ten seconds, told once with its own words, and over with an answer', () => {
    const watch = Watch.healthy();
    watch.repeat(2, 5_000, () => watch.fail('errors', { isKnown: false }));
    assert.equal(watch.state, 'notAnswering');
    assert.equal(watch.nextDelayMs(), 1_000);
    watch.repeat(60, 5_000, () => watch.fail('errors', { isKnown: false }));
    assert.equal(watch.state, 'failing');
    assert.equal(watch.reasonInWords, 'the daemon answers with errors: HTTP 500: database is locked');
    assert.deepEqual(watch.spoken, ['problem failing']);
    watch.stayHealthy(40_000);
    assert.deepEqual([watch.state, watch.spoken.at(-1)], ['healthy', 'recovered failing']);
  });

  it('asks a stranger that answers errors no more often than any other', () => {
    const watch = new Watch();
    watch.repeat(5, 5_000, () => watch.fail('errors', { isKnown: false }));
    assert.equal(watch.state, 'wrongAnswer');
    assert.equal(watch.nextDelayMs(), 5_000);
  });

  it('logs a stuck queue once, however its length changes, and shows the length of now', () => {
    const watch = Watch.healthy();
    const before = watch.transitions.length;
    for (const ready of [3, 4, 5, 4]) {
      watch.wait(5_000).answer(
        goodReport(watch.time, {
          queue: { readyUnassignedTasks: ready, availableWorkers: 0, stuck: true },
        }),
      );
    }
    assert.deepEqual(
      watch.transitions.slice(before).map(({ to }) => to),
      ['stuck'],
    );
    assert.deepEqual(watch.reason, { is: 'stuckQueue', ready: 4 });
  });

  it('counts a wedge from the last completed cycle, also through answers that never come', () => {
    const watch = Watch.healthy();
    watch.wait(5_000).answer(wedgedReport(watch.time, 120_000));
    const sinceMs = watch.time.monotonicMs - 125_000;
    assert.equal(watch.track.verdict.loopSinceMs, sinceMs);
    watch.repeat(3, 5_000, () => watch.fail('timeout', { tookMs: 5_000 }));
    assert.equal(watch.state, 'unresponsive');
    assert.equal(watch.track.verdict.loopSinceMs, sinceMs);
  });

  it('judges no loop of a daemon that is stopped', () => {
    const watch = Watch.healthy();
    watch.wait(5_000).answer(goodReport(watch.time, { isRunning: false, pollStale: true }));
    assert.equal(watch.track.last?.loop, undefined);
    assert.equal(watch.track.verdict.loopSinceMs, undefined);
  });

  it('keeps the last good answer through failures', () => {
    const watch = Watch.healthy();
    const { last } = watch.track;
    for (const kind of ['refused', 'timeout', 'wrongAnswer', 'reset', 'statusHung'] as const) {
      watch.wait(5_000).fail(kind);
      assert.equal(watch.track.last, last);
    }
  });
});
