import assert from 'node:assert/strict';
import { assessLoop } from '../../../../src/health/staleness';
import type { Loop } from '../../../../src/health/loop';
import type { Signs } from '../../../../src/health/report';
import { prove, type Remembered } from '../../../../src/kinds/generic/proofs';
import type { Found } from '../../../../src/kinds/generic/values';
import type { ProofSetting } from '../../../../src/model/askSetting';
import { FakeTime, MINUTE_MS, reportWith, SECOND_MS } from '../../health/support';

const YEAR_S = 365 * 24 * 60 * 60;

/** Looks at one daemon again and again, by a clock that moves only when told. */
class Looks {
  readonly time = new FakeTime();
  #remembered: Remembered | undefined;

  constructor(private readonly setting: ProofSetting) {}

  /** What one more look shows. */
  look(found: Partial<Found>, afterMs = 5 * SECOND_MS): Loop {
    this.time.advance(afterMs);
    const { wallAt: nowAt, monotonicMs } = this.time;
    const proven = prove(
      this.setting,
      this.#remembered,
      { value: undefined, busy: undefined, ...found },
      {
        nowAt,
        monotonicMs,
      },
    );
    this.#remembered = proven.remembered;
    return this.judge(proven.signs, nowAt);
  }

  judge(progress: Signs, daemonNow: number): Loop {
    return assessLoop(
      reportWith({ progress, daemonNow, pollStaleThresholdMs: this.setting.redAfterMs, malformed: [] }),
    );
  }
}

const setting = (by: ProofSetting['by'], busy?: string): ProofSetting => ({
  by,
  at: 'last',
  ...(busy !== undefined && { busy }),
  redAfterMs: 5 * MINUTE_MS,
});
const said = (loop: Loop) => (loop.kind === 'unknown' ? loop.why.is : loop.kind);
const ago = (ms: number) => (nowAt: number) => nowAt - ms;
const ISO = '2026-03-02T07:59:00Z';
const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

/** What one look shows of one value. @param value made of the daemon's clock */
type Row = readonly [what: string, value: (nowAt: number) => unknown, busy: unknown, shows: string];

function table(by: ProofSetting['by'], rows: readonly Row[], busyAt?: string): void {
  for (const [what, value, busy, shows] of rows) {
    it(`${what}: ${shows}`, () => {
      const looks = new Looks(setting(by, busyAt));
      const nowAt = looks.time.wallAt + 5 * SECOND_MS;
      assert.equal(said(looks.look({ value: value(nowAt), busy })), shows);
    });
  }
}

