import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { cleanText } from '../../base/text';
import type { StrangeAnswer } from '../../health/cause';
import { NoAnswer } from '../../system/httpClient';
import { readBounded } from '../../system/privateFile';
import { codeOf } from '../../system/trouble';
import { MAX_SAID_CHARS } from '../policy';
import { checkParts } from '../read/parts';
import { inHome, shortPath } from '../read/paths';
import type { Spoken } from './answer';
import { claudeSessions } from './claude';
import { shapeMeant, type Means } from './meanings';
import { HALF_FILE_LOOKS, HALF_FILE_WAIT_MS, MAX_FILE_BYTES } from './policy';
import { CHANGED_PLACE } from './places';
import { parse, readSaid, TEXT_PLACE } from './said';
import type { Said } from './spoken';
import { shapeOf } from './shapes';

/**
 * What the files of a daemon say: a value is that of the first file that has it. Files that are not there say nothing,
 * as long as one is.
 *
 * @param isRead their content is asked for; when a file was changed is known without
 * @throws {NoAnswer} where none of them is there
 */
export async function readFiles(
  paths: readonly string[],
  isRead: boolean,
  means?: Means,
): Promise<Spoken | StrangeAnswer> {
  let changedAt: number | undefined;
  const contents: Content[] = [];
  for (const path of paths.map((each) => inHome(each))) {
    const file = shown(path);
    try {
      const found = await stat(path);
      // A device may do something when it is opened, and who opens a pipe may wait for ever.
      if (!found.isFile()) return { is: 'noPlainFile', file };
      changedAt = Math.max(changedAt ?? 0, Math.round(found.mtimeMs));
      if (!isRead) continue;
      const content = await readWhole(path);
      if (content === 'tooLong') return { is: 'fileTooLong', file, maxBytes: MAX_FILE_BYTES };
      if (content === 'half') return { is: 'halfFile', file };
      contents.push(content);
    } catch (error) {
      if (error instanceof NoAnswer) throw error;
      if (!['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return { is: 'fileNotReadable', file };
    }
  }
  if (changedAt === undefined) {
    throw new NoAnswer('refused', { is: 'noFile', file: shown(inHome(paths[0] ?? '')) });
  }
  const [first] = contents;
  const shape = first && (shapeMeant(first.text, means) ?? shapeOf(first.text, first.said.json));
  const told = contents.map(({ said }) => claudeSessions(said.json)).filter((each) => each !== undefined);
  return {
    said: together(contents, changedAt),
    ...(shape && { shape }),
    ...(told.length > 0 && { sessions: told.flat() }),
  };
}

interface Content {
  readonly text: string;
  readonly said: Said;
}

/** How JSON begins, also the first half of that: a line of a log, and a part of an INI, may begin with a bracket, too. */
const JSON_START = /^\s*(?:\{|\[\s*(?:[[{"\]]|(?:-?[\d.]+(?:e[+-]?\d+)?|true|false|null)\s*(?:,|$)|$))/i;

/** A file that is being written is read again a moment later. */
async function readWhole(path: string): Promise<Content | 'tooLong' | 'half'> {
  for (let looks = 1; ; looks++) {
    const text = await readBounded(path, MAX_FILE_BYTES);
    if (text === undefined) return 'tooLong';
    checkParts(text);
    const said = readWritten(text);
    const isHalf = said.json === undefined && JSON_START.test(text);
    const isWhole = !isHalf && text.trim() !== '';
    if (isWhole || (looks === HALF_FILE_LOOKS && !isHalf)) return { text, said };
    if (looks === HALF_FILE_LOOKS) return 'half';
    await delay(HALF_FILE_WAIT_MS);
  }
}

/** JSON, a file of a JSON in each line of which the last whole one counts, `key=value` lines, or a text. */
function readWritten(text: string): Said {
  const whole = readSaid(text);
  if (whole.json !== undefined || !/^\s*\{.*\}\s*\n/.test(text)) return whole;
  const lines = text.trimEnd().split('\n');
  if (typeof parse(lines[0]!) !== 'object') return whole;
  // The last may be in the making.
  const last = lines
    .slice(-2)
    .reverse()
    .find((line) => typeof parse(line) === 'object');
  if (last === undefined) return whole;
  const said = readSaid(last);
  return { ...said, at: (place) => (place === TEXT_PLACE ? whole : said).at(place) };
}

function together(contents: readonly Content[], changedAt: number): Said {
  const json = contents.find(({ said }) => said.json !== undefined)?.said.json;
  return {
    at: (place) => {
      if (place === CHANGED_PLACE) return changedAt;
      for (const { said } of contents) {
        const value = said.at(place);
        if (value !== undefined) return value;
      }
      return undefined;
    },
    ...(json !== undefined && { json }),
    hasFields: contents.some(({ said }) => said.hasFields),
    places: () => [CHANGED_PLACE, ...contents.flatMap(({ said }) => said.places())],
  };
}

function shown(path: string): string {
  return cleanText(shortPath(path), MAX_SAID_CHARS);
}
