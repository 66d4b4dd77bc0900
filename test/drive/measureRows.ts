import type { Page } from 'playwright-core';

interface Measured {
  readonly text: string;
  readonly overPx: number;
}

/** Of each row of the view: what stands before its first "·", and by how many px that is cut. */
export function measure(): readonly Measured[] {
  interface Box {
    readonly right: number;
  }
  interface Node {
    readonly textContent: string | null;
    querySelector(selector: string): Node | null;
    getBoundingClientRect(): Box;
  }
  const { document, NodeFilter } = globalThis as unknown as {
    document: {
      querySelectorAll(selector: string): Iterable<Node>;
      createTreeWalker(root: Node, what: number): { nextNode(): Node | null };
      createRange(): {
        setStart(node: Node, at: number): void;
        setEnd(node: Node, at: number): void;
        getBoundingClientRect(): Box;
      };
    };
    NodeFilter: { SHOW_TEXT: number };
  };
  return [...document.querySelectorAll('.sidebar .monaco-list-row[role="treeitem"]')].flatMap((row) => {
    const label = row.querySelector('.monaco-icon-label');
    if (!label) return [];
    const texts = document.createTreeWalker(label, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    let first: Node | null = null;
    let text = '';
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const own = node.textContent ?? '';
      if (!first) range.setStart((first = node), 0);
      const at = own.indexOf('·');
      range.setEnd(node, at < 0 ? own.length : at);
      text += ` ${at < 0 ? own : own.slice(0, at)}`;
      if (at >= 0) break;
    }
    if (!first) return [];
    const overPx = range.getBoundingClientRect().right - label.getBoundingClientRect().right;
    return { text: text.trim(), overPx };
  });
}

/** The rows of which that is cut, by how much. */
export async function cutRows(page: Page): Promise<readonly string[]> {
  const rows = await page.evaluate(measure);
  return rows
    .filter(({ overPx }) => overPx > 0.5)
    .map(({ text, overPx }) => `${text}: ${Math.round(overPx)} px too wide`);
}
