import type { Row, Section } from './row';

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
   * @returns the rows to draw again, each with all below it: those that changed, or (`undefined`) the whole tree
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
    const drawn: string[] = [];
    next.forEach((section, index) => {
      const before = previous[index]!;
      const changed = changedRows(before, section);
      if (changed === 'none') return;
      for (const { id } of before) this.#byId.delete(id);
      this.#add(section);
      drawn.push(...(changed === 'all' ? [section[0].id] : changed));
    });
    return drawn;
  }

  #add(section: Section): void {
    for (const row of section) this.#byId.set(row.id, row);
  }
}

/** The ids of the rows that say something else; `all` where rows came, went or moved. */
function changedRows(before: Section, after: Section): 'none' | 'all' | readonly string[] {
  if (before === after) return 'none';
  const isSamePlace = (row: Row, was: Row) =>
    row === was ||
    (row.id === was.id && row.parentId === was.parentId && isSameList(row.children, was.children));
  if (before.length !== after.length || !after.every((row, index) => isSamePlace(row, before[index]!)))
    return 'all';
  const changed = after.filter((row, index) => !isSameRow(row, before[index]!));
  return changed.length === 0 ? 'none' : changed.map(({ id }) => id);
}

function isSameRow(a: Row, b: Row): boolean {
  return (
    a === b ||
    (a.label === b.label &&
      a.description === b.description &&
      a.icon === b.icon &&
      a.severity === b.severity &&
      a.contextValue === b.contextValue &&
      a.expanded === b.expanded &&
      a.shows === b.shows &&
      a.value === b.value)
  );
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
