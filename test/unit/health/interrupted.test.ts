import assert from 'node:assert/strict';
import { readSessions } from '../../../src/kinds/smithy/sessions';
import { DISPATCHD_TRAITS } from '../../../src/kinds/dispatchd/traits';
import { hasEnded, lostOf, stillLost, withLost, type Lost } from '../../../src/health/interrupted';
import type { Report, Session } from '../../../src/health/report';
import { loadRecording } from '../../fixtures/recordings';
import { DAY_MS, HOUR_MS, reportWith } from './support';

const FOUND_AT = Date.parse('2026-03-02T08:00:00.000Z');
const session: Session = {
  id: 'session-1',
  title: 'worker',
  status: 'interrupted',
  agentId: 'el-1',
  providerSessionId: 'conversation-1',
  createdAt: FOUND_AT - HOUR_MS,
};
const lost: readonly Lost[] = [{ session, foundAt: FOUND_AT, database: '/a/db' }];
const report = (sessions: readonly Partial<Session>[] | undefined, database = '/a/db'): Report =>
  reportWith({
    database: { path: database, realPath: database },
    ...(sessions && {
      sessions: sessions.map((more, index) => ({
        id: `new-${index}`,
        title: 'x',
        status: 'running',
        ...more,
      })),
    }),
  });

describe('work that a smithy lost to a restart', () => {
  const cases: [string, Report, number, boolean][] = [
    ['nothing of it came back', report([{ agentId: 'el-2', providerSessionId: 'other' }]), FOUND_AT, true],
    ['the sessions are not told', report(undefined), FOUND_AT, true],
    ['its conversation goes on', report([{ providerSessionId: 'conversation-1' }]), FOUND_AT, false],
    [
      'its conversation went on and has ended a moment ago',
      report([{ providerSessionId: 'conversation-1', status: 'terminated' }]),
      FOUND_AT,
      false,
    ],
    ['its agent is at work again', report([{ agentId: 'el-1' }]), FOUND_AT, false],
    ['its agent only ended something', report([{ agentId: 'el-1', status: 'terminated' }]), FOUND_AT, true],
    ['it is there after all', report([{ id: 'session-1' }]), FOUND_AT, false],
    ['it is nearly a day old', report([]), FOUND_AT + DAY_MS - 1, true],
    ['it is a day old', report([]), FOUND_AT + DAY_MS, false],
    [
      'another smithy has the port, with such an agent',
      report([{ agentId: 'el-1' }], '/b/db'),
      FOUND_AT,
      true,
    ],
  ];
  for (const [what, now, nowAt, isLost] of cases) {
    it(`is ${isLost ? 'still' : 'not'} lost where ${what}`, () => {
      assert.equal(stillLost(lost, now, nowAt).length, isLost ? 1 : 0);
    });
  }

  it('is the same list while nothing changes, so that nothing is written', () => {
    assert.equal(stillLost(lost, report([]), FOUND_AT), lost);
  });

  it('is shown for the smithy whose it was, not for another on its port', () => {
    assert.equal(lostOf(lost, report([])).length, 1);
    assert.equal(lostOf(lost, report([], '/b/db')).length, 0);
    assert.equal(lostOf(lost, { ...report([]), kind: 'dispatchd', traits: DISPATCHD_TRAITS }).length, 0);
  });

  it('is listed once, the newest first, and not without end', () => {
    const other = { ...session, id: 'session-2' };
    const both = withLost(lost, [other, session], report([]), FOUND_AT);
    assert.deepEqual(
      both.map((each) => each.session.id),
      ['session-2', 'session-1'],
    );
    const many = Array.from({ length: 1_000 }, (_, n) => ({ ...session, id: `session-${n}` }));
    assert.equal(withLost(lost, many, report([]), FOUND_AT).length, 100);
  });
});

describe('work that ended just before its smithy restarted', () => {
  const [before] = readSessions(
    (loadRecording('restart/0-before-sessions').body as { sessions: unknown[] }).sessions,
  ).filter(({ role }) => role === 'worker');
  const { id, providerSessionId = '', createdAt } = before!;
  const cases: [string, Parameters<typeof hasEnded>[1], boolean][] = [
    ['nothing of the agent', [], false],
    ['its end', [{ id }], true],
    [
      'an earlier session of its conversation',
      [{ id: 'x', providerSessionId, endedAt: createdAt! - 1 }],
      false,
    ],
    [
      'its conversation, resumed and ended since',
      [{ id: 'x', providerSessionId, endedAt: createdAt! + 1 }],
      true,
    ],
    ['another conversation', [{ id: 'x', providerSessionId: 'y', endedAt: createdAt! + 1 }], false],
  ];
  for (const [what, ended, expected] of cases) {
    it(`${expected ? 'has ended' : 'was interrupted'} where smithy remembers ${what}`, () => {
      assert.equal(hasEnded(before!, ended), expected);
    });
  }

  it('was interrupted in what was recorded of a real one', () => {
    const { recentHistory } = loadRecording('restart/1-after-agent-status').body as {
      recentHistory: { id: string; providerSessionId: string; endedAt: string }[];
    };
    const ended = recentHistory.map((entry) => ({ ...entry, endedAt: Date.parse(entry.endedAt) }));
    assert.equal(hasEnded(before!, ended), false);
  });
});
