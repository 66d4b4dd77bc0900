import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { cleanText } from '../base/text';
import { KINDS } from '../kinds/index';
import type { Examined } from '../kinds/examined';
import { checkParts } from '../kinds/read/parts';
import type { Finding } from '../model/finding';
import { Ask, DaemonClient, NoAnswer } from '../system/httpClient';
import { readBounded } from '../system/privateFile';
import { codeOf } from '../system/trouble';
import { CHECK_WITHIN_MS, LOOKS_APART_MS, MAX_CHECKED_BYTES } from './policy';
import { isPlace, readPlace, type Place } from './place';

export { checkText, lacksAnything } from './checkText';
export { noPlaceText } from './placeText';
export { isPlace, readPlace };

/** What a health answer at an address or in a file has and lacks. Never rejects for what is there. */
export async function checkPlace(place: Place): Promise<readonly Finding[]> {
  const code = await KINDS.find(({ isOfAnyMake }) => isOfAnyMake)?.load();
  using within = new Ask(CHECK_WITHIN_MS);
  try {
    using client = place.is === 'address' ? new DaemonClient(place.origin) : undefined;
    const look = () => (place.is === 'address' ? lookAt(client!, place.query, within) : lookInto(place.path));
    const earlier = await look();
    if ('is' in earlier) return [earlier];
    await delay(LOOKS_APART_MS);
    const last = await look();
    if ('is' in last) return [last];
    return code?.examine?.({ ...last, tookMs: Math.max(earlier.tookMs, last.tookMs), earlier }) ?? [];
  } catch (error) {
    if (error instanceof NoAnswer) return [{ is: 'unreachable', cause: error.code }];
    throw error;
  }
}

async function lookAt(client: DaemonClient, query: string, within: Ask): Promise<Examined> {
  const startedMs = performance.now();
  const answer = await client.get(query, within);
  const tookMs = performance.now() - startedMs;
  checkParts(answer.body);
  const nowAt = answer.dateAt ?? Date.now();
  return { text: answer.body, answer, bytes: Buffer.byteLength(answer.body), tookMs, nowAt };
}

async function lookInto(path: string): Promise<Examined | Finding> {
  const file = cleanText(path);
  const startedMs = performance.now();
  try {
    // Who opens a pipe may wait for ever.
    if (!(await stat(path)).isFile()) return { is: 'strange', why: { is: 'noPlainFile', file } };
    const text = await readBounded(path, MAX_CHECKED_BYTES);
    if (text === undefined)
      return { is: 'strange', why: { is: 'fileTooLong', file, maxBytes: MAX_CHECKED_BYTES } };
    checkParts(text);
    const tookMs = performance.now() - startedMs;
    return { text, bytes: Buffer.byteLength(text), tookMs, nowAt: Date.now() };
  } catch (error) {
    if (error instanceof NoAnswer) throw error;
    if (codeOf(error) === 'ENOENT') return { is: 'unreachable', cause: { is: 'noFile', file } };
    return { is: 'strange', why: { is: 'fileNotReadable', file } };
  }
}
