import assert from 'node:assert/strict';
import type { Outcome, StopOutcome } from '../../../src/model/outcome';
import { outcomeText, recordOf, stopText } from '../../../src/words/outcomes';

const P = { pid: 7, commandLine: 'node x' };
const PORT = { port: 3457, process: P };
const NONE = { port: undefined, process: P };
const CURED = { kind: 'cured', daemon: 'x', tookMs: 14_000, isRestart: true } as const;
const WORK = { resumed: 2, interrupted: 1 };
const FAILED = { kind: 'failed', daemon: 'x', isStopped: false, nothingRuns: false } as const;
const LATE = { kind: 'late', daemon: 'x', afterMs: 60_000, nothingRuns: false } as const;
const LATE_TEXT = 'x was started, but is not proven to work after 1 min';

const CASES: readonly [what: string, Outcome, text: string][] = [
  ['is cured', { ...CURED, work: WORK }, 'x restarted in 14 s · 2 sessions resumed, 1 interrupted.'],
  ['started what did not run', { ...CURED, isRestart: false }, 'x started in 14 s.'],
  [
    'ended the old process by force',
    { ...CURED, ended: 'byForce' },
    'x restarted in 14 s (the old process was ended by force).',
  ],
  [
    'found the old process ended',
    { ...CURED, ended: 'hadEnded' },
    'x restarted in 14 s (the old process had ended already; nothing was ended).',
  ],
  ['ended the old process gently', { ...CURED, ended: 'onTerm' }, 'x restarted in 14 s.'],
  [
    'has a hang report',
    {
      ...CURED,
      work: WORK,
      report: { file: '/r.md', found: 'waited for 28 s, most likely for its child process; 0 % CPU' },
    },
    'x restarted in 14 s · 2 sessions resumed, 1 interrupted. Before that, the old process waited for 28 s, most likely for its child process; 0 % CPU.',
  ],
  ['has a report of what is no hang', { ...CURED, report: { file: '/r.md' } }, 'x restarted in 14 s.'],
  [
    'leaves something open',
    { ...CURED, leftOpen: 'port 9229 stays open until process 7 ends' },
    'x restarted in 14 s. In the daemon, port 9229 stays open until process 7 ends.',
  ],
  [
    'leaves processes',
    {
      ...CURED,
      outlived: {
        left: [
          { pid: 11, name: 'claude', session: 'a' },
          { pid: 12, name: '' },
        ],
        ended: 1,
      },
    },
    'x restarted in 14 s. 1 process that x had started was ended. 2 processes that x had started still run: claude (11, session “a”), process (12).',
  ],
  [
    'could not end what the old process had started',
    { ...FAILED, why: { is: 'offspringStays', process: { pid: 11, name: 'claude' } }, isStopped: true },
    'The old process had started claude (11), which could not be ended and still runs. Nothing was started. The old process has ended.',
  ],
  [
    'cannot be proven',
    { ...CURED, kind: 'unproven', why: { is: 'noCycleYet' } },
    'x restarted in 14 s, but no poll cycle has completed yet.',
  ],
  [
    'is not proven to be ours',
    { kind: 'unproven', daemon: 'x', tookMs: 3_000, notOurs: { ...PORT, is: 'unproven' }, work: WORK },
    'x answers after 3 s, but port 3457 is answered by process 7 (node x), which this restart is not proven to have started. 2 sessions resumed, 1 interrupted.',
  ],
  [
    'is cancelled early',
    { kind: 'cancelled', daemon: 'x', left: 'unchanged' },
    'Restart cancelled: nothing was changed.',
  ],
  [
    'is cancelled while the old process ends',
    { kind: 'cancelled', daemon: 'x', left: 'ending' },
    'Restart cancelled: the old process was asked to stop and may still be ending. Nothing was started.',
  ],
  [
    'is cancelled before the start',
    { kind: 'cancelled', daemon: 'x', left: 'stopped' },
    'Restart cancelled: the old process has ended. Nothing was started.',
  ],
  [
    'is cancelled after the start',
    { kind: 'cancelled', daemon: 'x', left: 'started', work: { resumed: 1, interrupted: 0 } },
    'Restart cancelled: the daemon was started. Whether the daemon works was not waited for. 1 session resumed.',
  ],
  [
    'meets another process',
    { ...FAILED, why: { ...PORT, is: 'anotherNow' } },
    'Port 3457 is held by another process now, 7 (node x). Nothing was ended and nothing was started.',
  ],
  [
    'cannot end the old process',
    { ...FAILED, why: { ...PORT, is: 'oldStays' } },
    'The old process 7 (node x) could not be ended and still holds port 3457. Nothing was started.',
  ],
  [
    'cannot end the old process, without an address',
    { ...FAILED, why: { ...NONE, is: 'oldStays' } },
    'The old process 7 (node x) could not be ended and still runs. Nothing was started.',
  ],
  [
    'finds its port held',
    { ...FAILED, isStopped: true, nothingRuns: true, why: { ...PORT, is: 'portHeld' } },
    'Port 3457 is still held by process 7 (node x). Nothing was started. The old process has ended.',
  ],
  [
    'finds its port held by another user',
    { ...FAILED, why: { is: 'portHeld', port: 1, process: undefined } },
    'Port 1 is still held by a process of another user. Nothing was started.',
  ],
  [
    'is answered by a stranger',
    { ...FAILED, why: { is: 'strangerAnswers', who: { ...PORT, is: 'ranBefore' } } },
    'Port 3457 is answered by process 7 (node x), which ran before and which this restart did not start.',
  ],
  [
    'is answered by what a failed command started',
    { ...FAILED, why: { ...PORT, is: 'commandFailed', exit: { code: 7 }, who: undefined } },
    'The start command ended with exit code 7, though process 7 (node x), which the command started, answers on port 3457.',
  ],
  [
    'is answered by somebody else though the command was terminated',
    {
      ...FAILED,
      why: {
        ...NONE,
        is: 'commandFailed',
        exit: { code: undefined },
        who: { is: 'unnamed', port: undefined },
      },
    },
    'The start command was terminated, and nothing proves which process answers, so that nothing shows that this restart started the process.',
  ],
  [
    'fails as nobody expected',
    { ...FAILED, why: { is: 'message', message: 'x is undefined' } },
    'x is undefined',
  ],
  [
    'is late and silent',
    { ...LATE, seen: { is: 'silent', cause: { is: 'connectionRefused' } }, exit: { code: 0 } },
    `${LATE_TEXT}: x does not answer (connection refused). The start command ended with exit code 0.`,
  ],
  [
    'is late and was never heard',
    { ...LATE, seen: { is: 'neverAnswered' } },
    `${LATE_TEXT}: x never answered.`,
  ],
  [
    'is late while the old process answers',
    { ...LATE, seen: { is: 'oldAnswers', pid: 7 } },
    `${LATE_TEXT}: the old process 7 still answers.`,
  ],
  [
    'is late while the new process starts',
    { ...LATE, seen: { is: 'newAnswers', why: { is: 'starting' } } },
    `${LATE_TEXT}: the new process answers, but the daemon is still starting.`,
  ],
];

