import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  advanceTimeout,
  beginTimeout,
  extendTimeout,
  type TimeoutEvent,
  type TimeoutPolicy,
} from '../../../../src/dispatchd/sessions/timeoutController';

const POLICY: TimeoutPolicy = {
  timeoutMs: 600_000,
  activityExtensionMs: 120_000,
  maxExtensions: 3,
  maxTotalMs: 14_400_000,
};

/** Runs a session as `run.ts` does, waking when it is told to; `activeAt` says when output came last. */
function play(policy: TimeoutPolicy, activeAt: (nowMs: number) => number | undefined, startMs = 0) {
  let state = beginTimeout(policy, startMs);
  const events: (TimeoutEvent & { atMs: number })[] = [];
  for (let wakes = 0; wakes < 10_000; wakes++) {
    const nowMs = state.deadlineMs;
    const step = advanceTimeout(policy, state, activeAt(nowMs), nowMs);
    state = step.state;
    if (step.event) events.push({ ...step.event, atMs: nowMs });
    if (step.event?.kind === 'timed-out') return { state, events };
  }
  return assert.fail('never timed out');
}

const silent = () => undefined;
const busy = (nowMs: number) => nowMs;
const brief = (events: readonly (TimeoutEvent & { atMs: number })[]) =>
  events.map(({ kind, atMs }) => `${kind} @${atMs / 1000}`);

describe('dispatchd timeout controller', () => {
  it('times out a silent session at its deadline', () =>
    assert.deepEqual(brief(play(POLICY, silent).events), ['timed-out @600']));

  it('extends an active session three times', () =>
    assert.deepEqual(brief(play(POLICY, busy).events), [
      'extended @600',
      'extended @720',
      'extended @840',
      'timed-out @960',
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
    assert.deepEqual(brief(play({ ...POLICY, maxExtensions: 0 }, busy).events), ['timed-out @600']));

  it('stops at the hard cap, in the middle of an extension', () => {
    const { events } = play({ ...POLICY, maxTotalMs: 700_000 }, busy);
    assert.deepEqual(brief(events), ['extended @600', 'timed-out @700']);
    assert.equal(events[0]?.kind === 'extended' && events[0].byMs, 100_000);
  });

  it('does nothing before anything is due', () => {
    const state = beginTimeout(POLICY, 0);
    assert.deepEqual(advanceTimeout(POLICY, state, undefined, 100_000), { state });
  });

  describe('extension on request', () => {
    it('moves the deadline, and leaves the extensions for activity alone', () => {
      const { state, grantedMs } = extendTimeout(POLICY, beginTimeout(POLICY, 0), 300_000);
      assert.equal(grantedMs, 300_000);
      assert.equal(state.deadlineMs, 900_000);
      assert.equal(state.extensionsUsed, 0);
      assert.equal(state.requestedExtensions, 1);
    });

    it('grants what the cap leaves, then nothing', () => {
      const policy = { ...POLICY, maxTotalMs: 650_000 };
      const first = extendTimeout(policy, beginTimeout(policy, 0), 300_000);
      assert.equal(first.grantedMs, 50_000);
      assert.deepEqual(extendTimeout(policy, first.state, 300_000), { state: first.state, grantedMs: 0 });
    });
  });

  it('whatever happens, a session ends by its cap', () => {
    const policies = fc.record({
      timeoutMs: fc.integer({ min: 1, max: 10_000 }),
      activityExtensionMs: fc.integer({ min: 1, max: 5_000 }),
      maxExtensions: fc.integer({ min: 0, max: 50 }),
      maxTotalMs: fc.integer({ min: 1, max: 30_000 }),
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
      }),
    );
  });
});
