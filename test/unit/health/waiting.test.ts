import assert from 'node:assert/strict';
import type { Session } from '../../../src/health/report';
import { renderStatus } from '../../../src/ui/statusBar/statusText';
import { idAt } from '../../support/target';
import { MemoryMemento, memoryOver } from '../../support/memento';
import { modelOf } from '../ui/support';
import type { FakeTime } from './support';
import { DAY_MS, goodReport, HOUR_MS, MINUTE_MS, SECOND_MS, Watch, type Parts } from './support';

const TWELVE_READY = { readyUnassignedTasks: 12, availableWorkers: 3, stuck: false };

/** A worker of a smithy at work since this moment. */
const worker = (name: string, startedAt: number, status = 'running'): Session => ({
  id: `session-${name}`,
  title: name,
  status,
  role: 'worker',
  agentId: `agent-${name}`,
  startedAt,
});

/** Good answers with these parts, every 5 s for so long. */
function answers(watch: Watch, forMs: number, parts: () => Parts): void {
  watch.repeat(forMs / 5_000, 5_000, () => watch.answer(goodReport(watch.time, parts())));
}

describe('ready tasks beside free workers', () => {
  it('of which nothing is started are amber after ten minutes, told once, with what waits and what is free', () => {
    const watch = Watch.healthy();
    const parts = () => ({ queue: TWELVE_READY, sessions: [] });
    answers(watch, 10 * MINUTE_MS, parts);
    assert.equal(watch.state, 'healthy');
    answers(watch, 5 * SECOND_MS, parts);
    assert.equal(watch.state, 'stuck');
    assert.equal(watch.reasonInWords, '12 ready tasks, 3 free workers, and nothing was started for 10 min');
    answers(watch, HOUR_MS, parts);
    assert.deepEqual(watch.spoken, ['problem stuck']);
    assert.equal(
      watch.reasonInWords,
      '12 ready tasks, 3 free workers, and nothing was started for 1 h 10 min',
    );
  });

  const days: readonly (readonly [title: string, parts: (time: FakeTime, startedAt: number) => Parts])[] = [
    [
      'are a good day where each available worker is busy',
      (_time, startedAt) => ({
        queue: TWELVE_READY,
        sessions: ['ann', 'ben', 'cem'].map((name) => worker(name, startedAt)),
      }),
    ],
    ['claim nothing where the sessions are not known', () => ({ queue: TWELVE_READY })],
    [
      'wait while a limit pauses',
      (time) => ({
        queue: TWELVE_READY,
        sessions: [],
        pause: { isPaused: true, resumesAt: time.wallAt + HOUR_MS },
      }),
    ],
    [
      'are a good day where a session begins now and then',
      (time, startedAt) => ({
        queue: { ...TWELVE_READY, availableWorkers: 4 },
        sessions: [
          worker('ann', startedAt + Math.floor((time.wallAt - startedAt) / (9 * MINUTE_MS)) * 540_000),
        ],
      }),
    ],
    [
      'are a good day where fewer wait now and then',
      (time, startedAt) => ({
        queue: {
          ...TWELVE_READY,
          readyUnassignedTasks: 40 - Math.floor((time.wallAt - startedAt) / (9 * MINUTE_MS)),
        },
        sessions: [],
      }),
    ],
    [
      'are no news where none is ready',
      () => ({ queue: { ...TWELVE_READY, readyUnassignedTasks: 0 }, sessions: [] }),
    ],
  ];
  for (const [title, parts] of days) {
    it(title, () => {
      const watch = Watch.healthy();
      const startedAt = watch.time.wallAt;
      const seen = new Set<string>();
      watch.repeat(720, 5_000, () => {
        const state = watch.answer(goodReport(watch.time, parts(watch.time, startedAt)));
        seen.add(state);
        return state;
      });
      assert.ok(!seen.has('stuck'));
      assert.deepEqual(watch.spoken, []);
    });
  }

  it('are not counted busy twice where an agent has two sessions, nor where a session is suspended', () => {
    const watch = Watch.healthy();
    const sessions = [worker('ann', 1), { ...worker('ann', 2), id: 'other' }, worker('ben', 3, 'suspended')];
    answers(watch, 11 * MINUTE_MS, () => ({ queue: TWELVE_READY, sessions }));
    assert.match(watch.reasonInWords, /^12 ready tasks, 2 free workers/);
  });

  it('need many cycles besides: a loop of two minutes is not late after ten', () => {
    const watch = Watch.healthy();
    const beganAt = watch.time.wallAt;
    const parts = () => ({
      queue: TWELVE_READY,
      sessions: [],
      pollIntervalMs: 120_000,
      cycleAgoMs: (watch.time.wallAt - beganAt) % 120_000,
    });
    answers(watch, 19 * MINUTE_MS, parts);
    assert.equal(watch.state, 'healthy');
    answers(watch, 3 * MINUTE_MS, parts);
    assert.equal(watch.state, 'stuck');
  });

  it('are told after ten minutes where the daemon is asked once a minute: the cycles between are counted, too', () => {
    const watch = Watch.healthy();
    const report = () => goodReport(watch.time, { queue: TWELVE_READY, sessions: [] });
    watch.repeat(3, MINUTE_MS, () => watch.answer(report()));
    // The machine was busy meanwhile, and the daemon slow.
    watch.repeat(2, MINUTE_MS, () => watch.fail('timeout'));
    watch.repeat(5, MINUTE_MS, () => watch.answer(report()));
    assert.equal(watch.state, 'healthy');
    const sinceMs = watch.track.waiting!.sinceMs;
    for (let polls = 0; watch.state === 'healthy' && polls < 5; polls++) {
      watch.wait(watch.nextDelayMs({ intervalMs: 5 * MINUTE_MS })).answer(report());
    }
    assert.equal(watch.state, 'stuck');
    const afterMs = watch.time.monotonicMs - sinceMs - 10 * MINUTE_MS;
    assert.ok(afterMs >= 0 && afterMs < SECOND_MS, `${afterMs} ms after ten minutes`);
  });

  it('go on through an answer that does not tell the sessions', () => {
    const watch = Watch.healthy();
    answers(watch, 11 * MINUTE_MS, () => ({ queue: TWELVE_READY, sessions: [] }));
    assert.equal(watch.state, 'stuck');
    answers(watch, 5 * SECOND_MS, () => ({ queue: TWELVE_READY }));
    assert.equal(watch.state, 'stuck');
    assert.equal(watch.reasonInWords, '12 ready tasks, 3 free workers, and nothing was started for 11 min');
  });

  it('are not told sooner because the clock was set', () => {
    const watch = Watch.healthy();
    const parts = () => ({ queue: TWELVE_READY, sessions: [] });
    answers(watch, MINUTE_MS, parts);
    watch.time.jumpWall(DAY_MS);
    answers(watch, MINUTE_MS, parts);
    assert.notEqual(watch.state, 'stuck');
  });

  it('are over once something starts', () => {
    const watch = Watch.healthy();
    answers(watch, 11 * MINUTE_MS, () => ({ queue: TWELVE_READY, sessions: [] }));
    assert.equal(watch.state, 'stuck');
    answers(watch, MINUTE_MS, () => ({ queue: TWELVE_READY, sessions: [worker('ann', watch.time.wallAt)] }));
    assert.equal(watch.state, 'healthy');
    assert.deepEqual(watch.spoken, ['problem stuck', 'recovered stuck']);
  });

  for (const minutes of [6, 15]) {
    it(`are remembered by the next window after ${minutes} minutes`, () => {
      const state = new MemoryMemento();
      const before = Watch.healthy();
      const parts = () => ({ queue: TWELVE_READY, sessions: [worker('ann', 5, 'terminated')] });
      answers(before, minutes * MINUTE_MS, parts);
      memoryOver(state).keep([modelOf(before)]);
      const { waiting } = memoryOver(state).recall(idAt('http://127.0.0.1:3457'));
      const after = new Watch({ time: before.time, ...(waiting && { waiting }) });
      answers(after, minutes < 10 ? 5 * MINUTE_MS : 5 * SECOND_MS, parts);
      assert.equal(after.state, 'stuck');
      answers(after, 5 * SECOND_MS, () => ({ queue: TWELVE_READY, sessions: [worker('ben', 6)] }));
      assert.equal(after.state, 'healthy');
    });
  }
});

