import { join } from 'node:path';
import {
  Disposable,
  EventEmitter,
  MarkdownString,
  ProcessExecution,
  Store,
  Task,
  Tasks,
  TreeItem,
  Uri,
} from './editorParts';
import { anything, withRest } from '../vscode/anything';
import type { Answer, ShownMessage, ShownRow, WindowLook, WindowOptions } from './shown';

interface TreeProvider {
  getChildren(id?: string): readonly string[];
  getTreeItem(id: string): TreeItem & { id?: string };
  resolveTreeItem(item: TreeItem, id: string): TreeItem;
}

interface TextProvider {
  provideTextDocumentContent(uri: object): string;
}

interface Item {
  readonly label: string;
  readonly description?: string;
}

const never = () => new Disposable(() => undefined);

/** A VS Code without a screen, in which an installed extension of any version runs as it is. */
export class Editor {
  readonly context: { readonly subscriptions: { dispose(): unknown }[] };
  readonly module: object;
  readonly #global: Store;
  readonly #workspace: Store;
  readonly #commands = new Map<string, (...args: unknown[]) => unknown>();
  readonly #status = { text: '', tooltip: undefined as MarkdownString | string | undefined };
  readonly #messages: ShownMessage[] = [];
  readonly #picks: string[][] = [];
  readonly #progress: string[] = [];
  readonly #log: string[] = [];
  readonly #documents: string[] = [];
  #terminal = '';
  #clipboard = '';
  #texts: TextProvider | undefined;
  #tree: TreeProvider | undefined;
  #answers: readonly Answer[];
  readonly #focus = new EventEmitter<{ focused: boolean }>();
  readonly #window = { focused: true, active: true };

  constructor(
    private readonly options: WindowOptions,
    private readonly manifest: Manifest,
  ) {
    const { extension, storage, state, focused = true, answers = [] } = options;
    this.#answers = answers;
    this.#window.focused = focused;
    this.#global = new Store(state?.global ?? {});
    this.#workspace = new Store(state?.workspace ?? {});
    this.context = withRest({
      subscriptions: [],
      extension: { packageJSON: manifest },
      extensionPath: extension,
      extensionUri: Uri.file(extension),
      globalStorageUri: Uri.file(storage),
      storageUri: Uri.file(join(storage, 'workspace')),
      logUri: Uri.file(join(storage, 'log')),
      globalState: this.#global,
      workspaceState: this.#workspace,
    });
    this.module = this.#makeModule();
  }

  async run(command: string, args: readonly unknown[]): Promise<void> {
    const handler = this.#commands.get(command);
    if (!handler) throw new Error(`There is no command ${command}.`);
    await handler(...args);
  }

  answer(answers: readonly Answer[]): void {
    this.#answers = answers;
  }

  focus(): void {
    this.#window.focused = true;
    this.#focus.fire({ focused: true });
  }

  look(): WindowLook {
    return {
      status: this.#status.text,
      rows: this.#rows(undefined, 0),
      messages: this.#messages,
      picks: this.#picks,
      progress: this.#progress,
      log: this.#log,
      documents: this.#documents,
      clipboard: this.#clipboard,
      terminal: this.#terminal,
      state: { global: this.#global.values, workspace: this.#workspace.values },
    };
  }

  #rows(parent: string | undefined, depth: number): ShownRow[] {
    const tree = this.#tree;
    if (!tree) return [];
    return tree.getChildren(parent).flatMap((id) => {
      const item = tree.resolveTreeItem(tree.getTreeItem(id), id);
      const { label, description = '', contextValue: context = '', tooltip = '' } = item;
      const hover = typeof tooltip === 'string' ? tooltip : tooltip.value;
      return [
        { id, depth, label, description: description.trim(), context, hover },
        ...this.#rows(id, depth + 1),
      ];
    });
  }

