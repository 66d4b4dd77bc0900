import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Target } from '../../../../src/model/target';

/** What a daemon answers, or what is answered in its place. */
export interface Said {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  /** The connection is reset after so many bytes. */
  readonly cutAt?: number;
}

/** Stands before a daemon that has an address, and does to its answers what a test says. */
export class Gate {
  /** Paths asked for, oldest first. */
  readonly requests: string[] = [];
  readonly #held: (() => void)[] = [];
  #isHolding = false;
  #change: (real: Said) => Said = (real) => real;

  private constructor(
    private readonly server: Server,
    private readonly origin: string,
  ) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.requests.push(request.url ?? '');
      void this.#answer(request, response);
    });
  }

  static async before(target: Target): Promise<Gate> {
    if (target.kind !== 'http') throw new Error('only who has an address has a gate');
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Gate(server, target.origin);
  }

  get target(): Target {
    return { kind: 'http', origin: `http://127.0.0.1:${(this.server.address() as AddressInfo).port}` };
  }

  /** What is answered from now on, made of what the daemon answers. */
  says(change: (real: Said) => Said): void {
    this.#change = change;
  }

  /** No answer comes from now on, until the release. */
  hold(): void {
    this.#isHolding = true;
  }

  /** The answers that were held come now, too late. */
  release(): void {
    this.#isHolding = false;
    for (const answer of this.#held.splice(0)) answer();
  }

  async close(): Promise<void> {
    this.release();
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  async #answer({ url = '', method = 'GET' }: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const answer = await fetch(this.origin + url, { method, redirect: 'manual' });
      const type = answer.headers.get('content-type') ?? '';
      const real = { status: answer.status, type, body: await answer.text() };
      if (this.#isHolding) await new Promise<void>((resolve) => this.#held.push(resolve));
      const { status, type: said, body, cutAt } = this.#change(real);
      response.writeHead(status, { 'content-type': said });
      if (cutAt === undefined) response.end(body);
      else response.write(body.slice(0, cutAt) || ' ', () => response.destroy());
    } catch {
      response.destroy();
    }
  }
}
