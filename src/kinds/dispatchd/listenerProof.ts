import { CodedError } from '../../base/errors';
import type { DispatchdRefusal } from '../../model/refusal';
import { type Stats, constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isProvenAlive } from '../../system/identity';
import { findListeners, type ProcessInfo } from '../../system/processTable';
import { isPortFree } from '../../system/ports';
import { userOf } from '../../system/userName';
import { hostOf } from '../../system/address';
import { isLoopback } from '../read/paths';
import { cleanText, parseObject } from '../../base/text';
import { START_TOLERANCE_MS } from '../policy';
import { MAX_FILE_BYTES } from './policy';
import { INSTANCE_FILE, TOKEN_FILE } from '../../protocol/dispatchd';
import { WRITABLE_BY_OTHERS } from '../../system/privateFile';

/** What the state folder tells of the dispatchd that has it. */
export interface Claim {
  readonly token: string;
  /** Where it listens; dispatchd knows no other host than 127.0.0.1. */
  readonly port: number;
  readonly pid: number;
  /** The instance, where the file tells it. */
  readonly id: string | undefined;
  /** When its process began, as exactly as the system tells it; not of earlier versions. */
  readonly birth: { readonly startedAtMs: number; readonly startTicks?: number } | undefined;
  /** When it says it began, epoch ms. */
  readonly startedAt: number | undefined;
}

const refuse = (why: DispatchdRefusal) => new CodedError(why);

/**
 * Reads what the state folder says, if nobody but us can have written it.
 *
 * @param origin the address at which the folder was named
 * @throws an error fit to show
 */
export async function readClaim(origin: string, stateDir: string): Promise<Claim> {
  const { hostname, port } = new URL(origin);
  if (!isLoopback(hostname)) {
    throw refuse({ is: 'notOnThisMachine', origin });
  }
  await proveOurs(stateDir, await stat(stateDir).catch(() => unreadable(stateDir)));
  const token = (await readOwn(stateDir, TOKEN_FILE)).trim();
  const instance = parseObject(await readOwn(stateDir, INSTANCE_FILE)) ?? {};
  if (String(instance.port) !== port || !/^[\da-f]{32,128}$/i.test(token)) {
    throw refuse({ is: 'foreignStateDir', origin, stateDir });
  }
  const pid = Number.isInteger(instance.pid) ? Number(instance.pid) : 0;
  const startedAt = typeof instance.startedAt === 'string' ? Date.parse(instance.startedAt) : NaN;
  return {
    token,
    port: Number(port),
    pid,
    id: typeof instance.id === 'string' ? instance.id : undefined,
    birth: readBirth(instance.birth),
    startedAt: Number.isNaN(startedAt) ? undefined : startedAt,
  };
}

/**
 * Proves that the process which listens is the one of the claim: ours, of that number, and begun when the claim
 * says.
 *
 * @throws an error fit to show, which names who listens instead
 */
export async function proveListener(origin: string, claim: Claim): Promise<void> {
  // Of each name of this address: a name may lead to a stranger on the other.
  const host = hostOf(origin);
  // Where a tool of the system fails nobody is known to listen, and nothing is sent.
  const listeners = await findListeners(claim.port, host).catch(() => []);
  if (listeners.length === 0) {
    throw refuse({ is: (await isPortFree(host, claim.port)) ? 'nobodyListens' : 'listenerUntold', origin });
  }
  for (const listener of listeners) {
    if (listener.isOurs && !listener.inContainer && (await isClaimed(listener, claim))) continue;
    throw refuse({ is: 'anotherProgram', origin, pid: listener.pid, user: await userOfOther(listener) });
  }
}

/** Whether an answer to `GET /api/health` is of the claimed process. Anybody may say so: a check, no proof. */
export function isAnswerOf({ pid, id }: Claim, body: string): boolean {
  const { instance } = (parseObject(body) ?? {}) as { instance?: { pid?: unknown; id?: unknown } };
  return instance?.pid === pid && (id === undefined || instance.id === id);
}

/** What is said where the answer is not. */
export function notItsAnswer(origin: string): Error {
  return refuse({ is: 'notThatDispatchd', origin });
}

async function isClaimed(listener: ProcessInfo, { pid, birth, startedAt }: Claim): Promise<boolean> {
  if (listener.pid !== pid) return false;
  if (birth) return isProvenAlive({ pid, ...birth });
  // An earlier version: who had this number when it wrote the file, and has it now, is the same process.
  return (
    startedAt !== undefined &&
    listener.startedAtMs !== undefined &&
    listener.startedAtMs <= startedAt + START_TOLERANCE_MS
  );
}

/** Whose process that is; `undefined` where it is ours. */
async function userOfOther({ isOurs, uid }: ProcessInfo): Promise<string | undefined> {
  if (isOurs) return undefined;
  return uid === undefined ? 'another user' : userOf(uid);
}

/** Reads a file of the folder: no link, ours, and nobody else's to change. */
async function readOwn(stateDir: string, name: string): Promise<string> {
  const file = join(stateDir, name);
  const handle = await open(
    file,
    constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
  ).catch(() => unreadable(stateDir));
  try {
    const found = await handle.stat();
    await proveOurs(file, found);
    if (!found.isFile() || found.size > MAX_FILE_BYTES) return unreadable(stateDir);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

/** Windows tells neither owner nor mode in `stat`; there the profile's folder is closed to others. */
async function proveOurs(path: string, { uid, mode }: Stats): Promise<void> {
  const own = process.getuid?.();
  if (own === undefined) return;
  if (uid !== own) throw refuse({ is: 'foreignFile', path, user: await userOf(uid) });
  if ((mode & WRITABLE_BY_OTHERS) !== 0) throw refuse({ is: 'openFile', path });
}

function unreadable(stateDir: string): never {
  throw refuse({ is: 'noToken', stateDir: cleanText(stateDir, 200) });
}

function readBirth(birth: unknown): Claim['birth'] {
  const { startedAtMs, startTicks } = (birth ?? {}) as { startedAtMs?: unknown; startTicks?: unknown };
  if (typeof startedAtMs !== 'number') return undefined;
  return { startedAtMs, ...(typeof startTicks === 'number' && { startTicks }) };
}
