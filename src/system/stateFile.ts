import { rename } from 'node:fs/promises';
import * as v from 'valibot';
import { insisting } from './insisting';
import { readOwn, writePrivate, writePrivateSync } from './privateFile';
import { writingState } from './trouble';
import { messageOf } from '../base/errors';
import { unknownKeys, type UnknownKeys } from './unknownKeys';

/** A state file that could not be read and was moved out of the way, with all it holds. */
export interface SetAside {
  readonly file: string;
  readonly movedTo: string;
  readonly reason: string;
}

export type StateRead<T> =
  | { readonly kind: 'absent' }
  /** @property unknown what the file says more, to be written again */
  | { readonly kind: 'read'; readonly value: T; readonly unknown?: UnknownKeys }
  | { readonly kind: 'set-aside'; readonly setAside: SetAside };

/**
 * Writes JSON so that a reader sees the old or the new text, never a part, also after a kill.
 * @param fsync whether it must survive a power cut as well
 * @throws StateNotWritten; the file is then as it was
 */
export async function writeJson(file: string, value: unknown, fsync = true): Promise<void> {
  await writeText(file, jsonText(value), fsync);
}

/** The same for any text. @throws StateNotWritten */
export async function writeText(file: string, text: string, fsync = true): Promise<void> {
  await writingState(() => writePrivate(file, text, fsync));
}

/** The same without awaiting, for a process that is about to end. @throws the system's error */
export function writeJsonSync(file: string, value: unknown): void {
  writePrivateSync(file, jsonText(value));
}

/**
 * Reads JSON of a known shape. Keys that this version does not know stand apart, so that a newer version's file can be
 * read, and written again without a loss. A file of another shape is renamed, never deleted: somebody may want to rescue what is in it.
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
    return readText(schema, read.text);
  } catch (error) {
    return setAside(read.text === '' ? 'it is empty' : messageOf(error));
  }
}

/** @throws where the text is of another shape */
export function readText<S extends v.GenericSchema>(
  schema: S,
  text: string,
): Extract<StateRead<v.InferOutput<S>>, { kind: 'read' }> {
  const raw: unknown = JSON.parse(text);
  const value: v.InferOutput<S> = v.parse(schema, raw);
  const unknown = unknownKeys(raw, value);
  return { kind: 'read', value, ...(unknown && { unknown }) };
}

/** As state is written. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
