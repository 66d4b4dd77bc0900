import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import type { Log } from '../log';
import {
  CONNECTIONS_CHECK_INTERVAL_MS,
  HEADERS_TIMEOUT_MS,
  KEEP_ALIVE_MS,
  MAX_CONNECTIONS,
  REQUEST_TIMEOUT_MS,
  SOCKET_IDLE_TIMEOUT_MS,
} from '../policy';
import { ApiError } from './errors';
import { Connections } from './connections';
import { ANSWER_HEADERS, checkRequest } from './guard';
import { messageOf } from '../../base/errors';

/** The loopback server, with every slow or oversized client bounded. */
export class HttpServer {
  readonly #server: Server;
  #port = 0;

  constructor(app: Hono, log: Log) {
    const listener = getRequestListener(app.fetch, {
      hostname: '127.0.0.1',
      overrideGlobalObjects: false,
      errorHandler: (error) => {
        log.warn(`a request could not be read: ${messageOf(error)}`);
        return Response.json(new ApiError(400, 'BAD_REQUEST', 'the request could not be read').body, {
          status: 400,
        });
      },
    });
    const connections = new Connections(MAX_CONNECTIONS);
    this.#server = createServer(
      {
        keepAliveTimeout: KEEP_ALIVE_MS,
        headersTimeout: HEADERS_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        connectionsCheckingInterval: CONNECTIONS_CHECK_INTERVAL_MS,
      },
      (request, response) => {
        for (const [name, value] of Object.entries(ANSWER_HEADERS)) response.setHeader(name, value);
        const { socket } = request;
        connections.began(socket);
        response.once('close', () => connections.ended(socket));
        const refusal = checkRequest(request, this.#port);
        if (refusal) refuse(response, refusal);
        else void listener(request, response);
      },
    );
    this.#server.on('connection', (socket) => connections.opened(socket));
    this.#server.setTimeout(SOCKET_IDLE_TIMEOUT_MS);
  }

  /**
   * Listens on 127.0.0.1 and nowhere else.
   * @returns the port, which differs from the one asked for only when that is 0
   * @throws the system's error, EADDRINUSE above all
   */
  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
        this.#server.off('error', reject);
        this.#port = (this.#server.address() as AddressInfo).port;
        resolve(this.#port);
      });
    });
  }

  /** Where it listens, `127.0.0.1:3470`. */
  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** Answers no more; open connections are cut. */
  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

function refuse(response: ServerResponse, { status, body }: ApiError): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify(body));
}
