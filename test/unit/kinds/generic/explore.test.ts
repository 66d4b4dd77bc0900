import assert from 'node:assert/strict';
import { readMetrics } from '../../../../src/kinds/generic/metrics';
import { explore } from '../../../../src/kinds/generic/explore';
import { readSaid } from '../../../../src/kinds/generic/said';

const NOW = Date.parse('2026-11-26T12:00:00Z');
const ago = (ms: number) => new Date(NOW - ms).toISOString();
const MINUTE = 60_000;

/** `by place (busy)` of each. */
function found(said: unknown, isWritten = false): readonly string[] {
  const text = typeof said === 'string' ? said : JSON.stringify(said);
  return listed(explore(readSaid(text), NOW, { isWritten }).candidates);
}

function listed(candidates: ReturnType<typeof explore>['candidates']): readonly string[] {
  return candidates.map(({ by, at, busy }) => `${by} ${at}${busy === undefined ? '' : ` (${busy})`}`);
}

describe('what in an answer could prove that its daemon gets on', () => {
  const TABLE: readonly (readonly [what: string, said: unknown, candidates: readonly string[]])[] = [
    ['nothing, of a bare status', { status: 'pass' }, []],
    ['the time of a success', { status: 'ok', lastSuccessAt: ago(MINUTE) }, ['time lastSuccessAt']],
    ['a time in seconds since 1970', { last_run: (NOW - MINUTE) / 1000 }, ['time last_run']],
    ['a time in milliseconds', { scheduler: { lastTickAt: NOW - MINUTE } }, ['time scheduler.lastTickAt']],
    ['a time in a text', 'lastDone=2026-11-26T11:59:00Z\nname=x', ['time lastDone']],
    ['a text that is a time', String((NOW - MINUTE) / 1000), ['time $text']],
    ['a key with a dot', { 'jobs.lastSuccessAt': ago(MINUTE) }, ['time jobs.lastSuccessAt']],
    [
      'a success before a heartbeat',
      { heartbeatAt: ago(1_000 * 5), lastSuccessAt: ago(MINUTE) },
      ['time lastSuccessAt', 'time heartbeatAt'],
    ],
    ['neither its start nor its build', { startedAt: ago(MINUTE), created: ago(MINUTE), bootTime: NOW }, []],
    ['not how long it is up', { uptime: 31, uptimeSeconds: 31, upSince: ago(MINUTE) }, []],
    ['not the last failure', { lastFailureAt: ago(MINUTE), errorsTotal: 4, failedJobs: 1 }, []],
    ['not when something expires', { tokenExpiresAt: ago(-MINUTE), validUntil: ago(-MINUTE) }, []],
    [
      'not the clock of the answer',
      { time: ago(100), timestamp: NOW - 50, lastRunAt: ago(100) },
      ['time lastRunAt'],
    ],
    [
      'no time that was never set',
      { lastSuccessAt: 0, lastRunAt: null, lastPollAt: '0001-01-01T00:00:00Z' },
      [],
    ],
    ['no time of a year from now', { lastRunAt: ago(-400 * 24 * 60 * MINUTE) }, []],
    [
      'an age',
      { idle_seconds: 12, secondsSinceLastJob: 3.5 },
      ['age secondsSinceLastJob', 'age idle_seconds'],
    ],
    ['no age in milliseconds', { idleMs: 12_000 }, []],
    ['what is due', { nextRunAt: ago(-MINUTE), runningAt: null }, ['due nextRunAt (runningAt)']],
    ['what is overdue', { nextRunAt: ago(MINUTE) }, ['due nextRunAt']],
    [
      'a counter, and what says whether there is work',
      { jobs: { completed: 512, waiting: 3 }, memoryBytes: 1_764_000_000 },
      ['counter jobs.completed (jobs.waiting)'],
    ],
    ['a counter beside a word', { processed: 3, state: 'idle' }, ['counter processed (state)']],
    ['a counter alone, as a beat', { jobsCompleted: 7 }, ['beat jobsCompleted']],
    ['the rounds of a loop', { loop: { ticks: 81 } }, ['beat loop.ticks']],
    [
      'no more of a list than its only one',
      { jobs: [{ lastRunAt: ago(MINUTE) }] },
      ['time jobs.0.lastRunAt'],
    ],
    ['nothing of a long list', { jobs: [{ lastRunAt: ago(MINUTE) }, { lastRunAt: ago(MINUTE) }] }, []],
    ['no name with signs that nobody sees', { 'last\u202eRunAt': ago(MINUTE) }, []],
    ['nothing of a list, of null and of a number', [1, 2], []],
    ['nothing of a page', `<html>${'x'.repeat(400)}</html>`, []],
  ];
  for (const [what, said, candidates] of TABLE) {
    it(what, () => assert.deepEqual(found(said), candidates));
  }

  it('of a file that it writes: also the time that it writes into it', () => {
    assert.deepEqual(found({ timestamp: NOW - 500 }, true), ['time timestamp']);
  });

  it('of a page of metrics: what is not of the runtime', () => {
    const page = [
      '# TYPE process_start_time_seconds gauge',
      `process_start_time_seconds ${NOW / 1000 - 60}`,
      '# TYPE go_gc_cycles_total counter',
      'go_gc_cycles_total 5',
      '# TYPE job_last_success_timestamp_seconds gauge',
      `job_last_success_timestamp_seconds ${NOW / 1000 - 90}`,
      '# TYPE jobs_processed_total counter',
      'jobs_processed_total{queue="a"} 5',
      'jobs_processed_total{queue="b"} 6',
      'jobs_processed_created 1.7e9',
      'jobs_waiting 2',
      'request_seconds_bucket{le="1"} 2',
    ].join('\n');
    const { form, candidates } = explore(readMetrics(page), NOW, { isWritten: false });
    assert.equal(form, 'metrics');
    assert.deepEqual(listed(candidates), [
      'time job_last_success_timestamp_seconds',
      'counter jobs_processed_total (jobs_waiting)',
    ]);
    assert.equal(candidates[1]!.shown, '11');
  });

  it('with the value now', () => {
    const [time, due, count] = explore(
      readSaid(JSON.stringify({ lastSuccessAt: ago(MINUTE), nextRunAt: ago(-MINUTE), ticks: 12 })),
      NOW,
      { isWritten: false },
    ).candidates;
    assert.deepEqual([time!.agoMs, due!.agoMs, count!.agoMs], [MINUTE, -MINUTE, undefined]);
    assert.equal(count!.shown, '12');
    assert.equal(time!.shown, ago(MINUTE));
  });

  it('and of what make it is', () => {
    const form = (text: string) => explore(readSaid(text), NOW, { isWritten: false }).form;
    assert.equal(form('{"status":"pass","checks":{}}'), 'healthJson');
    assert.equal(form('{"status":"pass"}'), 'healthJson');
    assert.equal(form('{"status":"ok"}'), 'json');
    assert.equal(form('ActiveState=active'), 'pairs');
    assert.equal(form('jobs_total 5'), 'metrics');
    assert.equal(form('ok'), 'text');
  });

  it('a bounded list, in a bounded time', () => {
    const wide = Object.fromEntries(
      Array.from({ length: 50_000 }, (_, index) => [`lastRunAt${index}`, ago(MINUTE)]),
    );
    assert.ok(explore(readSaid(JSON.stringify(wide)), NOW, { isWritten: false }).candidates.length <= 20);
    let deep: unknown = ago(MINUTE);
    for (let depth = 0; depth < 2_000; depth++) deep = { lastRunAt: deep };
    assert.deepEqual(found(deep), []);
  });
});
