import type { Socket } from 'node:net';

/**
 * The open connections, at most so many: the newest is always taken, and the one that was idle for the longest goes.
 * So nobody keeps the others out by holding connections open. Where none is idle, the one whose request takes longest
 * goes: its reader is slow.
 */
export class Connections {
  /** In the order in which they became idle. */
  readonly #idle = new Set<Socket>();
  /** With a request under way, in the order in which it came. */
  readonly #busy = new Set<Socket>();

  constructor(private readonly max: number) {}

  /** A connection was opened. */
  opened(socket: Socket): void {
    this.#idle.add(socket);
    socket.once('close', () => {
      this.#idle.delete(socket);
      this.#busy.delete(socket);
    });
    if (this.#idle.size + this.#busy.size <= this.max) return;
    const [oldest] = this.#idle.size > 1 ? this.#idle : this.#busy;
    // Its place is free from now on, although it closes a moment later.
    if (!oldest) return;
    this.#idle.delete(oldest);
    this.#busy.delete(oldest);
    oldest.destroy();
  }

  /** A request has come over it. */
  began(socket: Socket): void {
    if (this.#idle.delete(socket)) this.#busy.add(socket);
  }

  /** The answer is out. */
  ended(socket: Socket): void {
    if (this.#busy.delete(socket)) this.#idle.add(socket);
  }
}
