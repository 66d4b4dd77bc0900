import assert from 'node:assert/strict';
import type { Fault, Life, Truth } from '../../record/faults';
import { judge, type Circumstances, type Counts, type Shown, type Verdict } from '../../record/oracle';

const MINUTE_MS = 60_000;
const BEGIN_MS = 10 * MINUTE_MS;
const END_MS = 20 * MINUTE_MS;
const DAY: Circumstances = {
  focused: [[0, 60 * MINUTE_MS]],
  disturbed: [],
  openedMs: 0,
  silencedMs: Infinity,
  tellsAll: true,
  item: [],
  requests: [],
  endMs: 60 * MINUTE_MS,
};
const FAULTS: Readonly<Record<Truth['is'], Fault>> = {
  well: 'none',
  hung: 'hung loop',
  silent: 'frozen process',
  gone: 'dead process',
  failing: '5xx',
  troubled: 'stuck queue',
  resting: 'stopped loop',
  untold: 'hung loop, nothing tells',
};

const truth = (is: Truth['is'], fromMs: number, provenMs = fromMs): Truth => ({
  fromMs,
  is,
  fault: FAULTS[is],
  provenMs,
});

/** It is so for ten minutes, and well before and after. */
function bad(is: Truth['is'], provenMs = BEGIN_MS): readonly Truth[] {
  return [truth('well', 0), truth(is, BEGIN_MS, provenMs), truth('well', END_MS)];
}

const green = (atMs: number): Shown => ({ atMs, colour: 'plain', isGreen: true });
const red = (atMs: number): Shown => ({ atMs, colour: 'red', isGreen: false });
const amber = (atMs: number): Shown => ({ atMs, colour: 'amber', isGreen: false });
const neither = (atMs: number): Shown => ({ atMs, colour: 'plain', isGreen: false });

interface Besides {
  readonly day?: Circumstances;
  readonly told?: readonly number[];
  readonly lives?: readonly Life[];
  readonly toldLives?: readonly number[];
}

function judged(truths: readonly Truth[], shown: readonly Shown[], besides: Besides): Counts {
  const { day = DAY, told = [], lives = [], toldLives = [] } = besides;
  const texts = (moments: readonly number[]) => moments.map((atMs) => ({ atMs, text: 'so it is' }));
  const watched = {
    name: 'd',
    namesLives: true,
    pollMs: 5_000,
    truths,
    lives,
    shown,
    told: texts(told),
    toldLives: texts(toldLives),
  };
  return judge([watched], day).counts;
}

/** The counts of all faults together. */
function counted(
  truths: readonly Truth[],
  shown: readonly Shown[],
  besides: Besides = {},
): Partial<Record<Verdict, number>> {
  const sums: Partial<Record<Verdict, number>> = {};
  for (const row of Object.values(judged(truths, shown, besides)))
    for (const [name, count] of Object.entries(row) as [Verdict, number][])
      sums[name] = (sums[name] ?? 0) + count;
  return sums;
}

