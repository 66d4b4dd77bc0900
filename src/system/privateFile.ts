import { randomInt } from 'node:crypto';
import { constants, renameSync, rmSync, writeFileSync } from 'node:fs';
import { lstat, mkdir, open, readdir, rename, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { insisting } from './insisting';
import { MAX_STATE_BYTES } from './policy';
import { userOf } from './userName';
import { codeOf } from './trouble';

/** Only the owner reads state: command lines and prompts may hold secrets. */
export const PRIVATE_FILE_MODE = 0o600;
/** The write bits of group and others: who has them may plant what a daemon would run. */
export const WRITABLE_BY_OTHERS = 0o022;
export const PRIVATE_DIR_MODE = 0o700;

/**
 * Writes a text so that a reader sees the old or the new one, never a part, also after a kill. Makes the folder if it
 * is missing. A link in the place of the file is replaced and not written through. What was asked for last is what the
 * file holds in the end.
 *
 * @param fsync whether it must survive a power cut as well
 * @throws the system's error; the file is then as it was
 */
export async function writePrivate(file: string, text: string, fsync = true): Promise<void> {
  await inTurn(file, () => writeNow(file, text, fsync));
}

/** The last work on each file that is under way. */
const underWay = new Map<string, Promise<unknown>>();

/** Does one work on a file after the other, also where one fails or is tried again. */
export async function inTurn<T>(file: string, work: () => Promise<T>): Promise<T> {
  const before = underWay.get(file) ?? Promise.resolve();
  const done = before.then(work, work);
  underWay.set(file, done);
  try {
    return await done;
  } finally {
    if (underWay.get(file) === done) underWay.delete(file);
  }
}

async function writeNow(file: string, text: string, fsync: boolean): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: PRIVATE_DIR_MODE });
  const temporary = temporaryFor(file);
  try {
    // This writes on until all is written: a disk that is nearly full takes only a part at first.
    await writeFile(temporary, text, { ...EXCLUSIVE, flush: fsync });
    await insisting(() => rename(temporary, file));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
}

/** What somebody left in the place is neither written into nor followed. */
const EXCLUSIVE = { flag: 'wx', mode: PRIVATE_FILE_MODE };

/** A name beside the file that nobody else has; `removeTemporaries` knows it. */
function temporaryFor(file: string): string {
  return `${file}.${process.pid}${randomInt(1e9)}`;
}

/** The same without awaiting, for a process that is about to end. The folder is there. */
export function writePrivateSync(file: string, text: string): void {
  const temporary = temporaryFor(file);
  try {
    writeFileSync(temporary, text, { ...EXCLUSIVE, flush: true });
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** What a file of ours holds. */
export interface OwnText {
  readonly text: string;
  /** Its permission bits. */
  readonly mode: number;
  /** Epoch ms. */
  readonly changedAt: number;
}

/**
 * Reads a file, if it is a file of ours: no link, not another user's, and no longer than state is.
 *
 * @returns `undefined` where there is none, else what it holds, or why it is not believed
 */
export async function readOwn(
  file: string,
  maxBytes = MAX_STATE_BYTES,
): Promise<OwnText | { readonly refusal: string } | undefined> {
  try {
    // Not Windows'. Without waiting, where it is a pipe that nobody writes into.
    const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
    await using handle = await open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const found = await handle.stat();
    if (!found.isFile()) return { refusal: 'it is not a file' };
    const own = process.getuid?.();
    if (own !== undefined && found.uid !== own)
      return { refusal: `it belongs to ${await userOf(found.uid)}` };
    const text = await beginning(handle, found.size, maxBytes);
    if (text === undefined) return { refusal: `it is longer than ${maxBytes / 1_024} KiB` };
    return { text, mode: found.mode & 0o777, changedAt: found.mtimeMs };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    if (codeOf(error) === 'ELOOP') return { refusal: 'it is a link' };
    throw error;
  }
}

/** Opens a file of ours to write at its end. A link in its place is replaced, and not written through. */
export async function openToAppend(file: string): Promise<FileHandle> {
  const { O_APPEND, O_CREAT, O_NOFOLLOW = 0, O_WRONLY } = constants;
  const found = await lstat(file).catch(() => undefined);
  if (found && (!found.isFile() || found.nlink > 1)) await rm(file);
  return open(file, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, PRIVATE_FILE_MODE);
}

/** Reads another program's small file; `undefined` where it is longer, or no file. @throws the system's error */
export async function readBounded(file: string, maxBytes: number): Promise<string | undefined> {
  await using handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  const found = await handle.stat();
  return found.isFile() ? await beginning(handle, found.size, maxBytes) : undefined;
}

/** All that a file holds, if that is not more than `maxBytes`, also where it grows meanwhile. */
async function beginning(handle: FileHandle, size: number, maxBytes: number): Promise<string | undefined> {
  if (size > maxBytes) return undefined;
  let bytes = Buffer.allocUnsafe(size + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await handle.read(bytes, length, bytes.length - length, length);
    length += bytesRead;
    if (length > maxBytes) return undefined;
    if (bytesRead === 0) return textOf(bytes.subarray(0, length));
    // It grew: the rest needs room.
    if (length === bytes.length) bytes = Buffer.concat([bytes], Math.min(2 * length, maxBytes + 1));
  }
}

/** Windows' own shell writes UTF-16, and says so by its first two bytes. */
function textOf(bytes: Buffer): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return bytes.toString(isUtf16 ? 'utf16le' : 'utf8');
}

/**
 * Drops what kills in the middle of atomic writes left; the real files beside them are whole.
 * @param of only what was to become the file of this name
 */
export async function removeTemporaries(dir: string, of?: string): Promise<void> {
  for (const name of await readdir(dir)) {
    const file = /^(.+\.json|token)\.\d+$/.exec(name)?.[1];
    if (file !== undefined && (of === undefined || file === of)) await rm(join(dir, name), { force: true });
  }
}
