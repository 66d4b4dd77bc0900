import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on loopback whose answer to every request can be exchanged. */
export class AnsweringServer {
  private constructor(
    private readonly server: Server,
    private answer: (response: ServerResponse) => void,
  ) {
    server.on('request', (_request, response: ServerResponse) => this.answer(response));
  }

  static async start(answer: (response: ServerResponse) => void): Promise<AnsweringServer> {
    const server = createServer();
    const self = new AnsweringServer(server, answer);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return self;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  become(answer: (response: ServerResponse) => void): void {
    this.answer = answer;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

/** A smithy that completed a cycle a moment ago. */
export function healthyAnswer(response: ServerResponse): void {
  const now = Date.now();
  const health = {
    readyUnassignedTasks: 0,
    availableWorkers: 2,
    stuck: false,
    hasStuckQueue: false,
    computedAt: new Date(now).toISOString(),
    lastPollStartedAt: new Date(now - 1_010).toISOString(),
    lastPollCompletedAt: new Date(now - 1_000).toISOString(),
    pollStale: false,
  };
  sendJson(response, {
    isRunning: true,
    available: true,
    config: { pollIntervalMs: 5_000 },
    health,
    sessions: [],
  });
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
