import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import type { Socket } from 'node:net';

/**
 * The process at the other end of a loopback connection (IPv4, Linux).
 * @throws when no process that we may look at has it
 */
export function pidOfPeer({ remotePort }: Socket): number {
  const inode = inodeOf(remotePort ?? 0);
  const pid = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .find((name) => socketsOf(name).includes(`socket:[${inode}]`));
  if (inode === undefined || pid === undefined) throw new Error(`nobody has port ${remotePort}`);
  return Number(pid);
}

/** /proc/net/tcp: "sl local_address rem_address st … inode", the port in hex. */
function inodeOf(localPort: number): string | undefined {
  const port = localPort.toString(16).toUpperCase().padStart(4, '0');
  const lines = readFileSync('/proc/net/tcp', 'utf8').split('\n');
  return lines.map((line) => line.trim().split(/\s+/)).find((fields) => fields[1]?.endsWith(`:${port}`))?.[9];
}

function socketsOf(pid: string): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`);
      } catch {
        return '';
      }
    });
  } catch {
    return [];
  }
}