describe('a proof of progress by a time', () => {
  const iso = (ms: number) => (nowAt: number) => new Date(nowAt - ms).toISOString();
  table('time', [
    ['an ISO time of a minute ago', iso(MINUTE_MS), undefined, 'advancing'],
    [
      'with another zone',
      (nowAt) => new Date(nowAt).toISOString().replace('Z', '+00:00'),
      undefined,
      'advancing',
    ],
    ['an ISO time of six minutes ago', iso(6 * MINUTE_MS), undefined, 'stale'],
    ['milliseconds since 1970', ago(MINUTE_MS), undefined, 'advancing'],
    ['milliseconds of six minutes ago', ago(6 * MINUTE_MS), undefined, 'stale'],
    ['seconds since 1970', (nowAt) => (nowAt - MINUTE_MS) / 1_000, undefined, 'advancing'],
    ['seconds of six minutes ago', (nowAt) => (nowAt - 6 * MINUTE_MS) / 1_000, undefined, 'stale'],
    ['seconds as a text', (nowAt) => ` ${(nowAt - MINUTE_MS) / 1_000}\n`, undefined, 'advancing'],
    ['microseconds since 1970', (nowAt) => (nowAt - MINUTE_MS) * 1e3, undefined, 'advancing'],
    ['microseconds of six minutes ago', (nowAt) => (nowAt - 6 * MINUTE_MS) * 1e3, undefined, 'stale'],
    ['nanoseconds since 1970', (nowAt) => `${nowAt - MINUTE_MS}000000`, undefined, 'advancing'],
    ['nanoseconds of six minutes ago', (nowAt) => (nowAt - 6 * MINUTE_MS) * 1e6, undefined, 'stale'],
    ['a minute without its second, as Java writes one', () => '2026-03-02T08:00Z', undefined, 'advancing'],
    ['a zone without a colon', () => '2026-03-02T10:00:01.5+0200', undefined, 'advancing'],
    ['a blank, as Python and Postgres write it', () => '2026-03-02 08:00:01.25+00', undefined, 'advancing'],
    ['small letters', () => '2026-03-02t08:00:01z', undefined, 'advancing'],
    ['"UTC", and a comma', () => '2026-03-02 07:50:01,5 UTC', undefined, 'stale'],
    [
      'seconds as Prometheus writes them',
      (nowAt) => `${(nowAt / 1_000 / 1e9).toFixed(9)}e+09`,
      undefined,
      'advancing',
    ],
    ['a moment in the future', ago(-MINUTE_MS), undefined, 'signInFuture'],
    ['a moment ahead of a clock in whole seconds', ago(-1_500), undefined, 'advancing'],
    ['0', () => 0, undefined, 'noSuccessYet'],
    ['"0"', () => '0', undefined, 'noSuccessYet'],
    ['null', () => null, undefined, 'noSuccessYet'],
    ['an empty text', () => '', undefined, 'noSuccessYet'],
    ["Go's zero time", () => '0001-01-01T00:00:00Z', undefined, 'noSuccessYet'],
    ['over ten years', ago(11 * YEAR_S * 1_000), undefined, 'noSuccessYet'],
    ['a value that is not there', () => undefined, undefined, 'malformed'],
    ['a time without a zone', () => '2026-03-02T08:00:00', undefined, 'malformed'],
    ['a word', () => 'soon', undefined, 'malformed'],
    ['a negative number', () => -5, undefined, 'malformed'],
    ['true', () => true, undefined, 'malformed'],
    ['an object', () => ({}), undefined, 'malformed'],
    ['a list', () => [1], undefined, 'malformed'],
    ['NaN', () => 'NaN', undefined, 'malformed'],
    ['a day that is none', () => '2026-02-30 08:00Z', undefined, 'malformed'],
    ['lists in lists, deeper than any stack', () => nested(40_000), undefined, 'malformed'],
  ]);

  describe('with a value that tells whether there is something to do', () => {
    table(
      'time',
      [
        ['old while it is busy', ago(6 * MINUTE_MS), true, 'noSignYet'],
        ['old while it is not', ago(6 * MINUTE_MS), false, 'nothingOwed'],
        ['new while it is not', ago(MINUTE_MS), false, 'advancing'],
        ['old, and nothing tells whether it is busy', ago(6 * MINUTE_MS), undefined, 'malformed'],
        ['old, and the value is none', ago(6 * MINUTE_MS), 'perhaps', 'malformed'],
        ['old, with work to do', ago(6 * MINUTE_MS), 3, 'noSignYet'],
        ['old, with no work to do', ago(6 * MINUTE_MS), '0', 'nothingOwed'],
        ['old, and it says "busy"', ago(6 * MINUTE_MS), 'Busy', 'noSignYet'],
        ['old, and it says "idle"', ago(6 * MINUTE_MS), 'idle', 'nothingOwed'],
        ['old, and its list of runs is empty', ago(6 * MINUTE_MS), [], 'nothingOwed'],
      ],
      'busy',
    );
  });
});

