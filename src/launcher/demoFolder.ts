import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseObject } from '../base/text';
import { INSTANCE_FILE } from '../protocol/dispatchd';
import { endProcess } from '../system/endProcess';
import { identityIn, isSameProcessAlive, ownIdentity } from '../system/identity';
import { MAX_STATE_BYTES } from '../system/policy';
import { PRIVATE_DIR_MODE, readBounded, writePrivate } from '../system/privateFile';
import type { PartialIdentity, ProcessIdentity } from '../system/processInfo';
import { CLEAR_ROUNDS, DEMO_GRACE_MS, LATE_START_MS, LOOK_EVERY_MS, OWNERLESS_MS, QUIET_MS } from './policy';

/** Who looks after the folder: what that process left behind is removed once it is gone. */
const OWNER_FILE = 'owner.json';
const PREFIX = 'demo-';

/** Where the dispatchd of a demo keeps its state. */
export const stateDirOf = (folder: string) => join(folder, 'state');
/** Its workspace: dispatchd starts in no folder that is not there. */
export const workspaceOf = (folder: string) => join(folder, 'project');

/** Makes a folder of its own for a demo, below the one that all demos of this machine share. */
export async function makeDemoFolder(home: string): Promise<string> {
  await mkdir(home, { recursive: true, mode: PRIVATE_DIR_MODE });
  const folder = await mkdtemp(join(home, PREFIX));
  await writePrivate(join(folder, OWNER_FILE), JSON.stringify(ownIdentity()), false);
  await mkdir(workspaceOf(folder));
  return folder;
}

/** The process that is the daemon of this demo now, whoever started it; `undefined` where none runs. */
export async function runningIn(folder: string): Promise<ProcessIdentity | undefined> {
  const { pid, birth } = await readJson(join(stateDirOf(folder), INSTANCE_FILE));
  if (typeof pid !== 'number') return undefined;
  const identity = identityIn({ pid, ...(birth as Partial<PartialIdentity> | undefined) });
  return identity && (await isSameProcessAlive(identity)) ? identity : undefined;
}

/**
 * Ends the daemon of a demo, also one that a restart is just starting, and removes the folder. A folder that holds a
 * process which cannot be ended stays.
 */
export async function clearDemo(folder: string): Promise<void> {
  for (let round = 0; round < CLEAR_ROUNDS; round++) {
    // From now on no dispatchd can start there.
    await remove(workspaceOf(folder));
    if (!(await untilQuiet(folder))) return;
    await remove(folder);
    // One that had begun to start makes its state anew.
    if (!(await comesBack(folder))) return;
  }
}

/** Removes what demos left behind whose owner is gone. */
export async function sweepDemos(home: string): Promise<void> {
  const names = await readdir(home).catch(() => []);
  await Promise.all(
    names
      .filter((name) => name.startsWith(PREFIX))
      .map(async (name) => {
        const folder = join(home, name);
        if (await isOwned(folder)) return;
        await clearDemo(folder);
      }),
  );
}

async function isOwned(folder: string): Promise<boolean> {
  const owner = await readJson(join(folder, OWNER_FILE));
  const identity = typeof owner.pid === 'number' && identityIn(owner as unknown as PartialIdentity);
  if (identity) return isSameProcessAlive(identity);
  // Its maker writes the file a moment after it made the folder.
  const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: 0 }));
  return Date.now() - mtimeMs < OWNERLESS_MS;
}

async function untilQuiet(folder: string): Promise<boolean> {
  let quietSinceMs = performance.now();
  while (performance.now() - quietSinceMs < QUIET_MS) {
    const running = await runningIn(folder);
    if (running) {
      if ((await endProcess(running, { graceMs: DEMO_GRACE_MS })) === undefined) return false;
      quietSinceMs = performance.now();
    }
    await delay(LOOK_EVERY_MS);
  }
  return true;
}

async function comesBack(folder: string): Promise<boolean> {
  const sinceMs = performance.now();
  while (performance.now() - sinceMs < LATE_START_MS) {
    if (await stat(folder).catch(() => undefined)) return true;
    await delay(LOOK_EVERY_MS);
  }
  return false;
}

async function remove(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
}

async function readJson(file: string): Promise<Record<string, unknown>> {
  const text = await readBounded(file, MAX_STATE_BYTES).catch(() => undefined);
  return parseObject(text ?? '') ?? {};
}
