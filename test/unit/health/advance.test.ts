import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { HealthEvent } from '../../../src/health/advance';
import type { Input, Watched } from '../../../src/health/watched';
import { HISTORY_MAX_SPANS, MAX_SESSION_ROWS, SAMPLES_KEPT } from '../../../src/health/policy';
import type { ProcessFate } from '../../../src/health/proof';
import type { Session } from '../../../src/health/report';
import { CADENCE, Steps, endedQuestion } from './steps';
import { FAILURES, goodReport, type Parts } from './support';

const a: Session = { id: 'a', title: 'a', status: 'running', agentId: 'el-a' };
const b: Session = { id: 'b', title: 'b', status: 'running', agentId: 'el-b' };
const plain: Session = { id: 'c', title: 'c', status: 'running' };

/** A smithy that has answered with this work. */
function running(...sessions: readonly Session[]): Steps {
  const steps = new Steps();
  steps.answer(goodReport(steps.time, { sessions }));
  return steps;
}

/** Its next answer, five seconds later. */
function next(steps: Steps, sessions: readonly Session[], more: Parts = {}) {
  return steps.wait(5_000).answer(goodReport(steps.time, { sessions, ...more }));
}

/** The process is asked for, and is found so. */
function findProcess(steps: Steps, fate: ProcessFate) {
  return steps.input({ kind: 'processFate', question: steps.question('processFate'), fate });
}

const lostIds = ({ lost }: Watched) => lost.map(({ session }) => session.id);

describe('two samples within one redraw', () => {
  it('both reach every machine: a refusal between two good answers tells of the restart', () => {
    const steps = running(plain);
    steps.wait(50).fail('refused');
    assert.equal(steps.watched.instance?.wasGone, true);
    assert.equal(steps.watched.deadlines?.wasGone, true);
    steps.wait(50).answer(goodReport(steps.time, { sessions: [] }));
    findProcess(steps, 'unknown');
    assert.deepEqual(steps.restarts, ['0 resumed, 1 interrupted']);
    assert.deepEqual(lostIds(steps.watched), ['c']);
    assert.equal(steps.watched.samples.length, 3);
  });
});

describe('the start of what did not run', () => {
  it('is no restart in what is kept of it either', () => {
    const steps = new Steps();
    steps.fail('refused');
    steps.input({ kind: 'restartBegan' });
    steps.wait(5_000).fail('refused');
    assert.deepEqual(
      steps.watched.history?.spans.map(({ state }) => state),
      ['offline', 'starting'],
    );
    assert.equal(steps.watched.samples.at(-1)?.state, 'starting');
  });
});

describe('restarts one after the other', () => {
  const life = (steps: Steps, id: string) =>
    steps.answer(goodReport(steps.time, { kind: 'dispatchd', instance: { id } }));
  const nths = (steps: Steps) => steps.restarted.map(({ nth }) => nth);

  it('are counted from the third within five minutes on', () => {
    const steps = new Steps();
    for (const id of ['a', 'b', 'c', 'd', 'e']) life(steps.wait(70_000), id);
    assert.deepEqual(nths(steps), [undefined, undefined, 3, 4]);
    life(steps.wait(160_000), 'f');
    assert.deepEqual(nths(steps).at(-1), 3, 'the first two were over five minutes ago');
  });

  it('are not counted where we restarted it', () => {
    const steps = new Steps();
    life(steps, 'a');
    for (const id of ['b', 'c', 'd']) {
      steps.input({ kind: 'restartBegan' });
      life(steps.wait(10_000), id);
      steps.input({ kind: 'restartEnded', end: { is: 'proven' }, cadence: CADENCE });
    }
    life(steps.wait(10_000), 'e');
    assert.deepEqual(nths(steps), [undefined, undefined, undefined, undefined]);
  });
});

