import { connect, type Socket } from 'node:net';
import type { Dispatcher } from 'undici';
// undici's index is twice the size and thrice the load time of its client; the package declares no `exports`.
import Client from 'undici/lib/dispatcher/client.js';
import { MAX_BODY_BYTES } from './policy';
import { hostOf } from './address';
import { Ask } from './ask';
import { Body } from './body';
import { first, headOf, type Answer } from './httpAnswer';
import { NoAnswer, tooLarge, toNoAnswer } from './noAnswer';

export { Ask, NoAnswer, type Answer };

/** An open connection, as others know it. */
export interface OpenConnection {
  /** Where it leads to, `127.0.0.1:3470`. */
  readonly address: string;
}

/** A secret that goes over one connection, whose listener is proven, and over no other. */
export interface Pass {
  readonly token: string;
  readonly over: OpenConnection;
}

/** What an ask fails with whose time is over. */
export function noAnswerWithin({ timeoutMs }: Ask): NoAnswer {
  return new NoAnswer('timeout', { is: 'noAnswer', withinMs: Math.ceil(timeoutMs) });
}

/** What its deadline ends, and by which error. */
interface Cut {
  request?: Dispatcher.DispatchController;
  reason?: NoAnswer;
}

/**
 * The one HTTP client, for whoever speaks to a daemon or to its inspector: one keep-alive connection to one origin.
 *
 * It opens the socket itself, so that no proxy of the editor or of the environment reaches it, and no list of blocked
 * ports. It follows no redirect. Every request has a deadline, which several may share, and a limit for its size.
 */
export class DaemonClient {
  readonly #client: Dispatcher;
  readonly #base: string;
  #socket: Socket | undefined;
  #connection: OpenConnection | undefined;
  /** Requests under way that go over the open connection or not at all. */
  #bound = 0;

