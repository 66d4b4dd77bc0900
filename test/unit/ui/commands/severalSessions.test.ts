import assert from 'node:assert/strict';
import { CodedError, isUserError } from '../../../../src/base/errors';
import type { Session } from '../../../../src/health/report';
import type { Refusal } from '../../../../src/model/refusal';
import { commandsAbout } from './sessionCommands';

const IDS = ['one', 'two', 'three'];

describe('a command about several sessions', () => {
  let done: string[];
  let refused: readonly string[];
  beforeEach(() => ([done, refused] = [[], ['one']]));

  const act = (id: string): Promise<number> => {
    if (refused.includes(id)) {
      const refusal = { is: 'refused', daemon: 'dispatchd', status: 409, said: `${id} is over` } as const;
      return Promise.reject(new CodedError<Refusal>(refusal));
    }
    done.push(id);
    return Promise.resolve(60_000);
  };

  function run(command: 'extendSession' | 'runAgain' | 'dismissSession' | 'cancelSession', status: string) {
    const sessions = IDS.map((id): Session => ({ id, title: id, status }));
    const vscode = {
      window: {
        setStatusBarMessage: () => undefined,
        showWarningMessage: () => Promise.resolve('Stop Session'),
      },
      workspace: { isTrusted: true },
    };
    const actions = { extend: act, runAgain: act, dismiss: act, cancel: act };
    const { commands, row } = commandsAbout(sessions, vscode, actions);
    return commands[command]([...IDS.map(row), { byMs: 60_000 }]);
  }

  const commands = [
    ['extendSession', 'running'],
    ['cancelSession', 'running'],
    ['runAgain', 'failed'],
    ['dismissSession', 'interrupted'],
  ] as const;
  for (const [command, status] of commands) {
    it(`is done for the others where one is refused: ${command}`, async () => {
      const error: unknown = await run(command, status).catch((thrown: unknown) => thrown);
      assert.deepEqual(done, ['two', 'three']);
      assert.ok(isUserError(error));
      assert.match(error.message, /^“one”: .*one is over/);
    });
  }

  it('says of each that was refused why', async () => {
    refused = ['one', 'three'];
    await assert.rejects(run('extendSession', 'running'), {
      message: /^“one”: .*one is over.* “three”: .*three is over/,
    });
    assert.deepEqual(done, ['two']);
  });
});