describe('who holds the port of a daemon that does not tell', () => {
  const holder = { pid: 7, startedAtMs: 1 };
  const isForgotten = (events: readonly HealthEvent[]) => events.some(({ kind }) => kind === 'newProcess');

  it('is known of a dead daemon, and not of the next one', () => {
    const steps = running();
    steps.input({ kind: 'holder', holder });
    assert.equal(isForgotten(next(steps, [])), false);
    assert.equal(isForgotten(steps.wait(5_000).fail('refused')), false);
    assert.deepEqual(steps.watched.holder, holder);
    assert.equal(isForgotten(next(steps, [])), true, 'without work nothing tells whether it is the same one');
    assert.equal(steps.watched.holder, undefined);
    assert.equal(isForgotten(next(steps, [])), false);
  });

  it('is known until its fate is, where that decides', () => {
    const steps = running(plain);
    steps.input({ kind: 'holder', holder });
    steps.wait(5_000).fail('refused');
    next(steps, []);
    assert.deepEqual(steps.watched.holder, holder);
    assert.equal(isForgotten(findProcess(steps, 'gone')), true);
    assert.equal(steps.watched.holder, undefined);
  });
});

describe('each input', () => {
  const rows: readonly [Input, moves: readonly (keyof Watched)[], state: string][] = [
    [{ kind: 'restartBegan' }, ['track', 'history', 'deadlines'], 'restarting'],
    [{ kind: 'restartEnded', end: { is: 'proven' }, cadence: CADENCE }, ['track', 'history'], 'healthy'],
    [
      { kind: 'restartEnded', end: { is: 'startFailed', why: 'x' }, cadence: CADENCE },
      ['track', 'history', 'deadlines'],
      'offline',
    ],
    [{ kind: 'stoppedByUs' }, ['track', 'history', 'instance'], 'healthy'],
    [{ kind: 'startFailureSeen' }, ['history'], 'healthy'],
    [{ kind: 'userLooks' }, ['track'], 'healthy'],
    [{ kind: 'lostDismissed', id: 'lost' }, ['lost'], 'healthy'],
  ];
  for (const [input, moves, state] of rows) {
    it(`${JSON.stringify(input)} moves ${moves.join(', ')}`, () => {
      const steps = running(plain);
      steps.lose([{ id: 'lost', title: 'lost', status: 'interrupted' }]);
      const before = steps.watched;
      steps.wait(1_000).input(input);
      const { watched } = steps;
      for (const part of moves) assert.notEqual(watched[part], before[part], part);
      assert.equal(watched.track.verdict.state, state);
      assert.equal(watched.samples, before.samples, 'no sample, none kept');
      if (input.kind !== 'lostDismissed') assert.equal(watched.lost, before.lost);
      else assert.deepEqual(watched.lost, []);
    });
  }

  it('that is a tick asks when an answer is due, once, and says how late', () => {
    const steps = running(plain);
    assert.equal(steps.wakeAtMs, steps.time.monotonicMs + 5_000);
    assert.deepEqual(steps.wait(4_999).input({ kind: 'tick' }), []);
    assert.deepEqual(steps.wait(21).input({ kind: 'tick' }), [{ kind: 'due', lateMs: 20 }]);
    assert.equal(steps.wakeAtMs, Infinity, 'the answer is awaited');
    assert.deepEqual(steps.wait(5_000).input({ kind: 'tick' }), []);
    steps.answer();
    assert.equal(steps.wakeAtMs, steps.time.monotonicMs + 5_000);
  });

  it('that is a tick counts a deadline down at each whole second, also while an answer is awaited', () => {
    const steps = new Steps();
    const deadlineAt = steps.time.wallAt + 90_250;
    const sessions = [{ ...plain, deadlineAt }];
    steps.answer(goodReport(steps.time, { sessions }));
    steps.wait(29_900).answer(goodReport(steps.time, { sessions }));
    const inSightMs = steps.time.monotonicMs + 350 + 1;
    assert.equal(steps.wakeAtMs, inSightMs);
    assert.deepEqual(steps.wait(351).input({ kind: 'tick' }), [{ kind: 'counted' }]);
    assert.equal(steps.wakeAtMs, inSightMs + 1_000);
    steps.wait(steps.watched.askDueMs - steps.time.monotonicMs);
    const kinds = steps.input({ kind: 'tick' }).map(({ kind }) => kind);
    assert.deepEqual(kinds, ['counted', 'due']);
    assert.ok(steps.wakeAtMs <= steps.time.monotonicMs + 1_001);
  });

  it('that is a tick counts down where its timer came a moment early, too', () => {
    const steps = new Steps();
    const sessions = [{ ...plain, deadlineAt: steps.time.wallAt + 30_500 }];
    steps.answer(goodReport(steps.time, { sessions }));
    steps.wait(steps.watched.countDueMs - steps.time.monotonicMs - 0.9);
    assert.deepEqual(steps.input({ kind: 'tick' }), [{ kind: 'counted' }]);
  });

  it('that is a tick counts nothing down as long as no deadline is near', () => {
    const steps = new Steps();
    const sessions = [{ ...plain, deadlineAt: steps.time.wallAt + 600_000 }];
    steps.answer(goodReport(steps.time, { sessions }));
    steps.wait(steps.watched.askDueMs - steps.time.monotonicMs);
    assert.deepEqual(steps.input({ kind: 'tick' }), [{ kind: 'due', lateMs: 0 }]);
    assert.equal(steps.wakeAtMs, steps.watched.countDueMs, 'the answer is awaited');
  });

  it('that is the end of a restart sets the next ask, and asks at once where the start failed', () => {
    const steps = running(plain);
    steps.wait(1_000).input({ kind: 'restartEnded', end: { is: 'notProven' }, cadence: CADENCE });
    assert.equal(steps.watched.askDueMs, steps.time.monotonicMs + 5_000);
    steps.wait(1_000).input({ kind: 'restartEnded', end: { is: 'startFailed', why: 'x' }, cadence: CADENCE });
    assert.equal(steps.wakeAtMs, steps.time.monotonicMs);
  });

  it('that is a sample moves history, samples and deadlines', () => {
    const steps = running(plain);
    const before = steps.watched;
    next(steps, [plain]);
    for (const part of ['track', 'history', 'samples', 'deadlines', 'instance'] as const) {
      assert.notEqual(steps.watched[part], before[part], part);
    }
    assert.equal(steps.watched.history?.lookedAt?.monotonicMs, steps.time.monotonicMs);
  });
});

