import { open, readdir, stat } from 'node:fs/promises';
import { join, parse, sep } from 'node:path';
import type { EachSetting } from '../../model/askSetting';
import { isAliveItem, itemOf, type Item } from './items';
import { MAX_FOLDERS, MAX_LINE_BYTES, MAX_MATCHES, MAX_READ_BYTES, MAX_VALUES_BESIDE } from './policy';
import { inHome } from '../read/paths';
import { CHANGED_PLACE } from './places';
import { readSaid } from './said';

/** A file that a pattern names, and when it was changed. Epoch ms. */
export interface Match {
  readonly path: string;
  readonly changedAt: number;
  readonly bytes: number;
}

/**
 * The plain files that patterns name, in which a `*` stands for any part of one name. Of each folder the last names come
 * first, and all is bounded. What is not there, or not ours to read, is no match.
 */
export async function matchesOf(patterns: readonly string[]): Promise<readonly Match[]> {
  const found: Match[] = [];
  for (const pattern of patterns) {
    const { root, dir, base } = parse(inHome(pattern));
    const parts = [...dir.slice(root.length).split(/[\\/]+/), base].filter((part) => part !== '');
    for await (const path of pathsOf(root || sep, parts, { folders: MAX_FOLDERS })) {
      const state = await stat(path).catch(() => undefined);
      if (state?.isFile()) found.push({ path, changedAt: Math.round(state.mtimeMs), bytes: state.size });
      if (found.length >= MAX_MATCHES) return found;
    }
  }
  return found;
}

/** @param left how many folders may still be looked into */
async function* pathsOf(
  folder: string,
  [part, ...rest]: readonly string[],
  left: { folders: number },
): AsyncGenerator<string, void> {
  if (part === undefined) {
    yield folder;
    return;
  }
  if (!part.includes('*')) {
    yield* pathsOf(join(folder, part), rest, left);
    return;
  }
  if (left.folders-- <= 0) return;
  const names: readonly string[] = await readdir(folder).catch(() => []);
  const fitting = names.filter((name) => fits(name, part)).sort();
  for (const name of fitting.reverse().slice(0, MAX_MATCHES)) yield* pathsOf(join(folder, name), rest, left);
}

/** Whether a name fits a pattern. Each part is looked for once: a regular expression may look for hours. */
function fits(name: string, pattern: string): boolean {
  const [head = '', ...parts] = pattern.split('*');
  const tail = parts.pop() ?? '';
  if (!name.startsWith(head) || !name.endsWith(tail)) return false;
  let at = head.length;
  for (const part of parts) {
    const found = name.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at + tail.length <= name.length;
}

/** When the newest of these was changed. Epoch ms; `undefined` where none is there. */
export function newestOf(matches: readonly Match[]): number | undefined {
  return matches.length === 0 ? undefined : Math.max(...matches.map(({ changedAt }) => changedAt));
}

/**
 * Files as items: what each of them holds as JSON, or its last line. Those that were changed last are read first, as far
 * as the bound on all of them goes.
 *
 * @param each without the process that it names nothing else is looked for
 * @param beside patterns of what else is written for an item, with `{field}` for a value of it
 */
export async function fileItems(
  matches: readonly Match[],
  each?: EachSetting,
  beside: readonly string[] = [],
): Promise<readonly Item[]> {
  const items = await Promise.all(
    newestWithin(matches).map(async ({ path, changedAt }): Promise<Item | undefined> => {
      const json = await readLast(path);
      // Who is just writing it is at work; it is read the next time.
      if (json === undefined) return undefined;
      const item = itemOf(json);
      if (each && !isAliveItem(item, each)) return undefined;
      const others = await matchesOf(beside.flatMap((pattern) => filled(pattern, item) ?? []));
      const lastAt = Math.max(changedAt, newestOf(others) ?? 0);
      const more = each?.sessions ? await valuesBeside(others) : [];
      return { at: (place) => (place === CHANGED_PLACE ? lastAt : firstAt([item, ...more], place)) };
    }),
  );
  return items.filter((item) => item !== undefined);
}

/** As many of the newest as a bound on what is read of all of them allows. */
function newestWithin(matches: readonly Match[]): readonly Match[] {
  let left = MAX_READ_BYTES;
  return [...matches]
    .sort((one, other) => other.changedAt - one.changedAt)
    .filter(({ bytes }) => {
      const cost = Math.min(bytes, MAX_LINE_BYTES);
      left -= cost;
      return left >= 0;
    });
}

/** Only of files that are JSON as a whole: a transcript is read by nobody. */
async function valuesBeside(others: readonly Match[]): Promise<readonly Item[]> {
  const read = others.filter(({ path }) => path.endsWith('.json')).slice(0, MAX_VALUES_BESIDE);
  const values = await Promise.all(read.map(({ path }) => readLast(path)));
  return values.filter((value) => value !== undefined).map(itemOf);
}

function firstAt(items: readonly Item[], place: string): unknown {
  for (const item of items) {
    const value = item.at(place);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** A pattern for one item; `undefined` where a value of it is none that a file may be named by. */
function filled(pattern: string, item: Item): string | undefined {
  let isWhole = true;
  const path = pattern.replace(/\{([^}]+)\}/g, (_, place: string) => {
    const value = item.at(place);
    const isName = typeof value === 'string' && /^[\w-]{1,100}$/.test(value);
    isWhole &&= isName;
    return isName ? value : '';
  });
  return isWhole ? path : undefined;
}

/** What a file holds as JSON; of a file of lines what the last whole one does. */
async function readLast(path: string): Promise<unknown> {
  try {
    await using handle = await open(path, 'r');
    const { size } = await handle.stat();
    const start = Math.max(0, size - MAX_LINE_BYTES);
    const { bytesRead, buffer } = await handle.read(
      Buffer.alloc(Math.min(size, MAX_LINE_BYTES)),
      0,
      null,
      start,
    );
    const text = buffer.toString('utf8', 0, bytesRead);
    const whole = start === 0 ? readSaid(text).json : undefined;
    return whole ?? readSaid(text.trimEnd().split('\n').at(-1) ?? '').json;
  } catch {
    return undefined;
  }
}
