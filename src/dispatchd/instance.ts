import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { iso } from './clock';
import type { LastExit, StartKind } from './lifecycle';
import { writeJson } from './stateFile';

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
  const url = `http://127.0.0.1:${port}`;
  await writeJson(instanceFile(instance.stateDir), {
    version: 1,
    id,
    pid,
    port,
    url,
    startedAt: iso(startedAt),
    argv,
  });
}

/** After a clean exit nobody shall look for the daemon there. */
export async function removeInstanceFile(stateDir: string): Promise<void> {
  await rm(instanceFile(stateDir), { force: true });
}

function instanceFile(stateDir: string): string {
  return join(stateDir, 'instance.json');
}
