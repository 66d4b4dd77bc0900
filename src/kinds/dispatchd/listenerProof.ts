import { UserError } from '../../base/errors';
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

/** The end of each refusal: the user must know that nothing happened. */
const NOTHING = 'nothing was sent';

/**
 * Reads what the state folder says, if nobody but us can have written it.
 *
 * @param origin the address at which the folder was named
 * @throws an error fit to show
 */
export async function readClaim(origin: string, stateDir: string): Promise<Claim> {
  const { hostname, port } = new URL(origin);
  if (!isLoopback(hostname)) {
    throw new UserError(`The dispatchd at ${origin} is not on this machine: ${NOTHING}.`);
  }
  await proveOurs(stateDir, await stat(stateDir).catch(() => unreadable(stateDir)));
  const token = (await readOwn(stateDir, TOKEN_FILE)).trim();
  const instance = parseObject(await readOwn(stateDir, INSTANCE_FILE)) ?? {};
  if (String(instance.port) !== port || !/^[\da-f]{32,128}$/i.test(token)) {
    throw new UserError(`${stateDir} is not the state folder of the dispatchd at ${origin}: ${NOTHING}.`);
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
    if (await isPortFree(host, claim.port)) throw new UserError(`Nothing listens at ${origin}: ${NOTHING}.`);
    throw new UserError(
      `The system does not tell which process answers at ${origin}; it may be another user's: ${NOTHING}.`,
    );
  }
  for (const listener of listeners) {
    if (listener.isOurs && !listener.inContainer && (await isClaimed(listener, claim))) continue;
    throw new UserError(`Another program answers at ${origin} (${await inWords(listener)}): ${NOTHING}.`);
  }
}

/** Whether an answer to `GET /api/health` is of the claimed process. Anybody may say so: a check, no proof. */
export function isAnswerOf({ pid, id }: Claim, body: string): boolean {
  const { instance } = (parseObject(body) ?? {}) as { instance?: { pid?: unknown; id?: unknown } };
  return instance?.pid === pid && (id === undefined || instance.id === id);
}

/** What is said where the answer is not. */
export function notItsAnswer(origin: string): Error {
  return new UserError(
    `What answers at ${origin} is not the dispatchd whose state folder it names: ${NOTHING}.`,
  );
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

/** Process 123, and whose, where that is another user's and the system tells. */
async function inWords({ pid, isOurs, uid }: ProcessInfo): Promise<string> {
  if (isOurs) return `process ${pid}`;
  return `process ${pid} of ${uid === undefined ? 'another user' : await userOf(uid)}`;
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
  if (uid !== own) throw new UserError(`${path} belongs to ${await userOf(uid)}: ${NOTHING}.`);
  if ((mode & WRITABLE_BY_OTHERS) !== 0) throw new UserError(`Other users may change ${path}: ${NOTHING}.`);
}

function unreadable(stateDir: string): never {
  throw new UserError(`The token of dispatchd cannot be read in ${cleanText(stateDir, 200)}: ${NOTHING}.`);
}

function readBirth(birth: unknown): Claim['birth'] {
  const { startedAtMs, startTicks } = (birth ?? {}) as { startedAtMs?: unknown; startTicks?: unknown };
  if (typeof startedAtMs !== 'number') return undefined;
  return { startedAtMs, ...(typeof startTicks === 'number' && { startTicks }) };
}
