import { daemonIdOf } from '../../src/settings/daemonList';
/** A process that contends for a lock each time that `lockRace.ts` tells it to, and holds the lock until told to let go. */
import { readBootId } from '../../src/system/bootId';
import { acquireLock, StateDirInUse } from '../../src/dispatchd/life/lock';
import { lockDaemon } from '../../src/restart/restartLock';
import type { ContenderMessage, ContenderReply } from './lockRace';

const ORIGIN = 'http://127.0.0.1:3457';

let release: (() => Promise<void>) | undefined;
const reply = (message: ContenderReply) => process.send?.(message);

async function contend({
  lock,
  folder,
  goAtNs,
}: Extract<ContenderMessage, { kind: 'go' }>): Promise<boolean> {
  const bootId = await readBootId();
  // All start within microseconds of each other: whoever sleeps wakes up a millisecond late.
  while (process.hrtime.bigint() < BigInt(goAtNs));
  if (lock === 'restart') {
    release = await lockDaemon(folder, daemonIdOf(ORIGIN));
  } else {
    release = await acquireLock(folder, bootId).catch((error: unknown) => {
      if (error instanceof StateDirInUse) return undefined;
      throw error;
    });
  }
  return release !== undefined;
}

process.on('message', (message: ContenderMessage) => {
  const work =
    message.kind === 'go'
      ? contend(message).then((got): ContenderReply => ({ kind: 'tried', got }))
      : Promise.resolve(release?.()).then((): ContenderReply => ({ kind: 'released' }));
  void work.then(reply, (error: unknown) => reply({ kind: 'failed', why: String(error) }));
});
process.on('disconnect', () => process.exit());
reply({ kind: 'released' });
