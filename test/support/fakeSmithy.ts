import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { recordingAt } from '../fixtures/recordings';

/** Answers as a real smithy was recorded to, from the database of a folder of choice. */
export class FakeSmithy {
  /** Paths asked for, oldest first. */
  readonly requests: string[] = [];
  hidesServices = false;
  hasNoHealth = false;
  isBroken = false;

  private constructor(
    private readonly server: Server,
    public folder: string,
  ) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.requests.push(request.url ?? '');
      this.answer(request.url ?? '', response);
    });
  }

  /** @param port 0 takes a free one */
  static async start(folder: string, port = 0): Promise<FakeSmithy> {
    const server = createServer();
    const self = new FakeSmithy(server, folder);
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return self;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private answer(path: string, response: ServerResponse): void {
    const name = RECORDINGS[path];
    if (this.isBroken || name === undefined || (this.hasNoHealth && path === '/api/health')) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('404 Not Found');
      return;
    }
    const { status, body } = recordingAt(name, Date.now());
    const health = path === '/api/health' && {
      database: join(this.folder, '.stoneforge', 'stoneforge.db'),
      ...(this.hidesServices && { services: undefined }),
    };
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(JSON.stringify({ ...(body as object), ...health }));
  }
}

const RECORDINGS: Readonly<Record<string, string>> = {
  '/api/daemon/status': 'status-running',
  '/api/health': 'health',
  '/api/sessions': 'master/sessions',
};
