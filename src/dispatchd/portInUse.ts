import * as v from 'valibot';
import type { DaemonClient } from '../system/httpClient';
import { reachedBy } from '../system/ports';
import { processTable, type ProcessTable } from '../system/processTable';
import { cleanText } from '../base/text';
import { PROBE_TIMEOUT_MS } from './policy';
import { ROUTES } from '../protocol/dispatchd';

/** Who listens on a port, as far as it can be found out. */
export interface PortOwner {
  readonly pid?: number;
  readonly commandLine?: string;
  /** Set when the owner answers like a dispatchd. */
  readonly dispatchd?: { readonly pid: number; readonly workspace: string; readonly stateDir?: string };
}

/** The line that explains why dispatchd does not start: it never moves to another port in silence. */
export function portInUseMessage(port: number, { pid, commandLine, dispatchd }: PortOwner): string {
  const advice = 'stop it, or give another --port';
  if (dispatchd) {
    const state = dispatchd.stateDir ? `, state in ${dispatchd.stateDir}` : '';
    return `port ${port} is in use by another dispatchd (pid ${dispatchd.pid}, workspace ${dispatchd.workspace}${state}); ${advice}`;
  }
  if (pid === undefined) return `port ${port} is in use by a process that cannot be named; ${advice}`;
  return `port ${port} is in use by pid ${pid}${commandLine ? ` (${commandLine})` : ''}; ${advice}`;
}

/** Asks the system and the owner itself; never throws, and takes a few seconds at most. */
export async function findPortOwner(port: number, table: ProcessTable = processTable()): Promise<PortOwner> {
  const [owner, dispatchd] = await Promise.all([ownerOf(port, table).catch(() => ({})), askDispatchd(port)]);
  return { ...owner, ...(dispatchd && { dispatchd }) };
}

/** The only address that dispatchd listens at. */
const HOST = '127.0.0.1';

/** Who has our address; else who has the port at any other, as a socket of IPv6 may have it for both. */
async function ownerOf(port: number, table: ProcessTable): Promise<PortOwner> {
  let pid = (await table.reached(port, HOST).catch(() => []))[0]?.pid;
  if (pid === undefined) {
    // Where a tool names no processes, their sockets still have numbers.
    const listeners = await table.listeners(port);
    pid = (reachedBy(listeners, HOST)[0] ?? listeners[0])?.pid;
  }
  if (pid === undefined) return {};
  const { commandLine } = await table.describe(pid).catch(() => ({ commandLine: '' }));
  return { pid, ...(commandLine !== '' && { commandLine }) };
}

const DispatchdStatus = v.object({
  instance: v.object({ pid: v.number(), workspace: v.string(), stateDir: v.optional(v.string()) }),
});

/** What the owner says that it is. */
async function askDispatchd(port: number): Promise<PortOwner['dispatchd']> {
  let client: DaemonClient | undefined;
  try {
    // A chunk of its own: a start that succeeds does not load it.
    const { DaemonClient } = await import('../system/httpClient');
    client = new DaemonClient(`http://127.0.0.1:${port}`);
    const { body } = await client.get(ROUTES.health, PROBE_TIMEOUT_MS);
    const { pid, workspace, stateDir } = v.parse(DispatchdStatus, JSON.parse(body)).instance;
    return {
      pid,
      workspace: cleanText(workspace),
      ...(stateDir !== undefined && { stateDir: cleanText(stateDir) }),
    };
  } catch {
    return undefined;
  } finally {
    void client?.close();
  }
}
