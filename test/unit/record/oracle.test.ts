import assert from 'node:assert/strict';
import type { Truth } from '../../record/daemon';
import { judge, type Circumstances, type Counts, type Shown } from '../../record/oracle';

const MINUTE_MS = 60_000;
const BEGIN_MS = 10 * MINUTE_MS;
const END_MS = 20 * MINUTE_MS;
const DAY: Circumstances = {
  focused: [[0, 60 * MINUTE_MS]],
  disturbed: [],
  starved: [],
  requests: [],
  endMs: 60 * MINUTE_MS,
};
const NONE: Counts = {
  proven: 0,
  misses: 0,
  late: 0,
  falseReds: 0,
  falseGreens: 0,
  toldTwice: 0,
  overAsked: 0,
};

/** It is so for ten minutes, and well before and after. */
function bad(is: Truth['is'], provenMs = BEGIN_MS): readonly Truth[] {
  return [
    { fromMs: 0, is: 'well' },
    { fromMs: BEGIN_MS, is, provenMs },
    { fromMs: END_MS, is: 'well' },
  ];
}

const green = (atMs: number): Shown => ({ atMs, isRed: false, isGreen: true });
const red = (atMs: number): Shown => ({ atMs, isRed: true, isGreen: false });
const neither = (atMs: number): Shown => ({ atMs, isRed: false, isGreen: false });

function counted(
  truths: readonly Truth[],
  shown: readonly Shown[],
  { day = DAY, told = [] as readonly number[] } = {},
): Counts {
  const watched = {
    name: 'd',
    pollMs: 5_000,
    truths,
    shown,
    told: told.map((atMs) => ({ atMs, text: 'bad' })),
  };
  return judge([watched], day).counts;
}

describe('the oracle of the simulator', () => {
  it('is content with red that comes in time and goes in time', () => {
    const shown = [green(5_000), red(BEGIN_MS + 20_000), green(END_MS + 6_000)];
    assert.deepEqual(counted(bad('silent'), shown, { told: [BEGIN_MS + 20_000] }), { ...NONE, proven: 1 });
  });

  it('counts red that never comes, and the green that is there instead', () => {
    assert.deepEqual(counted(bad('silent'), [green(5_000)]), {
      ...NONE,
      proven: 1,
      misses: 1,
      falseGreens: 1,
    });
    assert.deepEqual(counted(bad('silent'), [neither(5_000)]), { ...NONE, proven: 1, misses: 1 });
  });

  it('counts red that comes late', () => {
    const shown = [neither(5_000), red(BEGIN_MS + 2 * MINUTE_MS), green(END_MS + 6_000)];
    assert.deepEqual(counted(bad('gone'), shown), { ...NONE, proven: 1, late: 1 });
  });

  it('counts a hung loop from when its status proves it', () => {
    const provenMs = BEGIN_MS + MINUTE_MS;
    const after = green(END_MS + 6_000);
    const inTime = [green(5_000), red(provenMs + 300), after];
    assert.deepEqual(counted(bad('hung', provenMs), inTime), { ...NONE, proven: 1 });
    const early = [green(5_000), red(provenMs - 30_000), after];
    assert.deepEqual(counted(bad('hung', provenMs), early), { ...NONE, proven: 1, falseReds: 1 });
  });

  it('counts neither red nor its absence where the script proves nothing', () => {
    assert.deepEqual(counted(bad('untold'), [green(5_000)]), NONE);
    assert.deepEqual(counted(bad('untold'), [red(BEGIN_MS + 9_000), green(END_MS + 6_000)]), NONE);
  });

  it('counts red of a daemon that is well or rests', () => {
    assert.equal(counted([{ fromMs: 0, is: 'well' }], [red(5 * MINUTE_MS)]).falseReds, 1);
    assert.equal(counted(bad('resting'), [red(BEGIN_MS + 5 * MINUTE_MS), green(END_MS)]).falseReds, 1);
  });

  it('counts red that stays when the daemon is well again', () => {
    assert.equal(counted(bad('silent'), [red(BEGIN_MS + 20_000)]).falseReds, 1);
  });

  it('expects red later of a machine that slept, and none of one that starves', () => {
    const disturbed = { ...DAY, disturbed: [[BEGIN_MS + 1_000, BEGIN_MS + 2_000]] as const };
    assert.deepEqual(counted(bad('silent'), [neither(5_000)], { day: disturbed }), NONE);
    const starved = { ...DAY, starved: [[4 * MINUTE_MS, 6 * MINUTE_MS]] as const };
    const shown = [red(5 * MINUTE_MS), green(7 * MINUTE_MS)];
    assert.deepEqual(counted([{ fromMs: 0, is: 'well' }], shown, { day: starved }), NONE);
  });

  it('counts an incident that is told again within the hour', () => {
    const shown = [red(BEGIN_MS + 20_000), green(END_MS + 6_000)];
    const told = [BEGIN_MS + 20_000, BEGIN_MS + 5 * MINUTE_MS];
    assert.deepEqual(counted(bad('silent'), shown, { told }), { ...NONE, proven: 1, toldTwice: 1 });
  });

  it('counts a minute with more than twelve asks of a daemon that is well', () => {
    const requests = [{ name: 'd', minute: 5, count: 13 }];
    assert.equal(counted(bad('silent'), [], { day: { ...DAY, requests } }).overAsked, 1);
    const inTrouble = [{ name: 'd', minute: 10, count: 13 }];
    assert.equal(counted(bad('silent'), [], { day: { ...DAY, requests: inTrouble } }).overAsked, 0);
  });
});
