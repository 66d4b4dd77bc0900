import type { KindId } from '../../health/report';
import { KINDS, kindOf } from '../../kinds/index';

/** The kinds whose second daemon takes another port. */
export const MOVING: readonly KindId[] = KINDS.flatMap(({ id, triesPorts }) => (triesPorts ? [id] : []));

/**
 * Looks who comes to the ports beside watched daemons, by a bare connection: nobody is asked anything. A smithy that is
 * started where one runs takes the next free port, and dispatches within a second.
 */
export class NextPorts {
  /** Who accepts there was looked at, and is no daemon. */
  readonly #strangers = new Set<number>();

  /** @param accepts whether somebody accepts connections at a port of this machine */
  constructor(private readonly accepts: (port: number) => Promise<boolean>) {}

  /**
   * The ports where somebody came since the last call, from the next port of each daemon up to the first that refuses,
   * and those that who was found has left. Who came is to be looked at now, and is not named again before that port has
   * refused.
   *
   * @param daemons those beside which another may come
   * @param watched ports that need no look
   * @param found ports where a daemon was found
   */
  async changed(
    daemons: readonly { readonly port: number; readonly kind: KindId | undefined }[],
    watched: ReadonlySet<number>,
    found: ReadonlySet<number>,
  ): Promise<readonly number[]> {
    const walked = new Set<number>();
    const changed: number[] = [];
    const walk = async (own: number, triesPorts: number) => {
      const end = Math.min(own + triesPorts, 65_536);
      for (let port = own + 1; port < end && !walked.has(port); port++) {
        walked.add(port);
        if (watched.has(port)) continue;
        const isTaken = await this.accepts(port);
        if (isTaken !== (found.has(port) || this.#strangers.has(port))) changed.push(port);
        if (isTaken) this.#strangers.add(port);
        else this.#strangers.delete(port);
        if (!isTaken) return;
      }
    };
    await Promise.all(daemons.map(({ port, kind }) => walk(port, kindOf(kind)?.triesPorts ?? 0)));
    const others = [...found].filter((port) => !walked.has(port) && !watched.has(port));
    const isLeft = await Promise.all(others.map(async (port) => !(await this.accepts(port))));
    return [...changed, ...others.filter((_, n) => isLeft[n])];
  }
}
