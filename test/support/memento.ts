import type { Memento } from 'vscode';
import { WorkspaceMemory } from '../../src/store/workspaceMemory';

/** VS Code's key-value store, in memory. */
export class MemoryMemento implements Memento {
  readonly #values = new Map<string, unknown>();

  keys(): readonly string[] {
    return [...this.#values.keys()];
  }

  get<T>(key: string): T | undefined;
  get<T>(key: string, defaultValue: T): T;
  get<T>(key: string, defaultValue?: T): T | undefined {
    const value = this.#values.get(key) as T | undefined;
    return value === undefined ? defaultValue : value;
  }

  update(key: string, value: unknown): Promise<void> {
    this.#values.set(key, value);
    return Promise.resolve();
  }
}

/** What a workspace remembers, over this store. */
export function memoryOver(state: Memento, wallAt: () => number = Date.now): WorkspaceMemory {
  return new WorkspaceMemory(state, wallAt, () => undefined);
}
