import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readStatus } from '../../../src/kinds/smithy/status';
import type { Malformed } from '../../../src/health/cause';
import { reasonText } from '../../../src/words/reasons';
import { FLAP_WINDOW_SAMPLES, LATENCY_WINDOW_SAMPLES } from '../../../src/health/policy';
import type { Failure, Report } from '../../../src/health/report';
import { assessLoop, cyclesOf } from '../../../src/health/staleness';
import { RULES, decide, trace, type Facts } from '../../../src/health/verdict';
import { SEVERITY, type DaemonState, type Severity } from '../../../src/health/states';
import { FAILURES, Watch, goodReport, reportWith } from './support';

const NOW_AT = Date.parse('2026-03-02T08:00:00.000Z');
const BADNESS: Readonly<Record<Severity, number>> = { plain: 0, amber: 1, red: 2 };

/** Some of a record's fields; those left out are not there at all. */
function some<T extends object>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<Partial<T>> {
  return fc.record<T, never>(fields, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>;
}

const time = fc.oneof(
  fc.integer({ min: -300_000, max: 300_000 }).map((offsetMs) => NOW_AT + offsetMs),
  fc.integer({ min: -8e15, max: 8e15 }),
);
const count = fc.nat({ max: 5 });

const report: fc.Arbitrary<Report> = fc
  .tuple(
    fc.record({
      isRunning: fc.boolean(),
      malformed: fc.constantFrom<Malformed[]>(
        [],
        [{ field: 'health', is: 'missing' }],
        [{ field: 'reason', is: 'missing' }],
      ),
    }),
    some({
      available: fc.boolean(),
      unavailable: fc
        .option(fc.string({ minLength: 1 }), { nil: undefined })
        .map((said) => ({ is: 'said' as const, said })),
      pollIntervalMs: fc.oneof(fc.integer({ min: 1, max: 120_000 }), fc.double({ min: 1, noNaN: true })),
      pollStaleThresholdMs: fc.integer({ min: 1, max: 1_000_000 }),
      daemonNow: time,
      lastPollStartedAt: time,
      lastPollCompletedAt: time,
      pollStale: fc.boolean(),
      queue: some({ readyUnassignedTasks: count, availableWorkers: count, stuck: fc.boolean() }),
      pause: fc.record({ isPaused: fc.boolean() }),
    }),
  )
  .map(([must, may]) => reportWith({ ...must, ...may }));

const failure: fc.Arbitrary<Failure> = fc.constantFrom(...Object.values(FAILURES));

const facts: fc.Arbitrary<Facts> = fc
  .record({
    restarting: fc.boolean(),
    seenUp: fc.boolean(),
    configured: fc.boolean(),
    stoppedByUs: fc.boolean(),
    flapping: fc.boolean(),
    unsettled: fc.option(fc.constantFrom('woke', 'clockSet', 'started'), { nil: undefined }),
    answer: fc.option(report, { nil: undefined }),
    failure: fc.option(failure, { nil: undefined }),
    failures: fc.nat({ max: 6 }),
    spanMs: fc.nat({ max: 20_000 }),
  })
  .map(({ answer, failure: failed, failures, spanMs, unsettled, ...flags }) => ({
    ...flags,
    ...(unsettled && { unsettled }),
    ...(answer && !failed && { report: answer, ...(answer.isRunning && { loop: assessLoop(answer) }) }),
    ...(failed && { failure: failed }),
    ...(failed &&
      failed.kind !== 'wrongAnswer' && { streak: { count: failures, firstMs: 0, lastMs: spanMs } }),
  }));

type Action =
  | { readonly do: 'answer'; readonly report: Report; readonly latencyMs: number }
  | { readonly do: 'answer well'; readonly skewMs?: number }
  | { readonly do: 'fail'; readonly failure: Failure; readonly tookMs: number }
  | { readonly do: 'sleep' | 'jump'; readonly ms: number }
  | { readonly do: 'begin restart' | 'stop' }
  | { readonly do: 'end restart'; readonly proven: boolean };

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('answer' as const), report, latencyMs: fc.nat({ max: 5_000 }) }),
  },
  { weight: 4, arbitrary: fc.constant({ do: 'answer well' } as const) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('fail' as const),
      failure,
      tookMs: fc.constantFrom(0, 1, 5_000, 6_500),
    }),
  },
  fc.record({ do: fc.constant('sleep' as const), ms: fc.nat({ max: 10_000_000 }) }),
  fc.record({ do: fc.constant('jump' as const), ms: fc.integer({ min: -1e9, max: 1e9 }) }),
  fc.constantFrom({ do: 'begin restart' } as const, { do: 'stop' } as const),
  fc.record({ do: fc.constant('end restart' as const), proven: fc.boolean() }),
);

