import type { Row, Section } from './daemonRows';

/** Rows of the tree as they were last drawn, by id. */
export class DrawnRows {
  #sections: readonly Section[] = [];
  readonly #byId = new Map<string, Row>();

  /** The ids of the top-level rows, in order. */
  get roots(): string[] {
    return this.#sections.map(([root]) => root.id);
  }

  row(id: string): Row | undefined {
    return this.#byId.get(id);
  }

  /**
   * Takes over new rows.
   *
   * @returns the rows to draw again, each with all below it: none, top-level ones, or (`undefined`) the whole tree
   */
  update(next: readonly Section[]): readonly (string | undefined)[] {
    const previous = this.#sections;
    const isSameList =
      previous.length === next.length && next.every(([root], index) => root.id === previous[index]![0].id);
    if (!isSameList) {
      this.#sections = next;
      this.#byId.clear();
      for (const section of next) this.#add(section);
      return [undefined];
    }
    this.#sections = next;
    const changed = next.filter((section, index) => !isSame(previous[index]!, section));
    for (const section of changed) {
      for (const { id } of previous[next.indexOf(section)]!) this.#byId.delete(id);
      this.#add(section);
    }
    return changed.map(([root]) => root.id);
  }

  #add(section: Section): void {
    for (const row of section) this.#byId.set(row.id, row);
  }
}

function isSame(before: Section, after: Section): boolean {
  if (before === after) return true;
  return before.length === after.length && after.every((row, index) => isSameRow(row, before[index]!));
}

function isSameRow(a: Row, b: Row): boolean {
  return (
    a.id === b.id &&
    a.parentId === b.parentId &&
    a.label === b.label &&
    a.description === b.description &&
    a.icon === b.icon &&
    a.severity === b.severity &&
    a.contextValue === b.contextValue &&
    a.expanded === b.expanded &&
    a.value === b.value &&
    isSameList(a.children, b.children)
  );
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
