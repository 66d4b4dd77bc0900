import assert from 'node:assert/strict';
import { BUILD_INFO, METRICS, metricsPage } from '../../../../src/dispatchd/http/metrics';
import { figuresOf } from '../../../support/dispatchd/figures';

const at = (wallMs: number) => ({ wallMs, monotonicMs: wallMs });

const figures = figuresOf({
  now: at(1_700_000_100_000),
  startedAt: 1_700_000_000_000,
  loop: {
    poll: { startedAt: at(1_700_000_099_500), completedAt: at(1_700_000_099_750) },
    thresholdMs: 60_000,
    readyTasks: 3,
    workers: 4,
  },
  failure: 'cannot write /home/somebody/secret',
  cycles: { completed: 90, failed: 2, late: 1 },
  queued: 5,
  running: 2,
  dispatched: 40,
});

describe('the metrics of dispatchd', () => {
  const lines = metricsPage(figures).split('\n');

  it('are lines of a comment or of a name and a number, and end with a line break', () => {
    assert.equal(lines.pop(), '');
    const form = /^(# (HELP|TYPE) [a-z_]+ \S.*|[a-z_]+(\{version="1\.2\.3"\})? \d+(\.\d+)?)$/;
    for (const line of lines) assert.match(line, form);
  });

  it('tell moments and durations in seconds', () => {
    assert.ok(lines.includes('dispatchd_last_cycle_completed_timestamp_seconds 1700000099.75'));
    assert.ok(lines.includes('dispatchd_cycle_threshold_seconds 60'));
  });

  it('tell a moment that has not come as 0, so that there is a series to judge', () => {
    const page = metricsPage({ ...figures, loop: { ...figures.loop, poll: {} } });
    assert.match(page, /^dispatchd_last_cycle_completed_timestamp_seconds 0$/m);
    assert.match(page, /^dispatchd_earliest_deadline_timestamp_seconds 0$/m);
  });

  it('tell no text of anybody', () => assert.doesNotMatch(lines.join('\n'), /somebody|secret/));

  it('have each name once, with a help that is a sentence', () => {
    const names = [BUILD_INFO, ...METRICS.map(({ name }) => name)];
    assert.equal(new Set(names).size, names.length);
    for (const { help } of METRICS) assert.match(help, /^[A-Z].*\.$/);
  });

  // https://prometheus.io/docs/practices/naming/
  for (const { name, type } of METRICS) {
    it(`are named as the conventions have it: ${name}`, () => {
      assert.match(name, /^(dispatchd|process)_[a-z]+(_[a-z]+)*$/);
      assert.equal(name.endsWith('_total'), type === 'counter');
      if (/_(time|timestamp|threshold)(_|$)/.test(name)) assert.match(name, /_seconds$/);
    });
  }
});
