import assert from 'node:assert/strict';
import type { Exit } from '../../../../src/dispatchd/processes/launch';
import { sessionView } from '../../../../src/dispatchd/http/views';
import { outcomeEntry } from '../../../../src/dispatchd/life/historyEntries';
import { endState } from '../../../../src/dispatchd/sessions/outcome';
import type { RunningSession, Session, StopCause } from '../../../../src/dispatchd/sessions/session';
import { running, session } from '../../../support/dispatchd/sessions';

function end(exit: Exit, cause?: StopCause, overrides: Partial<Session> = {}) {
  const state = running(cause && { stopping: { cause, at: 1_000_000 } });
  const { status, outcome } = endState(
    session(state, overrides) as RunningSession,
    exit,
    1_000_000 + 605_000,
  );
  return [status, outcome];
}

describe('dispatchd outcome', () => {
  for (const [title, actual, expected] of [
    ['success', end({ exitCode: 0 }), ['completed', 'Completed after 10 min 5 s.']],
    ['failure', end({ exitCode: 3 }), ['failed', 'Failed with exit code 3 after 10 min 5 s.']],
    [
      'not found',
      end({ exitCode: 127 }),
      ['failed', 'Failed with exit code 127 after 10 min 5 s: command not found.'],
    ],
    ['a signal', end({ signal: 'SIGSEGV' }), ['failed', 'Ended by signal SIGSEGV after 10 min 5 s.']],
    ['not startable', end({ error: 'spawn EAGAIN' }), ['failed', 'Could not be started: spawn EAGAIN']],
    ['cancelled', end({ exitCode: 143 }, 'cancel'), ['cancelled', 'Cancelled after 10 min 5 s.']],
    [
      'timed out',
      end({ signal: 'SIGKILL' }, 'timeout'),
      [
        'timed-out',
        'Timed out after 10 min 5 s (limit 10 min, no extensions). ' +
          'Run it again with more time, for example timeoutMs 1210000 (20 min 10 s).',
      ],
    ],
    [
      'timed out although extended',
      end({ exitCode: 0 }, 'timeout', { extensionsUsed: 2, requestedExtensions: 1 }),
      [
        'timed-out',
        'Timed out after 10 min 5 s (limit 10 min, 2 of 3 extensions for activity, 1 on request). ' +
          'Run it again with more time, for example timeoutMs 1210000 (20 min 10 s).',
      ],
    ],
  ] as const) {
    it(title, () => assert.deepEqual(actual, expected));
  }

  it('rounds down, as the extension does', () => {
    const { outcome } = endState(
      session(running({ startedAt: 0 })) as RunningSession,
      { exitCode: 0 },
      179_600,
    );
    assert.equal(outcome, 'Completed after 2 min 59 s.');
  });

  it('tells how long a run took by the monotonic clock, however the wall clock was set', () => {
    const state = running({ startedAt: 1_000_000, stopping: { cause: 'timeout', at: 1_000_000 } });
    const { outcome } = endState(session(state) as RunningSession, {}, 400_000, 600_100);
    assert.match(outcome, /^Timed out after 10 min \(limit 10 min, no extensions\)\./);
  });

  for (const [handled, says] of [
    [undefined, 'It was interrupted. Run it again or dismiss it.'],
    ['run', 'It was interrupted. It was run again.'],
    ['dismissed', 'It was interrupted. It was dismissed.'],
  ] as const) {
    it(`of interrupted work offers only what is not refused: ${handled ?? 'it waits'}`, () => {
      const outcome = 'It was interrupted. Run it again or dismiss it.';
      const state = { status: 'interrupted', endedAt: 1, outcome, ...(handled && { handled }) } as const;
      const left = session(state);
      const view = sessionView(left, undefined, 'owner');
      assert.equal('outcome' in view && view.outcome, says);
      assert.equal(outcomeEntry(left).outcome, says);
    });
  }
});