describe('a proof of progress, where work comes after a long idle time', () => {
  const HOURS = 8 * 60 * MINUTE_MS;
  /** The last sign is hours old; of a schedule the next run was due then. */
  const oldSign: Readonly<Record<ProofSetting['by'], (looks: Looks, afterMs: number) => unknown>> = {
    time: () => beganAt - HOURS,
    age: (looks, afterMs) => (looks.time.wallAt + afterMs - beganAt + HOURS) / SECOND_MS,
    due: () => beganAt - HOURS,
    counter: () => 7,
    beat: () => 'x',
  };
  let beganAt = 0;
  const step = (looks: Looks, by: ProofSetting['by'], busy: unknown, afterMs = MINUTE_MS) =>
    said(looks.look({ value: oldSign[by](looks, afterMs), busy }, afterMs));
  const begin = (by: ProofSetting['by']) => {
    const looks = new Looks(setting(by, 'busy'));
    beganAt = looks.time.wallAt;
    return looks;
  };

  for (const by of ['time', 'age', 'counter', 'beat'] as const) {
    it(`counts the wait from when work was first seen: ${by}`, () => {
      const looks = begin(by);
      assert.equal(step(looks, by, false), 'nothingOwed');
      assert.equal(step(looks, by, false, 4 * MINUTE_MS), 'nothingOwed');
      assert.equal(step(looks, by, true), 'noSignYet');
      assert.equal(step(looks, by, true, 4 * MINUTE_MS), 'noSignYet');
      assert.equal(step(looks, by, true, 2 * MINUTE_MS), 'stale');
    });

    it(`begins anew with each work: ${by}`, () => {
      const looks = begin(by);
      for (let work = 0; work < 3; work++) {
        assert.equal(step(looks, by, false), 'nothingOwed');
        assert.equal(step(looks, by, true), 'noSignYet');
        assert.equal(step(looks, by, true, 4 * MINUTE_MS), 'noSignYet');
      }
    });

    it(`does not know at the first look since when there is work: ${by}`, () => {
      const looks = begin(by);
      assert.equal(step(looks, by, true), 'noSignYet');
      assert.equal(step(looks, by, true, 4 * MINUTE_MS), 'noSignYet');
      assert.equal(step(looks, by, true, 2 * MINUTE_MS), 'stale');
    });

    it(`does not forget since when over an answer that cannot be read: ${by}`, () => {
      const looks = begin(by);
      assert.equal(step(looks, by, true), 'noSignYet');
      assert.equal(said(looks.look({ value: undefined, busy: true })), 'malformed');
      assert.equal(step(looks, by, undefined, 5 * SECOND_MS), 'malformed');
      assert.equal(step(looks, by, true, 4 * MINUTE_MS), 'noSignYet');
      assert.equal(step(looks, by, true), 'stale');
    });
  }

  it('counts from a sign that is newer than the work', () => {
    const looks = new Looks(setting('time', 'busy'));
    const at = (value: number, afterMs: number) => said(looks.look({ value, busy: true }, afterMs));
    const first = looks.time.wallAt;
    assert.equal(at(first, MINUTE_MS), 'advancing');
    assert.equal(at(first + 4 * MINUTE_MS, 4 * MINUTE_MS), 'advancing');
    assert.equal(at(first + 4 * MINUTE_MS, 3 * MINUTE_MS), 'advancing');
    assert.equal(at(first + 4 * MINUTE_MS, 2 * MINUTE_MS), 'stale');
  });

  it('is by a schedule overdue from when the run before it was seen to end, and at once where none was seen', () => {
    const looks = begin('due');
    assert.equal(step(looks, 'due', true), 'nothingOwed');
    assert.equal(step(looks, 'due', null), 'noSignYet');
    assert.equal(step(looks, 'due', null, 4 * MINUTE_MS), 'noSignYet');
    assert.equal(step(looks, 'due', null, 2 * MINUTE_MS), 'stale');
    assert.equal(step(begin('due'), 'due', null), 'stale');
  });

  it('is not late at once after a sleep in which nobody looked', () => {
    const looks = begin('time');
    assert.equal(step(looks, 'time', true), 'noSignYet');
    looks.time.sleep(HOURS);
    assert.equal(step(looks, 'time', true), 'noSignYet');
    assert.equal(step(looks, 'time', true, 11 * MINUTE_MS), 'noSignYet');
  });

  for (const by of ['time', 'age', 'counter', 'beat'] as const) {
    it(`is late at the next look where looks are as far apart as that takes: ${by}`, () => {
      const looks = begin(by);
      assert.equal(step(looks, by, true), 'noSignYet');
      // A look comes a moment after the one that it is planned for.
      assert.equal(step(looks, by, true, 5 * MINUTE_MS + 50), 'stale');
    });

    it(`is late in time where it is asked for so seldom: ${by}`, () => {
      const looks = new Looks({
        ...setting(by, 'busy'),
        from: { kind: 'command', argv: ['x'], everyMs: 60 * MINUTE_MS },
      });
      beganAt = looks.time.wallAt;
      assert.equal(step(looks, by, true), 'noSignYet');
      assert.equal(step(looks, by, true, 60 * MINUTE_MS), 'stale');
    });
  }
});