describe('the oracle of the simulator', () => {
  const told = [BEGIN_MS + 20_000];

  it('is content with red that comes in time, is told, and goes in time', () => {
    const shown = [green(5_000), red(BEGIN_MS + 20_000), green(END_MS + 6_000)];
    assert.deepEqual(counted(bad('silent'), shown, { told }), { proven: 1 });
  });

  it('counts by the kind of fault', () => {
    const counts = judged(bad('failing'), [neither(5_000)], {});
    assert.deepEqual(counts, { '5xx': { proven: 1, misses: 1 } });
  });

  it('counts red that never comes, and the green that is there instead', () => {
    assert.deepEqual(counted(bad('silent'), [green(5_000)]), { proven: 1, misses: 1, falseGreens: 1 });
    assert.deepEqual(counted(bad('silent'), [neither(5_000)]), { proven: 1, misses: 1 });
  });

  it('counts red that comes late', () => {
    const shown = [green(5_000), red(BEGIN_MS + 2 * MINUTE_MS), green(END_MS + 6_000)];
    const toldLate = [BEGIN_MS + 2 * MINUTE_MS];
    const counts = counted(bad('gone'), shown, { told: toldLate });
    assert.deepEqual(counts, { proven: 1, late: 1, falseGreens: 1 });
  });

  it('counts a frozen daemon as late from the 25th second on, where it is polled every 5 s', () => {
    const shown = (ms: number) => [neither(5_000), red(BEGIN_MS + ms), green(END_MS + 6_000)];
    assert.deepEqual(counted(bad('silent'), shown(24_000), { told }), { proven: 1 });
    assert.deepEqual(counted(bad('silent'), shown(25_000), { told }), { proven: 1, late: 1 });
  });

  it('counts red that stays while the daemon is back and a window looks', () => {
    const shown = (ms: number) => [green(5_000), red(BEGIN_MS + 12_000), green(END_MS + ms)];
    assert.deepEqual(counted(bad('gone'), shown(6_000), { told }), { proven: 1 });
    assert.deepEqual(counted(bad('gone'), shown(20_000), { told }), { proven: 1, late: 1 });
  });

  it('counts a hung loop from when its status proves it', () => {
    const provenMs = BEGIN_MS + MINUTE_MS;
    const after = green(END_MS + 6_000);
    const toldThen = [provenMs + 400];
    const inTime = [green(5_000), red(provenMs + 300), after];
    assert.deepEqual(counted(bad('hung', provenMs), inTime, { told: toldThen }), { proven: 1 });
    const early = [green(5_000), red(provenMs - 30_000), after];
    assert.deepEqual(counted(bad('hung', provenMs), early, { told: toldThen }), { proven: 1, falseReds: 1 });
  });

  it('counts red before failures can have spanned ten seconds', () => {
    const shown = [green(5_000), red(BEGIN_MS + 3_000), green(END_MS + 6_000)];
    assert.deepEqual(counted(bad('gone'), shown, { told }), { proven: 1, falseReds: 1 });
  });

  it('counts no red where the script proves nothing, and green all the same', () => {
    assert.deepEqual(counted(bad('untold'), [green(5_000), neither(BEGIN_MS + 5_000)]), { proven: 1 });
    assert.deepEqual(counted(bad('untold'), [red(BEGIN_MS + 9_000), green(END_MS + 6_000)]), { proven: 1 });
    assert.deepEqual(counted(bad('untold'), [green(5_000)]), { proven: 1, falseGreens: 1 });
  });

  it('counts amber that never comes or stays', () => {
    const came = [green(5_000), amber(BEGIN_MS + 5_000), green(END_MS + 6_000)];
    assert.deepEqual(counted(bad('troubled'), came), { proven: 1 });
    assert.deepEqual(counted(bad('troubled'), [neither(5_000)]), { proven: 1, misses: 1 });
    assert.equal(counted(bad('troubled'), came.slice(0, 2)).falseAmbers, 1);
  });

  it('counts red of a daemon that is well or rests', () => {
    assert.equal(counted([truth('well', 0)], [red(5 * MINUTE_MS)]).falseReds, 1);
    assert.equal(counted(bad('resting'), [red(BEGIN_MS + 5 * MINUTE_MS), green(END_MS)]).falseReds, 1);
  });

  it('counts red that stays when the daemon is well again', () => {
    assert.equal(counted(bad('silent'), [red(BEGIN_MS + 20_000)]).falseReds, 1);
  });

  it('expects red later of a machine that slept, and none of one that starves', () => {
    const slept = { fromMs: BEGIN_MS + 1_000, toMs: BEGIN_MS + 2_000, by: 'sleep' } as const;
    const day = { ...DAY, disturbed: [slept] };
    const shown = (ms: number) => [neither(5_000), red(BEGIN_MS + ms), green(END_MS + 6_000)];
    const toldLater = [BEGIN_MS + 2 * MINUTE_MS];
    assert.deepEqual(counted(bad('silent'), shown(100_000), { day, told: toldLater }), { proven: 1 });
    assert.equal(counted(bad('silent'), [neither(5_000)], { day }).misses, 1);
    const starves = { fromMs: 4 * MINUTE_MS, toMs: 6 * MINUTE_MS, by: 'starved machine' } as const;
    const starved = { ...DAY, disturbed: [starves] };
    assert.deepEqual(
      counted([truth('well', 0)], [red(5 * MINUTE_MS), green(7 * MINUTE_MS)], { day: starved }),
      {},
    );
  });

  it('counts no red of a machine that starves, and sleeps meanwhile', () => {
    const at = { fromMs: 4 * MINUTE_MS, toMs: 6 * MINUTE_MS };
    const day = { ...DAY, disturbed: (['sleep', 'starved machine'] as const).map((by) => ({ ...at, by })) };
    assert.deepEqual(counted([truth('well', 0)], [red(5 * MINUTE_MS), green(7 * MINUTE_MS)], { day }), {});
  });

  it('expects amber a minute later of a daemon that is being restarted', () => {
    const lives = [{ fromMs: BEGIN_MS, by: 'a window', lost: 0, forgets: false }] as const;
    const shown = [neither(5_000), amber(BEGIN_MS + 61_000), green(END_MS + 6_000)];
    assert.deepEqual(counted(bad('troubled'), shown, { lives }), { proven: 1 });
    assert.deepEqual(counted(bad('troubled'), shown), { proven: 1, late: 1 });
  });

  it('counts no two incidents within what is amber as one', () => {
    const truths = [
      ...bad('troubled').slice(0, 2),
      truth('silent', END_MS),
      truth('well', END_MS + MINUTE_MS),
    ];
    const shown = [amber(BEGIN_MS + 5_000), red(END_MS + 20_000), green(END_MS + MINUTE_MS + 5_000)];
    const twice = [BEGIN_MS + MINUTE_MS, END_MS + 20_000];
    assert.equal(counted(truths, shown, { told: twice }).toldTwice, undefined);
  });

  it('counts no wedge that only times tell of, where the clock was set back', () => {
    const hung = {
      ...truth('hung', BEGIN_MS, BEGIN_MS + MINUTE_MS),
      fault: 'hung loop, only its times tell',
    } as const;
    const truths = [truth('well', 0), hung, truth('well', END_MS)];
    const at = { fromMs: BEGIN_MS + 30_000, toMs: BEGIN_MS + 40_000 };
    const day = (by: 'clock set' | 'clock set back') => ({ ...DAY, disturbed: [{ ...at, by }] });
    assert.deepEqual(counted(truths, [neither(5_000)], { day: day('clock set back') }), {});
    assert.equal(counted(truths, [neither(5_000)], { day: day('clock set') }).misses, 1);
  });

  it('counts an incident that is told again within the hour', () => {
    const shown = [green(5_000), red(BEGIN_MS + 20_000), green(END_MS + 6_000)];
    const twice = [...told, BEGIN_MS + 5 * MINUTE_MS];
    assert.deepEqual(counted(bad('silent'), shown, { told: twice }), { proven: 1, toldTwice: 1 });
  });

  it('counts a red incident that nothing tells, unless the user holds notifications back', () => {
    const shown = [green(5_000), red(BEGIN_MS + 20_000), green(END_MS + 6_000)];
    assert.deepEqual(counted(bad('silent'), shown), { proven: 1, untold: 1 });
    const day = { ...DAY, silencedMs: 5 * MINUTE_MS };
    assert.deepEqual(counted(bad('silent'), shown, { day }), { proven: 1 });
  });

  it('counts a second incident that nothing tells, a minute after the first', () => {
    const again = [END_MS + 70_000, END_MS + 3 * MINUTE_MS] as const;
    const truths = [...bad('gone'), truth('gone', again[0]), truth('well', again[1])];
    const first = [green(5_000), red(BEGIN_MS + 12_000), green(END_MS + 5_000)];
    const shown = [...first, red(again[0] + 12_000), green(again[1] + 5_000)];
    assert.deepEqual(counted(truths, shown, { told }), { proven: 2, untold: 1 });
    const both = [...told, again[0] + 12_000];
    assert.deepEqual(counted(truths, shown, { told: both }), { proven: 2 });
  });

  it('counts what a window tells as it opens, before it has lasted', () => {
    const day = { ...DAY, openedMs: BEGIN_MS + 90_000 };
    const shown = [red(day.openedMs + 100), green(END_MS + 6_000)];
    const told = (ms: number) => [day.openedMs + ms];
    assert.equal(counted(bad('hung'), shown, { day, told: told(200) }).toldSoon, 1);
    assert.equal(counted(bad('hung'), shown, { day, told: told(31_000) }).toldSoon, undefined);
  });

  it('counts a new life that nothing tells, or that is told twice', () => {
    const lives = [0, END_MS].map(
      (fromMs) => ({ fromMs, by: 'the script', lost: 0, forgets: false }) as const,
    );
    const shown = [green(5_000), red(BEGIN_MS + 12_000), green(END_MS + 5_000)];
    const lifeTold = (...moments: number[]) =>
      counted(bad('gone'), shown, { told, lives, toldLives: moments });
    assert.deepEqual(lifeTold(END_MS + 9_000), { proven: 2 });
    assert.deepEqual(lifeTold(), { proven: 2, untold: 1 });
    assert.deepEqual(lifeTold(END_MS + 9_000, END_MS + 20_000), { proven: 2, toldTwice: 1 });
  });

  it('counts a minute with more than twelve asks of a daemon that is well', () => {
    const requests = [{ name: 'd', minute: 5, count: 13 }];
    assert.equal(counted(bad('silent'), [], { day: { ...DAY, requests } }).overAsked, 1);
    const inTrouble = [{ name: 'd', minute: 10, count: 13 }];
    assert.equal(counted(bad('silent'), [], { day: { ...DAY, requests: inTrouble } }).overAsked, undefined);
  });
});