/** A run: each action, and how many polls' waits come before it. */
const run = fc.record({
  configured: fc.boolean(),
  seenBefore: fc.boolean(),
  actions: fc.array(fc.tuple(action, fc.constantFrom(0, 1, 1, 1, 1, 3)), { maxLength: 60 }),
});

function act(watch: Watch, step: Action): void {
  switch (step.do) {
    case 'answer':
      watch.answer(shifted(step.report, watch.time.wallAt - NOW_AT), step.latencyMs);
      return;
    case 'answer well':
      watch.answer(goodReport(watch.time, { skewMs: step.skewMs ?? 0 }));
      return;
    case 'fail':
      watch.fail(step.failure.kind, { tookMs: step.tookMs });
      return;
    case 'sleep':
      watch.time.sleep(step.ms);
      return;
    case 'jump':
      watch.time.jumpWall(step.ms);
      return;
    case 'begin restart':
      watch.restart({ restarting: true });
      return;
    case 'end restart':
      watch.restart({ restarting: false, proven: step.proven });
      return;
    case 'stop':
      watch.stopByUs();
      return;
  }
}

/** The report as if made so many ms later. */
function shifted(made: Report, byMs: number): Report {
  const { startedAt, completedAt } = cyclesOf(made);
  return {
    ...made,
    ...(made.daemonNow !== undefined && { daemonNow: made.daemonNow + byMs }),
    progress: {
      ...made.progress,
      ...(startedAt !== undefined && { startedAt: startedAt + byMs }),
      ...(completedAt !== undefined && { completedAt: completedAt + byMs }),
    },
  };
}

function play(
  { configured, seenBefore, actions }: typeof run extends fc.Arbitrary<infer T> ? T : never,
  after: (watch: Watch, step: Action) => void,
) {
  const watch = new Watch({ configured, ...(seenBefore && { seenUpAt: NOW_AT - 1_000 }) });
  for (const [step, waits] of actions) {
    for (let wait = 0; wait < waits; wait++) watch.waitForNext();
    act(watch, step);
    after(watch, step);
  }
}