describe('a proof of progress, while all work waits for a person', () => {
  const old = ago(6 * MINUTE_MS);
  for (const [by, value] of [
    ['time', old],
    ['age', () => 360],
    ['due', old],
    ['counter', () => 3],
    ['beat', () => 'x'],
  ] as const) {
    it(`owes nothing by ${by}`, () => {
      const looks = new Looks(setting(by));
      const found = () => ({ value: value(looks.time.wallAt + MINUTE_MS), waits: true });
      looks.look(found(), MINUTE_MS);
      for (let minute = 0; minute < 8; minute++) looks.look(found(), MINUTE_MS);
      assert.notEqual(said(looks.look(found(), MINUTE_MS)), 'stale');
    });

    it(`owes from then on when a person has answered, by ${by}`, () => {
      const looks = new Looks(setting(by));
      const signAt = looks.time.wallAt;
      const look = (waits: boolean, afterMs: number) => {
        const ageS = (looks.time.wallAt + afterMs - signAt) / SECOND_MS;
        const now = { time: signAt, age: ageS, due: signAt, counter: 3, beat: 'x' }[by];
        return said(looks.look({ value: now, waits }, afterMs));
      };
      for (let minute = 0; minute < 9; minute++) assert.notEqual(look(true, MINUTE_MS), 'stale');
      assert.equal(look(false, MINUTE_MS), 'noSignYet');
      assert.equal(look(false, 4 * MINUTE_MS), 'noSignYet');
      assert.equal(look(false, 2 * MINUTE_MS), 'stale');
    });
  }
});

describe('a proof of progress by an age in seconds', () => {
  table(
    'age',
    [
      ['small', () => 12.5, true, 'advancing'],
      ['small, as a text', () => '12.5', true, 'advancing'],
      ['large while it is busy', () => 301, true, 'noSignYet'],
      ['large while it is not', () => 301, false, 'nothingOwed'],
      ['at the threshold', () => 300, true, 'advancing'],
      ['over ten years, as of a last success at 0', (nowAt) => nowAt / 1_000, true, 'noSuccessYet'],
      ['null', () => null, true, 'noSuccessYet'],
      ['a moment ahead of the clock that it is counted by', () => -0.4, true, 'advancing'],
      ['negative', () => -1, true, 'malformed'],
      ['a word', () => 'old', true, 'malformed'],
      ['not there', () => undefined, true, 'malformed'],
    ],
    'busy',
  );
  table('age', [['large, where nothing is said of work', () => 301, undefined, 'stale']]);
});

