import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { systemTool } from '../system/exec';
import type { DaemonClient } from '../system/httpClient';
import { TOOL_TIMEOUT_MS } from '../system/policy';
import { cleanText } from '../base/text';
import { PROBE_TIMEOUT_MS } from './policy';

/** Runs a tool of the system; a seam for the platforms that tests do not run on. Rejects where it fails. */
export type RunTool = (tool: string, args: readonly string[]) => Promise<string>;

const execFileText = promisify(execFile);
const runTool: RunTool = async (tool, args) =>
  (await execFileText(systemTool(tool), [...args], { timeout: TOOL_TIMEOUT_MS, windowsHide: true })).stdout;

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
export async function findPortOwner(
  port: number,
  platform: NodeJS.Platform = process.platform,
  run: RunTool = runTool,
): Promise<PortOwner> {
  const [owner, dispatchd] = await Promise.all([
    (platform === 'linux' ? ownerFromProc(port) : ownerFromTool(port, platform, run)).catch(() => ({})),
    askDispatchd(port),
  ]);
  return { ...owner, ...(dispatchd && { dispatchd }) };
}

/** The socket inodes that listen on `port`, from the text of /proc/net/tcp or tcp6. */
export function listeningInodes(procNetTcp: string, port: number): string[] {
  const LISTEN = '0A';
  const portHex = port.toString(16).toUpperCase().padStart(4, '0');
  return procNetTcp
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === LISTEN && local?.endsWith(`:${portHex}`))
    .flatMap((fields) => fields[9] ?? []);
}

async function ownerFromProc(port: number): Promise<PortOwner> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'utf8').catch(() => '')),
  );
  const sockets = new Set(
    tables.flatMap((table) => listeningInodes(table, port)).map((inode) => `socket:[${inode}]`),
  );
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    // Processes of other users, and those that end meanwhile, cannot be read.
    const fds = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const fd of fds) {
      if (!sockets.has(await readlink(`/proc/${pid}/fd/${fd}`).catch(() => ''))) continue;
      const commandLine = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''))
        .replaceAll('\0', ' ')
        .trim();
      return { pid: Number(pid), commandLine: commandLine.slice(0, 300) };
    }
  }
  return {};
}

async function ownerFromTool(port: number, platform: NodeJS.Platform, run: RunTool): Promise<PortOwner> {
  if (platform === 'win32') {
    const lines = (await run('netstat', ['-ano', '-p', 'TCP'])).split('\n');
    // The state's name is translated, but only a listening socket has the remote port 0.
    const line = lines.find((text) => new RegExp(`:${port}\\s+\\S+:0\\s`).test(text));
    const pid = Number(line?.trim().split(/\s+/).at(-1));
    return pid > 0 ? { pid } : {};
  }
  const pid = parseInt(await run('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-t']), 10);
  if (!(pid > 0)) return {};
  const commandLine = await run('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => '');
  return { pid, commandLine: commandLine.trim().slice(0, 300) };
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
    const { body } = await client.get('/api/health', PROBE_TIMEOUT_MS);
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
