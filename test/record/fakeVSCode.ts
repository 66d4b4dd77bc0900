import { Disposable, EventEmitter } from '../support/vscode/events';
import { join } from 'node:path';
import { inLine, type Part } from './recorder';
import { TreeRecord, type TreeProvider } from './treeRecord';

/** What the user does with a message or a list: picks one, or none, after a while. */
export interface Reaction {
  readonly pick: string | undefined;
  readonly afterMs: number;
}

export interface FakeOptions {
  readonly name: string;
  /** Values of `daemonHealth.*`, as if the user had written them. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly manifest: unknown;
  /** Kept for all windows. */
  readonly globalStorage: string;
  /** Of this window's workspace. */
  readonly storage: string;
  readonly extensionPath: string;
  readonly workspaceFolder: string;
  readonly global: Map<string, unknown>;
  readonly workspace: Map<string, unknown>;
  readonly isFocused: boolean;
  readonly isTreeVisible: boolean;
  readonly record: (part: Part, text: string) => void;
  readonly react: (question: string, choices: readonly string[], isModal: boolean) => Reaction;
  readonly after: (ms: number, call: () => void) => void;
  /** VS Code starts this command in a terminal. @returns the pid; `undefined` where there is no such command */
  readonly runTask: (command: string, env: Readonly<Record<string, string>>) => number | undefined;
}

type Handler = (...args: unknown[]) => unknown;

export interface TaskLike {
  readonly name: string;
  readonly definition: { readonly type: string };
  readonly execution?: { readonly command: string; readonly options?: { env?: Record<string, string> } };
}

/** A VS Code that writes down all that reaches the user, and in which a user does what a script says. */
export class FakeVSCode {
  readonly context: object;
  readonly module: object;
  readonly tree: TreeRecord;
  readonly #commands = new Map<string, Handler>();
  readonly #state: { focused: boolean; active: boolean };
  readonly #view: { visible: boolean };
  readonly #viewChanged = new EventEmitter<unknown>();
  readonly #stateChanged = new EventEmitter<unknown>();
  readonly #events: Record<string, EventEmitter<unknown>> = {};
  readonly #subscriptions: { dispose(): unknown }[] = [];

