import { EventEmitter } from 'node:events';
import { Duplex } from 'node:stream';
import type { Loop, Time } from './time';

/** What is at a port: takes the far end of a connection, or says why there is none. */
export type Reached =
  | { readonly kind: 'accepts'; readonly take: (socket: Duplex) => void }
  /** The kernel takes the connection, nobody reads from it. */
  | { readonly kind: 'frozen' }
  /** Nobody takes it, not even the kernel. */
  | { readonly kind: 'neverAccepted' }
  | { readonly kind: 'refused' };

type Callback = (error?: Error | null) => void;

/** One end of a connection that is only memory. */
class End extends Duplex {
  peer: End | undefined;
  connecting = false;
  readonly remoteAddress = '127.0.0.1';
  readonly localAddress = '127.0.0.1';
  readonly remoteFamily = 'IPv4';
  bytesRead = 0;
  bytesWritten = 0;
  #waiting: (() => void)[] = [];

  /** @param loop of the window whose end it is */
  constructor(
    private readonly time: Time,
    private readonly loop: Loop | undefined,
    readonly remotePort = 0,
  ) {
    super({ allowHalfOpen: false });
  }

  setNoDelay = () => this;
  setKeepAlive = () => this;
  setTimeout = () => this;
  ref = () => this;
  unref = () => this;
  override cork = () => undefined;
  override uncork = () => undefined;
  address = () => ({ address: '127.0.0.1', port: 1, family: 'IPv4' });
  destroySoon = () => void (this.writable ? this.end(() => this.destroy()) : this.destroy());
  resetAndDestroy = () => this.destroy();

  get readyState(): string {
    return this.connecting ? 'opening' : this.destroyed ? 'closed' : 'open';
  }

  connected(): void {
    this.connecting = false;
    for (const go of this.#waiting.splice(0)) go();
    this.emit('connect');
    this.emit('ready');
  }

  /** Something reaches this end: not while its window stands still. */
  receive(act: () => void): void {
    const { loop, time } = this;
    if (loop && loop.stalledUntilMs > time.monotonicMs)
      time.after(loop.stalledUntilMs - time.monotonicMs, act, loop);
    else act();
  }

  override _read(): void {
    // Whatever comes is pushed when it comes.
  }

  override _write(chunk: Buffer, _encoding: string, done: Callback): void {
    const go = () => {
      this.bytesWritten += chunk.length;
      const { peer } = this;
      peer?.receive(() => {
        if (peer.destroyed || peer.readableEnded) return;
        peer.bytesRead += chunk.length;
        peer.push(chunk);
      });
      done();
    };
    if (this.connecting) this.#waiting.push(go);
    else go();
  }

  override _final(done: Callback): void {
    const { peer } = this;
    peer?.receive(() => void (!peer.destroyed && peer.push(null)));
    done();
  }

  override _destroy(error: Error | null, done: Callback): void {
    const { peer } = this;
    this.peer = undefined;
    if (peer) {
      peer.peer = undefined;
      peer.receive(() => {
        if (peer.destroyed) return;
        if (!peer.readableEnded) peer.push(null);
        peer.destroySoon();
      });
    }
    done(error);
  }
}

interface ConnectOptions {
  readonly port?: number | string;
  readonly host?: string;
  readonly path?: string;
  readonly signal?: AbortSignal;
}

/** All that one machine's programs reach of each other, without a socket of this one. */
export class Network {
  readonly #local = new Map<string, (socket: Duplex) => void>();

  constructor(
    private readonly time: Time,
    private readonly reach: (port: number, host: string, loop: Loop) => Reached,
    private readonly places: { made(path: string): void; gone(path: string): void },
  ) {}