describe('a proof of progress by when the next run is due', () => {
  table(
    'due',
    [
      ['ahead', ago(-60 * MINUTE_MS), undefined, 'advancing'],
      ['past by less than the grace', ago(4 * MINUTE_MS), undefined, 'advancing'],
      ['past by more', ago(6 * MINUTE_MS), undefined, 'stale'],
      ['past by more, with the guard not set', ago(6 * MINUTE_MS), null, 'stale'],
      ['past by more, while a run is under way', ago(6 * MINUTE_MS), 1_772_000_000_000, 'nothingOwed'],
      ['ahead, while a run is under way', ago(-MINUTE_MS), 1_772_000_000_000, 'advancing'],
      ['past by more, while a run is under way since an ISO time', ago(6 * MINUTE_MS), ISO, 'nothingOwed'],
      ["past by more, with Go's zero time for none", ago(6 * MINUTE_MS), '0001-01-01T00:00:00Z', 'stale'],
      ['past by more, in microseconds', (nowAt) => (nowAt - 6 * MINUTE_MS) * 1e3, undefined, 'stale'],
      ['the last day of all, for never', () => '9999-12-31T23:59:59Z', undefined, 'nothingOwed'],
      ['the largest number, for never', () => Number.MAX_SAFE_INTEGER, undefined, 'nothingOwed'],
      ['over a year ahead', ago(-YEAR_S * 1_000 - 48 * 60 * MINUTE_MS), undefined, 'nothingOwed'],
      ['null, as nothing is scheduled', () => null, undefined, 'nothingOwed'],
      ['not there', () => undefined, undefined, 'malformed'],
      ['a word', () => 'tomorrow', undefined, 'malformed'],
    ],
    'running',
  );
});

describe('a proof of progress by a counter', () => {
  const counter = () => new Looks(setting('counter', 'busy'));
  const steps = (
    looks: Looks,
    rows: readonly (readonly [value: unknown, busy: unknown, afterMs: number, shows: string])[],
  ) =>
    rows.forEach(([value, busy, afterMs, shows], index) => {
      assert.equal(said(looks.look({ value, busy }, afterMs)), shows, `look ${index}`);
    });
  const { MIN, S } = { MIN: MINUTE_MS, S: SECOND_MS };

  it('is well once the counter was seen to move, and red where it stands still under work', () => {
    steps(counter(), [
      [7, 3, 5 * S, 'noSignYet'],
      [8, 3, 5 * S, 'advancing'],
      [8, 3, 4 * MIN, 'advancing'],
      [8, 3, 2 * MIN, 'stale'],
      [9, 3, 5 * S, 'advancing'],
    ]);
  });

  it('is red where it never moved under work for longer than the threshold', () => {
    steps(counter(), [
      [0, 1, 5 * S, 'noSignYet'],
      [0, 1, 4 * MIN, 'noSignYet'],
      [0, 1, 61 * S, 'stale'],
    ]);
  });

  it('is never red without work, however long that lasts', () => {
    steps(counter(), [
      [0, 0, 5 * S, 'nothingOwed'],
      [0, 0, 4 * MIN, 'nothingOwed'],
      [0, 0, 4 * MIN, 'nothingOwed'],
    ]);
  });

  it('counts the wait from the moment that there is work', () => {
    steps(counter(), [
      [0, 0, 5 * S, 'nothingOwed'],
      [0, 0, 4 * MIN, 'nothingOwed'],
      [0, 1, 4 * MIN, 'noSignYet'],
      [0, 1, 4 * MIN, 'noSignYet'],
      [0, 0, 5 * S, 'nothingOwed'],
      [0, 1, 4 * MIN, 'noSignYet'],
      [0, 1, 4 * MIN, 'noSignYet'],
    ]);
  });

  it('begins anew after a gap in which nobody looked', () => {
    steps(counter(), [
      [7, 1, 5 * S, 'noSignYet'],
      [7, 1, 11 * MIN, 'noSignYet'],
      [7, 1, 4 * MIN, 'noSignYet'],
      [7, 1, 2 * MIN, 'stale'],
    ]);
  });

  it('takes a counter that fell for that of a new life, and not for a sign', () => {
    steps(counter(), [
      [700, 1, 5 * S, 'noSignYet'],
      [701, 1, 5 * S, 'advancing'],
      [0, 1, 5 * S, 'noSignYet'],
      [1, 1, 5 * S, 'advancing'],
    ]);
  });

  it('does not forget over an answer that cannot be read', () => {
    steps(counter(), [
      [7, 1, 5 * S, 'noSignYet'],
      [undefined, 1, 5 * S, 'malformed'],
      ['many', 1, 5 * S, 'malformed'],
      [7, undefined, 5 * S, 'malformed'],
      [7, 1, 4 * MIN, 'noSignYet'],
      [7, 1, 61 * S, 'stale'],
    ]);
  });
});