  /** @param origin `http://host:port`, and the path below which the routes are, if there is one */
  constructor(readonly origin: string) {
    const { port, pathname } = new URL(origin);
    const host = hostOf(origin);
    this.#base = pathname === '/' ? '' : pathname;
    this.#client = new Client(new URL(origin).origin, {
      maxResponseSize: MAX_BODY_BYTES,
      // undici ends neither a connection that is not accepted nor the requests that wait for it before ten seconds
      // are over. With the socket in our hands the request's own deadline ends both.
      connect: (_, callback) => {
        if (this.#bound > 0) return callback(notOpen(), null);
        // `localhost` may be ::1 or 127.0.0.1: whichever listens.
        const socket = connect({ host, port: Number(port || 80), autoSelectFamily: true, noDelay: true });
        this.#socket = socket;
        const onError = (error: Error) => callback(error, null);
        socket.once('error', onError);
        socket.once('connect', () => {
          socket.off('error', onError);
          skipContinue(socket);
          const open = (this.#connection = { address: addressAt(socket) });
          socket.once('close', () => {
            if (this.#connection === open) this.#connection = undefined;
          });
          callback(null, socket);
        });
      },
      pipelining: 1,
      allowH2: false,
      // Every request has our own deadline.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /** The connection that is open now: the next request goes over it. */
  get connection(): OpenConnection | undefined {
    return this.#connection;
  }

  /**
   * GETs a path within the time for all of it: connecting, headers and body.
   * @param within ms, or the ask that this request is a part of
   * @param pass sent along; where its connection is closed nothing is sent
   * @throws {NoAnswer} when there is no whole answer
   */
  get(path: string, within: number | Ask, pass?: Pass): Promise<Answer> {
    return this.#within(within, async (cut) => {
      try {
        const answer = await this.#request(path, cut, pass);
        // What a server says of a connection that it had kept, too late: the request may be repeated (RFC 9110, 15.5.9).
        return answer.status === 408 ? await this.#request(path, cut, pass) : answer;
      } catch (error) {
        // A kept-alive socket may be closed by the server in the moment we reuse it; a GET may be repeated.
        if (pass || cut.reason || toNoAnswer(error).kind !== 'reset') throw error;
        return this.#request(path, cut, pass);
      }
    });
  }

  /**
   * Sends JSON once, never twice: what it asks for may have happened although no answer came.
   * @throws {NoAnswer} when there is no whole answer
   */
  send(
    method: 'POST' | 'PATCH',
    path: string,
    { body, pass, timeoutMs: within }: { body: object; pass?: Pass; timeoutMs: number | Ask },
  ): Promise<Answer> {
    return this.#within(within, (cut) => this.#request(path, cut, pass, { method, body }));
  }

  /** Ends `work` at its deadline, in whatever state the connection is then. */
  async #within(within: number | Ask, work: (cut: Cut) => Promise<Answer>): Promise<Answer> {
    const ask = typeof within === 'number' ? new Ask(within) : within;
    const cut: Cut = {};
    let immediate: NodeJS.Immediate | undefined;
    const timer = setTimeout(() => {
      // Timers run before sockets: an answer that came while our own event loop was busy is still to be read.
      immediate = setImmediate(() => {
        cut.reason = noAnswerWithin(ask);
        cut.request?.abort(cut.reason);
        // Aborting does not reach a request whose connection is not there yet.
        this.#stopConnecting(cut.reason);
      });
    }, ask.leftMs());
    try {
      return await work(cut);
    } catch (error) {
      throw toNoAnswer(cut.reason ?? error);
    } finally {
      clearTimeout(timer);
      clearImmediate(immediate);
      if (ask !== within) ask[Symbol.dispose]();
    }
  }

  async #request(
    path: string,
    cut: Cut,
    pass: Pass | undefined,
    sent?: { method: 'POST' | 'PATCH'; body: object },
  ): Promise<Answer> {
    const options: Dispatcher.DispatchOptions = {
      // A question that names no path of its own is one at the base.
      path: `${this.#base}${path}`.replace(/^(?!\/)/, '/'),
      method: sent?.method ?? 'GET',
      headers: {
        accept: 'application/json',
        // Without this any compression is as good to a server as none (RFC 9110, 12.5.3).
        'accept-encoding': 'identity',
        // How the daemon was is nothing that we ask for.
        'cache-control': 'no-cache',
        ...(pass && { authorization: `Bearer ${pass.token}` }),
        ...(sent && { 'content-type': 'application/json' }),
      },
      ...(sent && { body: JSON.stringify(sent.body) }),
    };
    if (pass && pass.over !== this.#connection) throw notOpen();
    if (pass) this.#bound++;
    const answered = new Promise<Answer>((resolve, reject) => {
      const body = new Body();
      let head: Omit<Answer, 'body'> | undefined;
      this.#client.dispatch(options, {
        onRequestStart(request) {
          cut.request = request;
          if (cut.reason) request.abort(cut.reason);
        },
        // Also called for early hints: the last one counts.
        onResponseStart: (request, status, headers) => {
          head = headOf(status, headers);
          // The client counts what comes; nobody waits for what is never to be read.
          if (Number(first(headers['content-length'])) > MAX_BODY_BYTES) request.abort(tooLarge());
        },
        onResponseData: (_request, piece) => body.add(piece),
        onResponseEnd: () => resolve({ ...head!, body: body.text() }),
        onResponseError: (_request, error) => reject(toNoAnswer(error, head !== undefined)),
      });
    });
    try {
      return await answered;
    } finally {
      if (pass) this.#bound--;
    }
  }

  /** Closes the connection; a request under way fails. */
  async close(): Promise<void> {
    const closed = this.#client.destroy();
    this.#stopConnecting(notOpen());
    await closed;
  }

  [Symbol.dispose](): void {
    void this.close();
  }

  #stopConnecting(reason: NoAnswer): void {
    if (this.#socket?.connecting) this.#socket.destroy(reason);
  }
}

function notOpen(): NoAnswer {
  return new NoAnswer('reset', { is: 'closed' });
}

function addressAt({ remoteAddress = '', remotePort }: Socket): string {
  return `${remoteAddress.replace(/^::ffff:(?=\d+\.)/, '')}:${remotePort}`;
}

const CONTINUE = 'HTTP/1.1 100';

/** undici ends a connection at a 100 before the answer, which RFC 9110 (15.2) has clients skip. */
function skipContinue(socket: Socket): void {
  const read = socket.read.bind(socket) as (size?: number) => Buffer | null;
  socket.read = (size?: number) => {
    let bytes = read(size);
    while (bytes?.toString('latin1', 0, CONTINUE.length) === CONTINUE && bytes.includes('\r\n\r\n')) {
      bytes = bytes.subarray(bytes.indexOf('\r\n\r\n') + 4);
    }
    return bytes;
  };
}
