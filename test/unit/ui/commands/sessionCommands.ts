import { join } from 'node:path';
import type { Session } from '../../../../src/health/report';
import type * as Commands from '../../../../src/ui/commands/sessions';
import { sessionRowId } from '../../../../src/ui/tree/rowIds';
import { loadWith } from '../../../support/fakeVSCode';
import { Watch, goodReport } from '../../health/support';
import { modelOf } from '../support';

const FILE = join(__dirname, '../../../../src/ui/commands/sessions.ts');

/**
 * The commands about the sessions of one dispatchd.
 *
 * @param vscode what the editor has of its own
 * @param actions what the daemon lets others do with its sessions
 */
export function commandsAbout(sessions: readonly Session[], vscode: object, actions: object) {
  const watch = Watch.healthy();
  watch.answer(goodReport(watch.time, { kind: 'dispatchd', sessions }));
  const model = modelOf(watch, 'dispatchd', 3470);
  const { SessionCommands } = loadWith<typeof Commands>(vscode, FILE);
  const commands = new SessionCommands({
    models: () => [model],
    probe: () => Promise.resolve({ sessions: actions }),
    poll: () => Promise.resolve(),
    log: () => undefined,
  } as unknown as Commands.SessionCommandDeps);
  return { commands, row: (id: string) => sessionRowId(model.daemon.id, id) };
}
