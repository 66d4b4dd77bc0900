import { stat } from 'node:fs/promises';
import { readBounded } from '../../system/privateFile';
import { MAX_STATE_FILE_BYTES } from './policy';

interface Content {
  /** As JSON has it; `undefined` where that is no JSON. */
  readonly value: unknown;
  /** Epoch ms. */
  readonly changedAt: number;
}

/** `undefined` where it is there and cannot be read: too long, no file, not ours to read. */
export type Read = Content | 'absent' | undefined;

/** A small JSON file that another process replaces as a whole: read again only when it is another. */
export class StateFile {
  #last: { readonly key: string; readonly content: Content } | undefined;

  constructor(private readonly path: string) {}

  /** Never rejects. */
  async read(): Promise<Read> {
    try {
      const found = await stat(this.path);
      // A device may do something when it is opened.
      if (!found.isFile()) return undefined;
      const { mtimeMs, size, ino } = found;
      const key = `${mtimeMs} ${size} ${ino}`;
      if (this.#last?.key !== key) {
        const text = await readBounded(this.path, MAX_STATE_FILE_BYTES);
        if (text === undefined) return undefined;
        const value = known(() => JSON.parse(text) as unknown);
        this.#last = { key, content: { value, changedAt: mtimeMs } };
      }
      return this.#last.content;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'absent' : undefined;
    }
  }
}

/** What a reader gives, where it can read it. */
export function known<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