describe('a pause', () => {
  const paused = (watch: Watch, resumesAt?: number) => ({
    pause: { isPaused: true, ...(resumesAt !== undefined && { resumesAt }) },
    sessions: [],
    daemonNow: watch.time.wallAt,
  });

  it('says until when, in the item and in the row of the state', () => {
    const watch = Watch.healthy();
    const resumesAt = watch.time.wallAt + HOUR_MS;
    answers(watch, 5 * SECOND_MS, () => paused(watch, resumesAt));
    const time = new Date(resumesAt);
    const at = [time.getHours(), time.getMinutes()].map((each) => String(each).padStart(2, '0')).join(':');
    assert.equal(watch.reasonInWords, `paused until ${at}`);
    assert.match(
      renderStatus([modelOf(watch)], [], watch.time.now()).spoken,
      new RegExp(`paused until ${at}`),
    );
  });

  it('never says until when that is past, and is amber some cycles later', () => {
    const watch = Watch.healthy();
    const resumesAt = watch.time.wallAt + 10 * SECOND_MS;
    answers(watch, MINUTE_MS, () => paused(watch, resumesAt));
    assert.deepEqual([watch.state, watch.reasonInWords], ['paused', 'paused by a rate limit or by request']);
    answers(watch, 6 * HOUR_MS, () => paused(watch, resumesAt));
    assert.equal(watch.state, 'stuck');
    assert.equal(watch.reasonInWords, 'still paused, 6 h after the limit was to reset');
    assert.deepEqual(watch.spoken, ['problem stuck']);
  });

  it('without an end stays plain', () => {
    const watch = Watch.healthy();
    answers(watch, 6 * HOUR_MS, () => paused(watch));
    assert.deepEqual([watch.state, watch.spoken], ['paused', []]);
  });
});
