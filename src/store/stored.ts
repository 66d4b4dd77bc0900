import type { Memento } from 'vscode';
import { UNREADABLE_MAX_CHARS } from './policy';
import { isSame } from '../base/text';

/**
 * Reads what is kept, which may be of any version, or anything.
 *
 * @param leave takes a part that cannot be read; what is returned is used without that part
 * @returns `undefined` where nothing of it can be read
 */
export type Parse<T> = (raw: unknown, leave: (part: unknown) => void) => T | undefined;

export type WriteLine = (line: string) => void;

/**
 * A value that is kept in a memento, validated when it is read. Reading never throws, and writing never rejects.
 *
 * What cannot be read may be of a newer version, which comes back. Before anything is written over it, it is kept
 * aside: `<key>.unreadable` is the list of what could not be read, the newest last.
 */
export class Stored<T> {
  #raw: unknown;
  #value: T | undefined;
  readonly #said = new Set<string>();

  constructor(
    private readonly memento: Memento,
    private readonly key: string,
    private readonly parse: Parse<T>,
    private readonly log: WriteLine,
  ) {}

  /** `undefined` where nothing is kept that can be read. */
  get value(): T | undefined {
    const raw = this.#get(this.key);
    // Another window may have changed what all windows share.
    if (raw !== this.#raw) {
      this.#raw = raw;
      this.#value = raw === undefined ? undefined : this.#read(raw);
    }
    return this.#value;
  }

  /** @param value `undefined` keeps nothing any more */
  async update(value: T | undefined): Promise<void> {
    // What cannot be read is kept aside before.
    void this.value;
    const written = this.#write(this.key, value);
    this.#raw = this.#get(this.key);
    this.#value = value;
    await written;
  }

  #read(raw: unknown): T | undefined {
    const left: unknown[] = [];
    try {
      const value = this.parse(raw, (part) => left.push(part));
      if (value === undefined) this.#keepAside([raw], `it is ${kindOf(raw)}`);
      else if (left.length > 0) this.#keepAside(left, 'parts of it are damaged, or of another version');
      return value;
    } catch (error) {
      this.#keepAside([raw], String(error));
      return undefined;
    }
  }

  #keepAside(parts: readonly unknown[], why: string): void {
    const key = `${this.key}.unreadable`;
    const line = `What is kept as ${this.key} cannot be read: ${why}.`;
    try {
      const kept = this.#get(key);
      const before: readonly unknown[] = Array.isArray(kept) ? kept : [];
      const all = new Map([...before, ...parts].map((part) => [JSON.stringify(part), part]));
      const after = newest([...all], UNREADABLE_MAX_CHARS);
      if (!isSame(before, after)) void this.#write(key, after);
      const isWhole = parts.every((part) => after.includes(part));
      this.#say(`${line} It is kept aside as ${key}${isWhole ? '' : ', but what is too long'}.`);
    } catch (error) {
      this.#say(`${line} It cannot be kept aside: ${String(error)}`);
    }
  }

  #get(key: string): unknown {
    try {
      return this.memento.get<unknown>(key);
    } catch (error) {
      this.#say(`${key} cannot be read: ${String(error)}`);
      return undefined;
    }
  }

  async #write(key: string, value: unknown): Promise<void> {
    try {
      await this.memento.update(key, value);
    } catch (error) {
      this.#say(`${key} cannot be written: ${String(error)}`);
    }
  }

  /** Once a window. */
  #say(line: string): void {
    if (this.#said.has(line)) return;
    this.#said.add(line);
    this.log(line);
  }
}

/** A list without the items that cannot be read. */
export function listOf<T>(isItem: (item: unknown) => item is T): Parse<readonly T[]> {
  return (raw, leave) => {
    if (!Array.isArray(raw)) return undefined;
    const items: readonly unknown[] = raw;
    const others = items.filter((item) => !isItem(item));
    if (others.length > 0) leave(others);
    return items.filter(isItem);
  };
}

/** The fields of an object; of what is no object, none. */
export function fieldsOf(raw: unknown): Readonly<Record<string, unknown>> {
  return typeof raw === 'object' && raw !== null ? { ...raw } : {};
}

type Types = Readonly<Record<string, 'string' | 'number' | 'boolean'>>;

/** Whether a value has fields of these types. More fields may be of a newer version. */
export function hasFields(value: unknown, needed: Types, optional: Types = {}): boolean {
  const fields = fieldsOf(value);
  return (
    Object.entries(needed).every(([name, type]) => typeof fields[name] === type) &&
    Object.entries(optional).every(([name, type]) => ['undefined', type].includes(typeof fields[name]))
  );
}

function kindOf(raw: unknown): string {
  return raw === null ? 'null' : Array.isArray(raw) ? 'a list' : `of type ${typeof raw}`;
}

/** @param parts each with its text, the newest last */
function newest(parts: readonly (readonly [text: string, part: unknown])[], maxChars: number): unknown[] {
  let chars = 0;
  return parts
    .toReversed()
    .filter(([{ length }]) => {
      const fits = chars + length <= maxChars;
      if (fits) chars += length;
      return fits;
    })
    .map(([, part]) => part)
    .reverse();
}
