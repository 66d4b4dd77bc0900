import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { Disposable, EventEmitter } from '../vscode/events';

/** The parts of VS Code that the extension makes objects of; `editor.ts` puts them together. */

export { Disposable, EventEmitter };

export class TreeItem {
  description?: string;
  contextValue?: string;
  tooltip?: string | MarkdownString;

  constructor(
    readonly label: string,
    readonly collapsibleState: number,
  ) {}
}

export class MarkdownString {
  constructor(public value = '') {}

  appendText(text: string): this {
    this.value += text;
    return this;
  }

  appendMarkdown(text: string): this {
    this.value += text;
    return this;
  }
}

/** VS Code's key-value store. Values go through JSON, as they do in VS Code. */
export class Store {
  readonly #values: Map<string, unknown>;

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = new Map(Object.entries(values));
  }

  get values(): Record<string, unknown> {
    return Object.fromEntries(this.#values);
  }

  keys = () => [...this.#values.keys()];
  get = (key: string, otherwise?: unknown) => this.#values.get(key) ?? otherwise;
  setKeysForSync = () => undefined;
  update = (key: string, value: unknown) => {
    if (value === undefined) this.#values.delete(key);
    else this.#values.set(key, JSON.parse(JSON.stringify(value)) as unknown);
    return Promise.resolve();
  };
}

export interface FakeUri {
  readonly scheme: string;
  readonly fsPath: string;
  readonly path: string;
  toString(): string;
}

export const Uri = {
  file: (fsPath: string): FakeUri => ({
    scheme: 'file',
    fsPath,
    path: fsPath,
    toString: () => `file://${fsPath}`,
  }),
  joinPath: (base: FakeUri, ...parts: string[]): FakeUri => Uri.file(join(base.fsPath, ...parts)),
  parse: (text: string): FakeUri => ({ scheme: '', fsPath: text, path: text, toString: () => text }),
  from: (parts: { scheme: string; path?: string }): FakeUri => ({
    ...Uri.file(parts.path ?? ''),
    ...parts,
  }),
};

export class ProcessExecution {
  constructor(
    readonly process: string,
    readonly args: readonly string[],
    readonly options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
  ) {}
}

export class Task {
  constructor(
    readonly definition: { readonly type: string },
    readonly scope: unknown,
    readonly name: string,
    readonly source: string,
    readonly execution: ProcessExecution,
  ) {}
}

interface Execution {
  readonly task: Task;
  terminate(): void;
}

/** Runs the processes of tasks, as terminals do: their environment is the window's with the task's own. */
export class Tasks {
  readonly #started = new EventEmitter<{ execution: Execution; processId: number | undefined }>();
  readonly #ended = new EventEmitter<{ execution: Execution; exitCode: number | undefined }>();
  readonly #over = new EventEmitter<{ execution: Execution }>();
  readonly #running = new Map<Execution, ChildProcess>();

  constructor(private readonly output: (text: string) => void) {}

  readonly onDidStartTaskProcess = this.#started.event;
  readonly onDidEndTaskProcess = this.#ended.event;
  readonly onDidEndTask = this.#over.event;
  readonly registerTaskProvider = () => new Disposable(() => undefined);

  get taskExecutions(): readonly Execution[] {
    return [...this.#running.keys()];
  }

  readonly executeTask = (task: Task): Promise<Execution> => {
    const { process: file, args, options } = task.execution;
    const child = spawn(file, [...args], {
      ...(options.cwd !== undefined && { cwd: options.cwd }),
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => this.output(String(text)));
    const execution: Execution = { task, terminate: () => void child.kill() };
    this.#running.set(execution, child);
    child.once('spawn', () => this.#started.fire({ execution, processId: child.pid }));
    const end = (exitCode: number | undefined) => {
      if (!this.#running.delete(execution)) return;
      this.#ended.fire({ execution, exitCode });
      this.#over.fire({ execution });
    };
    child.once('exit', (code) => end(code ?? undefined));
    child.once('error', () => end(undefined));
    return Promise.resolve(execution);
  };
}