describe('whatever a daemon answers', () => {
  it('is read without throwing, and garbage is never healthy', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.option(fc.integer(), { nil: undefined }), (body, dateAt) => {
        const read = readStatus(body, dateAt);
        if ('is' in read) return;
        const watch = new Watch();
        watch.answer(read);
        assert.notEqual(watch.state, 'healthy');
        assert.notEqual(SEVERITY[watch.state], 'red');
      }),
      { numRuns: 500 },
    );
  });

  it('is never healthy or red where single fields of a good status are garbage', () => {
    const good = {
      isRunning: true,
      available: true,
      config: { pollIntervalMs: 5_000 },
      rateLimit: { isPaused: false },
      health: {
        readyUnassignedTasks: 0,
        availableWorkers: 2,
        stuck: false,
        computedAt: '2026-03-02T08:00:00.000Z',
        lastPollStartedAt: '2026-03-02T07:59:58.000Z',
        lastPollCompletedAt: '2026-03-02T07:59:58.010Z',
        pollStale: false,
      },
    };
    const loopField = fc.constantFrom('computedAt', 'lastPollStartedAt', 'lastPollCompletedAt', 'pollStale');
    const garbage = fc.jsonValue().filter((value) => value !== true && value !== false);
    fc.assert(
      fc.property(loopField, garbage, (field, value) => {
        const read = readStatus({ ...good, health: { ...good.health, [field]: value } }, NOW_AT);
        assert.ok(!('is' in read));
        const watch = new Watch();
        assert.equal(watch.answer(read), 'unverified');
      }),
      { numRuns: 300 },
    );
  });

  it('is red only by proof: nothing said about the loop is neither red nor green', () => {
    fc.assert(
      fc.property(report, (made) => {
        const { progress: _, ...silent } = made;
        const watch = new Watch();
        watch.answer(reportWith(silent));
        assert.notEqual(SEVERITY[watch.state], 'red');
        assert.notEqual(watch.state, 'healthy');
      }),
    );
  });

  it('is healthy only where a cycle completed within the threshold by the daemon’s own clock', () => {
    fc.assert(
      fc.property(report, (made) => {
        const watch = new Watch();
        if (watch.answer(made) !== 'healthy') return;
        const { daemonNow, isRunning } = made;
        const { completedAt, startedAt, stale } = cyclesOf(made);
        assert.ok(daemonNow !== undefined && completedAt !== undefined);
        assert.ok(isRunning && stale !== true);
        const newestAt = Math.max(completedAt, startedAt ?? -Infinity);
        assert.ok(
          daemonNow - newestAt <=
            (made.pollStaleThresholdMs ?? Math.max(60_000, 10 * (made.pollIntervalMs ?? 5_000))),
        );
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('whatever the facts', () => {
  it('the first rule that matches decides, and the trace says so', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const { state, reason } = decide(given);
        const matched = trace(given).filter((line) => line.reason !== undefined);
        assert.equal(state, matched[0]?.state ?? 'unverified');
        if (matched[0]) assert.deepEqual(reason, matched[0].reason);
        const index = RULES.findIndex((rule) => rule.state === state);
        for (const rule of RULES.slice(0, index)) assert.equal(rule.match(given), undefined);
        assert.ok(reasonText(reason).length > 0);
      }),
      { numRuns: 1_000 },
    );
  });

  it('a failing sample is never healthy', () => {
    fc.assert(
      fc.property(facts, failure, (given, failed) => {
        const { report: _report, loop: _loop, ...rest } = given;
        const good: readonly DaemonState[] = ['healthy', 'paused', 'starting', 'stopped'];
        assert.equal(good.includes(decide({ ...rest, failure: failed }).state), false);
      }),
    );
  });

  it('adding a red cause never makes it better', () => {
    const causes: readonly ((given: Facts) => Facts | undefined)[] = [
      // The loop hangs.
      (given) =>
        given.report?.isRunning
          ? { ...given, loop: { kind: 'stale', ageMs: 90_000, stale: { is: 'pollStale' } } }
          : undefined,
      // The failure goes on until it is an outage.
      (given) =>
        given.failure && given.failure.kind !== 'wrongAnswer'
          ? { ...given, streak: { count: 9, firstMs: 0, lastMs: 60_000 } }
          : undefined,
    ];
    fc.assert(
      fc.property(facts, fc.constantFrom(...causes), (given, cause) => {
        const worse = cause(given);
        if (!worse) return;
        // A daemon that just woke up is not judged by its loop: that is what the grace is for.
        if (worse.unsettled) return;
        const [before, after] = [decide(given).state, decide(worse).state];
        assert.ok(BADNESS[SEVERITY[after]] >= BADNESS[SEVERITY[before]], `${before} became ${after}`);
      }),
      { numRuns: 2_000 },
    );
  });

  it('what is only looked for never alarms', () => {
    fc.assert(
      fc.property(facts, failure, (given, failed) => {
        const { report: _report, loop: _loop, ...rest } = given;
        const { state } = decide({
          ...rest,
          failure: failed,
          seenUp: false,
          configured: false,
          flapping: false,
        });
        assert.equal(SEVERITY[state], 'plain');
      }),
    );
  });
});

describe('whatever happens, in whatever order', () => {
  it('one incident has one problem notice, and reminders at most hourly', () => {
    fc.assert(
      fc.property(run, (given) => {
        const spoken = new Map<string, number>();
        let heard = 0;
        let lastSpokeMs = -Infinity;
        play(given, (watch) => {
          for (; heard < watch.notices.length; heard++) {
            const { notice, atMs } = watch.notices[heard]!;
            if (notice.kind === 'recovered') continue;
            const key = String(notice.openedAt.uptimeMs);
            if (notice.kind === 'problem') spoken.set(key, (spoken.get(key) ?? 0) + 1);
            else assert.ok(atMs - lastSpokeMs >= 3_600_000, 'a reminder within the hour');
            lastSpokeMs = atMs;
          }
        });
        for (const times of spoken.values()) assert.equal(times, 1);
      }),
      { numRuns: 300 },
    );
  });

  it('notices are about something bad, and a recovery follows a problem', () => {
    fc.assert(
      fc.property(run, (given) => {
        let heard = 0;
        let isOpen = false;
        play(given, (watch) => {
          for (; heard < watch.notices.length; heard++) {
            const { notice } = watch.notices[heard]!;
            assert.notEqual(SEVERITY[notice.state], 'plain');
            if (notice.kind === 'recovered') assert.ok(isOpen, 'recovered from nothing');
            else assert.equal(SEVERITY[watch.state], SEVERITY[notice.state]);
            isOpen = notice.kind !== 'recovered';
          }
        });
      }),
      { numRuns: 300 },
    );
  });

  it('it never throws, and never grows: a track stays small and its delays stay sane', () => {
    fc.assert(
      fc.property(
        run,
        fc.boolean(),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (given, focused, random) => {
          play(given, (watch) => {
            const delayMs = watch.nextDelayMs({ focused, random });
            const { sample } = watch.track;
            const mostMs = sample?.ok === false && sample.failure.kind === 'untold' ? 60_000 : 33_000;
            assert.ok(delayMs >= 200 && delayMs <= mostMs, `${delayMs} ms`);
            assert.ok(watch.track.recentStates.length <= FLAP_WINDOW_SAMPLES);
            assert.ok(watch.track.latenciesMs.length <= LATENCY_WINDOW_SAMPLES);
          });
        },
      ),
      { numRuns: 300 },
    );
  });

  it('during our restart and after our stop nothing speaks', () => {
    fc.assert(
      fc.property(run, (given) => {
        let before = 0;
        play(given, (watch, step) => {
          const isSilent = watch.track.restarting || (watch.state === 'offline' && step.do === 'fail');
          if (isSilent) assert.equal(watch.notices.length, before);
          before = watch.notices.length;
        });
      }),
      { numRuns: 300 },
    );
  });

  it('red never turns to anything good but by an answer, a restart or a stop', () => {
    fc.assert(
      fc.property(run, (given) => {
        let wasRed = false;
        play(given, (watch, step) => {
          if (
            wasRed &&
            step.do === 'fail' &&
            !watch.track.stoppedByUs &&
            // It had said that it stops, and is gone now.
            !watch.track.verdict.hasEnded &&
            watch.track.seenUpAt !== undefined &&
            step.failure.kind !== 'wrongAnswer'
          ) {
            assert.equal(SEVERITY[watch.state], 'red', `${watch.state}: ${watch.reasonInWords}`);
          }
          wasRed = SEVERITY[watch.state] === 'red';
        });
      }),
      { numRuns: 300 },
    );
  });

  it('one sample after a sleep turns nothing red that was not', () => {
    fc.assert(
      fc.property(run, action, fc.integer({ min: 6_000, max: 100_000_000 }), (given, step, ms) => {
        let last: Watch | undefined;
        play(given, (watch) => void (last = watch));
        if (!last || last.track.samples === 0 || SEVERITY[last.state] === 'red') return;
        if (step.do !== 'answer' && step.do !== 'fail') return;
        last.time.sleep(ms);
        act(last, step);
        assert.notEqual(SEVERITY[last.state], 'red');
      }),
      { numRuns: 300 },
    );
  });

  it('the clocks of daemon and machine being apart changes no state and no notice', () => {
    fc.assert(
      fc.property(run, fc.integer({ min: -86_400_000, max: 86_400_000 }), (given, skewMs) => {
        const actions = given.actions.filter(([step]) => step.do !== 'jump' && step.do !== 'sleep');
        const outcome = (bySkewMs: number) => {
          const states: DaemonState[] = [];
          let notices: readonly string[] = [];
          const skewed = actions.map(([step, waits]): (typeof given.actions)[number] => {
            if (step.do === 'answer well') return [{ ...step, skewMs: bySkewMs }, waits];
            if (step.do !== 'answer') return [step, waits];
            return [{ ...step, report: shifted(step.report, bySkewMs) }, waits];
          });
          play({ ...given, actions: skewed }, (watch) => {
            states.push(watch.state);
            notices = watch.spoken;
          });
          return { states, notices };
        };
        assert.deepEqual(outcome(skewMs), outcome(0));
      }),
      { numRuns: 200 },
    );
  });
});
