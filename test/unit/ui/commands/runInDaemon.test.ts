import assert from 'node:assert/strict';
import { join } from 'node:path';
import type * as RunInDaemon from '../../../../src/ui/commands/runInDaemon';
import { loadWith } from '../../../support/fakeVSCode';
import { Watch, goodReport } from '../../health/support';
import { modelOf } from '../support';

const FILE = join(__dirname, '../../../../src/ui/commands/runInDaemon.ts');

describe('Run in Daemon', () => {
  it('names the session by the start of its command, in whole characters', async () => {
    const watch = Watch.healthy();
    watch.answer(goodReport(watch.time, { kind: 'dispatchd', sessions: [] }));
    const names: string[] = [];
    const vscode = {
      window: { setStatusBarMessage: () => undefined },
      workspace: { isTrusted: true },
      commands: { executeCommand: () => Promise.resolve() },
    };
    const commands = loadWith<typeof RunInDaemon>(vscode, FILE);
    const daemon = new commands.RunInDaemon({
      models: () => [modelOf(watch, 'dispatchd', 3470)],
      probe: () =>
        Promise.resolve({
          sessions: { submit: ({ name }: { name: string }) => Promise.resolve(names.push(name)) },
        }),
      poll: () => Promise.resolve(),
      log: () => undefined,
      recent: { all: [], add: () => Promise.resolve() },
    } as never);
    await daemon.run({ command: `echo 1${'🚀'.repeat(60)}\n  x` });
    await daemon.run({ command: 'echo  a\n\tb' });
    assert.deepEqual(names, [`echo 1${'🚀'.repeat(26)}…`, 'echo a b']);
  });
});