describe('a question to the world', () => {
  it('stands while it is out, and no life moves on meanwhile', () => {
    const steps = running(plain);
    assert.deepEqual(
      next(steps, []).map(({ kind }) => kind),
      ['asks'],
    );
    const { instance, questions } = steps.watched;
    assert.deepEqual(questions, [{ kind: 'processFate' }]);
    assert.deepEqual(next(steps, []), []);
    assert.deepEqual(next(steps, []), []);
    assert.equal(steps.watched.instance, instance);
    assert.equal(steps.watched.questions, questions);
    assert.equal(steps.watched.samples.length, 4, 'all else goes on');
    findProcess(steps, 'gone');
    assert.deepEqual(steps.watched.questions, []);
    assert.deepEqual(steps.restarts, ['0 resumed, 1 interrupted']);
  });

  it('whose process lives is no restart', () => {
    const steps = running(plain);
    next(steps, []);
    findProcess(steps, 'lives');
    assert.deepEqual([steps.restarts, steps.watched.questions], [[], []]);
  });

  it('that is not out is not answered', () => {
    const steps = running(plain);
    next(steps, []);
    const { watched } = steps;
    const report = watched.track.last!.report;
    const strangers: Input[] = [
      { kind: 'processFate', question: { kind: 'processFate' }, fate: 'gone' },
      { kind: 'endedSessions', question: steps.question('processFate'), ended: [] },
      { kind: 'endedSessions', question: endedQuestion([plain], report), ended: [] },
    ];
    for (const input of strangers) {
      assert.deepEqual(steps.input(input), []);
      assert.equal(steps.watched, watched, input.kind);
    }
  });

  it('about sessions that have ended takes them out of what is lost, and of the count', () => {
    const steps = running(a, b);
    next(steps, []);
    findProcess(steps, 'gone');
    const question = steps.question('endedSessions');
    assert.deepEqual(question.agentIds, ['el-a', 'el-b']);
    assert.deepEqual(steps.restarts, [], 'not told before it is known');
    steps.input({ kind: 'endedSessions', question, ended: [{ id: 'a' }] });
    assert.deepEqual(steps.restarts, ['0 resumed, 1 interrupted']);
    assert.deepEqual(lostIds(steps.watched), ['b']);
  });

  it('about two restarts at once is answered for each', () => {
    const steps = running(a);
    next(steps, []);
    findProcess(steps, 'gone');
    const first = steps.question('endedSessions');
    next(steps, [b]);
    next(steps, []);
    findProcess(steps, 'gone');
    const [, second] = steps.watched.questions;
    assert.equal(steps.watched.questions.length, 2);
    steps.input({ kind: 'endedSessions', question: second!, ended: [] });
    steps.input({ kind: 'endedSessions', question: first, ended: [] });
    assert.deepEqual(steps.watched.questions, []);
    assert.deepEqual(lostIds(steps.watched), ['a', 'b']);
    assert.equal(steps.restarts.length, 2);
  });
});

