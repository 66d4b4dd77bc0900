import assert from 'node:assert/strict';
import { CodedError, UserError } from '../../../src/base/errors';
import type { Refusal } from '../../../src/model/refusal';
import { NoAnswer } from '../../../src/system/httpClient';
import { sentenceOf } from '../../../src/words/errors';
import { itSays, type Table } from './table';

describe('the sentence of an error', () => {
  const origin = 'http://127.0.0.1:3457';
  const stateDir = '/home/ada/.dispatchd';
  const refusals: Table<Refusal> = {
    notOnThisMachine: [
      { is: 'notOnThisMachine', origin },
      `The dispatchd at ${origin} is not on this machine. Nothing was sent.`,
    ],
    nobodyListens: [{ is: 'nobodyListens', origin }, `Nothing listens at ${origin}. Nothing was sent.`],
    listenerUntold: [
      { is: 'listenerUntold', origin },
      `The system does not tell which process answers at ${origin}; the process may be another user's. Nothing was sent.`,
    ],
    notThatDispatchd: [
      { is: 'notThatDispatchd', origin },
      `The process that answers at ${origin} names the state folder of another dispatchd. Nothing was sent.`,
    ],
    notProven: [
      { is: 'notProven', origin },
      `The program that answers at ${origin} is not proven to be your dispatchd. Nothing was sent.`,
    ],
    foreignStateDir: [
      { is: 'foreignStateDir', origin, stateDir },
      `${stateDir} is not the state folder of the dispatchd at ${origin}. Nothing was sent.`,
    ],
    anotherProgram: [
      { is: 'anotherProgram', origin, pid: 42, user: 'user nobody' },
      `Another program answers at ${origin} (process 42 of user nobody). Nothing was sent.`,
    ],
    foreignFile: [
      { is: 'foreignFile', path: `${stateDir}/token`, user: 'user nobody' },
      `${stateDir}/token belongs to user nobody. Nothing was sent.`,
    ],
    openFile: [
      { is: 'openFile', path: `${stateDir}/token` },
      `Other users may change ${stateDir}/token. Nothing was sent.`,
    ],
    noToken: [
      { is: 'noToken', stateDir },
      `The token of dispatchd cannot be read in ${stateDir}. Nothing was sent.`,
    ],
    commandUntold: [{ is: 'commandUntold' }, 'The daemon does not tell the command of this session.'],
    refused: [
      { is: 'refused', daemon: 'smithy', status: 404, said: 'No resumable session found' },
      'smithy refuses: No resumable session found.',
    ],
    noStatusToCopy: [{ is: 'noStatusToCopy' }, 'This daemon has no status that can be copied.'],
    notWatched: [{ is: 'notWatched' }, 'This daemon is not watched any more.'],
    hasNoAddress: [
      { is: 'hasNoAddress', daemon: 'ductor' },
      'ductor has no address. daemonHealth.daemons takes only daemons with an address.',
    ],
    noDaemonList: [
      { is: 'noDaemonList' },
      'daemonHealth.daemons is no list. Write a list, [], and add the daemon again.',
    ],
    fullDaemonList: [
      { is: 'fullDaemonList', most: 100 },
      'daemonHealth.daemons has 100 entries, and no more are watched. Remove one, and add the daemon again.',
    ],
    noDemo: [{ is: 'noDemo', said: 'port taken' }, 'The demo could not be started: port taken.'],
  };
  const more: readonly (readonly [Refusal, string])[] = [
    [
      { is: 'anotherProgram', origin, pid: 42, user: undefined },
      `Another program answers at ${origin} (process 42). Nothing was sent.`,
    ],
    [{ is: 'refused', daemon: 'dispatchd', status: 503, said: undefined }, 'dispatchd refuses: HTTP 503.'],
  ];
  itSays<Refusal>([...Object.values(refusals), ...more], (code) => sentenceOf(new CodedError(code)));

  it('that nobody answered is its cause', () => {
    assert.equal(
      sentenceOf(new NoAnswer('timeout', { is: 'noAnswer', withinMs: 2_000 })),
      'no answer within 2 s',
    );
  });

  it('without a code is its message', () => {
    assert.equal(sentenceOf(new UserError('Nothing was done.')), 'Nothing was done.');
    assert.equal(sentenceOf(new TypeError('x is undefined')), 'x is undefined');
    assert.equal(sentenceOf('thrown'), 'thrown');
  });
});