  /** What `require('node:net')` gives a window, beside what touches no network. */
  netOf(loop: Loop, real: typeof import('node:net')): object {
    const connect = (...given: unknown[]) => this.#connect(loop, given);
    const { time } = this;
    const begin = (near: End, given: readonly unknown[]) => this.#begin(near, loop, given);
    class Socket extends End {
      constructor() {
        super(time, loop);
      }
      connect(...given: unknown[]): this {
        begin(this, given);
        return this;
      }
    }
    const createServer = (...given: unknown[]) => {
      const listener = given.find((one) => typeof one === 'function') as
        ((socket: Duplex) => void) | undefined;
      return new LocalServer(loop, this.#local, this.places, listener);
    };
    return new Proxy(real, {
      get: (target, key) =>
        key === 'connect' || key === 'createConnection'
          ? connect
          : key === 'createServer'
            ? createServer
            : key === 'Socket'
              ? Socket
              : (Reflect.get(target, key) as unknown),
    });
  }

  #connect(loop: Loop, given: readonly unknown[]): End {
    const near = new End(this.time, loop);
    this.#begin(near, loop, given);
    return near;
  }

  #begin(near: End, loop: Loop, given: readonly unknown[]): void {
    const [first, second] = given;
    const options: ConnectOptions =
      typeof first === 'object'
        ? (first as ConnectOptions)
        : typeof first === 'string' && Number.isNaN(Number(first))
          ? { path: first }
          : { port: first as number, ...(typeof second === 'string' && { host: second }) };
    const listener = given.find((one) => typeof one === 'function') as (() => void) | undefined;
    if (listener) near.once('connect', listener);
    near.connecting = true;
    const far = new End(this.time, undefined);
    this.time.after(
      0,
      () => {
        if (near.destroyed) return;
        const reached = this.#reach(options, loop);
        if (reached.kind === 'refused') {
          const code = options.path === undefined || this.#isKnown(options.path) ? 'ECONNREFUSED' : 'ENOENT';
          near.destroy(Object.assign(new Error(`connect ${code}`), { code, syscall: 'connect' }));
          return;
        }
        if (reached.kind === 'neverAccepted') return;
        near.peer = far;
        far.peer = near;
        near.connected();
        if (reached.kind === 'accepts') reached.take(far);
      },
      loop,
    );
  }

  #isKnown(path: string): boolean {
    return this.#local.has(path);
  }

  #reach({ path, port, host = 'localhost' }: ConnectOptions, loop: Loop): Reached {
    if (path === undefined) return this.reach(Number(port), host, loop);
    const take = this.#local.get(path);
    return take ? { kind: 'accepts', take } : { kind: 'refused' };
  }
}

/** A server of a window on a path of the file system. */
class LocalServer extends EventEmitter {
  listening = false;
  #path = '';

  constructor(
    private readonly loop: Loop,
    private readonly all: Map<string, (socket: Duplex) => void>,
    private readonly places: { made(path: string): void; gone(path: string): void },
    listener?: (socket: Duplex) => void,
  ) {
    super();
    if (listener) this.on('connection', listener);
  }

  listen(...given: unknown[]): this {
    const [first] = given;
    const path = typeof first === 'string' ? first : (first as { path?: string }).path;
    if (path === undefined) throw new Error('A window listens on no port here.');
    const listener = given.find((one) => typeof one === 'function') as (() => void) | undefined;
    if (listener) this.once('listening', listener);
    this.#path = path;
    queueMicrotask(() => {
      try {
        this.places.made(path);
      } catch (error) {
        this.emit('error', error);
        return;
      }
      this.listening = true;
      this.all.set(path, (socket) => {
        if (this.loop.isOver) socket.destroy();
        else this.emit('connection', socket);
      });
      this.emit('listening');
    });
    return this;
  }

  close(done?: () => void): this {
    if (this.listening) {
      this.all.delete(this.#path);
      this.places.gone(this.#path);
      this.listening = false;
    }
    queueMicrotask(() => {
      this.emit('close');
      done?.();
    });
    return this;
  }

  /** Its process ended without a word: the file stays. */
  abandon(): void {
    this.all.delete(this.#path);
  }

  address = () => this.#path;
  ref = () => this;
  unref = () => this;
}
