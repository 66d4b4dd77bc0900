import assert from 'node:assert/strict';
import {
  appendState,
  fromStored,
  longestGapMs,
  summarise,
  toSegments,
  toStored,
  type History,
  type Span,
} from '../../../src/health/history';
import { historyText } from '../../../src/words/historyText';
import { HISTORY_MAX_SPANS } from '../../../src/health/policy';
import { SEVERITY, type DaemonState } from '../../../src/health/states';
import { FakeTime, HOUR_MS, MINUTE_MS, SECOND_MS } from './support';

const POLL_MS = 5_000;
const MAX_GAP_MS = longestGapMs(POLL_MS);
/** On the local clock, since "today" is. */
const NOON = new Date(2026, 2, 2, 12, 0, 0).getTime();

/** One daemon watched poll by poll. */
class Watched {
  readonly time = new FakeTime();
  history: History | undefined;

  constructor(wallAt = NOON) {
    this.time.wallAt = wallAt;
  }

  look(state: DaemonState): this {
    this.history = appendState(this.history, state, this.time.now(), MAX_GAP_MS);
    return this;
  }

  /** Looks every 5 s for so long. */
  stay(state: DaemonState, forMs: number): this {
    this.look(state);
    for (let passedMs = 0; passedMs < forMs; passedMs += POLL_MS) {
      this.time.advance(POLL_MS);
      this.look(state);
    }
    return this;
  }

  /** The window is closed for so long; only what was stored is left. */
  reload(closedMs: number): this {
    const stored: unknown = JSON.parse(JSON.stringify(toStored(this.history!)));
    this.time.advance(closedMs);
    this.history = fromStored(stored, this.time.wallAt);
    return this;
  }

  get summary(): string {
    return historyText(this.history!.summary);
  }

  /** The strip as runs: "healthy×2 notWatched×46"; a partly watched bucket has a "~". */
  get strip(): string {
    const runs: { what: string; count: number }[] = [];
    for (const { state, isPartial } of this.history!.segments) {
      const what = `${isPartial ? '~' : ''}${state}`;
      if (runs.at(-1)?.what === what) runs.at(-1)!.count++;
      else runs.push({ what, count: 1 });
    }
    return runs.map(({ what, count }) => `${what}×${count}`).join(' ');
  }
}

/** Spans of so many minutes, one after the other, the last one ending at noon; `null` is a gap. */
function spansOf(...parts: readonly (readonly [DaemonState | null, number])[]): Span[] {
  const totalMs = parts.reduce((sum, [, minutes]) => sum + minutes * MINUTE_MS, 0);
  let at = NOON - totalMs;
  return parts.flatMap(([state, minutes]) => {
    const fromAt = at;
    at += minutes * MINUTE_MS;
    return state === null ? [] : [{ state, fromAt, toAt: at }];
  });
}

