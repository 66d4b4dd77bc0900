import { isDeepStrictEqual } from 'node:util';

/**
 * What was last written to one surface. VS Code does not compare for us: every write costs a message to the
 * window, so only a different value is written.
 */
export class Rendered<T> {
  #last: T | undefined;

  constructor(
    private readonly write: (next: T, previous: T | undefined) => void,
    private readonly isSame: (next: T, previous: T) => boolean = isDeepStrictEqual,
  ) {}

  set(next: T): void {
    const previous = this.#last;
    if (previous !== undefined && this.isSame(next, previous)) return;
    this.#last = next;
    this.write(next, previous);
  }
}
