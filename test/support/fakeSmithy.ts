import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { shiftTimes, type Recording } from '../fixtures/recordings';
// Imported, not read: in the extension host this is a part of a built file that lies elsewhere.
import health from '../fixtures/smithy/health.json';
import sessions from '../fixtures/smithy/master/sessions.json';
import status from '../fixtures/smithy/status-running.json';

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
    const recording = RECORDINGS[path];
    if (this.isBroken || recording === undefined || (this.hasNoHealth && path === '/api/health')) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('404 Not Found');
      return;
    }
    const played = shiftTimes(recording, Date.now() - Date.parse(recording.capturedAt));
    const changes = path === '/api/health' && {
      database: join(this.folder, '.stoneforge', 'stoneforge.db'),
      ...(this.hidesServices && { services: undefined }),
    };
    response
      .writeHead(played.status, { 'content-type': 'application/json' })
      .end(JSON.stringify({ ...(played.body as object), ...changes }));
  }
}

const RECORDINGS: Readonly<Record<string, Recording>> = {
  '/api/daemon/status': status,
  '/api/health': health,
  '/api/sessions': sessions,
};
