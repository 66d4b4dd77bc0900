import { idAt } from './target';
/** A process that contends for a lock each time that `lockRace.ts` tells it to, and holds the lock until told to let go. */
import { readBootId } from '../../src/system/bootId';
import { acquireLock, StateDirInUse } from '../../src/dispatchd/life/lock';
import { lockDaemon } from '../../src/restart/restartLock';
import type { ContenderMessage, ContenderReply } from './lockContenders';

const ORIGIN = 'http://127.0.0.1:3457';

let release: (() => Promise<void>) | undefined;
const reply = (message: ContenderReply) => process.send?.(message);
const now = Date.now;

async function contend(message: Extract<ContenderMessage, { kind: 'go' }>): Promise<ContenderReply> {
  const { lock, folder, goAtNs, clockShiftMs = 0 } = message;
  const bootId = await readBootId();
  Date.now = () => now() + clockShiftMs;
  // All start within microseconds of each other: whoever sleeps wakes up a millisecond late.
  while (process.hrtime.bigint() < BigInt(goAtNs));
  let why: string | undefined;
  try {
    if (lock === 'restart') {
      const locked = await lockDaemon(folder, idAt(ORIGIN));
      release = locked.kind === 'ours' ? locked.release : undefined;
    } else release = await acquireLock(folder, bootId);
  } catch (error) {
    if (!(error instanceof StateDirInUse)) throw error;
    why = error.message;
    release = undefined;
  }
  const gotAtNs = release && { gotAtNs: String(process.hrtime.bigint()) };
  return { kind: 'tried', got: release !== undefined, ...gotAtNs, ...(why !== undefined && { why }) };
}

process.on('message', (message: ContenderMessage) => {
  const work =
    message.kind === 'go'
      ? contend(message)
      : Promise.resolve(release?.()).then((): ContenderReply => ({ kind: 'released' }));
  void work.then(reply, (error: unknown) => reply({ kind: 'failed', why: String(error) }));
});
process.on('disconnect', () => process.exit());
reply({ kind: 'released' });
