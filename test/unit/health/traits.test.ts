import assert from 'node:assert/strict';
import type { LoopUnknown, Unproven } from '../../../src/health/cause';
import { countdown } from '../../../src/health/countdown';
import { advanceDeadlines, type KnownDeadlines } from '../../../src/health/deadlines';
import { advanceInstance } from '../../../src/health/instances';
import type { KnownInstance } from '../../../src/health/knownInstance';
import { rememberedInstance } from '../../../src/health/keptLife';
import { lostOf } from '../../../src/health/interrupted';
import { proofOf } from '../../../src/health/proof';
import type { Progress, Session } from '../../../src/health/report';
import type { Traits } from '../../../src/health/traits';
import { assessLoop } from '../../../src/health/staleness';
import { idAt } from '../../support/target';
import { Watch, goodReport, reportWith, type Parts } from './support';

/** The name of a kind that nothing in the product has heard of: only what its answers can tell decides. */
const KIND = 'toy';
const WORK: Session = { id: 'work', title: 'work', status: 'running' };

/** The deadlines of one daemon whose one session is due in 5 s, and what became of them 6 s later. */
function deadlinesOf(traits: Partial<Traits>) {
  const watch = new Watch();
  const poll = (sessions: readonly Session[], known?: KnownDeadlines) => {
    watch.answer(goodReport(watch.time, { kind: KIND, traits, sessions }));
    return advanceDeadlines(known, watch.track, watch.time.now());
  };
  const { deadlines } = poll([{ ...WORK, deadlineAt: watch.time.wallAt + 5_000 }]);
  const daemon = { daemonId: idAt('http://127.0.0.1:9999'), name: KIND, deadlines };
  const entries = countdown([daemon], watch.time.now());
  watch.wait(6_000);
  return { entries, later: poll([], deadlines) };
}

/** The new life of a daemon, and whether it was told by so many answers. */
function secondLife(parts: Parts, { answers = 1, from }: { answers?: number; from?: KnownInstance } = {}) {
  const watch = new Watch();
  let step = advanceInstance(from, watch.track);
  const answer = (id: string, more: Parts) => {
    watch.wait(5_000).answer(goodReport(watch.time, { kind: KIND, instance: { id }, ...parts, ...more }));
    step = advanceInstance(step.life, watch.track);
  };
  if (!from) answer('first', { sessions: [WORK] });
  for (let n = 0; n < answers; n++)
    answer('second', { sessions: [], recovery: { resumed: 1, interrupted: 0 } });
  return step;
}

describe('a daemon of an unheard-of kind does as its traits say', () => {
  const rows: readonly {
    readonly trait: keyof Traits;
    readonly what: string;
    readonly outcome: (traits: Partial<Traits>) => unknown;
    readonly without: unknown;
    readonly having: unknown;
  }[] = [
    {
      trait: 'listsEndedSessions',
      what: 'a session that is gone after its deadline has timed out without a word',
      outcome: (traits) => deadlinesOf(traits).later.timedOut.map(({ isInferred }) => isInferred),
      without: [true],
      having: [],
    },
    {
      trait: 'extendsOnRequest',
      what: 'a countdown offers more time',
      outcome: (traits) => deadlinesOf(traits).entries.map(({ canExtend }) => canExtend),
      without: [false],
      having: [true],
    },
    {
      trait: 'remembersInterrupted',
      what: 'a restart is counted by what the daemon says, not by what is listed no more',
      outcome: (traits) => {
        const { resumed, interrupted, lost } = secondLife({ traits }).newLife!.restarted;
        return [resumed, interrupted, lost.map(({ id }) => id)];
      },
      without: [0, 1, ['work']],
      having: [1, 0, []],
    },
    {
      trait: 'remembersInterrupted',
      what: 'a life that an earlier window saw is of use',
      outcome: (traits) => {
        const { isAnother = false, newLife } = secondLife(
          { traits },
          { from: rememberedInstance({ id: 'first' }) },
        );
        return { isAnother, hasRestarted: newLife !== undefined };
      },
      without: { isAnother: true, hasRestarted: false },
      having: { isAnother: false, hasRestarted: true },
    },
    {
      trait: 'remembersInterrupted',
      what: 'lost work is listed by the daemon alone',
      outcome: (traits) =>
        lostOf([{ session: WORK, foundAt: 0 }], reportWith({ kind: KIND, traits })).map(({ id }) => id),
      without: ['work'],
      having: [],
    },
  ];
  for (const { trait, what, outcome, without, having } of rows) {
    it(`${trait}: ${what}`, () => {
      assert.deepEqual(outcome({ [trait]: false }), without, `without ${trait}`);
      assert.deepEqual(outcome({ [trait]: true }), having, `with ${trait}`);
    });

    it(`and as no other trait says: ${what}`, () => {
      const others = { namesItsInstances: true, listsEndedSessions: true, remembersInterrupted: true };
      const all: Traits = { ...others, extendsOnRequest: true };
      assert.deepEqual(outcome({ ...all, [trait]: false }), without, `without ${trait} alone`);
    });
  }
});

describe('a daemon of an unheard-of kind is judged by what its answer tells of its loop', () => {
  const untold = (by: 'kind' | 'version'): Progress => ({ kind: 'untold', by });
  const rows: readonly {
    readonly what: string;
    readonly progress: Progress;
    readonly why: LoopUnknown;
    readonly proof: readonly [is: string, why: Unproven];
    readonly isSettled: boolean;
  }[] = [
    {
      what: 'its kind never tells',
      progress: untold('kind'),
      why: { is: 'untoldByKind', kind: KIND },
      proof: ['newButUntold', { is: 'loopUnknown', why: { is: 'untoldByKind', kind: KIND } }],
      isSettled: true,
    },
    {
      what: 'its kind never tells, and the loop itself answers',
      progress: { kind: 'untold', by: 'kind', answersItself: true },
      why: { is: 'intakeUntold' },
      proof: ['newButUntold', { is: 'loopUnknown', why: { is: 'intakeUntold' } }],
      isSettled: true,
    },
    {
      what: 'its version does not tell',
      progress: untold('version'),
      why: { is: 'untoldByVersion' },
      proof: ['newButUntold', { is: 'cyclesUntold' }],
      isSettled: false,
    },
    {
      what: 'it tells of cycles, and there was none yet',
      progress: { kind: 'cycles' },
      why: { is: 'untoldByVersion' },
      proof: ['notYet', { is: 'noCycleYet' }],
      isSettled: false,
    },
  ];
  for (const { what, progress, why, proof, isSettled } of rows) {
    it(`where ${what}`, () => {
      const report = reportWith({ kind: KIND, progress });
      assert.deepEqual(assessLoop(report), { kind: 'unknown', why });
      const proven = proofOf(undefined, { ok: true, report }, 'unknown');
      assert.deepEqual([proven.is, 'why' in proven && proven.why], proof);
      const told = (answers: number) => secondLife({ progress }, { answers }).newLife !== undefined;
      assert.deepEqual([told(1), told(4)], [isSettled, !isSettled], 'a new life is told once it is settled');
    });
  }
});
