import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below what Linux (32768), macOS and Windows (49152) give to connections by themselves: none of those takes it. */
const PORTS = { first: 20_000, count: 12_000 };

/** A port of loopback that nothing listens on now, and that no other process is given by chance. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = PORTS.first + Math.floor(Math.random() * PORTS.count);
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch {
      continue;
    }
    server.close();
    await once(server, 'close');
    return port;
  }
}
