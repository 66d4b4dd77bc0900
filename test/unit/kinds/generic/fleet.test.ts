import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assessFleet, worstFirst } from '../../../../src/health/fleet';
import { NONE_KNOWN, readFleet, type KnownSeries } from '../../../../src/kinds/generic/fleet';
import { toReport } from '../../../../src/kinds/generic/report';
import { withVanished, type KnownSeries as Remembered } from '../../../../src/health/vanished';
import { countTargets, readVector } from '../../../../src/kinds/generic/vector';
import type { FleetSetting } from '../../../../src/model/askSetting';
import { causeText, loopUnknownText, staleText } from '../../../../src/words/causes';
import { seriesText } from '../../../../src/words/fleetText';
import { FakeTime, MINUTE_MS, SECOND_MS } from '../../health/support';

const RECORDINGS = join(__dirname, '../../../fixtures/prometheus');

/** What a real Prometheus 2.42 answered. */
function recorded(name: string): string {
  const { body } = JSON.parse(readFileSync(join(RECORDINGS, `${name}.json`), 'utf8')) as { body: unknown };
  return typeof body === 'string' ? body : JSON.stringify(body);
}

const HOUR_S = 3_600;
const AGE: FleetSetting = { rowName: '{{instance_name}}', value: 'age', redAbove: 600 };
const COUNTER: FleetSetting = { rowName: 'q {{queue}}', value: 'counter', redAbove: 300 };
const STATE: FleetSetting = { rowName: '{{instance}}', value: 'state', redAbove: 0 };

/** Looks at one fleet again and again. */
class Looks {
  readonly time = new FakeTime();
  #known: KnownSeries = NONE_KNOWN;
  #series: Remembered | undefined;

  constructor(private readonly setting: FleetSetting) {}

