import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseObject } from '../../base/text';
import type { Target } from '../../model/target';
import { INSTANCE_FILE, STATE_DIR_VARIABLE, STATE_FOLDER } from '../../protocol/dispatchd';
import { isProvenAlive, type PartialIdentity, type ProcessIdentity } from '../../system/identity';
import { MAX_STATE_BYTES } from '../../system/policy';
import { readBounded } from '../../system/privateFile';
import { describeProcess } from '../../system/processTable';
import type { Env, PlacesAsked } from '../kind';
import { DISCOVERY_TIMEOUT_MS } from '../policy';
import { isLoopback } from '../read/paths';
import { beganBefore } from '../sameInstance';

/** Where a dispatchd of this user says that it is. `DISPATCHD_STATE_DIR` is dispatchd's own variable. */
export function instanceFileIn(env: Env, home = homedir()): string {
  return join(env[STATE_DIR_VARIABLE] || join(home, ...STATE_FOLDER), INSTANCE_FILE);
}

/** Where the state file of a dispatchd says that it is: only if that very process lives, and only on this machine. */
export async function places({ env, isWanted }: PlacesAsked): Promise<readonly Target[]> {
  const file = instanceFileIn(env);
  try {
    const late = delay(DISCOVERY_TIMEOUT_MS, undefined, { ref: false });
    const text = await Promise.race([readBounded(file, MAX_STATE_BYTES), late]);
    const claim = text === undefined ? undefined : readInstanceFile(text);
    if (!claim) return [];
    const target = { kind: 'http', origin: claim.origin } as const;
    // On macOS and Windows a tool tells the birth: not for what is watched already.
    return isWanted(target) && (await isWriter(claim)) ? [target] : [];
  } catch {
    return [];
  }
}

/** Who wrote an `instance.json`, and where it listens. */
interface InstanceClaim {
  readonly origin: string;
  readonly process: PartialIdentity;
  /** When it says that it began, epoch ms; not of every version. */
  readonly startedAt?: number;
}

/**
 * Whether the process that wrote the file lives: its number may be another's by now. A file of an earlier version tells
 * no birth; then it is a process that was there when the file says that it began.
 */
async function isWriter({ process, startedAt }: InstanceClaim): Promise<boolean> {
  const { pid, startedAtMs, startTicks } = process;
  if (startedAtMs !== undefined) {
    const birth: ProcessIdentity = { pid, startedAtMs, ...(startTicks !== undefined && { startTicks }) };
    return isProvenAlive(birth);
  }
  return startedAt !== undefined && beganBefore(await describeProcess(pid), startedAt);
}

/** What an `instance.json` says, validated. */
export function readInstanceFile(text: string): InstanceClaim | undefined {
  const value = parseObject(text);
  if (!value) return undefined;
  const { pid, url, birth } = value;
  if (typeof pid !== 'number' || !Number.isInteger(pid) || pid < 1) return undefined;
  if (typeof url !== 'string' || !URL.canParse(url)) return undefined;
  const { protocol, hostname, origin } = new URL(url);
  if (protocol !== 'http:' || !isLoopback(hostname)) return undefined;
  const { startedAtMs, startTicks } = (birth ?? {}) as { startedAtMs?: unknown; startTicks?: unknown };
  const startedAt = typeof value.startedAt === 'string' ? Date.parse(value.startedAt) : NaN;
  return {
    origin,
    process: {
      pid,
      ...(typeof startedAtMs === 'number' && { startedAtMs }),
      ...(typeof startTicks === 'number' && { startTicks }),
    },
    ...(Number.isFinite(startedAt) && { startedAt }),
  };
}
