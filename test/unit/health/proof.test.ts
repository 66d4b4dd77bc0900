import assert from 'node:assert/strict';
import type { Report } from '../../../src/health/report';
import { proofOf, type ProcessFate, type Proof } from '../../../src/health/proof';
import type { Malformed, Unproven } from '../../../src/health/cause';
import { FAILURES, reportWith, type Parts } from './support';

const NOW = Date.parse('2026-11-25T12:00:00Z');
const MINUTE_MS = 60_000;

const report = (more: Parts = {}): Report => reportWith({ daemonNow: NOW, ...more });

describe('what an answer of a new instance proves', () => {
  const cycle = { lastPollStartedAt: NOW - 1_010, lastPollCompletedAt: NOW - 1_000, pollStale: false };
  const old = { lastPollStartedAt: NOW - 10 * MINUTE_MS - 5, lastPollCompletedAt: NOW - 10 * MINUTE_MS };
  const malformed: Malformed = { field: 'health.lastPollCompletedAt', is: 'noTime' };
  const rows: readonly [what: string, more: Parts, is: Proof['is'], why: Unproven | undefined][] = [
    ['a completed cycle', cycle, 'proven', undefined],
    [
      'a cycle in flight',
      { lastPollStartedAt: NOW - 1_000, pollStale: false },
      'notYet',
      { is: 'noCycleYet' },
    ],
    ['no cycle yet', { pollStale: false }, 'notYet', { is: 'noCycleYet' }],
    ['pollStale', { ...old, pollStale: true }, 'refuted', { is: 'loopHangs', stale: { is: 'pollStale' } }],
    [
      'pollStale over a new cycle',
      { ...cycle, pollStale: true },
      'refuted',
      { is: 'loopHangs', stale: { is: 'pollStale' } },
    ],
    ['an old cycle', old, 'refuted', { is: 'loopHangs', stale: { is: 'lastCycle', thresholdMs: 60_000 } }],
    [
      'an old cycle that is said not to be stale',
      { ...old, pollStale: false },
      'notYet',
      { is: 'loopUnknown', why: { is: 'timesContradict' } },
    ],
    [
      'a time of a cycle that is none',
      { malformed: [malformed] },
      'notYet',
      { is: 'loopUnknown', why: { is: 'malformed', malformed: [malformed] } },
    ],
    ['nothing of cycles', {}, 'newButUntold', { is: 'cyclesUntold' }],
    ['a ductor', { kind: 'ductor' }, 'newButUntold', { is: 'loopUnknown', why: { is: 'intakeUntold' } }],
    ['that it is starting', { ...cycle, starting: true }, 'notYet', { is: 'starting' }],
    ['that its loop is stopped', { ...cycle, isRunning: false }, 'notYet', { is: 'loopStopped' }],
    [
      'that it is not available',
      { ...cycle, available: false, unavailable: { is: 'said', said: 'no git repository' } },
      'notYet',
      { is: 'unavailable', why: { is: 'said', said: 'no git repository' } },
    ],
    [
      'the same without a reason',
      { ...cycle, available: false },
      'notYet',
      { is: 'unavailable', why: { is: 'said', said: undefined } },
    ],
  ];
  for (const [what, more, is, why] of rows) {
    it(`${what}: ${is}`, () => {
      const proof = proofOf(undefined, { ok: true, report: report(more) }, 'unknown');
      assert.equal(proof.is, is);
      assert.deepEqual('why' in proof ? proof.why : undefined, why);
    });
  }
});

describe('whether who answers after a restart is a new instance', () => {
  const cycle = { lastPollStartedAt: NOW - 1_010, lastPollCompletedAt: NOW - 1_000, pollStale: false };
  const named = (id: string) => report({ ...cycle, instance: { id } });
  const unnamed = report(cycle);
  const rows: readonly [string, Report | undefined, Report, ProcessFate, Proof['is']][] = [
    ['another name, whatever process answers', named('a'), named('b'), 'lives', 'proven'],
    ['the same name, whatever process answers', named('a'), named('a'), 'gone', 'refuted'],
    ['no name, and another process', unnamed, unnamed, 'gone', 'proven'],
    ['no name, and the old process', unnamed, unnamed, 'lives', 'refuted'],
    ['no name, and nobody knows the process: the port was free', unnamed, unnamed, 'unknown', 'proven'],
    ['a name only now, and the old process', unnamed, named('b'), 'lives', 'refuted'],
    ['no answer before, and another process', undefined, unnamed, 'gone', 'proven'],
    ['no answer before, and the old process', undefined, unnamed, 'lives', 'refuted'],
  ];
  for (const [what, before, after, old, is] of rows) {
    it(`${what}: ${is}`, () => {
      const proof = proofOf(before, { ok: true, report: after }, old);
      assert.equal(proof.is, is);
      if (proof.is === 'refuted') assert.equal(proof.by, 'oldInstance');
    });
  }

  it('no answer: notYet, with the cause', () => {
    const { refused } = FAILURES;
    assert.deepEqual(proofOf(unnamed, { ok: false, failure: refused }, 'gone'), {
      is: 'notYet',
      why: { is: 'noAnswer', cause: refused.cause },
    });
  });
});
