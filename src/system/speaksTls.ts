import { connect } from 'node:net';
import { hostOf } from './address';

/** The shortest greeting of a TLS client: version 1.2, one cipher, no extension (RFC 5246, 7.4.1.2). */
const GREETING = Buffer.from(`160301002d010000290303${'00'.repeat(32)}000002c02f0100`, 'hex');

/**
 * Whether a server that speaks TLS is at an address: most such servers close a connection that asks in plain HTTP
 * without a word. Whatever the server thinks of the greeting it says in TLS. Never rejects.
 */
export function speaksTls(origin: string, timeoutMs: number): Promise<boolean> {
  const { port } = new URL(origin);
  return new Promise((resolve) => {
    const socket = connect({ host: hostOf(origin), port: Number(port || 80), autoSelectFamily: true });
    const end = (speaks: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(speaks);
    };
    const timer = setTimeout(() => end(false), timeoutMs);
    socket
      .on('connect', () => socket.write(GREETING))
      // A handshake or an alert, and the version that all versions write (RFC 8446, 5.1).
      .on('data', ([type, version]: Buffer) => end((type === 0x16 || type === 0x15) && version === 3))
      .on('error', () => end(false))
      .on('close', () => end(false));
  });
}
