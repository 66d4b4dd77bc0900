import assert from 'node:assert/strict';
import { CodedError } from '../../../src/base/errors';
import type { NoWay, StartFailure } from '../../../src/model/startFailure';
import { sentenceOf } from '../../../src/words/errors';
import { doubtText, startFailedReason } from '../../../src/words/startFailures';

const REFUSED = { is: 'connectionRefused' } as const;

describe('the words for a start', () => {
  it('that may fail name the command or the folder', () => {
    assert.equal(
      doubtText({ is: 'noProgram', name: 'sf', onPath: true }),
      'It may not start again: the start command "sf" was not found.',
    );
    assert.equal(
      doubtText({ is: 'noFolder', folder: '/gone' }),
      'It may not start again: the start folder /gone does not exist.',
    );
  });

  const failures: readonly [StartFailure, whole: string, reason: string][] = [
    [
      { is: 'noProgram', name: 'sf', onPath: true },
      'The daemon could not be started: the command "sf" was not found on PATH.',
      'the command "sf" was not found on PATH',
    ],
    [
      { is: 'noProgram', name: '/no/such', onPath: false },
      'The daemon could not be started: the command "/no/such" was not found.',
      'the command "/no/such" was not found',
    ],
    [
      { is: 'noFolder', folder: '/gone' },
      'The daemon could not be started: the start folder /gone does not exist.',
      'the start folder /gone does not exist',
    ],
    [
      { is: 'taskNotStarted' },
      'VS Code did not start the task. Look at the terminal for the reason.',
      'VS Code did not start the task',
    ],
    [
      { is: 'commandEnded', exit: { code: 7 }, daemon: 'idle', cause: REFUSED },
      'The start command ended with exit code 7 and idle does not answer (connection refused).',
      'exit code 7',
    ],
    [
      { is: 'commandEnded', exit: { code: undefined }, daemon: 'idle', cause: REFUSED },
      'The start command was terminated and idle does not answer (connection refused).',
      'the start command was terminated',
    ],
    [
      { is: 'commandEnded', exit: { code: 7 }, daemon: 'idle', cause: undefined },
      'The start command ended with exit code 7 and idle does not answer.',
      'exit code 7',
    ],
    [
      { is: 'startSaid', said: 'The daemon could not be started: no database.' },
      'The daemon could not be started: no database.',
      'no database',
    ],
    [{ is: 'startSaid', said: 'Port 1 is taken.' }, 'Port 1 is taken.', 'Port 1 is taken'],
  ];
  for (const [failure, whole, reason] of failures) {
    it(`that failed are "${whole}"`, () => {
      assert.deepEqual([sentenceOf(new CodedError(failure)), startFailedReason(failure)], [whole, reason]);
    });
  }

  it('that nobody knows say what to set', () => {
    assert.equal(
      sentenceOf(new CodedError<NoWay>({ is: 'startUnknown', daemon: 'x' })),
      'How to start x is not known. Set "restart" for x in daemonHealth.daemons.',
    );
    assert.equal(
      sentenceOf(
        new CodedError<NoWay>({
          is: 'startAsInstalled',
          daemon: 'x',
          serviceCommand: 'systemctl --user restart x',
        }),
      ),
      'How x is started depends on how x was installed. Set "restart" for x in daemonHealth.daemons, ' +
        'for a service to { "command": "systemctl --user restart x" }.',
    );
  });
});