  constructor(private readonly options: FakeOptions) {
    const { manifest, globalStorage, storage, extensionPath, isFocused, isTreeVisible, record } = options;
    this.#state = { focused: isFocused, active: isFocused };
    this.#view = { visible: isTreeVisible };
    this.tree = new TreeRecord((text) => record('rows', text));
    this.context = this.#withRest('context', {
      subscriptions: this.#subscriptions,
      extension: this.#withRest('extension', {
        packageJSON: manifest,
        id: 'daemon-health.daemon-health',
        extensionPath,
      }),
      extensionPath,
      extensionUri: Uri.file(extensionPath),
      extensionMode: 1,
      globalStorageUri: Uri.file(globalStorage),
      storageUri: Uri.file(storage),
      logUri: Uri.file(join(storage, 'log')),
      globalState: this.#memento('global', options.global),
      workspaceState: this.#memento('workspace', options.workspace),
      asAbsolutePath: (path: string) => join(extensionPath, path),
      environmentVariableCollection: {},
    });
    this.module = this.#makeModule();
  }

  /** The window gets or loses the focus. */
  focus(focused: boolean): void {
    Object.assign(this.#state, { focused, active: focused });
    this.#stateChanged.fire({ ...this.#state });
  }

  showTree(visible: boolean): void {
    this.#view.visible = visible;
    this.#viewChanged.fire({ visible });
    this.tree.show(visible);
  }

  /** Runs a command as the user would. */
  async run(command: string, ...args: unknown[]): Promise<void> {
    this.options.record('messages', `> ${command.replace('daemonHealth.', '')} ${inLine(args)}`);
    try {
      await this.#commands.get(command)?.(...args);
    } catch (error) {
      this.options.record('messages', `${command} failed: ${String(error)}`);
    }
  }

  /** The window closes. */
  close(): void {
    for (const one of this.#subscriptions.splice(0).reverse()) one.dispose();
  }

  #event(name: string): EventEmitter<unknown> {
    return (this.#events[name] ??= new EventEmitter());
  }

  #makeModule(): object {
    const { options } = this;
    const { record } = options;
    const tasks = new Tasks(options, (name) => this.#event(name));
    return this.#withRest('vscode', {
      ...ENUMS,
      version: '1.100.0',
      Uri,
      Disposable,
      EventEmitter,
      TreeItem,
      MarkdownString,
      ThemeColor,
      ThemeIcon,
      Task,
      ProcessExecution,
      ShellExecution,
      CustomExecution,
      CancellationTokenSource,
      Range: Plain,
      Position: Plain,
      Selection: Plain,
      CancellationError: class extends Error {},
      env: this.#withRest('env', {
        appHost: 'desktop',
        appName: 'Visual Studio Code',
        remoteName: undefined,
        shell: '/bin/sh',
        uiKind: 1,
        machineId: 'machine',
        sessionId: `session-${options.name}`,
        language: 'en',
        clipboard: {
          writeText: (text: string) => {
            record('messages', `clipboard: ${inLine(text)}`);
            return Promise.resolve();
          },
          readText: () => Promise.resolve(''),
        },
        openExternal: (uri: unknown) => {
          record('messages', `opens ${String(uri)}`);
          return Promise.resolve(true);
        },
        asExternalUri: (uri: unknown) => Promise.resolve(uri),
      }),
      extensions: this.#withRest('extensions', { getExtension: () => undefined }),
      window: this.#window(),
      workspace: this.#workspace(),
      commands: this.#withRest('commands', {
        registerCommand: (name: string, handler: Handler) => {
          this.#commands.set(name, handler);
          return new Disposable(() => void this.#commands.delete(name));
        },
        executeCommand: (name: string, ...args: unknown[]) => this.#execute(name, args),
        getCommands: () => Promise.resolve([...this.#commands.keys()]),
      }),
      tasks: tasks.module,
      languages: this.#withRest('languages', {}),
    });
  }

  #execute(name: string, args: readonly unknown[]): Promise<unknown> {
    const { record } = this.options;
    if (name === 'setContext') {
      record('context', `${String(args[0])} = ${inLine(args[1])}`);
      return Promise.resolve();
    }
    const handler = this.#commands.get(name);
    if (!handler) {
      record('messages', `runs ${name} ${inLine(args)}`);
      if (name === 'daemonHealth.daemons.focus') this.showTree(true);
      return Promise.resolve();
    }
    return Promise.resolve(handler(...args));
  }

  #window(): object {
    const { record, after, react } = this.options;
    const message =
      (level: string) =>
      (text: string, ...rest: unknown[]): Promise<unknown> => {
        const [first] = rest;
        const options = isOptions(first) ? first : undefined;
        const items = (options ? rest.slice(1) : rest) as (string | { title: string })[];
        const titles = items.map((item) => (typeof item === 'string' ? item : item.title));
        const isModal = options?.modal === true;
        const detail = options?.detail === undefined ? '' : ` · ${options.detail}`;
        record(
          'messages',
          `${isModal ? 'modal ' : ''}${level}: ${inLine(text + detail)} [${titles.join('] [')}]`,
        );
        const { pick, afterMs } = react(text, titles, isModal);
        return new Promise((resolve) =>
          after(afterMs, () => {
            if (pick !== undefined) record('messages', `> [${pick}]`);
            resolve(items.find((item) => (typeof item === 'string' ? item : item.title) === pick));
          }),
        );
      };
    return this.#withRest('window', {
      state: this.#state,
      onDidChangeWindowState: this.#stateChanged.event,
      createStatusBarItem: (id: unknown) => this.#statusItem(String(id)),
      createTreeView: (_id: string, { treeDataProvider }: { treeDataProvider: TreeProvider }) =>
        this.#treeView(treeDataProvider),
      createOutputChannel: () => this.#channel(),
      showErrorMessage: message('error'),
      showWarningMessage: message('warning'),
      showInformationMessage: message('info'),
      setStatusBarMessage: (text: string) => {
        record('messages', `shortly: ${text}`);
        return new Disposable(() => undefined);
      },
      withProgress: (options: ProgressOptions, task: ProgressTask) => this.#progress(options, task),
      showQuickPick: async (given: unknown, options?: { placeHolder?: string; title?: string }) => {
        const items = (await given) as readonly (
          string | { label: string; description?: string; detail?: string }
        )[];
        const label = (item: (typeof items)[number]) => (typeof item === 'string' ? item : item.label);
        const texts = items.map((item) =>
          typeof item === 'string'
            ? item
            : [item.label, item.description, item.detail].filter(Boolean).join(' · '),
        );
        record(
          'messages',
          `list: ${inLine([options?.title, options?.placeHolder].filter(Boolean).join(' · '))} [${texts.join('] [')}]`,
        );
        const { pick, afterMs } = react(options?.placeHolder ?? '', items.map(label), false);
        return new Promise((resolve) =>
          after(afterMs, () => {
            record('messages', `> ${pick ?? 'nothing'}`);
            resolve(items.find((item) => label(item) === pick));
          }),
        );
      },
      showInputBox: (options: { prompt?: string }) => {
        record('messages', `input: ${inLine(options?.prompt ?? '')}`);
        return Promise.resolve(undefined);
      },
      createQuickPick: () => this.#quickPick(),
      showWorkspaceFolderPick: () => Promise.resolve(undefined),
      showTextDocument: (document: unknown) => {
        record('messages', `shows a document ${inLine(document)}`);
        return Promise.resolve({
          revealRange: () => undefined,
          document: { lineCount: 1, lineAt: () => ({}) },
        });
      },
      tabGroups: { all: [], onDidChangeTabs: this.#event('tabs').event, activeTabGroup: { tabs: [] } },
      terminals: [],
      activeTextEditor: undefined,
      onDidCloseTerminal: this.#event('closeTerminal').event,
    });
  }

  #workspace(): object {
    const folder = { uri: Uri.file(this.options.workspaceFolder), name: 'project', index: 0 };
    return this.#withRest('workspace', {
      isTrusted: true,
      workspaceFolders: [folder],
      workspaceFile: undefined,
      name: 'project',
      getConfiguration: (section?: string) => this.#configuration(section ?? ''),
      onDidChangeConfiguration: this.#event('configuration').event,
      onDidChangeWorkspaceFolders: this.#event('folders').event,
      onDidGrantWorkspaceTrust: this.#event('trust').event,
      onDidCloseTextDocument: this.#event('closeDocument').event,
      registerTextDocumentContentProvider: () => new Disposable(() => undefined),
      openTextDocument: (what: unknown) => {
        this.options.record('messages', `opens a document ${inLine(what)}`);
        return Promise.resolve({ uri: what });
      },
      getWorkspaceFolder: () => folder,
      asRelativePath: (path: unknown) => String(path),
    });
  }

  #statusItem(id: string): object {
    const values: Record<string, unknown> = {};
    let before = '';
    const write = () => {
      const { text, tooltip, backgroundColor, visible, accessibilityInformation } = values;
      const spoken = (accessibilityInformation as { label?: string } | undefined)?.label;
      const colour = backgroundColor instanceof ThemeColor ? backgroundColor.id : 'plain';
      const whole = [text, spoken, colour, visible, valueOf(tooltip)].join('|');
      if (whole === before) return;
      before = whole;
      const line = `${visible === true ? '' : '(hidden) '}${String(text)} | ${colour} | ${inLine(spoken ?? '')} | ${inLine(valueOf(tooltip))}`;
      this.options.record('status', line);
    };
    // Several properties are set for one change: what counts is what is there when all are.
    let isDirty = false;
    const touch = () => {
      if (isDirty) return;
      isDirty = true;
      queueMicrotask(() => {
        isDirty = false;
        write();
      });
    };
    const set = (key: string, value: unknown) => {
      values[key] = value;
      touch();
      return true;
    };
    const members: Record<string, unknown> = {
      id,
      show: () => set('visible', true),
      hide: () => set('visible', false),
      dispose: () => set('visible', false),
    };
    return new Proxy(members, {
      get: (target, key) => (typeof key === 'string' ? (target[key] ?? values[key]) : undefined),
      set: (_target, key, value) => set(String(key), value),
    });
  }

  #treeView(provider: TreeProvider): object {
    this.tree.provider = provider;
    this.tree.show(this.#view.visible);
    provider.onDidChangeTreeData?.(() => this.tree.changed());
    const view = this.#view;
    const { record } = this.options;
    let badge: unknown;
    return this.#withRest('treeView', {
      get visible() {
        return view.visible;
      },
      get badge() {
        return badge;
      },
      set badge(value: unknown) {
        badge = value;
        record('rows', `badge ${inLine(value ?? 'none')}`);
      },
      title: 'Daemons',
      selection: [],
      onDidChangeVisibility: this.#viewChanged.event,
      onDidChangeSelection: this.#event('selection').event,
      reveal: () => Promise.resolve(),
      dispose: () => undefined,
    });
  }

  #channel(): object {
    const { record } = this.options;
    const at = (level: string) => (line: unknown) => record('log', `${level} ${inLine(String(line))}`);
    const levels = Object.fromEntries(
      ['trace', 'debug', 'info', 'warn', 'error'].map((level) => [level, at(level)]),
    );
    return this.#withRest('channel', {
      ...levels,
      name: 'Daemon Health',
      logLevel: 3,
      append: at('append'),
      appendLine: at('append'),
      show: () => record('messages', 'shows the log'),
      hide: () => undefined,
      clear: () => undefined,
      dispose: () => undefined,
    });
  }

  async #progress(
    { location, title = '', cancellable }: ProgressOptions,
    task: ProgressTask,
  ): Promise<unknown> {
    const { record } = this.options;
    const where = typeof location === 'number' ? (location === 15 ? 'notification' : 'status bar') : 'view';
    const name = `progress (${where}${cancellable ? ', cancellable' : ''}) ${inLine(title)}`;
    record('messages', `${name} begins`);
    const progress = { report: (step: unknown) => record('messages', `${name}: ${inLine(step)}`) };
    try {
      return await task(progress, new CancellationTokenSource().token);
    } finally {
      record('messages', `${name} ends`);
    }
  }

  #quickPick(): object {
    const hidden = new EventEmitter<unknown>();
    const { record, after } = this.options;
    return this.#withRest('quickPick', {
      items: [],
      selectedItems: [],
      value: '',
      onDidChangeValue: () => new Disposable(() => undefined),
      onDidAccept: () => new Disposable(() => undefined),
      onDidHide: hidden.event,
      show: () => {
        record('messages', 'a list to type in');
        after(5_000, () => hidden.fire(undefined));
      },
      hide: () => hidden.fire(undefined),
      dispose: () => undefined,
    });
  }

  #configuration(section: string): object {
    const { settings, manifest } = this.options;
    const declared = (manifest as Manifest).contributes.configuration.properties;
    const isOurs = section === 'daemonHealth' || section === '';
    const full = (key: string) => (section === '' ? key : `${section}.${key}`);
    const own = (key: string): unknown =>
      isOurs ? settings[full(key).replace(/^daemonHealth\./, '')] : undefined;
    const preset = (key: string): unknown => declared[full(key)]?.default;
    return {
      get: (key: string, otherwise?: unknown) => own(key) ?? preset(key) ?? otherwise,
      has: (key: string) => (own(key) ?? preset(key)) !== undefined,
      inspect: (key: string) => ({ key: full(key), defaultValue: preset(key), globalValue: own(key) }),
      update: (key: string, value: unknown) => {
        this.options.record('messages', `setting ${full(key)} = ${inLine(value)}`);
        return Promise.resolve();
      },
    };
  }

  /** A window has read them when it opened; the others' later writes do not reach it. */
  #memento(name: string, store: Map<string, unknown>): object {
    const values = new Map(store);
    return {
      keys: () => [...values.keys()],
      get: (key: string, otherwise?: unknown) => copied(values.get(key)) ?? otherwise,
      setKeysForSync: () => undefined,
      update: (key: string, value: unknown) => {
        const kept = copied(value);
        const text = JSON.stringify(kept) ?? 'undefined';
        if (JSON.stringify(values.get(key)) !== text)
          this.options.record('mementos', `${name} ${key} = ${inLine(text)}`);
        for (const map of [values, store]) {
          if (kept === undefined) map.delete(key);
          else map.set(key, kept);
        }
        return Promise.resolve();
      },
    };
  }

  /** These members; whatever else is asked for is written down, since nothing is known of it. */
  #withRest<T extends object>(name: string, members: T): T {
    return new Proxy(members, {
      get: (target, key) => {
        if (
          key in target ||
          typeof key !== 'string' ||
          key === 'then' ||
          key === 'toJSON' ||
          key.startsWith('__')
        )
          return Reflect.get(target, key) as unknown;
        this.options.record('log', `(the record knows no ${name}.${key})`);
        return undefined;
      },
    });
  }
}

