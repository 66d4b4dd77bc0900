import { FIRST_BODY_BYTES } from './policy';

/**
 * The pieces of a body, copied into one buffer: kept as they come, an answer in pieces of one byte takes a hundred times
 * its size.
 */
export class Body {
  #bytes = Buffer.allocUnsafe(FIRST_BODY_BYTES);
  #length = 0;

  add(piece: Buffer): void {
    if (this.#length + piece.length > this.#bytes.length) {
      const more = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#length + piece.length));
      this.#bytes.copy(more, 0, 0, this.#length);
      this.#bytes = more;
    }
    piece.copy(this.#bytes, this.#length);
    this.#length += piece.length;
  }

  text(): string {
    const text = this.#bytes.toString('utf8', 0, this.#length);
    // The mark that some programs begin a file with.
    return text.startsWith('\ufeff') ? text.slice(1) : text;
  }
}
