import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** How long a loopback connection that the kernel accepts takes at most, on a busy machine. */
const ACCEPTED_WITHIN_MS = 500;

/**
 * Connects to a port of a process that accepts nothing any more, until the kernel completes no connection: from then on
 * it drops whoever asks for one. Only on Linux; elsewhere a full queue refuses.
 * @returns the connections that wait, to be destroyed in the end
 */
export async function fillQueue(port: number): Promise<readonly Socket[]> {
  const waiting: Socket[] = [];
  while (await isAccepted(port, waiting));
  return waiting;
}

async function isAccepted(port: number, keep: Socket[]): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port });
  keep.push(socket);
  socket.on('error', () => undefined);
  const timer = new Promise<false>((resolve) => setTimeout(() => resolve(false), ACCEPTED_WITHIN_MS));
  return Promise.race([once(socket, 'connect').then(() => true), timer]);
}