interface Manifest {
  readonly contributes: {
    readonly configuration: { readonly properties: Record<string, { default?: unknown }> };
  };
}

interface ProgressOptions {
  readonly location: unknown;
  readonly title?: string;
  readonly cancellable?: boolean;
}
type ProgressTask = (progress: object, token: unknown) => unknown;

/** Runs tasks as VS Code does: a process, its end, the end of the task. */
class Tasks {
  readonly #executions: { task: TaskLike; terminate(): void }[] = [];

  constructor(
    private readonly options: FakeOptions,
    private readonly event: (name: string) => EventEmitter<unknown>,
  ) {}

  get module(): object {
    const executions = this.#executions;
    return {
      registerTaskProvider: () => new Disposable(() => undefined),
      fetchTasks: () => Promise.resolve([]),
      executeTask: (task: TaskLike) => this.#execute(task),
      get taskExecutions() {
        return [...executions];
      },
      onDidStartTask: this.event('startTask').event,
      onDidEndTask: this.event('endTask').event,
      onDidStartTaskProcess: this.event('startTaskProcess').event,
      onDidEndTaskProcess: this.event('endTaskProcess').event,
    };
  }

  #execute(task: TaskLike): Promise<object> {
    const { record, after, runTask } = this.options;
    record('messages', `task ${task.name}: ${inLine(task.execution?.command ?? '')}`);
    let isOver = false;
    const end = (exitCode: number | undefined) => {
      if (isOver) return;
      isOver = true;
      this.#executions.splice(this.#executions.indexOf(execution), 1);
      this.event('endTaskProcess').fire({ execution, exitCode });
      this.event('endTask').fire({ execution });
    };
    const execution = { task, terminate: () => end(undefined) };
    this.#executions.push(execution);
    after(50, () => {
      const processId = runTask(task.execution?.command ?? '', task.execution?.options?.env ?? {});
      this.event('startTask').fire({ execution });
      if (processId === undefined) end(127);
      else this.event('startTaskProcess').fire({ execution, processId });
    });
    return Promise.resolve(execution);
  }
}

