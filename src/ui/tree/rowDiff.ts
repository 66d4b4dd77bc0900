import { isSame } from '../../base/text';
import type { Row, Section } from './daemonRows';

/** Rows of the tree as they were last drawn, by id. */
export class DrawnRows {
  #sections: readonly Section[] = [];
  #byId: ReadonlyMap<string, Row> = new Map();

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
    const { roots } = this;
    const previous = this.#sections;
    this.#sections = next;
    this.#byId = new Map(next.flat().map((row) => [row.id, row]));
    if (!isSame(roots, this.roots)) return [undefined];
    // A daemon that made no step has the same section.
    return roots.filter(
      (_, index) => previous[index] !== next[index] && !isSame(previous[index], next[index]),
    );
  }
}
