import assert from 'node:assert/strict';
import { assessLoop } from '../../../../src/health/staleness';
import { readContract } from '../../../../src/kinds/generic/contract';
import { readSaid } from '../../../../src/kinds/generic/said';
import { loopUnknownText, staleText } from '../../../../src/words/causes';
import { FakeTime, MINUTE_MS, reportWith, SECOND_MS } from '../../health/support';

const time = new FakeTime();
const nowAt = time.wallAt;
const ago = (ms: number) => new Date(nowAt - ms).toISOString();

/** What a daemon that says this of its progress is taken for. @param backSinceMs so long ago it came back */
function shown(progress: unknown, backSinceMs?: number): string | undefined {
  const found = readContract(readSaid(JSON.stringify({ status: 'pass', progress })), {
    nowAt,
    monotonicMs: time.monotonicMs,
    ...(backSinceMs !== undefined && { backSinceAt: nowAt - backSinceMs }),
  });
  if (!found) return undefined;
  const { signs, thresholdMs: pollStaleThresholdMs } = found;
  const loop = assessLoop(
    reportWith({ progress: signs, daemonNow: nowAt, pollStaleThresholdMs, malformed: [] }),
  );
  if (loop.kind === 'unknown') return loopUnknownText(loop.why);
  return loop.kind === 'stale' ? `stale: ${staleText(loop.stale)}` : `${loop.kind} by ${signs.by}`;
}

/** The loop that always owes its next turn. */
const LOOP = {
  version: 1,
  lastCompletedAt: ago(2 * SECOND_MS),
  owedSinceAt: ago(60 * MINUTE_MS),
  redAfterMs: 5 * MINUTE_MS,
};
const HOUR_MS = 60 * MINUTE_MS;

describe('the document of the health contract', () => {
  const rows: readonly (readonly [what: string, progress: object, shows: string])[] = [
    ['a loop that turns', LOOP, 'advancing by time'],
    [
      'a loop that hangs',
      { ...LOOP, lastCompletedAt: ago(6 * MINUTE_MS) },
      'stale: the time that proves progress is older than 5 min',
    ],
    [
      'a loop that hangs in its first turn',
      { ...LOOP, lastCompletedAt: null },
      'stale: the time that proves progress is older than 5 min',
    ],
    [
      'a loop in its first turn',
      { ...LOOP, lastCompletedAt: null, owedSinceAt: ago(MINUTE_MS) },
      'the time that proves progress is old, and a newer one is still to come',
    ],
    [
      'the last day of all as the next run',
      { ...LOOP, owedSinceAt: null, lastCompletedAt: null, nextDueAt: '9999-12-31T23:59:59Z' },
      'the daemon has nothing to do, so nothing shows whether work would get on',
    ],
    [
      'work that came in after an idle hour',
      { ...LOOP, lastCompletedAt: ago(HOUR_MS), owedSinceAt: ago(SECOND_MS) },
      'the time that proves progress is old, and a newer one is still to come',
    ],
    [
      'work that came in after an idle hour, and hangs',
      { ...LOOP, lastCompletedAt: ago(HOUR_MS), owedSinceAt: ago(6 * MINUTE_MS) },
      'stale: the time that proves progress is older than 5 min',
    ],
    [
      'nothing to do for an hour',
      { ...LOOP, lastCompletedAt: ago(HOUR_MS), owedSinceAt: null },
      'the daemon has nothing to do, so nothing shows whether work would get on',
    ],
    ['nothing to do any more', { ...LOOP, owedSinceAt: null }, 'advancing by time'],
    [
      'a schedule that is kept',
      { ...LOOP, lastCompletedAt: ago(HOUR_MS), owedSinceAt: null, nextDueAt: ago(-HOUR_MS) },
      'advancing by due',
    ],
    [
      'a run that was due a minute ago',
      { ...LOOP, lastCompletedAt: ago(HOUR_MS), owedSinceAt: null, nextDueAt: ago(MINUTE_MS) },
      'advancing by due',
    ],
    [
      'a run that is overdue',
      { ...LOOP, lastCompletedAt: ago(HOUR_MS), owedSinceAt: null, nextDueAt: ago(6 * MINUTE_MS) },
      'stale: the next run is overdue by more than 5 min',
    ],
    [
      'a run that hangs while the next one is still to come',
      { ...LOOP, lastCompletedAt: ago(HOUR_MS), owedSinceAt: ago(6 * MINUTE_MS), nextDueAt: ago(-HOUR_MS) },
      'stale: the time that proves progress is older than 5 min',
    ],
    ['another version', { ...LOOP, version: 2 }, 'malformed: progress.version should be 1, is 2'],
    ...[1_764_000_000, 1_764_000_000_000, 0, '1764000000', ''].map(
      (at): readonly [string, object, string] => [
        `a time without a unit: ${JSON.stringify(at)}`,
        { ...LOOP, lastCompletedAt: at },
        `malformed: progress.lastCompletedAt should be ISO 8601 with its zone, or null, is ${JSON.stringify(at)}`,
      ],
    ),
    [
      'all else of another type',
      { version: 1, lastCompletedAt: [], owedSinceAt: true, nextDueAt: 'soon', redAfterMs: '5m' },
      'malformed: progress.lastCompletedAt should be ISO 8601 with its zone, or null, is []; ' +
        'progress.owedSinceAt should be ISO 8601 with its zone, or null, is true; ' +
        'progress.nextDueAt should be ISO 8601 with its zone, or null, is "soon"; ' +
        'progress.redAfterMs should be milliseconds from 1000 to 2678400000, is "5m"',
    ],
    [
      'nothing but its version',
      { version: 1 },
      'malformed: progress.lastCompletedAt is missing; progress.owedSinceAt is missing; progress.redAfterMs is missing',
    ],
    [
      'a threshold that no poll can judge',
      { ...LOOP, redAfterMs: 0 },
      'malformed: progress.redAfterMs should be milliseconds from 1000 to 2678400000, is 0',
    ],
    [
      'work of the future',
      { ...LOOP, lastCompletedAt: ago(-HOUR_MS) },
      "the time that proves progress lies in the future of the daemon's own clock",
    ],
    [
      'a debt of the future',
      { ...LOOP, owedSinceAt: ago(-HOUR_MS) },
      "the time that proves progress lies in the future of the daemon's own clock",
    ],
  ];
  for (const [what, progress, shows] of rows) {
    it(`${what}: ${shows}`, () => assert.equal(shown(progress), shows));
  }

  it('owes nothing for the time in which the daemon was away', () => {
    const hung = { ...LOOP, lastCompletedAt: ago(6 * MINUTE_MS) };
    assert.equal(
      shown(hung, SECOND_MS),
      'the time that proves progress is old, and a newer one is still to come',
    );
    assert.equal(shown(hung, 7 * MINUTE_MS), 'stale: the time that proves progress is older than 5 min');
  });

  for (const other of [undefined, null, 0.5, 'half', [1], {}, { percent: 50 }]) {
    it(`is not a document with the progress ${JSON.stringify(other)}`, () =>
      assert.equal(shown(other), undefined));
  }
});
