/** What a window is opened with. */
export interface WindowOptions {
  /** The installed extension: `package.json` and `dist/`. */
  readonly extension: string;
  /** The extension's folder for all windows of the machine. */
  readonly storage: string;
  readonly state?: WindowState;
  /** Settings of `daemonHealth.*`, as if the user had written them. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Takes the place of the daemons that are looked for where the user lists none. */
  readonly usualDaemons?: readonly object[];
  readonly folders?: readonly string[];
  readonly focused?: boolean;
  /** What the user answers: the first one counts whose `to` is in the text of the message, question or list. */
  readonly answers?: readonly Answer[];
  /** Added to the environment of the window and of what it starts. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly to: string;
  /** Begins the button, or is part of the item. */
  readonly press: string;
}

/** All that VS Code keeps for an extension, by key. */
export interface WindowState {
  readonly global: Readonly<Record<string, unknown>>;
  readonly workspace: Readonly<Record<string, unknown>>;
}

export interface ShownRow {
  readonly id: string;
  /** 0 for a row at the top. */
  readonly depth: number;
  readonly label: string;
  readonly description: string;
  readonly context: string;
  readonly hover: string;
}

export interface ShownMessage {
  readonly level: 'error' | 'warning' | 'info';
  readonly text: string;
  readonly detail?: string;
  readonly buttons: readonly string[];
}

/** What a user sees in the window, and what the window keeps. */
export interface WindowLook {
  readonly status: string;
  readonly rows: readonly ShownRow[];
  readonly messages: readonly ShownMessage[];
  /** Lists to pick from, each with its items. */
  readonly picks: readonly (readonly string[])[];
  readonly progress: readonly string[];
  readonly log: readonly string[];
  /** Texts that were opened as documents. */
  readonly documents: readonly string[];
  readonly clipboard: string;
  /** What tasks printed. */
  readonly terminal: string;
  readonly state: WindowState;
}
