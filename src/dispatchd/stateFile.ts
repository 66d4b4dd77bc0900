import { randomInt } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { insisting } from '../insisting';
import { writingState } from './trouble';

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
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { kind: 'absent' };
    throw error;
  }
  try {
    return { kind: 'read', value: v.parse(schema, JSON.parse(text)) };
  } catch (error) {
    const movedTo = `${file}.corrupt-${new Date(wallMs).toISOString().replaceAll(':', '-')}`;
    await insisting(() => rename(file, movedTo));
    const reason = text === '' ? 'it is empty' : error instanceof Error ? error.message : String(error);
    return { kind: 'set-aside', setAside: { file, movedTo, reason } };
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
