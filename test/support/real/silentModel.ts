import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A model that is asked and never answers. */
export class SilentModel {
  /** How often it was asked. */
  asked = 0;

  private constructor(private readonly server: Server) {
    server.on('request', (request) => {
      request.resume();
      request.once('end', () => this.asked++);
    });
  }

  static async start(): Promise<SilentModel> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new SilentModel(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
