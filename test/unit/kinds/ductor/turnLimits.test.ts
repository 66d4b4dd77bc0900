import assert from 'node:assert/strict';
import type { Session } from '../../../../src/health/report';
import type { LimitLine } from '../../../../src/kinds/ductor/agentLife';
import { DEFAULT_LIMITS, limitsOf, type DuctorLimits } from '../../../../src/kinds/ductor/config';
import { TurnLimits } from '../../../../src/kinds/ductor/turnLimits';

const SECOND_MS = 1_000;
const BEGUN_AT = Date.parse('2026-11-25T12:00:00.250Z');
const LIMITS = limitsOf({ timeouts: { normal: 95 } });
const at = (afterS: number) => Math.floor(BEGUN_AT / SECOND_MS + afterS) * SECOND_MS;
const turn = (name: string, afterS = 0): Session => ({
  id: `turn ${name}`,
  title: name,
  status: 'running',
  startedAt: BEGUN_AT + afterS * SECOND_MS,
});
const extended = (afterS: number, used = 1, max = 3): LimitLine => ({
  at: at(afterS),
  is: 'extended',
  used,
  max,
  byMs: 120_000,
});
const timedOut = (afterS: number, of: 'process' | 'turn' = 'turn', limitS = 95): LimitLine => ({
  at: at(afterS),
  is: 'timedOut',
  of,
  afterMs: limitS * SECOND_MS,
  said: `Session timed out after ${limitS}s`,
});

describe('an extension that is in the log', () => {
  function of(turns: readonly Session[], lines: readonly LimitLine[], limits: DuctorLimits = LIMITS) {
    return new TurnLimits()
      .extended(turns, lines, limits, BEGUN_AT)
      .map(({ deadlineAt, extensionsUsed, maxExtensions }) => [
        deadlineAt === undefined ? undefined : (deadlineAt - BEGUN_AT) / SECOND_MS,
        extensionsUsed,
        maxExtensions,
      ]);
  }
  const NOT = [undefined, undefined, undefined];

  it('moves the deadline of the turn whose limit was then, by exactly what the log says', () => {
    assert.deepEqual(of([turn('a')], [extended(95)]), [[215, 1, 3]]);
    assert.deepEqual(of([turn('a')], [extended(95), extended(215, 2)]), [[335, 2, 3]]);
  });

  it('also where earlier ones were not read', () => {
    assert.deepEqual(of([turn('a')], [extended(336, 3)]), [[455, 3, 3]]);
  });

  it('without a most where there is none', () => {
    assert.deepEqual(of([turn('a')], [extended(95, 1, 0)]), [[215, 1, undefined]]);
  });

  const others: readonly [what: string, turns: readonly Session[], lines: readonly LimitLine[]][] = [
    ['of other work: no limit of the turn was then', [turn('a')], [extended(60)]],
    ['of a turn before', [turn('a')], [extended(-30)]],
    ['of one of two turns that began together', [turn('a'), turn('b', 1)], [extended(95)]],
  ];
  for (const [what, turns, lines] of others) {
    it(`moves nothing where it is ${what}`, () => {
      assert.deepEqual(
        of(turns, lines),
        turns.map(() => NOT),
      );
    });
  }

  it('moves one of two turns where only that one had its limit then', () => {
    assert.deepEqual(of([turn('a'), turn('b', 60)], [extended(95)]), [[215, 1, 3], NOT]);
  });

  it('moves nothing where a turn has no limit', () => {
    assert.deepEqual(of([turn('a')], [extended(95)], { ...LIMITS, turnMs: undefined }), [NOT]);
  });

  it('moves nothing where one that has just ended may be meant', () => {
    const limits = new TurnLimits();
    limits.extended([turn('a'), turn('b')], [], LIMITS, BEGUN_AT);
    const [left] = limits.extended([turn('a')], [extended(95)], LIMITS, BEGUN_AT);
    assert.equal(left?.deadlineAt, undefined);
  });

  it('gives way to what is assumed of a turn that outlived it', () => {
    const assumed = { ...turn('a'), deadlineAt: BEGUN_AT + 335_000, extensionsUsed: 2 };
    assert.deepEqual(of([assumed], [extended(95)]), [[335, 2, undefined]]);
  });
});