  #pressed(text: string): string | undefined {
    return this.#answers.find(({ to }) => text.includes(to))?.press;
  }

  #show(level: ShownMessage['level'], text: string, rest: readonly unknown[]): Promise<string | undefined> {
    const options = rest.find((one) => typeof one === 'object') as { detail?: string } | undefined;
    const buttons = rest.filter((one) => typeof one === 'string');
    this.#messages.push({ level, text, buttons, ...(options?.detail !== undefined && options) });
    const press = this.#pressed(text);
    return Promise.resolve(buttons.find((button) => press !== undefined && button.startsWith(press)));
  }

  #pick<T extends Item>(question: string, items: readonly T[]): T | undefined {
    this.#picks.push(items.map(({ label, description }) => [label, description].filter(Boolean).join(' · ')));
    const press = this.#pressed(question);
    return items.find(({ label }) => press !== undefined && label.includes(press));
  }

  #quickPick(): object {
    const accepted = new EventEmitter<void>();
    const hidden = new EventEmitter<void>();
    const box = {
      placeholder: '',
      title: '',
      value: '',
      items: [] as Item[],
      selectedItems: [] as Item[],
      onDidAccept: accepted.event,
      onDidHide: hidden.event,
      onDidChangeValue: never,
      hide: () => hidden.fire(),
      dispose: () => undefined,
      show: () =>
        setImmediate(() => {
          const picked = this.#pick(`${box.title} ${box.placeholder}`, box.items);
          if (!picked) return box.hide();
          box.selectedItems = [picked];
          accepted.fire();
        }),
    };
    return box;
  }

  #configuration(section: string): object {
    const own = (key: string) => (section === 'daemonHealth' ? this.options.settings?.[key] : undefined);
    const { usualDaemons } = this.options;
    const { properties } = this.manifest.contributes.configuration;
    const usual = (key: string) =>
      key === 'daemons' && usualDaemons ? usualDaemons : properties[`${section}.${key}`]?.default;
    return {
      get: (key: string, otherwise?: unknown) => own(key) ?? usual(key) ?? otherwise,
      inspect: (key: string) => ({ globalValue: own(key) }),
      update: () => Promise.resolve(),
    };
  }

  #makeModule(): object {
    const { folders = [] } = this.options;
    const line = (level: string) => (text: string) => void this.#log.push(`${level} ${text}`);
    const shower =
      (level: ShownMessage['level']) =>
      (text: string, ...rest: unknown[]) =>
        this.#show(level, text, rest);
    const window = withRest({
      state: this.#window,
      tabGroups: { activeTabGroup: { tabs: [] }, onDidChangeTabs: never },
      onDidChangeWindowState: this.#focus.event,
      createStatusBarItem: () => withRest(this.#status),
      createTreeView: (_id: string, { treeDataProvider }: { treeDataProvider: TreeProvider }) => {
        this.#tree = treeDataProvider;
        return withRest({ visible: true });
      },
      createOutputChannel: () => withRest({ info: line('info'), warn: line('warn'), error: line('error') }),
      createQuickPick: () => this.#quickPick(),
      showErrorMessage: shower('error'),
      showWarningMessage: shower('warning'),
      showInformationMessage: shower('info'),
      showQuickPick: (items: readonly Item[], options?: { title?: string; placeHolder?: string }) =>
        Promise.resolve(this.#pick(`${options?.title ?? ''} ${options?.placeHolder ?? ''}`, items)),
      withProgress: (
        _options: unknown,
        task: (progress: { report(step: { message?: string }): void }, token: object) => unknown,
      ) =>
        task(
          { report: ({ message = '' }) => void this.#progress.push(message) },
          { isCancellationRequested: false, onCancellationRequested: never },
        ),
      setStatusBarMessage: (text: string) => {
        this.#progress.push(text);
        return never();
      },
    });
    return Object.assign(Object.create(withRest({})) as object, {
      window,
      workspace: withRest({
        isTrusted: true,
        workspaceFolders: folders.map((folder, index) => ({ uri: Uri.file(folder), name: folder, index })),
        getConfiguration: (section: string) => this.#configuration(section),
        registerTextDocumentContentProvider: (_scheme: string, provider: TextProvider) => {
          this.#texts = provider;
          return never();
        },
        openTextDocument: (uri: object) => {
          const text = this.#texts?.provideTextDocumentContent(uri) ?? '';
          this.#documents.push(text);
          return Promise.resolve({ lineCount: 1, lineAt: () => anything, getText: () => text });
        },
      }),
      commands: withRest({
        registerCommand: (name: string, handler: (...args: unknown[]) => unknown) => {
          this.#commands.set(name, handler);
          return never();
        },
        executeCommand: (name: string, ...args: unknown[]) => {
          if (name === 'setContext') return Promise.resolve();
          return Promise.resolve(this.#commands.get(name)?.(...args));
        },
      }),
      env: withRest({
        shell: '/bin/sh',
        appHost: 'desktop',
        remoteName: undefined,
        clipboard: {
          writeText: (text: string) => {
            this.#clipboard = text;
            return Promise.resolve();
          },
        },
      }),
      tasks: new Tasks((text) => (this.#terminal += text)),
      Disposable,
      EventEmitter,
      MarkdownString,
      ProcessExecution,
      Task,
      TreeItem,
      Uri,
    });
  }
}

/** What of an extension's `package.json` counts here. */
export interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly default?: unknown }>> };
  };
}
