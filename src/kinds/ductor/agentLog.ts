import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { MAX_LOG_BYTES } from './policy';

/**
 * Follows `logs/agent.log`: each look gives the lines that were written since the one before. ductor rotates the log: the
 * file is renamed, and a new one begun.
 */
export class AgentLog {
  #isReading = false;
  #at: { readonly ino: number; readonly offset: number } | undefined;

  constructor(private readonly path: string) {}

  /**
   * Whole lines, oldest first: at the first look those of the end, later all new ones, `MAX_LOG_BYTES` at most. Empty where
   * the log is not there or cannot be read. Never throws, and never waits for a writer.
   */
  async read(): Promise<readonly string[]> {
    // A slow disk may still be at it: those lines are for who asked then.
    if (this.#isReading) return [];
    this.#isReading = true;
    try {
      return await this.#read();
    } finally {
      this.#isReading = false;
    }
  }

  async #read(): Promise<readonly string[]> {
    const before = this.#at;
    const now = await tail(this.path, before);
    if (!now) return [];
    this.#at = { ino: now.ino, offset: now.offset };
    const isAnother = before === undefined || before.ino !== now.ino;
    if (!isAnother || now.room <= 0) return now.lines;
    // What was written between the last look and the rotation is at the end of the file before.
    const rotated = await tail(`${this.path}.1`, before, now.room, before?.ino);
    return [...(rotated?.lines ?? []), ...now.lines];
  }
}

/** The last whole lines of a log, oldest first, over a rotation; empty where it cannot be read. Never throws. */
export async function endOfLog(path: string, maxBytes: number): Promise<readonly string[]> {
  const now = await tail(path, undefined, maxBytes);
  if (!now) return [];
  const rotated = now.room > 0 ? await tail(`${path}.1`, undefined, now.room) : undefined;
  return [...(rotated?.lines ?? []), ...now.lines];
}

interface Tail {
  readonly ino: number;
  /** Behind the last whole line. */
  readonly offset: number;
  readonly lines: readonly string[];
  /** How many more bytes may be read. */
  readonly room: number;
}

/**
 * The lines behind an offset.
 *
 * @param before where the last look ended; of another file than this the end is read
 * @param onlyIno the file that it must be
 */
async function tail(
  path: string,
  before: { readonly ino: number; readonly offset: number } | undefined,
  maxBytes: number = MAX_LOG_BYTES,
  onlyIno?: number,
): Promise<Tail | undefined> {
  try {
    // A pipe in its place has no writer, and would be waited for. Windows knows no such flag.
    await using handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const found = await handle.stat();
    const { ino, size } = found;
    if (!found.isFile() || (onlyIno !== undefined && ino !== onlyIno)) return undefined;
    const isFollowed = before?.ino === ino && before.offset <= size;
    const from = isFollowed ? before.offset : 0;
    const start = Math.max(from, size - maxBytes);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
    const bytes = buffer.subarray(0, bytesRead);
    const end = bytes.lastIndexOf('\n') + 1;
    // The first line is cut where the beginning was left out.
    const first = start > from ? bytes.indexOf('\n') + 1 : 0;
    const text = bytes.toString('utf8', Math.min(first, end), end);
    // A line without an end that fills all of it is no line of a log.
    const offset = end === 0 && bytesRead === maxBytes ? size : start + end;
    return { ino, offset, lines: text.split('\n').filter(Boolean), room: maxBytes - bytesRead };
  } catch {
    return undefined;
  }
}
