import type { Memento } from 'vscode';

/**
 * The global state of several windows as VS Code keeps it: each window has a copy of all keys, an update writes that
 * whole copy, and the other windows get what was written some time later.
 */
export class WindowMementos {
  #disk: Readonly<Record<string, unknown>>;
  readonly #windows: WindowMemento[] = [];

  constructor(values: Readonly<Record<string, unknown>> = {}) {
    this.#disk = copyOf(values);
  }

  /** What a window that is opened next finds. */
  get disk(): Readonly<Record<string, unknown>> {
    return this.#disk;
  }

  open(): Memento {
    const window = new WindowMemento(copyOf(this.#disk), (values) => (this.#disk = copyOf(values)));
    this.#windows.push(window);
    return window;
  }

  /** What was written last reaches every window. */
  deliver(): void {
    for (const window of this.#windows) window.values = copyOf(this.#disk);
  }
}

class WindowMemento implements Memento {
  constructor(
    public values: Record<string, unknown>,
    private readonly write: (values: Readonly<Record<string, unknown>>) => void,
  ) {}

  keys(): readonly string[] {
    return Object.keys(this.values);
  }

  get<T>(key: string): T | undefined;
  get<T>(key: string, defaultValue: T): T;
  get<T>(key: string, defaultValue?: T): T | undefined {
    const value = this.values[key] as T | undefined;
    return value === undefined ? defaultValue : value;
  }

  update(key: string, value: unknown): Promise<void> {
    if (value === undefined) delete this.values[key];
    else this.values[key] = value;
    this.write(this.values);
    return Promise.resolve();
  }
}

function copyOf(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(values)) as Record<string, unknown>;
}
