import type { Colour } from './oracle';
import { inLine } from './recorder';

export interface TreeProvider {
  onDidChangeTreeData?(listener: () => void): unknown;
  getChildren(element?: unknown): unknown;
  getTreeItem(element: unknown): unknown;
  resolveTreeItem?(item: unknown, element: unknown): unknown;
}

interface Item {
  readonly label: string;
  readonly description?: string;
  readonly iconPath?: { readonly id: string; readonly color?: { readonly id: string } };
  readonly contextValue?: string;
  readonly tooltip?: unknown;
  readonly command?: { readonly command: string };
  readonly collapsibleState?: number;
  readonly accessibilityInformation?: { readonly label: string };
}

/** A daemon's row as the user sees it: what the oracle goes by. */
export interface TopRow {
  readonly label: string;
  readonly description: string;
  readonly icon: string;
  readonly colour: Colour;
}

const COLOURS: Readonly<Record<string, Colour>> = {
  'problemsErrorIcon.foreground': 'red',
  'problemsWarningIcon.foreground': 'amber',
};

interface Drawn {
  readonly text: string;
  readonly hover: string;
}

/** The rows of the tree, all of them open, by their labels: each is written down when it says something else. */
export class TreeRecord {
  provider: TreeProvider | undefined;
  /** Called when a row at the top changed. */
  onTop: ((rows: readonly TopRow[]) => void) | undefined;
  #isVisible = false;
  #rows = new Map<string, Drawn>();
  #isDirty = false;

  constructor(private readonly write: (line: string) => void) {}

  show(isVisible: boolean): void {
    this.#isVisible = isVisible;
    if (isVisible) this.changed();
  }

  changed(): void {
    if (!this.#isVisible || this.#isDirty) return;
    this.#isDirty = true;
    queueMicrotask(() => {
      this.#isDirty = false;
      this.#draw();
    });
  }

  #draw(): void {
    const rows = new Map<string, Drawn>();
    this.#collect(undefined, '', rows);
    for (const [path, drawn] of rows) {
      if (this.#rows.get(path)?.text !== drawn.text)
        this.write(`${path} | ${inLine(drawn.text)}${drawn.hover}`);
    }
    for (const path of this.#rows.keys()) if (!rows.has(path)) this.write(`${path} | gone`);
    this.#rows = rows;
    this.onTop?.(this.#top());
  }

  #collect(parent: unknown, above: string, rows: Map<string, Drawn>): void {
    const { provider } = this;
    const ids = ((parent === undefined ? provider?.getChildren() : provider?.getChildren(parent)) ??
      []) as unknown[];
    const labels: string[] = [];
    for (const id of ids) {
      const item = provider!.getTreeItem(id) as Item;
      const { label, description = '', iconPath, contextValue = '', command, collapsibleState = 0 } = item;
      const twins = labels.filter((other) => other === label).length;
      labels.push(label);
      const path = `${above}${label}${twins === 0 ? '' : `#${twins + 1}`}`;
      const icon = `${iconPath?.id ?? ''}${iconPath?.color ? `/${iconPath.color.id}` : ''}`;
      const spoken = item.accessibilityInformation?.label ?? '';
      const text = `${description} | ${icon} | ${contextValue} | ${command?.command ?? ''} | ${'nco'[collapsibleState]} | ${spoken}`;
      // The tooltip is asked for on hover, so it tells of that moment: it is read where its row changed.
      const before = this.#rows.get(path);
      rows.set(path, before?.text === text ? before : { text, hover: ` || ${this.#tooltip(item, id)}` });
      this.#collect(id, `${path} › `, rows);
    }
    if (labels.length > 0)
      rows.set(`${above === '' ? '(top) ' : above}order`, { text: labels.join(' › '), hover: '' });
  }

  #tooltip(item: Item, id: unknown): string {
    const { tooltip } = (this.provider?.resolveTreeItem?.(item, id) ?? item) as Item;
    const text = (tooltip as { value?: string } | undefined)?.value ?? tooltip ?? '';
    return inLine(text);
  }

  #top(): readonly TopRow[] {
    const { provider } = this;
    const ids = (provider?.getChildren() ?? []) as unknown[];
    return ids.map((id) => {
      const { label, description, iconPath } = provider!.getTreeItem(id) as Item;
      return {
        label,
        description: description ?? '',
        icon: iconPath?.id ?? '',
        colour: COLOURS[iconPath?.color?.id ?? ''] ?? 'plain',
      };
    });
  }
}
