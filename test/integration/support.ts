import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import type { AskTimeouts } from '../../src/kinds/kind';
import { createProbe, type Probe } from '../../src/kinds/probe';
import type { Failure, Report, Sample } from '../../src/health/report';
import { failureText } from '../../src/words/causes';
import { http as httpTarget } from '../support/target';
import { loadRecording, recordingAt, type Recording } from '../fixtures/recordings';

/** Short, since a test that waits for a deadline waits for all of it; long enough for a loaded machine. */
export const TIMEOUTS: AskTimeouts = { requestMs: 400, fallbackMs: 400 };
/** For tests in which no deadline is to be met. */
export const PATIENT: AskTimeouts = { requestMs: 8_000, fallbackMs: 8_000 };

export interface Server {
  readonly origin: string;
  readonly port: number;
  /** Connections accepted so far. */
  readonly connections: () => number;
  /** Paths asked for so far, in order; only of HTTP servers. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => void;

/** Everything opened in a test, ended after it. */
export class Scope {
  readonly #closers: (() => Promise<void>)[] = [];

  add(close: () => Promise<void>): void {
    this.#closers.push(close);
  }

  async http(handler: Handler, { host = '127.0.0.1', port = 0, keepAliveMs = 5_000 } = {}): Promise<Server> {
    const requests: string[] = [];
    const server = http.createServer((request, response) => {
      requests.push(request.url ?? '');
      handler(request, response);
    });
    server.keepAliveTimeout = keepAliveMs;
    return this.#listen(server, host, port, requests);
  }

  /** A server of bare sockets, for what no HTTP server says. */
  async tcp(handler: (socket: net.Socket) => void): Promise<Server> {
    return this.#listen(net.createServer(handler), '127.0.0.1', 0, []);
  }

  probe(origin: string, timeouts: AskTimeouts = PATIENT): Probe {
    const probe = createProbe(httpTarget(origin), { timeouts });
    this.add(() => probe.close());
    return probe;
  }

  /** The last opened first. */
  async close(): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) await close();
  }

  async #listen(server: net.Server, host: string, port: number, requests: string[]): Promise<Server> {
    const sockets = new Set<net.Socket>();
    let connections = 0;
    server.on('connection', (socket) => {
      connections++;
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    });
    server.listen(port, host);
    await once(server, 'listening');
    let isOpen = true;
    const close = async () => {
      if (!isOpen) return;
      isOpen = false;
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    };
    this.add(close);
    const address = server.address() as AddressInfo;
    const name = host.includes(':') ? `[${host}]` : host;
    return {
      origin: `http://${name}:${address.port}`,
      port: address.port,
      connections: () => connections,
      requests,
      close,
    };
  }
}

/** Plays recordings by path, as if they were made now; anything else is smithy's 404. */
export function playing(routes: Readonly<Record<string, string | Recording>>): Handler {
  return (request, response) => {
    const route = routes[request.url ?? ''];
    if (route === undefined) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('404 Not Found');
      return;
    }
    const { status, headers, body } = typeof route === 'string' ? recordingAt(route, Date.now()) : route;
    // The server makes these of its own connection.
    const { connection: _c, 'keep-alive': _k, 'transfer-encoding': _t, date: _d, ...own } = headers;
    response.writeHead(status, own).end(JSON.stringify(body));
  };
}

/** A running smithy in good health. */
export const HEALTHY = {
  '/api/daemon/status': 'status-running',
  '/api/sessions': 'sessions-worker-running',
  '/api/health': 'health',
} as const;

export function answering(
  body: string,
  { status = 200, type = 'application/json', headers = {} } = {},
): Handler {
  return (_request, response) => response.writeHead(status, { 'content-type': type, ...headers }).end(body);
}

export function reportOf(sample: Sample): Report {
  if (!sample.ok) throw new Error(failureText(sample.failure));
  return sample.report;
}

export function failureOf(sample: Sample): Failure {
  if (sample.ok) throw new Error('it answered');
  return sample.failure;
}

export { loadRecording };
