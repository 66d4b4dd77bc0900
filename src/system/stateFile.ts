import { randomInt } from 'node:crypto';
import { closeSync, constants, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { insisting } from './insisting';
import { userOf } from './userName';
import { codeOf, writingState } from './trouble';

/** Only the owner reads state: command lines and prompts may hold secrets. */
export const PRIVATE_FILE_MODE = 0o600;
export const PRIVATE_DIR_MODE = 0o700;

/** A state file that could not be read and was moved out of the way, with all it holds. */
export interface SetAside {
  readonly file: string;
  readonly movedTo: string;
  readonly reason: string;
}

export type StateRead<T> =
  | { readonly kind: 'absent' }
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'set-aside'; readonly setAside: SetAside };

/**
 * Writes JSON so that a reader sees the old or the new text, never a part, also after a kill.
 * @param fsync whether it must survive a power cut as well
 * @throws StateNotWritten; the file is then as it was
 */
export async function writeJson(file: string, value: unknown, fsync = true): Promise<void> {
  await writeText(file, jsonText(value), fsync);
}

/** The same for any text. Makes the folder if it is missing. What was asked for last is what the file holds in the end. */
export async function writeText(file: string, text: string, fsync = true): Promise<void> {
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
  await writingState(async () => {
    await mkdir(dirname(file), { recursive: true, mode: PRIVATE_DIR_MODE });
    const temporary = temporaryFor(file);
    try {
      // Exclusive: what somebody left in the place is neither written into nor followed.
      const handle = await open(temporary, 'wx', PRIVATE_FILE_MODE);
      try {
        // This writes on until all is written: a disk that is nearly full takes only a part at first.
        await handle.writeFile(text);
        if (fsync) await handle.sync();
      } finally {
        await handle.close();
      }
      await insisting(() => rename(temporary, file));
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {});
      throw error;
    }
  });
}

/** A name beside the file that nobody else has; `removeTemporaries` knows it. */
function temporaryFor(file: string): string {
  return `${file}.${process.pid}${randomInt(1e9)}`;
}

/** The same without awaiting, for a process that is about to end. */
export function writeJsonSync(file: string, value: unknown): void {
  const temporary = temporaryFor(file);
  try {
    const handle = openSync(temporary, 'wx', PRIVATE_FILE_MODE);
    try {
      writeFileSync(handle, jsonText(value));
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/**
 * Reads JSON of a known shape. Keys that this version does not know are dropped, so that a newer version's file
 * can be read. A file of another shape is renamed, never deleted: somebody may want to rescue what is in it.
 */
export async function readState<S extends v.GenericSchema>(
  file: string,
  schema: S,
  wallMs: number,
): Promise<StateRead<v.InferOutput<S>>> {
  const setAside = async (reason: string): Promise<StateRead<never>> => {
    const movedTo = `${file}.corrupt-${new Date(wallMs).toISOString().replaceAll(':', '-')}`;
    await insisting(() => rename(file, movedTo));
    return { kind: 'set-aside', setAside: { file, movedTo, reason } };
  };
  const read = await readOwn(file);
  if (read === undefined) return { kind: 'absent' };
  if ('refusal' in read) return setAside(read.refusal);
  try {
    return { kind: 'read', value: v.parse(schema, JSON.parse(read.text)) };
  } catch (error) {
    return setAside(
      read.text === '' ? 'it is empty' : error instanceof Error ? error.message : String(error),
    );
  }
}

/** What a file of ours holds. */
export interface OwnText {
  readonly text: string;
  /** Its permission bits. */
  readonly mode: number;
}

/**
 * Reads a file in the state directory, if it is a file of ours: no link, not another user's.
 *
 * @returns `undefined` where there is none, else what it holds, or why it is not believed
 */
export async function readOwn(file: string): Promise<OwnText | { readonly refusal: string } | undefined> {
  let handle: FileHandle;
  try {
    // Not Windows'. Without waiting, where it is a pipe that nobody writes into.
    const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
    handle = await open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    if (codeOf(error) === 'ELOOP') return { refusal: 'it is a link' };
    throw error;
  }
  try {
    const found = await handle.stat();
    if (!found.isFile()) return { refusal: 'it is not a file' };
    const own = process.getuid?.();
    if (own !== undefined && found.uid !== own)
      return { refusal: `it belongs to ${await userOf(found.uid)}` };
    return { text: await handle.readFile('utf8'), mode: found.mode & 0o777 };
  } finally {
    await handle.close();
  }
}

/** Drops what kills in the middle of atomic writes left; the real files beside them are whole. */
export async function removeTemporaries(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    if (/^(.+\.json|token)\.\d+$/.test(name)) await rm(join(dir, name), { force: true });
  }
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
