import assert from 'node:assert/strict';
import { planRecovery, type Leftover } from '../../../../src/dispatchd/life/recoveryPlan';
import type { Session } from '../../../../src/dispatchd/sessions/session';
import { running, session, spec } from '../../../support/dispatchd/sessions';

const HOUR_MS = 3_600_000;
const STARTED_AT = 1_000_000;

function plan(left: Session, leftover: Partial<Leftover> = {}) {
  const nowMs = STARTED_AT + 60_000;
  return planRecovery({
    session: left,
    nowMs,
    lastAliveAt: STARTED_AT + 30_000,
    exit: undefined,
    found: { foundAt: nowMs, foundBy: 'this life' },
    ...leftover,
  });
}

const kind = (...args: Parameters<typeof plan>) => plan(...args)?.kind;
const named = { spec: spec({ kind: 'named' }) };
const resumable = { spec: spec({ resumable: true }) };

describe('dispatchd recovery plan', () => {
  for (const [title, left, leftover, expected] of [
    ['a foreground command is reported', session(running()), {}, 'interrupt'],
    ['a resumable one is started again', session(running(), resumable), {}, 'resume'],
    ['a named one is started again', session(running(), named), {}, 'resume'],
    ['a waiting one goes on waiting', session({ status: 'queued' }), {}, undefined],
    [
      'one that was never let loose waits again',
      session({ ...running(), process: undefined! }),
      {},
      'requeue',
    ],
    [
      'without a gate, one without a pid may have run',
      session({ ...running({ gated: false }), process: undefined! }),
      {},
      'interrupt',
    ],
    [
      'a finished one is left alone',
      session({ status: 'completed', endedAt: 1, outcome: '' }),
      {},
      undefined,
    ],
    [
      'one that was reported before is left alone',
      session({ status: 'interrupted', endedAt: 1, outcome: '' }),
      {},
      undefined,
    ],

    [
      'two hours are not too old',
      session(running(), named),
      { nowMs: STARTED_AT + 30_000 + 2 * HOUR_MS },
      'resume',
    ],
    ['more is', session(running(), named), { nowMs: STARTED_AT + 30_001 + 2 * HOUR_MS }, 'interrupt'],
    [
      'a long run is not old while the daemon lived',
      session(running(), named),
      { nowMs: 1e12, lastAliveAt: 1e12 - 1 },
      'resume',
    ],
    [
      'without a sign of life the start counts',
      session(running(), named),
      { lastAliveAt: undefined, nowMs: STARTED_AT + 3 * HOUR_MS },
      'interrupt',
    ],
    [
      'a waiting one is not started after a night either',
      session({ status: 'queued' }),
      { nowMs: 1e12 },
      'interrupt',
    ],
    [
      'a start in the future (the clock was set back) is not old',
      session(running({ startedAt: 1e12 }), named),
      { nowMs: STARTED_AT },
      'resume',
    ],

    [
      'the second attempt may be followed by a third',
      session(running(), { ...named, attempt: 2 }),
      {},
      'resume',
    ],
    ['the third is the last', session(running(), { ...named, attempt: 3 }), {}, 'interrupt'],
    [
      'also for one that was never let loose',
      session({ ...running(), process: undefined! }, { attempt: 3 }),
      {},
      'interrupt',
    ],

    [
      'success without a witness is success',
      session(running(), named),
      { exit: { exitCode: 0, at: STARTED_AT + 59_000 } },
      'ended',
    ],
    [
      'failure while the daemon lived is failure',
      session(running(), named),
      { exit: { exitCode: 1, at: STARTED_AT + 30_000 } },
      'ended',
    ],
    [
      'failure after its death may be the lost pipe',
      session(running(), named),
      { exit: { exitCode: 1, at: STARTED_AT + 30_001 } },
      'resume',
    ],
    [
      'success is success also when too old to resume',
      session(running(), named),
      { nowMs: 1e12, exit: { exitCode: 0, at: 1 } },
      'ended',
    ],

    [
      'one that was being cancelled is cancelled',
      session(running({ stopping: { cause: 'cancel', at: 1 } }), named),
      {},
      'stopped',
    ],
    [
      'one that was timing out timed out',
      session(running({ stopping: { cause: 'timeout', at: 1 } }), named),
      {},
      'stopped',
    ],
    [
      'one that a clean stop interrupted goes on',
      session(running({ stopping: { cause: 'shutdown', at: 1 } }), named),
      {},
      'resume',
    ],
    [
      'one that came to its own end just before a clean stop is over',
      session(running({ stopping: { cause: 'shutdown', at: 1 } }), named),
      { exit: { exitCode: 0, at: STARTED_AT } },
      'ended',
    ],
  ] as [string, Session, Partial<Leftover>, string | undefined][]) {
    it(title, () => assert.equal(kind(left, leftover), expected));
  }

  it('comes to an end however often the daemon dies', () => {
    let left = session(running(), named);
    for (let deaths = 0; plan(left)?.kind === 'resume'; deaths++) {
      assert.ok(deaths < 5);
      left = { ...left, recovered: true, attempt: left.attempt + 1, state: running() };
    }
    assert.equal(kind(left), 'interrupt');
  });

  it('says what was interrupted, and why it is not started again', () => {
    const { state } = plan(session(running(), { ...named, attempt: 3 }))!.next;
    assert.equal(
      state.status === 'interrupted' && state.outcome,
      'Its run, begun at 1970-01-01T00:16:40.000Z, was interrupted when dispatchd ended; ' +
        'it was started 3 times already. Run it again or dismiss it.',
    );
  });
});
