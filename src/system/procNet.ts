/** A TCP socket in `/proc/net/tcp` or `tcp6`. */
export interface ProcSocket {
  /** `127.0.0.1`, `::1`, `::ffff:127.0.0.1`, `::`. */
  readonly address: string;
  readonly port: number;
  readonly remotePort: number;
  /** As the kernel numbers them: `0A` listens. */
  readonly state: string;
  readonly inode: string;
  /** The number of the user whose socket this is. */
  readonly uid: number;
}

export const LISTENS = '0A';

/**
 * Reads a table "sl local_address rem_address st … uid timeout inode" (proc_net(5)): addresses and ports in hex. Lines
 * that are not of this form, the heading among them, are left out.
 */
export function parseSockets(table: string): readonly ProcSocket[] {
  return table.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const [, local = '', remote = '', state = ''] = fields;
    const [, address, port] = /^([\dA-F]{8}|[\dA-F]{32}):([\dA-F]{4})$/.exec(local) ?? [];
    const inode = fields[9];
    if (address === undefined || port === undefined || inode === undefined) return [];
    const remotePort = parseInt(remote.slice(remote.indexOf(':') + 1), 16);
    const uid = Number(fields[7]);
    return [{ address: readAddress(address), port: parseInt(port, 16), remotePort, state, inode, uid }];
  });
}

/** The kernel writes an address as words of four bytes, each in the machine's order: the last byte first. */
function readAddress(hex: string): string {
  const words = hex.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) =>
    (word.match(/../g) ?? []).reverse().map((byte) => parseInt(byte, 16)),
  );
  if (bytes.length === 4) return bytes.join('.');
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  if (isMapped) return `::ffff:${bytes.slice(12).join('.')}`;
  if (bytes.every((byte) => byte === 0)) return '::';
  if (bytes.slice(0, 15).every((byte) => byte === 0) && bytes[15] === 1) return '::1';
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