describe('the history of a daemon', () => {
  describe('in words', () => {
    const cases: readonly [string, readonly (readonly [DaemonState | null, number])[], string][] = [
      ['nothing bad all day', [['healthy', 25 * 60]], 'no problems'],
      ['nothing bad while watched', [['healthy', 3 * 60 + 50]], 'no problems · 3 h 30 min watched'],
      [
        'a gap is not healthy',
        [
          ['healthy', 60],
          [null, 20 * 60],
          ['healthy', 70],
        ],
        'no problems · 2 h watched',
      ],
      ['a first look', [['healthy', 0]], 'no problems · watched under 30 min'],
      [
        'never seen working',
        [
          ['unverified', 1],
          ['offline', 20 * 60],
        ],
        'only seen unverified, offline',
      ],
      ['unverified is not without problems', [['unverified', 25 * 60]], 'only seen unverified'],
      [
        'stopped is not without problems',
        [
          ['healthy', 60],
          ['stopped', 24 * 60],
        ],
        'only seen stopped',
      ],
      [
        'stopped most of the day',
        [
          ['healthy', 120],
          ['stopped', 1_200],
        ],
        'no problems · 2 h watched',
      ],
      [
        'one',
        [
          ['healthy', 60],
          ['wedged', 7],
          ['healthy', 60],
        ],
        'wedged once today · 7 min',
      ],
      [
        'two',
        [
          ['healthy', 60],
          ['wedged', 3],
          ['healthy', 60],
          ['wedged', 4],
          ['healthy', 1],
        ],
        'wedged twice today · 7 min in all',
      ],
      [
        'three',
        [
          ['wedged', 1],
          ['healthy', 1],
          ['wedged', 1],
          ['healthy', 1],
          ['wedged', 61],
        ],
        'wedged 3 times today · 1 h 3 min in all',
      ],
      [
        'minutes are whole',
        [
          ['wedged', 1.99],
          ['healthy', 1],
        ],
        'wedged once today · 1 min',
      ],
      [
        'seconds',
        [
          ['wedged', 0.98],
          ['healthy', 1],
        ],
        'wedged once today · under 1 min',
      ],
      [
        'several kinds',
        [
          ['wedged', 2],
          ['healthy', 60],
          ['unreachable', 3],
          ['healthy', 60],
          ['wedged', 2],
        ],
        'wedged twice, unreachable once today · 7 min in all',
      ],
      ['words for a state', [['wrongAnswer', 5]], 'wrong answer once today · 5 min'],
      ['since yesterday', [['wedged', 13 * 60]], 'wedged once in the last 24 h · 13 h'],
      [
        'a natural wedge clears for seconds and returns',
        [
          ['wedged', 3],
          ['healthy', 0.2],
          ['wedged', 3],
          ['unverified', 2],
          ['wedged', 1],
        ],
        'wedged once today · 7 min',
      ],
      [
        'one over a reload',
        [
          ['wedged', 3],
          [null, 60],
          ['wedged', 4],
        ],
        'wedged once today · 7 min',
      ],
      [
        'a restart in between makes two',
        [
          ['wedged', 3],
          ['restarting', 0.1],
          ['healthy', 0.1],
          ['wedged', 4],
        ],
        'wedged twice today · 7 min in all',
      ],
      [
        'what is older than a day does not count',
        [
          ['wedged', 30],
          ['healthy', 24 * 60],
          ['wedged', 2],
        ],
        'wedged once today · 2 min',
      ],
      [
        'of a long problem only the last day counts',
        [['wedged', 30 * 60]],
        'wedged once in the last 24 h · 23 h 30 min',
      ],
    ];
    for (const [what, parts, expected] of cases) {
      it(`${what}: ${expected}`, () => assert.equal(historyText(summarise(spansOf(...parts))), expected));
    }
  });

  describe('in buckets of 30 min', () => {
    it('shows 24 h, the newest last, and nothing before it was watched', () => {
      const { strip } = new Watched().stay('healthy', HOUR_MS - MINUTE_MS);
      assert.equal(strip, 'notWatched×46 healthy×2');
    });

    const worst: readonly [readonly (readonly [DaemonState, number])[], DaemonState][] = [
      [
        [
          ['healthy', 29],
          ['wedged', 1],
        ],
        'wedged',
      ],
      [
        [
          ['stuck', 29],
          ['wedged', 1],
        ],
        'wedged',
      ],
      [
        [
          ['stuck', 1],
          ['offline', 29],
        ],
        'stuck',
      ],
      [
        [
          ['wedged', 20],
          ['unreachable', 10],
        ],
        'unreachable',
      ],
      [
        [
          ['starting', 1],
          ['healthy', 29],
        ],
        'healthy',
      ],
      [
        [
          ['unverified', 20],
          ['healthy', 10],
        ],
        'unverified',
      ],
    ];
    for (const [parts, expected] of worst) {
      it(`${parts.map(([state, minutes]) => `${minutes} min ${state}`).join(', ')} is ${expected}`, () => {
        assert.equal(toSegments(spansOf(...parts)).at(-2)?.state, expected);
      });
    }

    it('stays the same from poll to poll, and the same object', () => {
      const watched = new Watched().stay('healthy', MINUTE_MS);
      const { segments, summary } = watched.history!;
      watched.stay('healthy', 25 * MINUTE_MS);
      assert.equal(watched.history!.segments, segments);
      assert.deepEqual(watched.history!.summary, summary);
    });

    it('moves on by one when a bucket is over', () => {
      const watched = new Watched(NOON).stay('healthy', 29 * MINUTE_MS);
      const before = watched.history!.segments;
      watched.stay('healthy', MINUTE_MS);
      assert.equal(watched.history!.segments.at(-1)!.fromAt, before.at(-1)!.fromAt + 30 * MINUTE_MS);
    });

    it('has no hole in the moment a bucket begins', () => {
      const watched = new Watched(NOON).stay('healthy', 30 * MINUTE_MS);
      assert.equal(watched.time.wallAt, NOON + 30 * MINUTE_MS);
      assert.equal(watched.strip, 'notWatched×46 healthy×2');
    });

    it('shows a new state at once', () => {
      const watched = new Watched().stay('healthy', MINUTE_MS);
      watched.time.advance(POLL_MS);
      assert.equal(watched.look('wedged').history!.segments.at(-1)!.state, 'wedged');
      assert.equal(watched.summary, 'wedged once today · under 1 min');
    });

    it('an hour of sleep is not watched, whether or not the monotonic clock stands', () => {
      for (const monotonicStands of [true, false]) {
        const watched = new Watched().stay('healthy', HOUR_MS);
        watched.time.sleep(2 * HOUR_MS, { monotonicStands });
        watched.stay('healthy', 29 * MINUTE_MS);
        assert.equal(
          watched.strip,
          'notWatched×41 healthy×2 notWatched×4 healthy×1',
          String(monotonicStands),
        );
        assert.equal(watched.summary, 'no problems · 1 h watched');
      }
    });

    it('ten seconds of sleep between two polls are not watched either', () => {
      const watched = new Watched().stay('healthy', MINUTE_MS);
      watched.time.sleep(10 * SECOND_MS);
      assert.equal(watched.look('healthy').history!.spans.length, 2);
    });

    it('a bucket that was watched in part says so', () => {
      const watched = new Watched().stay('healthy', 10 * MINUTE_MS).reload(10 * MINUTE_MS);
      watched.stay('healthy', 10 * MINUTE_MS - POLL_MS);
      assert.equal(watched.strip, 'notWatched×47 ~healthy×1');
    });

    it('the seconds of a reload are not worth a word', () => {
      const watched = new Watched().stay('healthy', 10 * MINUTE_MS).reload(10 * SECOND_MS);
      watched.stay('healthy', 10 * MINUTE_MS);
      assert.equal(watched.strip, 'notWatched×47 healthy×1');
    });

    it('a red daemon that slept is not counted red for the night', () => {
      const watched = new Watched().stay('wedged', 5 * MINUTE_MS);
      watched.time.sleep(8 * HOUR_MS);
      assert.equal(watched.stay('wedged', 2 * MINUTE_MS).summary, 'wedged once today · 7 min');
    });
  });

  describe('and clocks', () => {
    it('a wall clock set back moves what is known with it', () => {
      const watched = new Watched().stay('healthy', HOUR_MS).stay('wedged', 10 * MINUTE_MS);
      watched.time.jumpWall(-5 * HOUR_MS);
      assert.equal(watched.stay('wedged', 10 * MINUTE_MS).summary, 'wedged once today · 20 min');
      assert.equal(watched.strip, 'notWatched×45 healthy×2 wedged×1');
    });

    it('a wall clock that ran ahead leaves a gap, not hours of trouble', () => {
      const watched = new Watched().stay('wedged', 10 * MINUTE_MS);
      watched.time.jumpWall(5 * HOUR_MS);
      assert.equal(watched.stay('wedged', 10 * MINUTE_MS).summary, 'wedged once today · 20 min');
    });

    it('small corrections of the clock go unnoticed', () => {
      const watched = new Watched().stay('healthy', MINUTE_MS);
      for (const ms of [-900, 900, -900]) {
        watched.time.jumpWall(ms);
        watched.stay('healthy', 0);
      }
      assert.equal(watched.history!.spans.length, 1);
    });
  });

  describe('is bounded', () => {
    it('in count, however a daemon flaps', () => {
      const watched = new Watched();
      for (let poll = 0; poll < 700; poll++) {
        watched.time.advance(POLL_MS);
        watched.look(poll % 2 === 0 ? 'healthy' : 'wedged');
      }
      assert.equal(watched.history!.spans.length, HISTORY_MAX_SPANS);
      assert.ok(JSON.stringify(toStored(watched.history!)).length < 16_000);
    });

    it('in time', () => {
      const watched = new Watched().stay('wedged', MINUTE_MS);
      watched.time.sleep(25 * HOUR_MS);
      assert.deepEqual(
        watched.look('healthy').history!.spans.map(({ state }) => state),
        ['healthy'],
      );
    });
  });

  describe('from what was stored', () => {
    it('is what it was', () => {
      const { history, time } = new Watched().stay('healthy', HOUR_MS).stay('wedged', 5 * MINUTE_MS);
      const { lookedAt: _, ...kept } = history!;
      assert.deepEqual(fromStored(JSON.parse(JSON.stringify(toStored(history!))), time.wallAt), kept);
    });

    const at = NOON - HOUR_MS;
    const foreign: readonly [string, unknown][] = [
      ['nothing', undefined],
      ['null', null],
      ['a number', 7],
      ['an object', { spans: [] }],
      ['no spans', []],
      ['an unknown state', [['exploded', at, at]]],
      ['a name of Object', [['constructor', at, at]]],
      ['a span that ends before it begins', [['healthy', at, at - 1]]],
      [
        'spans out of order',
        [
          ['healthy', at, at + 9],
          ['wedged', at, at + 9],
        ],
      ],
      ['a time that is no number', [['healthy', 'x', at]]],
      ['a time that is not finite', [['healthy', at, Infinity]]],
      ['a span with more to it', [['healthy', at, at, at]]],
      ['a history of last week', [['healthy', at - 200 * HOUR_MS, at - 199 * HOUR_MS]]],
      ['a history of the future', [['healthy', NOON + HOUR_MS, NOON + 2 * HOUR_MS]]],
    ];
    for (const [what, value] of foreign) {
      it(`drops ${what}`, () => assert.equal(fromStored(value, NOON), undefined));
    }

    it('cuts what lies ahead of a clock that was set back', () => {
      const read = fromStored(
        [
          ['healthy', at, NOON + HOUR_MS],
          ['wedged', NOON + HOUR_MS, NOON + HOUR_MS],
        ],
        NOON,
      );
      assert.deepEqual(read?.spans, [{ state: 'healthy', fromAt: at, toAt: NOON }]);
    });

    it('never throws, whatever the states and times', () => {
      const states = Object.keys(SEVERITY) as DaemonState[];
      for (const state of states) {
        const watched = new Watched().look(state);
        assert.ok(watched.summary.length > 0);
        assert.equal(watched.history!.segments.at(-1)!.state, state);
      }
    });
  });
});
