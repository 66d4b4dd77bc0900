import { appendFileSync, mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { saidText } from '../base/said';
import { cleanText } from '../base/text';
import { LAUNCHER_LOG_TAIL_BYTES, MAX_SAID_CHARS, MAX_LAST_LINE_CHARS } from './policy';

/** The launcher's own words in the log of the daemon that it starts, and how the extension reads them there. */

const LINE = /^\[(\d{4}-\d\d-\d\dT[\d:.]+Z) Daemon Health\] (.+)$/;
/** Adds a sentence to the log, with its time. Never throws: the terminal has the sentence, too. */
export function addToLog(log: string, text: string, now = new Date()): void {
  try {
    mkdirSync(dirname(log), { recursive: true });
    appendFileSync(log, `\n[${now.toISOString()} Daemon Health] ${text}\n`, { mode: 0o600 });
  } catch {
    // A full disk must not hide what the terminal says.
  }
}

/**
 * What the launcher said last, as one bounded line without links and icons; `undefined` where the log does not tell.
 * Whatever the daemon printed may be in there.
 *
 * @param sinceAt when the launcher was started, in epoch ms: earlier words are of another start
 */
export async function lastSaid(log: string, sinceAt: number): Promise<string | undefined> {
  const lines = (await tailOf(log).catch(() => '')).split(/\r?\n/).reverse();
  for (const line of lines) {
    const [, time = '', text = ''] = LINE.exec(line) ?? [];
    if (Date.parse(time) >= sinceAt) return plain(text, MAX_SAID_CHARS);
  }
  return undefined;
}

/** Of what a program printed the last line that says something: neither a part of a stack nor of a listing. */
export function lastWords(output: string): string | undefined {
  const lines = stripVTControlCharacters(output)
    .split(/\r?\n/)
    .filter((line) => !LINE.test(line) && /[\p{L}\p{N}]/u.test(line));
  const telling = lines.filter((line) => !/^\s|^Node\.js v\d/.test(line));
  const last = telling.at(-1) ?? lines.at(-1);
  return last === undefined
    ? undefined
    : plain(last, MAX_LAST_LINE_CHARS).replace(/[.\s]+$/, '') || undefined;
}

/** A program as a sentence names it. */
export function programName(command: string): string {
  return cleanText(basename(command), 60);
}

/** VS Code would draw `[…](command:…)` as a link that runs something, and `$(…)` as an icon. */
function plain(text: string, maxChars: number): string {
  return saidText(text.replaceAll('](', '] (').replaceAll('$(', '('), maxChars);
}

async function tailOf(file: string): Promise<string> {
  await using handle = await open(file, 'r');
  const { size } = await handle.stat();
  const length = Math.min(size, LAUNCHER_LOG_TAIL_BYTES);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
  return buffer.toString('utf8', 0, bytesRead);
}
