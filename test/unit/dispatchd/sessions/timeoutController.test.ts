import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  advanceTimeout,
  beginTimeout,
  extendTimeout,
  nextWakeMs,
  type TimeoutEvent,
  type TimeoutPolicy,
  type TimeoutState,
} from '../../../../src/dispatchd/sessions/timeoutController';

const POLICY: TimeoutPolicy = {
  timeoutMs: 600_000,
  activityExtensionMs: 120_000,
  maxExtensions: 3,
  maxTotalMs: 14_400_000,
  warningStagesMs: [60_000, 10_000],
};

/** Runs a session as `run.ts` does, waking when it is told to; `activeAt` says when output came last. */
function play(policy: TimeoutPolicy, activeAt: (nowMs: number) => number | undefined, startMs = 0) {
  let state = beginTimeout(policy, startMs);
  const events: (TimeoutEvent & { atMs: number })[] = [];
  for (let wakes = 0; wakes < 10_000; wakes++) {
    const nowMs = nextWakeMs(state);
    const step = advanceTimeout(policy, state, activeAt(nowMs), nowMs);
    state = step.state;
    for (const event of step.events) events.push({ ...event, atMs: nowMs });
    if (step.events.some(({ kind }) => kind === 'timed-out')) return { state, events };
  }
  return assert.fail('never timed out');
}

const silent = () => undefined;
const busy = (nowMs: number) => nowMs;
const brief = (events: readonly (TimeoutEvent & { atMs: number })[]) =>
  events.map(
    (event) =>
      `${event.kind === 'warning' ? `warning ${event.stageMs / 1000}` : event.kind} @${event.atMs / 1000}`,
  );

describe('dispatchd timeout controller', () => {
  it('warns at 60 s and at 10 s, then times out', () =>
    assert.deepEqual(brief(play(POLICY, silent).events), [
      'warning 60 @540',
      'warning 10 @590',
      'timed-out @600',
    ]));

  it('extends an active session three times, warning anew before each deadline', () =>
    assert.deepEqual(brief(play(POLICY, busy).events), [
      ...['warning 60 @540', 'warning 10 @590', 'extended @600'],
      ...['warning 60 @660', 'warning 10 @710', 'extended @720'],
      ...['warning 60 @780', 'warning 10 @830', 'extended @840'],
      ...['warning 60 @900', 'warning 10 @950', 'timed-out @960'],
    ]));

  it('says how long it ran', () =>
    assert.deepEqual(play(POLICY, silent, 5_000).events.at(-1), {
      kind: 'timed-out',
      ranMs: 600_000,
      atMs: 605_000,
    }));

  for (const [title, quietMs, extended] of [
    ['30 s ago counts', 30_000, true],
    ['more than 30 s ago does not', 30_001, false],
  ] as const) {
    it(`activity ${title}`, () => {
      const { events } = play({ ...POLICY, maxExtensions: 1 }, (nowMs) => nowMs - quietMs);
      assert.equal(
        events.some(({ kind }) => kind === 'extended'),
        extended,
      );
    });
  }

  it('gives a command that never wrote its base time only, however short', () =>
    assert.deepEqual(brief(play({ ...POLICY, timeoutMs: 5_000 }, silent).events), ['timed-out @5']));

  it('never extends when maxExtensions is 0', () =>
    assert.deepEqual(brief(play({ ...POLICY, maxExtensions: 0 }, busy).events), [
      ...['warning 60 @540', 'warning 10 @590', 'timed-out @600'],
    ]));

  it('has no warnings for empty stages', () =>
    assert.deepEqual(brief(play({ ...POLICY, warningStagesMs: [] }, silent).events), ['timed-out @600']));

  it('skips stages that are as long as the time there is', () =>
    assert.deepEqual(brief(play({ ...POLICY, timeoutMs: 60_000 }, silent).events), [
      'warning 10 @50',
      'timed-out @60',
    ]));

  it('takes stages in any order, and each once', () =>
    assert.deepEqual(brief(play({ ...POLICY, warningStagesMs: [10_000, 60_000, 10_000] }, silent).events), [
      ...['warning 60 @540', 'warning 10 @590', 'timed-out @600'],
    ]));

  it('stops at the hard cap, in the middle of an extension', () => {
    const { events } = play({ ...POLICY, maxTotalMs: 700_000, warningStagesMs: [] }, busy);
    assert.deepEqual(brief(events), ['extended @600', 'timed-out @700']);
    assert.equal(events[0]?.kind === 'extended' && events[0].byMs, 100_000);
  });

  it('announces only the last stage when a late tick passed several', () => {
    const { events } = advanceTimeout(POLICY, beginTimeout(POLICY, 0), undefined, 595_000);
    assert.deepEqual(events, [{ kind: 'warning', stageMs: 10_000, remainingMs: 5_000 }]);
  });

  it('does nothing before anything is due', () => {
    const state = beginTimeout(POLICY, 0);
    assert.deepEqual(advanceTimeout(POLICY, state, undefined, 100_000), { state, events: [] });
  });

  describe('extension on request', () => {
    it('moves the deadline, arms the stages again, and leaves the extensions for activity alone', () => {
      let state: TimeoutState = advanceTimeout(POLICY, beginTimeout(POLICY, 0), undefined, 595_000).state;
      const extended = extendTimeout(POLICY, state, 300_000, 596_000);
      state = extended.state;
      assert.equal(extended.grantedMs, 300_000);
      assert.equal(state.deadlineMs, 900_000);
      assert.equal(state.extensionsUsed, 0);
      assert.equal(state.requestedExtensions, 1);
      assert.equal(nextWakeMs(state), 840_000);
    });

    it('grants what the cap leaves, then nothing', () => {
      const policy = { ...POLICY, maxTotalMs: 650_000 };
      const first = extendTimeout(policy, beginTimeout(policy, 0), 300_000, 0);
      assert.equal(first.grantedMs, 50_000);
      assert.deepEqual(extendTimeout(policy, first.state, 300_000, 0), { state: first.state, grantedMs: 0 });
    });
  });

  it('whatever happens, a session ends by its cap and warnings come before their deadline', () => {
    const policies = fc.record({
      timeoutMs: fc.integer({ min: 1, max: 10_000 }),
      activityExtensionMs: fc.integer({ min: 1, max: 5_000 }),
      maxExtensions: fc.integer({ min: 0, max: 50 }),
      maxTotalMs: fc.integer({ min: 1, max: 30_000 }),
      warningStagesMs: fc.array(fc.integer({ min: 1, max: 12_000 }), { maxLength: 5 }),
    });
    fc.assert(
      fc.property(policies, fc.array(fc.boolean(), { minLength: 1 }), (policy, activity) => {
        let turn = 0;
        const { state, events } = play(policy, (nowMs) =>
          activity[turn++ % activity.length] ? nowMs : undefined,
        );
        const last = events.at(-1);
        assert.ok(last && last.atMs <= policy.maxTotalMs);
        assert.ok(state.extensionsUsed <= policy.maxExtensions);
        for (const event of events)
          if (event.kind === 'warning') assert.ok(event.remainingMs <= event.stageMs);
      }),
    );
  });
});
