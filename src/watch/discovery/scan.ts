import { isProvenAlive, type PartialIdentity, type ProcessIdentity } from '../../system/identity';
import { describeProcess } from '../../system/processTable';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DISCOVERY_TIMEOUT_MS } from '../../kinds/policy';
import { DISCOVERY_CONCURRENCY } from '../policy';
import { isLive } from '../../health/sessions';
import type { FoundDaemon } from '../../model/foundDaemon';
import { isLoopback, belongsTo, projectFolder, readPath, shortPath } from '../../kinds/read/paths';
import { resolved, toDatabase } from '../../kinds/smithy/database';
import { AGENTS_ROUTE, readAgents } from '../../kinds/ductor/connection';
import { readBounded } from '../../system/privateFile';
import { MAX_STATE_BYTES } from '../../system/policy';
import { DaemonClient } from '../../system/httpClient';
import { scannedPorts } from '../../kinds/ports';
import { beganBefore } from '../../kinds/sameInstance';
import { sessionsOf } from '../../kinds/smithy/sessions';
import { readStatus } from '../../kinds/smithy/status';
import { INSTANCE_FILE, STATE_DIR_VARIABLE, STATE_FOLDER } from '../../protocol/dispatchd';

/** Looks for daemons on this machine. Part of the probe's chunk, whose HTTP client it shares. */

export interface ScanRequest {
  /** Ports that are watched already. */
  readonly skipPorts: ReadonlySet<number>;
  readonly workspaceFolders: readonly string[];
}

/** Where to look. */
export interface ScanPlaces {
  readonly ports: readonly number[];
  /** dispatchd's `instance.json`. */
  readonly instanceFile: string;
  readonly timeoutMs: number;
}

/** The places of this machine. `DISPATCHD_STATE_DIR` is dispatchd's own variable. */
export function scanPlaces(
  env: Readonly<Record<string, string | undefined>> = process.env,
  home = homedir(),
): ScanPlaces {
  const stateDir = env[STATE_DIR_VARIABLE] || join(home, ...STATE_FOLDER);
  return {
    ports: scannedPorts(env),
    instanceFile: join(stateDir, INSTANCE_FILE),
    timeoutMs: DISCOVERY_TIMEOUT_MS,
  };
}

/** One scan; never throws. Every request has its deadline, and only a few are under way at a time. */
export async function scan(
  { skipPorts, workspaceFolders }: ScanRequest,
  places: ScanPlaces = scanPlaces(),
): Promise<readonly FoundDaemon[]> {
  const { timeoutMs } = places;
  const folders = await Promise.all(workspaceFolders.map((folder) => resolved(folder, timeoutMs)));
  const filed = await dispatchdOf(places.instanceFile, skipPorts, timeoutMs);
  const origins = new Map(places.ports.map((port) => [port, `http://localhost:${port}`]));
  if (filed) origins.set(filed.port, filed.origin);
  const queue = [...origins].filter(([port]) => !skipPorts.has(port)).sort(([a], [b]) => a - b);

  const found: (readonly [port: number, daemon: FoundDaemon])[] = [];
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const daemon = await identify(next[1], folders, timeoutMs);
      if (daemon) found.push([next[0], daemon]);
    }
  };
  await Promise.all(Array.from({ length: DISCOVERY_CONCURRENCY }, work));
  return found.sort(([a], [b]) => a - b).map(([, daemon]) => daemon);
}

/** What answers on a port, if that is a daemon. */
async function identify(
  origin: string,
  folders: readonly string[],
  timeoutMs: number,
): Promise<FoundDaemon | undefined> {
  const client = new DaemonClient(origin);
  try {
    const health = await getObject(client, '/api/health', timeoutMs);
    if (!health) return await identifyDuctor(client, timeoutMs);
    const service = isObject(health.services) ? health.services.dispatchDaemon : undefined;
    const instance = isObject(health.instance) ? health.instance : undefined;
    const database = await toDatabase(health.database, origin, timeoutMs);
    if (!database && !instance) return undefined;
    // Other servers of the same makers have a health route and a database too; only a daemon has its status.
    const isRunning = typeof service === 'string' ? service === 'running' : await runs(client, timeoutMs);
    if (isRunning === undefined) return undefined;
    const workspace = database ? projectFolder(database.path) : readPath(instance?.workspace);
    const folder = workspace === undefined ? undefined : await resolved(workspace, timeoutMs);
    const near = folder ?? database?.realPath;
    return {
      kind: database ? 'smithy' : 'dispatchd',
      target: { kind: 'http', origin },
      ...(folder !== undefined && { folder }),
      place: shortPath(workspace ?? database?.path ?? origin),
      ...(database && { database: database.realPath }),
      isRunning,
      ...(database && !isRunning && { runsAgents: await runsAgents(client, timeoutMs) }),
      belongs: near !== undefined && belongsTo(near, folders),
    };
  } catch {
    return undefined;
  } finally {
    await client.close();
  }
}

