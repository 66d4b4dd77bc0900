import { connect } from 'node:net';
import type { Listener } from './processInfo';
import { CONNECT_TIMEOUT_MS } from './policy';

/** Whether nothing accepts connections at this address any more. */
export function isPortFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: CONNECT_TIMEOUT_MS });
    const end = (free: boolean) => {
      socket.destroy();
      resolve(free);
    };
    socket.once('connect', () => end(false));
    socket.once('timeout', () => end(false));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code !== 'ECONNRESET'));
  });
}

/** The addresses that a host of this machine stands for. */
export function addressesOf(host: string): readonly string[] {
  const address = host.toLowerCase().replace(/^\[|\]$/g, '');
  if (address === 'localhost') return ['127.0.0.1', '::1'];
  // The form in which a URL keeps ::ffff:127.0.0.1.
  return [address === '::ffff:7f00:1' ? '127.0.0.1' : address.replace(/^::ffff:(?=\d+\.)/, '')];
}

/**
 * The sockets that a connection to this address reaches. The system prefers those of exactly this address, then those
 * of any address, first of its own family.
 */
export function reachedBy<T extends Pick<Listener, 'address'>>(
  listeners: readonly T[],
  address: string,
): readonly T[] {
  const choices = address.includes(':')
    ? [address, '::', '*']
    : [address, `::ffff:${address}`, '0.0.0.0', '*', '::'];
  for (const choice of choices) {
    const reached = listeners.filter((each) => each.address === choice);
    if (reached.length > 0) return reached;
  }
  return [];
}
