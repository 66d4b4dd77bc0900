import { darwinReader } from './darwin';
import { runTool } from './exec';
import { listeningSockets } from './linux';
import { addressesOf, isPortFree, reachedBy } from './ports';
import type { TableOptions } from './processTable';
import { windowsReader } from './windows';

/**
 * Whether each address of `localhost` has a listener of its own on this port: they may be different programs. Not where
 * the system does not tell. Never rejects.
 */
export async function listenApart(
  port: number,
  { platform = process.platform, run = runTool }: TableOptions = {},
): Promise<boolean> {
  const hosts = addressesOf('localhost');
  try {
    // A tool is run only where both addresses accept; on Windows a refusal takes longer than the tool.
    const isTable = platform === 'linux' || platform === 'win32';
    if (!isTable && (await Promise.all(hosts.map((host) => isPortFree(host, port)))).includes(true))
      return false;
    const sockets = await (platform === 'linux'
      ? listeningSockets(port)
      : (platform === 'win32' ? windowsReader(run) : darwinReader(run)).listeners(port));
    const [first, second] = hosts.map((host) => reachedBy<{ address: string }>(sockets, host)[0]?.address);
    return first !== undefined && second !== undefined && first !== second;
  } catch {
    return false;
  }
}