describe('whatever comes in, in whatever order', () => {
  const sessions = fc.subarray([a, b, plain, { ...plain, deadlineAt: 1 }]);
  type Act = (steps: Steps) => unknown;
  const act: fc.Arbitrary<Act> = fc.oneof(
    fc.record({ sessions, hasCycled: fc.boolean(), named: fc.constantFrom(undefined, 'x', 'y') }).map(
      ({ sessions: listed, hasCycled, named }): Act =>
        (steps) =>
          steps.answer(
            goodReport(steps.time, {
              sessions: listed,
              ...(named !== undefined && { kind: 'dispatchd', instance: { id: named } }),
              ...(!hasCycled && { lastPollCompletedAt: undefined }),
            }),
          ),
    ),
    fc.constantFrom(...(Object.keys(FAILURES) as (keyof typeof FAILURES)[])).map(
      (kind): Act =>
        (steps) =>
          steps.fail(kind),
    ),
    fc
      .constantFrom<Input>(
        { kind: 'restartBegan' },
        { kind: 'restartEnded', end: { is: 'proven' }, cadence: CADENCE },
        { kind: 'restartEnded', end: { is: 'startFailed', why: 'x' }, cadence: CADENCE },
        { kind: 'stoppedByUs' },
        { kind: 'startFailureSeen' },
        { kind: 'userLooks' },
        { kind: 'lostDismissed', id: 'a' },
        { kind: 'processFate', question: { kind: 'processFate' }, fate: 'gone' },
      )
      .map(
        (input): Act =>
          (steps) =>
            steps.input(input),
      ),
    fc.constantFrom<ProcessFate>('gone', 'lives', 'unknown').map((fate): Act => (steps) => {
      const [question] = steps.watched.questions;
      if (question?.kind === 'processFate') steps.input({ kind: 'processFate', question, fate });
      if (question?.kind === 'endedSessions') steps.input({ kind: 'endedSessions', question, ended: [] });
    }),
    fc.integer({ min: -1e9, max: 1e9 }).map(
      (ms): Act =>
        (steps) =>
          steps.time.jumpWall(ms),
    ),
  );

  it('a step never throws, and what is known never grows', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 100 }), (acts) => {
        const steps = new Steps();
        for (const each of acts) {
          steps.wait(1_000);
          each(steps);
          const { history, samples, lost, questions, deadlines } = steps.watched;
          assert.ok((history?.spans.length ?? 0) <= HISTORY_MAX_SPANS);
          assert.ok(samples.length <= SAMPLES_KEPT);
          assert.ok(lost.length <= MAX_SESSION_ROWS);
          assert.ok((deadlines?.watched.size ?? 0) <= 4);
          assert.ok(questions.filter(({ kind }) => kind === 'processFate').length <= 1);
        }
      }),
      { numRuns: 300 },
    );
  });
});
