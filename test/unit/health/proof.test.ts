import assert from 'node:assert/strict';
import type { Report } from '../../../src/health/report';
import { proofOf } from '../../../src/health/proof';
import { reportWith, type Parts } from './support';

const NOW = Date.parse('2026-11-25T12:00:00Z');
const MINUTE_MS = 60_000;

const report = (more: Parts = {}): Report => reportWith({ daemonNow: NOW, ...more });

describe('what an answer of a daemon that was just started proves', () => {
  const cycle = { lastPollStartedAt: NOW - 1_010, lastPollCompletedAt: NOW - 1_000, pollStale: false };
  const old = { lastPollStartedAt: NOW - 10 * MINUTE_MS - 5, lastPollCompletedAt: NOW - 10 * MINUTE_MS };
  const none = 'it has not completed a poll cycle';

  for (const [what, more, kind, why] of [
    ['a completed cycle', cycle, 'works', undefined],
    ['a cycle in flight', { lastPollStartedAt: NOW - 1_000, pollStale: false }, 'notYet', none],
    ['no cycle yet', { pollStale: false }, 'notYet', none],
    ['pollStale', { ...old, pollStale: true }, 'hangs', 'its poll loop hangs (the daemon says pollStale)'],
    ['pollStale over a new cycle', { ...cycle, pollStale: true }, 'hangs', /pollStale/],
    ['an old cycle', old, 'hangs', /older than 60 s/],
    [
      'an old cycle that is said not to be stale',
      { ...old, pollStale: false },
      'notYet',
      /poll times are old/,
    ],
    [
      'a time of a cycle that is none',
      { malformed: ['health.lastPollCompletedAt is x'] },
      'notYet',
      /malformed/,
    ],
    ['nothing of cycles', {}, 'untold', /does not report its poll cycles/],
    ['a ductor', { kind: 'ductor' }, 'untold', /ductor does not tell/],
    ['that it is starting', { ...cycle, starting: true }, 'notYet', 'it is still starting'],
    ['that its loop is stopped', { ...cycle, isRunning: false }, 'notYet', 'its poll loop is stopped'],
    [
      'that it is not available',
      { ...cycle, available: false, unavailableReason: 'no git repository' },
      'notYet',
      'no git repository',
    ],
    ['the same without a reason', { ...cycle, available: false }, 'notYet', /not available/],
  ] as const) {
    it(`${what}: ${kind}`, () => {
      const proof = proofOf(report(more));
      assert.equal(proof.kind, kind);
      if (why !== undefined)
        assert.match(
          'why' in proof ? proof.why : '',
          typeof why === 'string' ? new RegExp(why.replace(/[()]/g, '\\$&')) : why,
        );
    });
  }
});
