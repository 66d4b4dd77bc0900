import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { compareBoots } from './bootId';
import { TAKEOVER_GUARD_MAX_AGE_MS } from './policy';
import { isSameProcessAlive, ownIdentity } from './processIdentity';
import { PRIVATE_DIR_MODE, PRIVATE_FILE_MODE } from './stateFile';

const LockFile = v.object({
  pid: v.pipe(v.number(), v.integer(), v.minValue(1)),
  startedAtMs: v.number(),
  startTicks: v.optional(v.number()),
  bootId: v.string(),
});
type LockFile = v.InferOutput<typeof LockFile>;

/** Somebody else has the state directory. */
export class StateDirInUse extends Error {
  constructor(
    readonly stateDir: string,
    readonly pid: number | undefined,
  ) {
    const owner =
      pid === undefined ? 'another dispatchd that is starting now' : `a running dispatchd (pid ${pid})`;
    super(`the state directory ${stateDir} is in use by ${owner}; stop it, or give another --state-dir`);
  }
}

/**
 * Makes this process the only one of the state directory. A lock left by a dead process is taken over; a reused
 * pid is told apart by its start time, a reboot by the boot id.
 * @returns a function that gives the lock back
 * @throws StateDirInUse
 */
export async function acquireLock(stateDir: string, bootId: string): Promise<() => Promise<void>> {
  await mkdir(stateDir, { recursive: true, mode: PRIVATE_DIR_MODE });
  const file = join(stateDir, 'lock');
  const text = `${JSON.stringify({ ...ownIdentity(), bootId })}\n`;
  await withTakeoverGuard(stateDir, async () => {
    const holder = await readHolder(file);
    if (holder && (await isAlive(holder, bootId))) throw new StateDirInUse(stateDir, holder.pid);
    await writeFile(file, text, { mode: PRIVATE_FILE_MODE });
  });
  return async () => {
    // A later instance may hold it by now; its lock is not ours to remove.
    if ((await readFile(file, 'utf8').catch(() => '')) === text) await rm(file, { force: true });
  };
}

/** A crash while the lock was written leaves a torn one: held by nobody. */
async function readHolder(file: string): Promise<LockFile | undefined> {
  try {
    return v.parse(LockFile, JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}

async function isAlive(
  { pid, startedAtMs, startTicks, bootId }: LockFile,
  ownBootId: string,
): Promise<boolean> {
  if (pid === process.pid) return false;
  if (compareBoots(bootId, ownBootId) === 'different') return false;
  return isSameProcessAlive({ pid, startedAtMs, ...(startTicks !== undefined && { startTicks }) });
}

/** Of two that find the same dead lock only one may take it: making a folder succeeds once. */
async function withTakeoverGuard(stateDir: string, work: () => Promise<void>): Promise<void> {
  const guard = join(stateDir, 'lock.takeover');
  await mkdir(guard).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
    const { mtimeMs } = await stat(guard).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs < TAKEOVER_GUARD_MAX_AGE_MS) throw new StateDirInUse(stateDir, undefined);
    const abandoned = `${guard}.${process.pid}`;
    await rename(guard, abandoned);
    await rm(abandoned, { recursive: true, force: true });
    await mkdir(guard);
  });
  try {
    await work();
  } finally {
    await rm(guard, { recursive: true, force: true });
  }
}
