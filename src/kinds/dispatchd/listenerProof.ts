import { CodedError } from '../../base/errors';
import type { DispatchdRefusal } from '../../model/refusal';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { findListeners, type ProcessInfo } from '../../system/processTable';
import { isPortFree } from '../../system/ports';
import { userOf } from '../../system/userName';
import { hostOf } from '../../system/address';
import { isLoopback } from '../read/paths';
import { cleanText, parseObject } from '../../base/text';
import { isWriterAlive, readInstanceFile, type InstanceFile } from './instanceFile';
import { MAX_FILE_BYTES, NONCE_BYTES } from './policy';
import { INSTANCE_FILE, ROUTES, TOKEN_FILE } from '../../protocol/dispatchd';
import { readOwn, WRITABLE_BY_OTHERS } from '../../system/privateFile';
import { challengeAnswer, isSameSecret } from '../../system/challenge';
import type { Answer, OpenConnection, Pass } from '../../system/httpClient';
import { randomBytes } from 'node:crypto';

/** What the state folder tells of the dispatchd that has it. */
export interface Claim extends InstanceFile {
  readonly token: string;
  /** Where it listens; dispatchd knows no other host than 127.0.0.1. */
  readonly port: number;
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
  await proveOurs(stateDir, stateDir);
  const token = (await readOurs(stateDir, TOKEN_FILE)).trim();
  const instance = readInstanceFile(await readOurs(stateDir, INSTANCE_FILE));
  if (String(instance.port) !== port || !/^[\da-f]{32,128}$/i.test(token)) {
    throw refuse({ is: 'foreignStateDir', origin, stateDir });
  }
  return { ...instance, port: Number(port), token };
}

/**
 * Proves that the process which listens is the one of the claim: ours, of that number, and begun when the claim
 * says.
 *
 * @returns whether the system tells who listens
 * @throws an error fit to show, which names who listens instead
 */
export async function proveListener(origin: string, claim: Claim): Promise<boolean> {
  // Of each name of this address: a name may lead to a stranger on the other.
  const host = hostOf(origin);
  // Where a tool of the system fails nobody is known to listen.
  const listeners = await findListeners(claim.port, host).catch(() => []);
  if (listeners.length === 0) {
    if (await isPortFree(host, claim.port)) throw refuse({ is: 'nobodyListens', origin });
    return false;
  }
  for (const listener of listeners) {
    const { pid, isOurs, inContainer } = listener;
    if (isOurs && !inContainer && pid === claim.pid && (await isWriterAlive(claim, () => listener))) continue;
    throw refuse({ is: 'anotherProgram', origin, pid, user: await userOfOther(listener) });
  }
  return true;
}

/**
 * Checks that an answer to `GET /api/health` is of the claimed process. Anybody may say so: a check, no proof.
 * @throws an error fit to show
 */
export function checkAnswer(origin: string, { pid, id }: Claim, body: string): void {
  const { instance } = (parseObject(body) ?? {}) as { instance?: { pid?: unknown; id?: unknown } };
  if (instance?.pid !== pid || (id !== undefined && instance?.id !== id)) {
    throw refuse({ is: 'notThatDispatchd', origin });
  }
}

/** What asks over one connection. */
export interface Asker {
  readonly connection: OpenConnection | undefined;
  get(path: string): Promise<Answer>;
}

/**
 * Has the listener of a connection prove that it has the token of the claim, which only we and our dispatchd can read.
 * Neither the question nor the answer tells the token, and the answer holds for the address of this connection alone.
 *
 * @returns the token, for this connection; `undefined` where the daemon is of a version that knows no challenge
 * @throws an error fit to show, or {NoAnswer}
 */
export async function challenge(origin: string, claim: Claim, asker: Asker): Promise<Pass | undefined> {
  const nonce = randomBytes(NONCE_BYTES).toString('hex');
  const { status, body } = await asker.get(`${ROUTES.challenge}?nonce=${nonce}`);
  if (status === 404) return undefined;
  const over = asker.connection;
  const { answer } = parseObject(body) ?? {};
  const isProven =
    over !== undefined &&
    typeof answer === 'string' &&
    isSameSecret(answer, challengeAnswer(claim.token, over.address, nonce));
  if (!isProven) throw refuse({ is: 'notProven', origin });
  return { token: claim.token, over };
}

/** Whose process that is; `undefined` where it is ours. */
async function userOfOther({ isOurs, uid }: ProcessInfo): Promise<string | undefined> {
  if (isOurs) return undefined;
  return uid === undefined ? 'another user' : userOf(uid);
}

/** Reads a file of the folder: no link, ours, and nobody else's to change. */
async function readOurs(stateDir: string, name: string): Promise<string> {
  const file = join(stateDir, name);
  await proveOurs(file, stateDir);
  const read = await readOwn(file, MAX_FILE_BYTES).catch(() => undefined);
  return read && 'text' in read ? read.text : unreadable(stateDir);
}

/** Windows tells neither owner nor mode in `stat`; there the profile's folder is closed to others. */
async function proveOurs(path: string, stateDir: string): Promise<void> {
  const { uid, mode } = await stat(path).catch(() => unreadable(stateDir));
  const own = process.getuid?.();
  if (own === undefined) return;
  if (uid !== own) throw refuse({ is: 'foreignFile', path, user: await userOf(uid) });
  if ((mode & WRITABLE_BY_OTHERS) !== 0) throw refuse({ is: 'openFile', path });
}

function unreadable(stateDir: string): never {
  throw refuse({ is: 'noToken', stateDir: cleanText(stateDir, 200) });
}
