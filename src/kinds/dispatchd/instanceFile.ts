import { lstat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as v from 'valibot';
import { parseObject } from '../../base/text';
import type { DaemonInstance, Report } from '../../health/report';
import type { Target } from '../../model/target';
import { INSTANCE_FILE, STATE_DIR_VARIABLE, STATE_FOLDER } from '../../protocol/dispatchd';
import { isProvenAlive } from '../../system/identity';
import { MAX_STATE_BYTES } from '../../system/policy';
import { readBounded, readOwn } from '../../system/privateFile';
import type { ProcessInfo } from '../../system/processInfo';
import { describeProcess } from '../../system/processTable';
import type { Env, PlacesAsked } from '../kind';
import { DISCOVERY_TIMEOUT_MS } from '../policy';
import { isLoopback, leadsElsewhere } from '../read/paths';
import { isoTime, lenient, pid } from '../read/schemas';
import { beganBefore } from '../sameInstance';

/** `instance.json` of a state folder: where a dispatchd listens, which process it is, and what started it. */
const InstanceFile = v.object({
  id: lenient(v.string()),
  pid: lenient(pid),
  port: lenient(v.number()),
  url: lenient(v.string()),
  startedAt: lenient(isoTime),
  /** Not of earlier versions. */
  birth: lenient(v.object({ startedAtMs: v.number(), startTicks: v.exactOptional(v.number()) })),
  argv: lenient(v.array(v.string())),
});
export type InstanceFile = v.InferOutput<typeof InstanceFile>;

/** What such a file says; a field that is not as it should be is not there. */
export function readInstanceFile(text: string): InstanceFile {
  return v.parse(InstanceFile, parseObject(text) ?? {});
}

/**
 * Whether the process that wrote the file lives: its number may be another's by now. A file of an earlier version tells
 * no birth: who has the number now, and had it when the file says that it began, is the same process.
 *
 * @param describe looks at the process that has the number now
 */
export async function isWriterAlive(
  { pid, birth, startedAt }: InstanceFile,
  describe: (pid: number) => Promise<ProcessInfo> | ProcessInfo = describeProcess,
): Promise<boolean> {
  if (pid === undefined) return false;
  if (birth) return isProvenAlive({ pid, ...birth });
  return startedAt !== undefined && beganBefore(await describe(pid), startedAt);
}

/** Where a dispatchd of this user says that it is. `DISPATCHD_STATE_DIR` is dispatchd's own variable. */
export function instanceFileIn(env: Env): string {
  return join(env[STATE_DIR_VARIABLE] || join(homedir(), ...STATE_FOLDER), INSTANCE_FILE);
}

/** Where the state file of a dispatchd says that it is: only if that very process lives, and only on this machine. */
export async function places({ env, isWanted }: PlacesAsked): Promise<readonly Target[]> {
  try {
    const late = delay(DISCOVERY_TIMEOUT_MS, undefined, { ref: false });
    const text = await Promise.race([readBounded(instanceFileIn(env), MAX_STATE_BYTES), late]);
    const file = readInstanceFile(text ?? '');
    const { protocol, hostname, origin } = new URL(file.url ?? '');
    if (protocol !== 'http:' || !isLoopback(hostname)) return [];
    const target = { kind: 'http', origin } as const;
    // On macOS and Windows a tool tells the birth: not for what is watched already.
    return isWanted(target) && (await isWriterAlive(file)) ? [target] : [];
  } catch {
    return [];
  }
}

/** The file that names this life of a dispatchd; `undefined` where none does. Never rejects. */
export async function fileNaming(life: DaemonInstance | undefined): Promise<string | undefined> {
  if (life?.stateDir === undefined || life.id === undefined) return undefined;
  const path = join(life.stateDir, INSTANCE_FILE);
  const read = await readOwn(path).catch(() => undefined);
  return readInstanceFile(read && 'text' in read ? read.text : '').id === life.id ? path : undefined;
}

/** Whether there is no such file any more; `undefined` where that cannot be told. Never rejects. */
export async function isGone(path: string): Promise<boolean | undefined> {
  try {
    await lstat(path);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? true : undefined;
  }
}

/** The flags that a running dispatchd has, from its own state folder; `undefined` where they are not known. Never rejects. */
export async function startFlags({ instance }: Report, pid: number): Promise<readonly string[] | undefined> {
  if (instance?.stateDir === undefined) return undefined;
  // Without them the daemon starts with its defaults.
  const read = await readOwn(join(instance.stateDir, INSTANCE_FILE)).catch(() => undefined);
  const file = readInstanceFile(read && 'text' in read ? read.text : '');
  // Only the file of the very process that holds the port speaks for it.
  if (file.pid !== pid) return undefined;
  const values = file.argv?.map((flag) => flag.replace(/^--?[\w-]+=/, '')) ?? [];
  return values.some(leadsElsewhere) ? undefined : file.argv;
}
