import assert from 'node:assert/strict';
import { RestartRecords } from '../../src/store/restartRecords';
import { Keepers } from '../../src/store/keepers';
import { recordOf } from '../../src/words/outcomes';
import { MemoryMemento } from './memento';

/** What a `RestartController` needs besides daemons and how they start: nobody listens, and nothing unexpected happens. */
export function quietRestarts(folder: string) {
  return {
    log: () => undefined,
    logStep: () => undefined,
    logStop: () => undefined,
    recordOf,
    records: new RestartRecords(new MemoryMemento(), { folder, log: () => undefined }),
    keepers: new Keepers({ folder, log: () => undefined }),
    folder,
    keepEvidence: () => Promise.resolve({}),
    onRestarted: () => undefined,
    onUnexpected: (_where: string, error: unknown) => assert.fail(String(error)),
  };
}
