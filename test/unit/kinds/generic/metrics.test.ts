import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isMetrics, readMetrics } from '../../../../src/kinds/generic/metrics';
import { prove } from '../../../../src/kinds/generic/proofs';
import { readSaid } from '../../../../src/kinds/generic/said';

/** What bullmq 6.7.0 gave while its processor never settled, shortened. */
const BULLMQ = [
  '# HELP bullmq_job_count Number of jobs in the queue by state',
  '# TYPE bullmq_job_count gauge',
  'bullmq_job_count{queue="q", state="active"} 1',
  'bullmq_job_count{queue="q", state="completed"} 3',
  'bullmq_job_count{queue="q", state="waiting"} 3',
  'bullmq_job_count{queue="q", state="waiting-children"} 0',
  'bullmq_job_count{queue="r", state="waiting"} 4',
  '# HELP bullmq_job_completed_total Total number of completed jobs',
  'bullmq_job_completed_total{queue="q"} 0',
].join('\n');

const LLAMA = [
  '# TYPE llamacpp:n_decode_total counter',
  'llamacpp:n_decode_total 1734',
  'llamacpp:n_decode_total_other 9',
  'llamacpp:requests_processing 1 1772000000000',
  'x_last_success_timestamp_seconds 1.772e+09',
  'odd{a="quote \\" brace } comma , back \\\\ line \\n"} 7',
  'empty{} 8',
  'nan NaN',
  'broken{a="x',
  'broken 5',
].join('\n');

/** What the format allows besides, and what it does not. */
const ODD = [
  '# HELP  spaced\twith a tab',
  'spaced {a="b"} 1',
  'close{a="b"}2',
  '  indented{ a = "b" , c = "}" , } 3',
  '\ttabs\t4\t1772000000000',
  'crlf 5\r',
  'exemplar_total{a="b"} 6 # {trace_id="x y"} 1.0 1772000000.5',
  'no_value',
  'histogram_bucket{le="+Inf"} 7',
  'histogram_sum 8',
  'open {a="b 9',
  '# EOF',
].join('\n');

describe('a page of metrics', () => {
  const rows: readonly (readonly [page: string, place: string, value: unknown])[] = [
    [BULLMQ, 'bullmq_job_count{queue="q",state="completed"}', '3'],
    [BULLMQ, 'bullmq_job_count{state="waiting", queue="r"}', '4'],
    [BULLMQ, 'bullmq_job_count{state="waiting"}', 7],
    [BULLMQ, 'bullmq_job_count{state="paused"}', undefined],
    [BULLMQ, 'bullmq_job_completed_total', '0'],
    [BULLMQ, 'job_completed_total', undefined],
    [LLAMA, 'llamacpp:n_decode_total', '1734'],
    [LLAMA, 'llamacpp:requests_processing', '1'],
    [LLAMA, 'x_last_success_timestamp_seconds', '1.772e+09'],
    [LLAMA, 'odd{a="quote \\" brace } comma , back \\\\ line \\n"}', '7'],
    [LLAMA, 'odd', '7'],
    [LLAMA, 'empty', '8'],
    [LLAMA, 'nan', 'NaN'],
    [LLAMA, 'broken', '5'],
    [ODD, 'spaced{a="b"}', '1'],
    [ODD, 'close{a="b"}', '2'],
    [ODD, 'indented{c="}"}', '3'],
    [ODD, 'tabs', '4'],
    [ODD, 'crlf', '5'],
    [ODD, 'exemplar_total', '6'],
    [ODD, 'no_value', undefined],
    [ODD, 'histogram', undefined],
    [ODD, 'histogram_bucket{le="+Inf"}', '7'],
    [ODD, 'open', undefined],
    [LLAMA, 'a b', undefined],
    [LLAMA, '', undefined],
  ];
  for (const [page, place, value] of rows) {
    it(`${place || 'nothing'} is ${String(value)}`, () =>
      assert.equal(readMetrics(page).at(place, true), value));
  }

  it('names what stands in it, wherever its lines begin', () => {
    assert.deepEqual(readMetrics(' a 1\n\tb{c="d"} 2\n# c 3\n').places(), ['a', 'b']);
  });

  it('is known without a comment and a type by what its first line is, and its text is still one', () => {
    for (const page of ['x 1772000000\n', '\n# made by hand\nx{a="b c"} 1.772e+09 17\r\ny 2', 'x 1772000000'])
      assert.equal(Number(readSaid(page).at('x')), 1_772_000_000, page);
    assert.equal(readSaid('x 5').at('$text'), 'x 5');
    for (const text of ['OK', 'x y', 'all is well 5', '5', 'x 5 apples', '{"x":5}', ''])
      assert.notEqual(readSaid(text).at('x'), '5', text);
  });

  it('adds up no times', () => {
    const setting = { by: 'time', at: 'bullmq_job_count', redAfterMs: 60_000 } as const;
    const found = { value: readMetrics(BULLMQ).at(setting.at), busy: undefined };
    const { signs } = prove(setting, undefined, found, { nowAt: 1e12, monotonicMs: 0 });
    assert.deepEqual(signs.unknown, {
      is: 'malformed',
      malformed: [{ field: 'bullmq_job_count', is: 'noMoment', received: '"5 series"' }],
    });
  });

  it('shows that a worker is stuck: jobs wait, and none completes', () => {
    const setting = {
      by: 'counter',
      at: 'bullmq_job_count{queue="q",state="completed"}',
      busy: 'bullmq_job_count{queue="q",state="waiting"}',
      redAfterMs: 60_000,
    } as const;
    const page = readMetrics(BULLMQ);
    const found = { value: page.at(setting.at), busy: page.at(setting.busy) };
    const first = prove(setting, undefined, found, { nowAt: 1e12, monotonicMs: 0 });
    const later = prove(setting, first.remembered, found, { nowAt: 1e12 + 59_000, monotonicMs: 59_000 });
    assert.equal(later.signs.owedSinceAt, 1e12);
  });

  it('is known by its type, or by how its lines begin', () => {
    assert.ok(isMetrics('x 1', 'text/plain; charset=utf-8; version=0.0.4'));
    assert.ok(isMetrics('x 1', 'application/openmetrics-text; version=1.0.0'));
    assert.ok(isMetrics(BULLMQ, ''));
    assert.ok(!isMetrics('OK', 'text/plain; charset=utf-8'));
    assert.ok(!isMetrics('{"status":"ok"}', 'application/json'));
  });

  it('is read whatever is in it, and costs no more than a few looks through it', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (page, place) => void readMetrics(page).at(place)),
      { seed: 21, numRuns: 500 },
    );
    const line = `up{a="${'\\'.repeat(500)}`;
    const page = `${'up{a="b",'.repeat(100)}\n${Array(5_000).fill(line).join('\n')}`;
    const startedMs = performance.now();
    assert.equal(readMetrics(page).at('up{a="b"}'), undefined);
    assert.ok(performance.now() - startedMs < 2_000);
  });
});