function isOptions(value: unknown): value is { modal?: boolean; detail?: string } {
  return typeof value === 'object' && value !== null && !('title' in value);
}

function copied(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}

function valueOf(tooltip: unknown): unknown {
  return tooltip instanceof MarkdownString ? tooltip.value : (tooltip ?? '');
}

class CancellationTokenSource {
  readonly #cancelled = new EventEmitter<unknown>();
  readonly token = { isCancellationRequested: false, onCancellationRequested: this.#cancelled.event };
  cancel(): void {
    this.token.isCancellationRequested = true;
    this.#cancelled.fire(undefined);
  }
  dispose(): void {
    this.#cancelled.dispose();
  }
}

class ThemeColor {
  constructor(readonly id: string) {}
}

class ThemeIcon {
  constructor(
    readonly id: string,
    readonly color?: ThemeColor,
  ) {}
}

class TreeItem {
  constructor(
    readonly label: string,
    readonly collapsibleState?: number,
  ) {}
}

class Plain {
  readonly args: readonly unknown[];
  constructor(...args: unknown[]) {
    this.args = args;
  }
}

/** Escapes as VS Code does, so that the text is what the user reads. */
class MarkdownString {
  isTrusted: unknown;
  supportHtml = false;
  constructor(
    public value = '',
    public supportThemeIcons = false,
  ) {}
  appendText(text: string): this {
    this.value += text;
    return this;
  }
  appendMarkdown(text: string): this {
    this.value += text;
    return this;
  }
  appendCodeblock(text: string): this {
    this.value += `\`${text}\``;
    return this;
  }
}

class ProcessExecution {
  readonly command: string;
  constructor(
    readonly process: string,
    readonly args: readonly string[] = [],
    readonly options: unknown = {},
  ) {
    this.command = [process, ...args].join(' ');
  }
}

class ShellExecution {
  readonly command: string;
  constructor(
    readonly commandLine: string,
    readonly options: unknown = {},
  ) {
    this.command = commandLine;
  }
}

class CustomExecution {
  readonly command = '(of ours)';
  constructor(readonly callback: unknown) {}
}

class Task {
  isBackground = false;
  presentationOptions: unknown = {};
  constructor(
    readonly definition: { readonly type: string },
    readonly scope: unknown,
    readonly name: string,
    readonly source: string,
    readonly execution?: { readonly command: string },
    readonly problemMatchers?: unknown,
  ) {}
}

class Uri {
  private constructor(
    readonly scheme: string,
    readonly path: string,
    readonly query = '',
    readonly authority = '',
    readonly fragment = '',
  ) {}
  get fsPath(): string {
    return this.path;
  }
  static file = (path: string) => new Uri('file', path);
  static joinPath = (base: Uri, ...parts: string[]) => new Uri(base.scheme, join(base.path, ...parts));
  static from = ({ scheme, path = '', query = '' }: { scheme: string; path?: string; query?: string }) =>
    new Uri(scheme, path, query);
  static parse = (text: string) => {
    const { protocol, pathname, search, host } = new URL(text);
    return new Uri(protocol.slice(0, -1), pathname, search.slice(1), host);
  };
  with = ({ path = this.path, query = this.query }) => new Uri(this.scheme, path, query, this.authority);
  toString = () =>
    `${this.scheme}://${this.authority}${this.path}${this.query === '' ? '' : `?${this.query}`}`;
  toJSON = () => this.toString();
}

/** Of VS Code's API, as far as numbers reach its user. */
const ENUMS = {
  StatusBarAlignment: { Left: 1, Right: 2 },
  TreeItemCollapsibleState: { None: 0, Collapsed: 1, Expanded: 2 },
  ProgressLocation: { SourceControl: 1, Window: 10, Notification: 15 },
  ConfigurationTarget: { Global: 1, Workspace: 2, WorkspaceFolder: 3 },
  TaskScope: { Global: 1, Workspace: 2 },
  TaskRevealKind: { Always: 1, Silent: 2, Never: 3 },
  TaskPanelKind: { Shared: 1, Dedicated: 2, New: 3 },
  TaskGroup: {},
  ViewColumn: { Active: -1, Beside: -2, One: 1 },
  ExtensionMode: { Production: 1, Development: 2, Test: 3 },
  UIKind: { Desktop: 1, Web: 2 },
  LogLevel: { Off: 0, Trace: 1, Debug: 2, Info: 3, Warning: 4, Error: 5 },
  ExtensionKind: { UI: 1, Workspace: 2 },
  QuickPickItemKind: { Separator: -1, Default: 0 },
};