describe('a proof of progress by a counter that is larger than a number is exact', () => {
  /** What the looks show of a counter that has these values one after the other, two minutes apart. */
  const shown = (values: readonly unknown[]) => {
    const looks = new Looks(setting('counter'));
    return values.map((value) => said(looks.look({ value }, 2 * MINUTE_MS))).at(-1);
  };
  const from = 2n ** 60n;
  const each = (value: (n: bigint) => unknown) => [0n, 1n, 2n, 3n, 4n].map((n) => value(from + n));

  it('counts by its digits, where they are a text', () => {
    assert.equal(shown(each(String)), 'advancing');
    assert.equal(shown(each(() => String(from))), 'stale');
    assert.equal(shown(['007', '7', '+7', '7.0', '7']), 'stale');
  });

  it('is not known to stand, where they are none', () => {
    assert.equal(shown(each(Number)), 'malformed');
    assert.equal(shown(each(() => Number(from))), 'malformed');
    assert.equal(shown(each((n) => Number(n) * Number(n - from + 1n))), 'advancing');
  });
});

describe('a proof of progress by a beat', () => {
  const looks = () => new Looks(setting('beat'));

  it('is well where only the end of a long text changes', () => {
    const beat = looks();
    const values = [1, 2, 3, 4].map((n) => 'x'.repeat(5_000) + n);
    assert.equal(values.map((value) => said(beat.look({ value }, 2 * MINUTE_MS))).at(-1), 'advancing');
  });

  it('is well once the beat was seen to change, and red where it does not', () => {
    const beat = looks();
    assert.equal(said(beat.look({ value: 'a' })), 'noSignYet');
    assert.equal(said(beat.look({ value: 'b' })), 'advancing');
    assert.equal(said(beat.look({ value: 'b' }, 4 * MINUTE_MS)), 'advancing');
    assert.equal(said(beat.look({ value: 'b' }, 2 * MINUTE_MS)), 'stale');
    assert.equal(said(beat.look({ value: 3 })), 'advancing');
  });

  it('may be a number of any clock, and may fall', () => {
    const beat = looks();
    beat.look({ value: 987_654_321 });
    assert.equal(said(beat.look({ value: 12 })), 'advancing');
  });

  it('is not known where it is missing or no single value', () => {
    for (const value of [undefined, null, {}, [1, 2]]) {
      assert.equal(said(looks().look({ value })), 'malformed', JSON.stringify(value));
    }
  });
});

describe('what is not known of a proof', () => {
  it('names the field and shows what stands there, bounded', () => {
    const looks = new Looks(setting('time'));
    const loop = looks.look({ value: 'x'.repeat(10_000) });
    assert.equal(loop.kind, 'unknown');
    const why = loop.kind === 'unknown' && loop.why.is === 'malformed' ? loop.why.malformed[0] : undefined;
    assert.equal(why?.field, 'last');
    assert.ok(why?.is === 'noMoment' && why.received.length <= 40);
  });

  const values: readonly (readonly [value: unknown, received: string])[] = [
    [Infinity, 'Infinity'],
    [NaN, 'NaN'],
    [{ a: { b: 1 } }, '{…}'],
    [nested(40_000), '[…]'],
    ['\u202ex', '" x"'],
  ];
  for (const [value, received] of values) {
    it(`shows ${received} as what stands there`, () => {
      const loop = new Looks(setting('counter')).look({ value });
      const why = loop.kind === 'unknown' && loop.why.is === 'malformed' ? loop.why.malformed[0] : undefined;
      assert.deepEqual(why, { field: 'last', is: 'wrong', expected: 'number', received });
    });
  }
});
