import assert from 'node:assert/strict';
import type { Loop } from '../../../src/health/staleness';
import { RULES, decide, trace, type Facts } from '../../../src/health/verdict';
import { SEVERITY, type DaemonState } from '../../../src/health/states';
import { FAILURES, FakeTime, Watch, goodReport, wedgedReport, type Parts } from './support';

const ORDER: readonly DaemonState[] = [
  'restarting',
  'unresponsive',
  'unreachable',
  'offline',
  'wrongAnswer',
  'unavailable',
  'stopped',
  'starting',
  'wedged',
  'stuck',
  'unstable',
  'paused',
  'unverified',
  'healthy',
];

/** Their rows stand in the table, and no rule gives them yet. */
const WITHOUT_A_RULE: readonly DaemonState[] = ['notAnswering', 'failing'];

const QUIET: Facts = {
  restarting: false,
  seenUp: true,
  configured: true,
  stoppedByUs: false,
  flapping: false,
};
const OUTAGE = { count: 3, firstMs: 0, lastMs: 10_000 };
const STALE: Loop = { kind: 'stale', ageMs: 70_000, rule: 'the daemon says pollStale' };
const STARTING: Loop = { kind: 'starting', ageMs: 10, crossesInMs: 59_990 };
const ADVANCING: Loop = { kind: 'advancing', ageMs: 10, crossesInMs: 59_990 };
const UNKNOWN: Loop = { kind: 'unknown', rule: 'it does not say' };

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
    assert.deepEqual(Object.keys(SEVERITY).sort(), [...ORDER, ...WITHOUT_A_RULE].sort());
  });

  describe('gives each state its rule', () => {
    const rows: readonly [state: DaemonState, facts: Partial<Facts>, reason: RegExp][] = [
      ['restarting', { restarting: true, failure: FAILURES.refused }, /restart/],
      [
        'unresponsive',
        { failure: FAILURES.timeout, streak: OUTAGE },
        /no answer within 5 s.*3 failures in 10 s, limit 3 in 10 s/,
      ],
      [
        'unresponsive',
        { failure: FAILURES.statusHung, streak: OUTAGE },
        /status hangs, though \/api\/health answered.*3 failures in 10 s/,
      ],
      ['unresponsive', { failure: FAILURES.timeout, streak: OUTAGE, seenUp: false }, /no answer/],
      ['unresponsive', { failure: FAILURES.statusHung, streak: OUTAGE, seenUp: false }, /status hangs/],
      [
        'unreachable',
        { failure: FAILURES.refused, streak: OUTAGE },
        /up before.*refused.*3 failures in 10 s, limit 3 in 10 s/,
      ],
      ['unreachable', { failure: FAILURES.reset, streak: OUTAGE }, /closed without an answer/],
      [
        'unverified',
        { failure: FAILURES.refused, streak: { ...OUTAGE, count: 2 } },
        /not yet an outage: limit 3 in 10 s/,
      ],
      [
        'unverified',
        { failure: FAILURES.refused, streak: { ...OUTAGE, lastMs: 9_999 } },
        /not yet an outage/,
      ],
      ['unverified', { failure: FAILURES.timeout, streak: { ...OUTAGE, count: 2 } }, /not yet an outage/],
      ['offline', { failure: FAILURES.refused, streak: OUTAGE, seenUp: false }, /never seen up/],
      ['offline', { failure: FAILURES.refused, seenUp: false, configured: false }, /never seen up/],
      ['offline', { failure: FAILURES.refused, streak: OUTAGE, stoppedByUs: true }, /stopped from here/],
      ['wrongAnswer', { failure: FAILURES.wrongAnswer }, /not JSON/],
      ['wrongAnswer', { failure: FAILURES.wrongAnswer, seenUp: false }, /not JSON/],
      [
        'unavailable',
        answered(undefined, { available: false, isRunning: false, unavailableReason: 'no git' }),
        /no git/,
      ],
      ['unavailable', answered(undefined, { available: false, isRunning: false }), /no reason/],
      ['stopped', answered(undefined, { isRunning: false, pollStale: true }), /stopped/],
      ['starting', answered(STARTING, STUCK), /first poll cycle/],
      ['wedged', answered(STALE, { ...STUCK, ...PAUSED }), /pollStale/],
      [
        'stuck',
        { ...answered(ADVANCING, { ...STUCK, ...PAUSED }), flapping: true },
        /3 ready tasks, no available worker/,
      ],
      [
        'stuck',
        answered(ADVANCING, { queue: { readyUnassignedTasks: 1, availableWorkers: 0 } }),
        /1 ready task, /,
      ],
      ['stuck', answered(ADVANCING, { queue: { stuck: true } }), /tasks wait/],
      [
        'healthy',
        answered(ADVANCING, { queue: { readyUnassignedTasks: 9, availableWorkers: 0, stuck: false } }),
        /cycles/,
      ],
      ['healthy', answered(ADVANCING, { queue: { readyUnassignedTasks: 9 } }), /cycles/],
      ['unstable', { ...answered(ADVANCING, PAUSED), flapping: true }, /keeps changing/],
      ['paused', answered(UNKNOWN, PAUSED), /paused/],
      ['unverified', answered(UNKNOWN), /does not say/],
      ['unverified', { ...answered(STALE), unsettled: 'woke' }, /just woke up/],
      ['unverified', { ...answered(STALE), unsettled: 'clockSet' }, /clock was just set/],
      ['unverified', {}, /not asked yet/],
      ['healthy', answered(ADVANCING), /completes cycles/],
    ];
    for (const [state, facts, reason] of rows) {
      it(`${state}: ${reason.source}`, () => {
        const decided = decide({ ...QUIET, ...facts });
        assert.equal(decided.state, state);
        assert.match(decided.reason, reason);
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
      assert.ok(['unverified', 'wrongAnswer'].includes(decide({ ...QUIET, failure }).state));
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
    assert.ok(lines.every(({ rule }) => rule.length > 0));
  });

  it('has not been asked yet, at first', () => {
    assert.equal(new Watch().state, 'unverified');
    assert.match(new Watch().reason, /not asked yet/);
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

  it('gives no transition for the same state and reason, and one for a new reason', () => {
    const watch = Watch.healthy();
    const before = watch.transitions.length;
    watch.stayHealthy(60_000);
    assert.equal(watch.transitions.length, before);
    watch.fail('wrongAnswer', { cause: 'HTTP 502' });
    watch.wait(5_000).fail('wrongAnswer', { cause: 'HTTP 502' });
    watch.wait(5_000).fail('wrongAnswer', { cause: 'HTTP 404' });
    assert.deepEqual(
      watch.transitions.slice(before).map(({ to, reason }) => `${to}: ${reason}`),
      ['wrongAnswer: HTTP 502', 'wrongAnswer: HTTP 404'],
    );
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
    assert.match(watch.reason, /^4 ready tasks/);
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
