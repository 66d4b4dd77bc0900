import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isMetrics, readMetrics } from '../../../../src/kinds/generic/metrics';
import { prove } from '../../../../src/kinds/generic/proofs';

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
    [LLAMA, 'a b', undefined],
    [LLAMA, '', undefined],
  ];
  for (const [page, place, value] of rows) {
    it(`${place || 'nothing'} is ${String(value)}`, () =>
      assert.equal(readMetrics(page).at(place, true), value));
  }

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
