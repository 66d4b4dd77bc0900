import { lstat, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { iso } from '../clock';
import { ownIdentity } from '../../system/identity';
import type { LastExit, StartKind } from './lifecycle';
import { writeJson } from '../../system/stateFile';
import { INSTANCE_FILE, type InstanceFile } from '../../protocol/dispatchd';

/** One life of the daemon process. */
export interface Instance {
  readonly id: string;
  readonly pid: number;
  readonly version: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** `unknown` where the platform does not tell it. */
  readonly bootId: string;
  readonly startKind: StartKind;
  readonly lastExit?: LastExit;
  readonly workspace: string;
  readonly stateDir: string;
}

/** Writes `instance.json`, where others find the address and how to start the same daemon again. */
export async function writeInstanceFile(
  instance: Instance,
  port: number,
  argv: readonly string[],
): Promise<void> {
  const { id, pid, startedAt } = instance;
  const { startedAtMs, startTicks } = ownIdentity();
  const url = `http://127.0.0.1:${port}`;
  const file: InstanceFile = {
    version: 1,
    id,
    pid,
    port,
    url,
    startedAt: iso(startedAt),
    // With the number, this tells the process from any later one: clients send the token to no other.
    birth: { startedAtMs, ...(startTicks !== undefined && { startTicks }) },
    argv,
  };
  await writeJson(instanceFile(instance.stateDir), file);
}

/** Whether an earlier life left its file: then it did not end cleanly. */
export async function isInstanceFileLeft(stateDir: string): Promise<boolean> {
  return (await lstat(instanceFile(stateDir)).catch(() => undefined)) !== undefined;
}

/** After a clean exit nobody shall look for the daemon there. */
export async function removeInstanceFile(stateDir: string): Promise<void> {
  await rm(instanceFile(stateDir), { force: true });
}

function instanceFile(stateDir: string): string {
  return join(stateDir, INSTANCE_FILE);
}