describe('the words for a restart that', () => {
  for (const [what, outcome, text] of CASES) it(what, () => assert.equal(outcomeText(outcome), text));
});

describe('what is kept of a restart', () => {
  it('is how it ended, in words', () => {
    assert.deepEqual(recordOf(CURED, 'stuck', 5), {
      at: 5,
      why: 'stuck',
      kind: 'cured',
      text: 'x restarted in 14 s.',
    });
  });

  const reasons: readonly [Outcome, string | undefined][] = [
    [{ ...FAILED, why: { is: 'startSaid', said: 'Port 1 is taken.' }, nothingRuns: true }, 'Port 1 is taken'],
    [
      { ...FAILED, why: { ...PORT, is: 'portHeld' }, isStopped: true, nothingRuns: true },
      'Port 3457 is still held by process 7 (node x). Nothing was started',
    ],
    [{ ...FAILED, why: { ...PORT, is: 'portHeld' } }, undefined],
    [{ ...LATE, seen: { is: 'neverAnswered' }, nothingRuns: true }, 'no answer within 1 min'],
    [{ ...LATE, seen: { is: 'newAnswers', why: { is: 'starting' } } }, undefined],
  ];
  for (const [outcome, reason] of reasons) {
    it(`has as the reason why nothing runs: ${reason ?? 'none'}`, () => {
      assert.equal(recordOf(outcome, 'wedged', 1).startFailed, reason);
    });
  }

  it('is no longer than rows can show', () => {
    const why = { is: 'startSaid', said: 'x'.repeat(300) } as const;
    const { startFailed } = recordOf({ ...FAILED, why, nothingRuns: true }, 'wedged', 1);
    assert.equal(startFailed, `${'x'.repeat(159)}…`);
  });
});

describe('the words for a stop', () => {
  const stops: readonly [StopOutcome, string][] = [
    [
      { kind: 'stopped', daemon: 'x', is: 'notRunning', port: 1 },
      'x does not run: nothing listens on port 1.',
    ],
    [
      { kind: 'stopped', daemon: 'x', is: 'notRunning', port: undefined },
      'x does not run: no process is known to be this daemon.',
    ],
    [
      { kind: 'stopped', daemon: 'x', is: 'ended', pid: 7, how: 'byItsApi', tookMs: 1_000 },
      'x stopped in 1 s: process 7 ended by its own API.',
    ],
    [
      { kind: 'stopped', daemon: 'x', is: 'ended', pid: 7, how: 'onTerm', tookMs: 1_000 },
      'x stopped in 1 s: process 7 ended on SIGTERM.',
    ],
    [
      { kind: 'stopped', daemon: 'x', is: 'ended', pid: 7, how: 'byForce', tookMs: 1_000 },
      'x stopped in 1 s: process 7 was ended by force.',
    ],
    [
      { kind: 'stopped', daemon: 'x', is: 'ended', pid: 7, how: 'hadEnded', tookMs: 1_000 },
      'x does not run: process 7 had ended already. Nothing was ended.',
    ],
    [
      { kind: 'cancelled', daemon: 'x', pid: 7, isAsked: true },
      'Stop cancelled: process 7 was asked to stop and may still be ending.',
    ],
    [{ kind: 'cancelled', daemon: 'x', pid: 7, isAsked: false }, 'Stop cancelled: nothing was changed.'],
  ];
  for (const [outcome, text] of stops) it(`are "${text}"`, () => assert.equal(stopText(outcome), text));
});
