import assert from 'node:assert/strict';
import { findConflicts, type InvolvedDaemon } from '../../../src/health/conflicts';
import { party } from '../health/support';
import { conflictSummary, conflictText, conflictTitle } from '../../../src/words/conflictText';

describe('the words for a conflict', () => {
  const [two] = findConflicts([party(3457, { name: 'smithy' }), party(3458, { name: 'smithy (project)' })]);
  const [three] = findConflicts([party(1), party(2), party(3)]);

  it('name both, and say what helps', () => {
    assert.equal(conflictTitle(two!), '2 smithys share a database');
    assert.equal(conflictSummary(two!), 'stop one of 3457 and 3458: both dispatch the same tasks');
    assert.equal(
      conflictText(two!),
      '2 smithy daemons work on the same database, ~/project/.stoneforge/stoneforge.db: smithy on port 3457 and ' +
        'smithy (project) on port 3458. Stop one: both dispatch the same tasks.',
    );
  });

  it('count more than two', () => {
    assert.equal(conflictTitle(three!), '3 smithys share a database');
    assert.equal(conflictSummary(three!), 'stop all but one of 1, 2 and 3: all 3 dispatch the same tasks');
  });

  const agents = { runsOnlyAgents: true };
  const reasons: readonly (readonly [InvolvedDaemon[], string])[] = [
    [[party(1, agents), party(2, agents)], 'stop one of 1 and 2: agents of both still run'],
    [[party(1), party(2, agents)], 'stop one of 1 and 2: 1 dispatches tasks, and agents of 2 still run'],
    [
      [party(1), party(2), party(3, { ...agents, kind: 'other' })],
      'stop all but one of 1, 2 and 3: 1 and 2 dispatch tasks, and agents of 3 still run',
    ],
  ];
  for (const [parties, expected] of reasons) {
    it(expected, () => assert.equal(conflictSummary(findConflicts(parties)[0]!), expected));
  }
});
