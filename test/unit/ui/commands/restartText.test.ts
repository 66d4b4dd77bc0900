import assert from 'node:assert/strict';
import type { Report } from '../../../../src/health/report';
import { consequences } from '../../../../src/ui/commands/restartText';
import { reportWith, Watch } from '../../health/support';
import { modelOf } from '../support';

describe('the question before a restart', () => {
  const asked = (parts: Partial<Report>) => {
    const watch = new Watch();
    watch.answer(reportWith({ kind: 'ductor', ...parts }));
    const plan = {
      model: modelOf(watch, 'ductor', 8799),
      owner: { pid: 7, commandLine: 'ductor', startedAtMs: 1, name: 'python', isOurs: true },
      ownerIsKnown: true,
      interrupts: [],
      records: [],
      way: { by: 'supervisor', keepsWork: false } as const,
    };
    return consequences(plan, { isLoop: false, isOld: false, now: watch.time.now(), userName: () => 'dev' });
  };
  const turnsUnknown = { unknownWork: { subAgents: [], turns: true, tasks: false } };

  it('is not needed where nothing runs and all of that is known', () => {
    assert.equal(asked({ sessions: [] }), undefined);
  });

  it('says which work is not known', () => {
    assert.equal(asked(turnsUnknown), 'Whether ductor works on a turn of its chats is not known.');
  });

  it('says which file could not be read', () => {
    assert.equal(
      asked({ ...turnsUnknown, malformed: [{ field: 'inflight_turns.json', is: 'unreadableFile' }] }),
      'Whether ductor works on a turn of its chats is not known.\ninflight_turns.json could not be read.',
    );
  });

  it('does not name what waits for an answer: a restart leaves that as it is', () => {
    assert.equal(asked({ sessions: [{ id: 'a', title: 'docs', status: 'waiting' }] }), undefined);
  });
});