/** A ductor works for its chats and for no folder, so none belongs to the open workspace. */
async function identifyDuctor(client: DaemonClient, timeoutMs: number): Promise<FoundDaemon | undefined> {
  const { origin } = client;
  const said = readAgents(await getObject(client, AGENTS_ROUTE, timeoutMs));
  if (!said) return undefined;
  return {
    kind: 'ductor',
    target: { kind: 'http', origin },
    place: origin,
    isRunning: said.isRunning,
    belongs: false,
  };
}

/** Whether a daemon's loop runs by its status; `undefined` where that is no daemon's status. */
async function runs(client: DaemonClient, timeoutMs: number): Promise<boolean | undefined> {
  const status = await getObject(client, '/api/daemon/status', timeoutMs);
  const report = status && readStatus(status, undefined);
  return report === undefined || typeof report === 'string' ? undefined : report.isRunning;
}

/** Whether sessions of a smithy run, by their own route. Where it fails they are unknown, which is not claimed. */
async function runsAgents(client: DaemonClient, timeoutMs: number): Promise<boolean> {
  try {
    return sessionsOf(await getObject(client, '/api/sessions', timeoutMs))?.some(isLive) === true;
  } catch {
    return false;
  }
}

async function getObject(
  client: DaemonClient,
  path: string,
  timeoutMs: number,
): Promise<Record<string, unknown> | undefined> {
  const { status, body } = await client.get(path, timeoutMs);
  if (status !== 200) return undefined;
  const value: unknown = JSON.parse(body);
  return isObject(value) ? value : undefined;
}

/** Where dispatchd's state file says it is: only if that very process lives, and only on this machine. */
async function dispatchdOf(
  file: string,
  skipPorts: ReadonlySet<number>,
  timeoutMs: number,
): Promise<{ origin: string; port: number } | undefined> {
  try {
    const late = delay(timeoutMs, undefined, { ref: false });
    const text = await Promise.race([readBounded(file, MAX_STATE_BYTES), late]);
    if (text === undefined) return undefined;
    const claim = readInstanceFile(JSON.parse(text));
    // On macOS and Windows a tool tells the birth: not for what is watched already.
    return claim && !skipPorts.has(claim.port) && (await isWriter(claim)) ? claim : undefined;
  } catch {
    return undefined;
  }
}

/** Who wrote an `instance.json`, and where it listens. */
interface InstanceClaim {
  readonly origin: string;
  readonly port: number;
  readonly process: PartialIdentity;
  /** When it says that it began, epoch ms; not of every version. */
  readonly startedAt?: number;
}

/**
 * Whether the process that wrote the file lives: its number may be another's by now. A file of an earlier version tells
 * no birth; then it is a process that was there when the file says that it began.
 */
async function isWriter({ process, startedAt }: InstanceClaim): Promise<boolean> {
  const { pid, startedAtMs, startTicks } = process;
  if (startedAtMs !== undefined) {
    const birth: ProcessIdentity = { pid, startedAtMs, ...(startTicks !== undefined && { startTicks }) };
    return isProvenAlive(birth);
  }
  return startedAt !== undefined && beganBefore(await describeProcess(pid), startedAt);
}

/** What an `instance.json` says, validated. */
export function readInstanceFile(value: unknown): InstanceClaim | undefined {
  if (!isObject(value)) return undefined;
  const { pid, url, birth } = value;
  if (typeof pid !== 'number' || !Number.isInteger(pid) || pid < 1) return undefined;
  if (typeof url !== 'string' || !URL.canParse(url)) return undefined;
  const { protocol, hostname, port, origin } = new URL(url);
  if (protocol !== 'http:' || !isLoopback(hostname)) return undefined;
  const { startedAtMs, startTicks } = isObject(birth) ? birth : {};
  const startedAt = typeof value.startedAt === 'string' ? Date.parse(value.startedAt) : NaN;
  return {
    origin,
    port: port === '' ? 80 : Number(port),
    process: {
      pid,
      ...(typeof startedAtMs === 'number' && { startedAtMs }),
      ...(typeof startTicks === 'number' && { startTicks }),
    },
    ...(Number.isFinite(startedAt) && { startedAt }),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