describe('a time-out that is in the log', () => {
  const BOTH = [timedOut(95, 'process'), timedOut(95)];

  function after(
    ran: readonly Session[],
    left: readonly Session[],
    lines: readonly LimitLine[],
    { limits = LIMITS, laterMs = 96_000 } = {},
  ) {
    const known = new TurnLimits();
    known.extended(ran, [], limits, BEGUN_AT);
    return known.timedOut(new Set(left.map(({ id }) => id)), lines, limits, BEGUN_AT + laterMs);
  }
  const titles = (sessions: readonly Session[]) => sessions.map(({ title }) => title);

  it('has ended the turn that is gone: with the words of the log', () => {
    assert.deepEqual(after([turn('a')], [], BOTH), [
      {
        ...turn('a'),
        status: 'timed-out',
        endedAt: at(95),
        timeoutMs: 95_000,
        outcome: 'Session timed out after 95s',
      },
    ]);
  });

  it('has ended one whose limit is not the one in the config', () => {
    assert.equal(after([turn('a')], [], [timedOut(40, 'turn', 40)]).length, 1);
  });

  it('has ended one that was extended', () => {
    assert.equal(after([turn('a')], [], [timedOut(95 + 240)]).length, 1);
    assert.equal(after([turn('a')], [], [timedOut(95 + 4 * 120)]).length, 0);
  });

  const rows: readonly [
    what: string,
    ran: readonly Session[],
    left: readonly Session[],
    lines: readonly LimitLine[],
    expected: readonly string[],
  ][] = [
    ['none that still runs', [turn('a')], [turn('a')], BOTH, []],
    ['none that ended at another time', [turn('a')], [], [timedOut(70)], []],
    ['none without a line', [turn('a')], [], [], []],
    ['one of two, by its limit', [turn('a'), turn('b', 40)], [], BOTH, ['a']],
    ['none of two that ended when one was timed out', [turn('a'), turn('b', 1)], [], BOTH, []],
    ['both of two where both were', [turn('a'), turn('b', 1)], [], [...BOTH, timedOut(96)], ['a', 'b']],
  ];
  for (const [what, ran, left, lines, expected] of rows) {
    it(`has ended ${what}`, () => {
      assert.deepEqual(titles(after(ran, left, lines)), expected);
    });
  }

  it('is told once of one turn: its twin that was extended ends by itself', () => {
    const known = new TurnLimits();
    const [a, b] = [turn('a'), turn('b', 1)];
    known.extended([a, b], [], LIMITS, BEGUN_AT);
    assert.deepEqual(titles(known.timedOut(new Set([b.id]), BOTH, LIMITS, BEGUN_AT + 96_000)), ['a']);
    assert.deepEqual(titles(known.timedOut(new Set(), BOTH, LIMITS, BEGUN_AT + 101_000)), ['a']);
  });

  it('may be read after the turn was gone, for a while', () => {
    const known = new TurnLimits();
    known.extended([turn('a')], [], LIMITS, BEGUN_AT + 95_000);
    assert.deepEqual(known.timedOut(new Set(), [], LIMITS, BEGUN_AT + 96_000), []);
    assert.deepEqual(titles(known.timedOut(new Set(), BOTH, LIMITS, BEGUN_AT + 101_000)), ['a']);
    const late = new TurnLimits();
    late.extended([turn('a')], [], LIMITS, BEGUN_AT + 95_000);
    late.timedOut(new Set(), [], LIMITS, BEGUN_AT + 130_000);
    assert.deepEqual(late.timedOut(new Set(), BOTH, LIMITS, BEGUN_AT + 131_000), []);
  });

  it('stays in the list for a day, or until the life is another', () => {
    const known = new TurnLimits();
    known.extended([turn('a')], [], LIMITS, BEGUN_AT);
    known.timedOut(new Set(), BOTH, LIMITS, BEGUN_AT + 96_000);
    const laterOf = (ms: number) => known.timedOut(new Set(), [], DEFAULT_LIMITS, BEGUN_AT + ms).length;
    assert.deepEqual([laterOf(23 * 3_600_000), laterOf(25 * 3_600_000)], [1, 0]);
    known.extended([turn('b')], [], LIMITS, BEGUN_AT);
    known.timedOut(new Set(), BOTH, LIMITS, BEGUN_AT + 96_000);
    known.clear();
    assert.deepEqual(known.timedOut(new Set(), [], LIMITS, BEGUN_AT), []);
  });
});
