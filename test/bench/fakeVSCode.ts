import { join } from 'node:path';
import { anything, withRest } from '../support/vscode/anything';

interface TreeProvider {
  onDidChangeTreeData?(listener: () => void): unknown;
  getChildren(element?: unknown): unknown;
  getTreeItem(element: unknown): unknown;
}

export interface FakeOptions {
  /** Values of `daemonHealth.*`, as if the user had written them. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly treeVisible: boolean;
  /** The extension's own package.json. */
  readonly manifest: unknown;
  /** For what the extension keeps. */
  readonly folder: string;
}

/**
 * A VS Code without its cost, in which the built extension runs as it is: it counts what would reach the window.
 * The extension's own work is measured whole; what VS Code would add for each write is not, which favours the
 * watcher that writes more.
 */
export class FakeVSCode {
  /** Properties of the status item and of the view, redrawings of the tree, messages, context keys. */
  writes = 0;
  /** Rows that the tree was asked for, all of them open. */
  rows = 0;
  /** What `activate` is given. */
  readonly context: object;
  readonly #commands = new Map<string, (...args: unknown[]) => unknown>();

  constructor(private readonly options: FakeOptions) {
    const { folder, manifest } = options;
    this.context = withRest({
      subscriptions: [],
      extension: { packageJSON: manifest },
      extensionPath: folder,
      extensionUri: fileUri(folder),
      globalStorageUri: fileUri(join(folder, 'global')),
      storageUri: fileUri(join(folder, 'workspace')),
      logUri: fileUri(join(folder, 'log')),
      globalState: new Memento(),
      workspaceState: new Memento(),
    });
  }

  /** What `require('vscode')` gives. */
  readonly module: object = Object.assign(Object.create(withRest({})) as object, {
    window: withRest({
      state: { focused: true, active: true },
      createStatusBarItem: () => this.statusItem(),
      createTreeView: (_id: string, { treeDataProvider }: { treeDataProvider: TreeProvider }) =>
        this.treeView(treeDataProvider),
      withProgress: (_options: unknown, task: (progress: unknown, token: unknown) => unknown) =>
        task(anything, anything),
      showErrorMessage: () => this.message(),
      showWarningMessage: () => this.message(),
      showInformationMessage: () => this.message(),
    }),
    workspace: withRest({
      isTrusted: true,
      workspaceFolders: [],
      getConfiguration: (section: string) => this.configuration(section),
    }),
    commands: withRest({
      registerCommand: (name: string, handler: (...args: unknown[]) => unknown) => {
        this.#commands.set(name, handler);
        return new Disposable(() => undefined);
      },
      executeCommand: (name: string) => {
        if (name === 'setContext') this.writes++;
        return Promise.resolve();
      },
    }),
    Uri: withRest({
      file: fileUri,
      joinPath: (base: { fsPath: string }, ...parts: string[]) => fileUri(join(base.fsPath, ...parts)),
    }),
    Disposable,
    EventEmitter,
    TreeItem: class {
      constructor(
        readonly label: string,
        readonly collapsibleState: unknown,
      ) {}
    },
  });

  /** Runs a command as the user would. */
  async run(command: string): Promise<void> {
    const handler = this.#commands.get(command);
    if (!handler) throw new Error(`There is no command ${command}.`);
    await handler();
  }

  statusItem(): object {
    return this.counted(withRest({}));
  }

  /** A tree view that asks for every row when it is told to draw again, as VS Code does while all are open. */
  treeView(provider: TreeProvider): object {
    const { treeVisible: visible } = this.options;
    const draw = (element?: unknown) => {
      for (const child of (provider.getChildren(element) ?? []) as unknown[]) {
        provider.getTreeItem(child);
        this.rows++;
        draw(child);
      }
    };
    provider.onDidChangeTreeData?.(() => {
      this.writes++;
      if (visible) draw();
    });
    return this.counted(withRest({ visible }));
  }

  private counted<T extends object>(target: T): T {
    return new Proxy(target, {
      set: (object, key, value) => {
        this.writes++;
        return Reflect.set(object, key, value);
      },
    });
  }

  private message(): Promise<undefined> {
    this.writes++;
    return Promise.resolve(undefined);
  }

  private configuration(section: string): object {
    const valueOf = (key: string) => (section === 'daemonHealth' ? this.options.settings[key] : undefined);
    return {
      get: (key: string, otherwise?: unknown) => valueOf(key) ?? otherwise,
      inspect: (key: string) => ({ globalValue: valueOf(key) }),
      update: () => Promise.resolve(),
    };
  }
}

class Disposable {
  constructor(readonly dispose: () => void) {}

  static from(...all: readonly { dispose(): unknown }[]): Disposable {
    return new Disposable(() => all.forEach((one) => one.dispose()));
  }
}

class EventEmitter {
  readonly #listeners = new Set<(value: unknown) => void>();
  readonly event = (listener: (value: unknown) => void) => {
    this.#listeners.add(listener);
    return new Disposable(() => void this.#listeners.delete(listener));
  };
  fire(value: unknown): void {
    for (const listener of this.#listeners) listener(value);
  }
  dispose(): void {
    this.#listeners.clear();
  }
}

class Memento {
  readonly #values = new Map<string, unknown>();
  keys = () => [...this.#values.keys()];
  get = (key: string, otherwise?: unknown) => this.#values.get(key) ?? otherwise;
  setKeysForSync = () => undefined;
  update = (key: string, value: unknown) => {
    this.#values.set(key, value);
    return Promise.resolve();
  };
}

function fileUri(fsPath: string) {
  return { scheme: 'file', fsPath, path: fsPath, toString: () => `file://${fsPath}` };
}
