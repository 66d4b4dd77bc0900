import assert from 'node:assert/strict';
import { extensionsFor, longestExtensionMs } from '../../../src/health/extensions';
import type { Session } from '../../../src/health/report';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from './support';

const MIN = MINUTE_MS;

/** A session with this limit. */
const session = (timeoutMs: number, more: Partial<Session> = {}): Session => ({
  id: 's',
  title: 's',
  status: 'running',
  startedAt: 0,
  deadlineAt: timeoutMs,
  timeoutMs,
  activityExtensionMs: 2 * MIN,
  maxTotalMs: 4 * HOUR_MS,
  ...more,
});

describe('the extensions that fit a session', () => {
  // The first is what Enter takes.
  const rows: [what: string, Session, offered: number[]][] = [
    ['of ten minutes', session(10 * MIN), [5 * MIN, 2 * MIN, 10 * MIN, 230 * MIN]],
    ['of an hour', session(HOUR_MS), [30 * MIN, 2 * MIN, HOUR_MS, 3 * HOUR_MS]],
    [
      'of a minute and ten',
      session(70 * SECOND_MS),
      [2 * MIN, 30 * SECOND_MS, MIN, 4 * HOUR_MS - 70 * SECOND_MS],
    ],
    [
      'that was extended before',
      session(HOUR_MS, { deadlineAt: 2 * HOUR_MS }),
      [30 * MIN, 2 * MIN, HOUR_MS, 2 * HOUR_MS],
    ],
    [
      'with little left of what its daemon grants',
      session(HOUR_MS, { maxTotalMs: 80 * MIN }),
      [2 * MIN, 20 * MIN],
    ],
    ['at the end of what its daemon grants', session(HOUR_MS, { maxTotalMs: HOUR_MS }), []],
    ['whose daemon tells no limits', { id: 's', title: 's', status: 'running' }, []],
  ];
  for (const [what, each, offered] of rows) {
    it(what, () => assert.deepEqual(extensionsFor([each]), offered));
  }

  it('never exceed what the daemon grants, and are no two alike', () => {
    for (const limitMs of [1, 90 * SECOND_MS, 7 * MIN, 45 * MIN, 3 * HOUR_MS, 30 * HOUR_MS]) {
      for (const capMs of [limitMs, limitMs + 1, limitMs + 90_000, 2 * limitMs, 10 * limitMs + HOUR_MS]) {
        const each = session(limitMs, { maxTotalMs: capMs });
        const offered = extensionsFor([each]);
        const longestMs = longestExtensionMs(each)!;
        assert.ok(
          offered.every((ms) => ms > 0 && ms <= longestMs),
          `${limitMs} ${capMs}: ${offered.join()}`,
        );
        assert.equal(new Set(offered).size, offered.length);
        assert.ok(offered.length <= 4);
        if (longestMs > 0) assert.ok(offered.includes(longestMs), 'all that there is');
      }
    }
  });

  it('of several fit all of them', () => {
    const [long, short] = [session(HOUR_MS), session(10 * MIN, { maxTotalMs: 14 * MIN })];
    assert.deepEqual(extensionsFor([long, short]), [2 * MIN, 4 * MIN]);
  });
});
