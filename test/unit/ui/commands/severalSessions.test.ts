import assert from 'node:assert/strict';
import { join } from 'node:path';
import { CodedError, isUserError } from '../../../../src/base/errors';
import type { Session } from '../../../../src/health/report';
import type { Refusal } from '../../../../src/model/refusal';
import type * as Commands from '../../../../src/ui/commands/sessions';
import { sessionRowId } from '../../../../src/ui/tree/rowIds';
import { loadWith } from '../../../support/fakeVSCode';
import { Watch, goodReport } from '../../health/support';
import { modelOf } from '../support';

const FILE = join(__dirname, '../../../../src/ui/commands/sessions.ts');
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
    const watch = Watch.healthy();
    const sessions = IDS.map((id): Session => ({ id, title: id, status }));
    watch.answer(goodReport(watch.time, { kind: 'dispatchd', sessions }));
    const model = modelOf(watch, 'dispatchd', 3470);
    const vscode = {
      window: {
        setStatusBarMessage: () => undefined,
        showWarningMessage: () => Promise.resolve('Stop Session'),
      },
      workspace: { isTrusted: true },
    };
    const { SessionCommands } = loadWith<typeof Commands>(vscode, FILE);
    const actions = { extend: act, runAgain: act, dismiss: act, cancel: act };
    const commands = new SessionCommands({
      models: () => [model],
      probe: () => Promise.resolve({ sessions: actions }),
      poll: () => Promise.resolve(),
      log: () => undefined,
    } as unknown as Commands.SessionCommandDeps);
    return commands[command]([...IDS.map((id) => sessionRowId(model.daemon.id, id)), { byMs: 60_000 }]);
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