  look(body: string, afterMs = 5 * SECOND_MS) {
    this.time.advance(afterMs);
    const vector = readVector(body);
    assert.ok('samples' in vector, 'is' in vector ? vector.is : '');
    const nowAt = vector.at ?? this.time.wallAt;
    const { monotonicMs } = this.time;
    const { fleet: told, known } = readFleet(this.setting, this.#known, vector, { nowAt, monotonicMs });
    this.#known = known;
    const report = toReport(undefined, told, { daemonNow: nowAt });
    const seen = withVanished(
      this.#series,
      { ok: true, startedMs: 0, latencyMs: 1, report },
      this.time.wallAt,
    );
    this.#series = seen.known;
    assert.ok(seen.sample.ok && seen.sample.report.progress.kind === 'fleet');
    const { progress: fleet } = seen.sample.report;
    const rows = worstFirst(fleet, nowAt).map(
      ([{ name, value }, state]) => `${name}: ${seriesText(state, fleet.by, value)}`,
    );
    const loop = assessFleet(fleet, nowAt);
    const said =
      loop.kind === 'unknown'
        ? `unverified: ${loopUnknownText(loop.why)}`
        : loop.kind === 'stale'
          ? `red: ${staleText(loop.stale)}`
          : 'healthy';
    return { fleet, loop, rows, said };
  }

  /** How much is remembered. */
  get keptChars(): number {
    return JSON.stringify([this.#known.told, ...this.#known.gone]).length;
  }

  /** One more look at these values, as Prometheus writes them. */
  values(values: Readonly<Record<string, string>>, afterMs?: number) {
    const seconds = (this.time.wallAt + (afterMs ?? 5 * SECOND_MS)) / SECOND_MS;
    return this.look(answer(values, seconds), afterMs);
  }
}

/** @param values of series, by the one label that tells them apart */
function answer(values: Readonly<Record<string, string>>, seconds = 1_795_618_798.977): string {
  const result = Object.entries(values).map(([name, value]) => ({
    metric: { instance: name, instance_name: name, job: 'x', queue: name },
    value: [seconds, value],
  }));
  return JSON.stringify({ status: 'success', data: { resultType: 'vector', result } });
}

describe('a fleet that Prometheus measures', () => {
  it('is read as it was recorded: worst first, and what never succeeded is not known', () => {
    const { rows, said } = new Looks(AGE).look(recorded('query.age'));
    assert.deepEqual(rows, ['bravo: no success for 15 min', 'charlie: no success yet', 'alpha: gets on']);
    assert.equal(said, 'red: 1 of 3 red: bravo, no success for over 10 min');
  });

  it('is not known where the value is none: "NaN" as recorded, and an age of 0', () => {
    const { rows, said } = new Looks(AGE).look(recorded('query.nan'));
    assert.deepEqual(rows, ['alpha: no success yet', 'bravo: no success yet', 'charlie: value NaN']);
    assert.equal(said, 'unverified: of 3 of 3 series nothing is known; alpha: no success yet');
  });

  it('takes the time of a success, in place of its age, for none', () => {
    const { rows } = new Looks(AGE).look(recorded('query.raw'));
    assert.deepEqual(new Set(rows.map((row) => row.replace(/^\w+: /, ''))), new Set(['no success yet']));
  });

  it('is never green where the query gives nothing', () => {
    const { said, rows } = new Looks(AGE).look(recorded('query.empty'));
    assert.deepEqual([said, rows], ['unverified: the query gives no series', []]);
  });

  it('is neither green nor red where all of it vanished, and says what Prometheus measures at all', () => {
    const looks = new Looks(AGE);
    looks.look(recorded('query.age'));
    const { fleet, rows } = looks.look(recorded('exporter-gone.query.age'));
    assert.deepEqual(
      rows,
      ['alpha', 'bravo', 'charlie'].map((name) => `${name}: vanished`),
    );
    const why = (body: string) => {
      const up = readVector(body);
      assert.ok('samples' in up);
      const loop = assessFleet({ ...fleet, targets: countTargets(up) }, looks.time.wallAt);
      return loop.kind === 'unknown' && loopUnknownText(loop.why);
    };
    assert.equal(
      why(recorded('exporter-gone.query.up')),
      'the query gives no series; 0 of 2 targets of Prometheus are up',
    );
    assert.equal(why(answer({})), 'the query gives no series, and Prometheus has no targets');
  });

  const wrong: [name: string, said: object][] = [
    ['query.scalar', { is: 'noVector', type: 'scalar' }],
    ['query.string', { is: 'noVector', type: 'string' }],
    ['query.matrix', { is: 'noVector', type: 'matrix' }],
    ['query.bad', { is: 'noPrometheus' }],
    ['start.06.api.v1.query', { is: 'noPrometheus' }],
  ];
  for (const [name, said] of wrong) {
    it(`is no list of series: ${name}`, () => assert.deepEqual(readVector(recorded(name)), said));
  }

  const odd: [what: string, result: unknown][] = [
    ['nothing', undefined],
    ['no list', {}],
    ['no series', [null, 1, 'x', [], { metric: null, value: [1, '1'] }, { metric: {}, value: null }]],
    ['values of other types', [{ metric: { instance: 'a' }, value: [{}, {}] }]],
    ['labels of other types', [{ metric: { instance: {}, job: 5 }, value: ['x', '5'] }]],
    ['no value', [{ metric: { instance: 'a' }, value: [] }]],
    ['an empty value', [{ metric: { instance: 'a' }, value: [1, ''] }]],
    ['a value without an end', [{ metric: { instance: 'a' }, value: [1, '+Inf'] }]],
    ['a series twice', [1, 2].map(() => ({ metric: { instance: 'a' }, value: [1, '5'] }))],
    ['a label of the prototype', [{ metric: { __proto__: 'x', constructor: 'y' }, value: [1, 'NaN'] }]],
    ['controls', [{ metric: { instance: 'a\u202e\n\u0007b' }, value: [1, '\u202eNaN'] }]],
    ['a long label', [{ metric: { instance: 'x'.repeat(10_000) }, value: [1, 'NaN'] }]],
  ];
  for (const [what, result] of odd) {
    it(`throws at no answer, and takes none for a sign: ${what}`, () => {
      const body = JSON.stringify({ status: 'success', data: { resultType: 'vector', result } });
      const vector = readVector(body);
      if ('is' in vector) return;
      for (const setting of [AGE, COUNTER, STATE]) {
        const { fleet } = readFleet(setting, NONE_KNOWN, vector, { nowAt: 1e12, monotonicMs: 0 });
        assert.equal(new Set(fleet.series.map(({ key }) => key)).size, fleet.series.length, 'a row for each');
        for (const { name } of fleet.series) {
          assert.match(name, /^[^\p{Cc}\p{Cf}]{1,60}$/u);
        }
        assert.notEqual(assessFleet(fleet, 1e12).kind, 'advancing');
      }
    });
  }

  describe('is never green where a part of the answer is not read', () => {
    const good = { metric: { instance: 'a' }, value: [1.8e9, '5'] };
    const bad = (metric: object) => ({ metric, value: [1.8e9, '900'] });
    const long = 'x'.repeat(10_000);
    const rows: readonly (readonly [
      what: string,
      others: readonly unknown[],
      said: string,
      more?: object,
    ])[] = [
      [
        'a native histogram',
        [{ metric: { instance: 'b' }, histogram: [1.8e9, { count: '5' }] }],
        'unverified: of b nothing is known: the value is a histogram',
      ],
      [
        'no value',
        [{ metric: { instance: 'b' }, value: { 1: '5' } }],
        'unverified: of b nothing is known: the value is missing',
      ],
      [
        'a value of null',
        [{ metric: { instance: 'b' }, value: [1.8e9, null] }],
        'unverified: of b nothing is known: the value is null',
      ],
      [
        'a value deeper than any stack',
        [{ metric: { instance: 'b' }, value: [1.8e9, 'nested'] }],
        'unverified: of b nothing is known: the value is […]',
      ],
      [
        'one series twice',
        [bad({ instance: 'a' })],
        'unverified: of a nothing is known: the value is told twice',
      ],
      [
        'labels that only look like those of another',
        [bad({ instance: 'a",job="x' }), { metric: { instance: 'a', job: 'x' }, value: [1.8e9, '5'] }],
        'red: 1 of 3 red: a",job="x, no success for over 10 min',
      ],
      [
        'long labels that begin alike',
        [{ metric: { cmd: long, instance: 'b' }, value: [1.8e9, '5'] }, bad({ cmd: long, instance: 'c' })],
        'red: 1 of 3 red: c, no success for over 10 min',
      ],
      ['no series', [null], 'the answer is not that of a Prometheus'],
      ['no labels', [{ value: [1.8e9, '900'] }], 'the answer is not that of a Prometheus'],
      ['a list of labels', [bad(['instance'])], 'the answer is not that of a Prometheus'],
      [
        'labels of other types',
        [bad({ instance: 5 }), bad({ instance: 6 })],
        'the answer is not that of a Prometheus',
      ],
      [
        'a warning',
        [],
        'unverified: Prometheus warns, so that series may be missing: 10.0.0.1: no route',
        { warnings: ['10.0.0.1:\n no route', 'more'] },
      ],
      [
        'the word that it is partial',
        [],
        'unverified: Prometheus warns, so that series may be missing: isPartial',
        { isPartial: true },
      ],
      [
        'a warning beside a red one',
        [bad({ instance: 'b' })],
        'red: 1 of 2 red: b, no success for over 10 min',
        { warnings: ['x'] },
      ],
      [
        'an info, which is no warning',
        [],
        'healthy',
        { infos: ['metric might not be a counter'], warnings: [] },
      ],
      [
        'warnings of another type',
        [],
        'unverified: Prometheus warns, so that series may be missing: {…}',
        { warnings: { a: 1 } },
      ],
    ];
    for (const [what, others, said, more = {}] of rows) {
      it(what, () => {
        const data = { resultType: 'vector', result: [good, ...others] };
        const nested = '['.repeat(40_000) + ']'.repeat(40_000);
        const body = JSON.stringify({ status: 'success', data, ...more }).replace('"nested"', nested);
        const vector = readVector(body);
        if ('is' in vector) return assert.equal(causeText(vector), said);
        const looks = new Looks({ ...AGE, rowName: '{{instance}}' });
        assert.equal(looks.look(body).said, said);
        assert.equal(looks.look(body).said, said, 'the next time, too');
        return undefined;
      });
    }
  });

  it('shows and keeps no secret of its labels, and tells those apart that differ by one', () => {
    const metric = (password: string) => ({ instance: `http://app:${password}@h:80/`, token: password });
    const result = ['hunter2', 'hunter3'].map((each) => ({ metric: metric(each), value: [1.8e9, '5'] }));
    const body = JSON.stringify({ status: 'success', data: { resultType: 'vector', result } });
    for (const rowName of ['{{instance}}', 'of {{job}} at {{instance}}', 'all']) {
      const looks = new Looks({ ...AGE, rowName });
      looks.look(body);
      const { series } = looks.look(body).fleet;
      assert.equal(new Set(series.map(({ key }) => key)).size, 2, rowName);
      assert.doesNotMatch(JSON.stringify(series), /hunter/, rowName);
    }
  });

  it('takes only what can be one for the time of the answer', () => {
    for (const seconds of ['1e400', '"1795618798"', '0', '-5', 'null', '[[]]']) {
      const body = `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[${seconds},"5"]}]}}`;
      const vector = readVector(body);
      assert.deepEqual('samples' in vector && vector.at, undefined, seconds);
    }
  });

  it('keeps little of what vanished, however long its labels were', () => {
    const looks = new Looks(AGE);
    for (let n = 0; n < 20; n++) {
      const metric = { cmd: String(n).repeat(100_000), instance_name: `i${n}` };
      const result = [{ metric, value: [1.8e9, '5'] }];
      looks.look(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
    }
    assert.equal(looks.values({ a: '5' }).fleet.series.length, 21);
    assert.ok(looks.keptChars < 100_000, String(looks.keptChars));
  });

  it('has names of its labels, or all labels where the name has none of them', () => {
    const vector = readVector(
      JSON.stringify({
        status: 'success',
        data: {
          resultType: 'vector',
          result: [
            { metric: { instance: 'a:1', job: 'x' }, value: [1, '5'] },
            { metric: { job: 'x', zone: 'eu' }, value: [1, '5'] },
            { metric: { __name__: 'x_age' }, value: [1, '5'] },
          ],
        },
      }),
    );
    assert.ok('samples' in vector);
    const names = (rowName: string) =>
      readFleet({ ...AGE, rowName }, NONE_KNOWN, vector, {
        nowAt: 1e12,
        monotonicMs: 0,
      }).fleet.series.map(({ name }) => name);
    assert.deepEqual(names('{{instance}}'), ['a:1', 'job="x",zone="eu"', 'x_age']);
    assert.deepEqual(names('{{ job }} in {{zone}}'), ['x in', 'x in eu', 'x_age']);
    assert.deepEqual(names('workers {{instance}}'), ['a:1', 'job="x",zone="eu"', 'x_age']);
    assert.deepEqual(names('workers'), ['a:1', 'job="x",zone="eu"', 'x_age']);
    assert.deepEqual(names('{{}} {{instance'), ['a:1', 'job="x",zone="eu"', 'x_age']);
  });

  it('counts a series that vanished for a day, never as well, and takes it back', () => {
    const looks = new Looks(AGE);
    looks.values({ a: '5', b: '5' });
    const gone = looks.values({ a: '5' });
    assert.equal(gone.said, 'unverified: of b nothing is known: its series has vanished');
    assert.equal(looks.values({ a: '5' }, 20 * HOUR_S * SECOND_MS).fleet.series.length, 2);
    assert.equal(looks.values({ a: '5', b: '5' }).said, 'healthy');
    looks.values({ a: '5' });
    assert.equal(looks.values({ a: '5' }, 25 * HOUR_S * SECOND_MS).said, 'healthy');
  });

  it('is unverified where it was red, and the red series vanished', () => {
    const looks = new Looks(AGE);
    assert.match(looks.values({ a: '5', b: '900' }).said, /^red/);
    assert.match(looks.values({ a: '5' }).said, /^unverified/);
  });

  it('drops nothing that it cannot read: a histogram is no figure, and what is no series no Prometheus', () => {
    const body = (...more: readonly unknown[]) => {
      const well = { metric: { instance_name: 'a' }, value: [1_795_618_798, '5'] };
      const data = { resultType: 'vector', result: [well, ...more] };
      return JSON.stringify({ status: 'success', data });
    };
    const histogram = { metric: { instance_name: 'b' }, histogram: [1_795_618_798, { count: '4' }] };
    const { rows, said } = new Looks(AGE).look(body(histogram, { metric: { instance_name: 'c' } }));
    assert.deepEqual(rows, ['b: value a histogram', 'c: value missing', 'a: gets on']);
    assert.equal(said, 'unverified: of 2 of 3 series nothing is known; b: the value is a histogram');
    for (const junk of [null, 7, 'x', [], { metric: 5, value: [1, '5'] }, { value: [1, '5'] }])
      assert.deepEqual(readVector(body(junk)), { is: 'noPrometheus' }, JSON.stringify(junk));
  });

  const ages: [value: string, row: string][] = [
    ['600', 'a: last success 10 min ago'],
    ['600.1', 'a: no success for 10 min'],
    ['1e3', 'a: no success for 16 min'],
    ['-0.4', 'a: gets on'],
    ['-3600', 'a: success in the future'],
    ['0', 'a: no success yet'],
    ['-1', 'a: no success yet'],
    ['400000000', 'a: no success yet'],
    ['+Inf', 'a: value +Inf'],
    ['0x10', 'a: value 0x10'],
  ];
  for (const [value, row] of ages) {
    it(`reads an age of ${value} s`, () => assert.deepEqual(new Looks(AGE).values({ a: value }).rows, [row]));
  }

  it('is red by a counter that does not move, and only after that was seen', () => {
    const looks = new Looks(COUNTER);
    assert.deepEqual(looks.values({ mail: '7', idle: '0' }).rows, [
      'idle: no success yet',
      'mail: not seen to move yet',
    ]);
    assert.equal(looks.values({ mail: '8' }).rows[1], 'mail: gets on');
    assert.equal(looks.values({ mail: '8' }, 4 * MINUTE_MS).rows[1], 'mail: moved 4 min ago');
    assert.equal(looks.values({ mail: '8' }, 2 * MINUTE_MS).rows[0], 'mail: has not moved for 6 min');
    assert.equal(looks.values({ mail: '1' }).rows[1], 'mail: not seen to move yet', 'it began anew');
  });

  it('is not red by a counter that Prometheus rounds', () => {
    const looks = new Looks(COUNTER);
    const value = '1152921504606847000';
    looks.values({ mail: value });
    assert.match(looks.values({ mail: value }, 10 * MINUTE_MS).rows[0]!, /^mail: value 1152/);
  });

  it('is red by a bad state at once, and says since when', () => {
    const looks = new Looks(STATE);
    assert.equal(looks.values({ a: '0', b: '0' }).said, 'healthy');
    const bad = looks.values({ a: '0', b: '2' });
    assert.equal(bad.said, 'red: 1 of 2 red: b, the value is above 0');
    assert.deepEqual(looks.values({ a: '0', b: '2' }, 5 * MINUTE_MS).rows, [
      'b: value 2 for 5 min',
      'a: good',
    ]);
    assert.equal(
      looks.values({ a: '0', b: 'NaN' }).said,
      'unverified: of b nothing is known: the value is NaN',
    );
    assert.equal(looks.values({ a: '0', b: '0' }).said, 'healthy');
  });

  it('reads 2,000 series, always the same, says how many there are, and is not green for these', () => {
    const all = Object.fromEntries([...Array(2_500).keys()].map((n) => [`i${n}`, '5']));
    const backwards = Object.fromEntries(Object.entries(all).reverse());
    const looks = new Looks(AGE);
    const { fleet, said } = looks.values(all);
    assert.deepEqual([fleet.series.length, fleet.unread], [2_000, 500]);
    assert.equal(said, 'unverified: the query gives 2500 series, and only 2000 are read: narrow the query');
    assert.equal(looks.values(backwards).fleet.series.length, 2_000, 'none of them vanished');
  });

  it('looks again when the oldest success will be too old', () => {
    const { loop } = new Looks(AGE).values({ a: '5', b: '590' });
    assert.ok(
      loop.kind === 'advancing' && Math.abs(loop.crossesInMs! - 10 * SECOND_MS) < 5,
      JSON.stringify(loop),
    );
  });
});
