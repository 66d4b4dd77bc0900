import { addressOf, atHost, placeOf } from '../../kinds/target';
import { belongsTo, shortPath } from '../../kinds/read/paths';
import type { KindId } from '../../health/report';
import { KINDS } from '../../kinds/index';
import type { Env, Identified, Kind } from '../../kinds/kind';
import { Look } from '../../kinds/look';
import { DISCOVERY_LOOK_MS, DISCOVERY_TIMEOUT_MS } from '../../kinds/policy';
import { portsOf } from '../../kinds/ports';
import { resolved } from '../../kinds/read/resolved';
import { recognise } from '../../kinds/recognise';
import type { FoundDaemon } from '../../model/foundDaemon';
import type { Target } from '../../model/target';
import { Ask, DaemonClient, NoAnswer } from '../../system/httpClient';
import { listenApart } from '../../system/listenApart';
import { otherUserAt } from '../../system/otherUser';
import { addressesOf } from '../../system/ports';
export { isTaken } from '../../system/processTable';
import { DISCOVERY_CONCURRENCY } from '../policy';

/** Looks for daemons on this machine: which places, how many at a time. What is there the kinds tell. */

export interface ScanRequest {
  /** Ports that are watched already. */
  readonly skipPorts: ReadonlySet<number>;
  readonly workspaceFolders: readonly string[];
  /** Ports that are looked at besides those of the kinds. */
  readonly morePorts?: Iterable<number>;
  /** Only these ports are looked at, and only for daemons of these kinds. */
  readonly only?: { readonly ports: readonly number[]; readonly kinds: readonly KindId[] };
}

/** What a scan looks for, and where. */
export interface ScanPlaces {
  readonly kinds: readonly Kind[];
  readonly ports: readonly number[];
  readonly env: Env;
  /** For one question. */
  readonly timeoutMs: number;
  /** For all that is asked of one place. */
  readonly lookMs: number;
}

/** The places of this machine. */
export function scanPlaces(env: Env = process.env, kinds: readonly Kind[] = KINDS): ScanPlaces {
  return {
    kinds,
    ports: portsOf(kinds, env),
    env,
    timeoutMs: DISCOVERY_TIMEOUT_MS,
    lookMs: DISCOVERY_LOOK_MS,
  };
}

/** One scan; never throws. Every place has its deadline, and only a few are looked at at a time. */
export async function scan(
  { skipPorts, workspaceFolders, morePorts = [], only }: ScanRequest,
  places: ScanPlaces = scanPlaces(),
): Promise<readonly FoundDaemon[]> {
  const { env, timeoutMs, lookMs } = places;
  const ports = only?.ports ?? [...places.ports, ...morePorts];
  const kinds = only ? places.kinds.filter(({ id }) => only.kinds.includes(id)) : places.kinds;
  const asked = only ? [] : kinds;
  const isWanted = (target: Target) => only !== undefined || !skipPorts.has(addressOf(target)?.port ?? NaN);
  const [folders, told] = await Promise.all([
    Promise.all(workspaceFolders.map((folder) => resolved(folder, timeoutMs))),
    Promise.all(asked.map(async (kind) => (await (await kind.load()).places?.({ env, isWanted })) ?? [])),
  ]);
  const targets = new Map<number | string, Target>(
    ports.map((port) => [port, { kind: 'http', origin: `http://localhost:${port}` }]),
  );
  for (const target of told.flat()) targets.set(addressOf(target)?.port ?? placeOf(target), target);
  const queue = [...targets.values()].filter(isWanted).sort((a, b) => portOf(a) - portOf(b));

  const found: FoundDaemon[] = [];
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const daemon = await lookAt(next, kinds, folders, { timeoutMs, lookMs });
      if (daemon) found.push(daemon);
    }
  };
  await Promise.all(Array.from({ length: DISCOVERY_CONCURRENCY }, work));
  return found.sort((a, b) => portOf(a.target) - portOf(b.target));
}

/** Places without a port come last. */
function portOf(target: Target): number {
  return addressOf(target)?.port ?? Infinity;
}

/** What is at a place, if that is a daemon. Never throws. */
async function lookAt(
  target: Target,
  kinds: readonly Kind[],
  folders: readonly string[],
  { timeoutMs, lookMs }: Pick<ScanPlaces, 'timeoutMs' | 'lookMs'>,
): Promise<FoundDaemon | undefined> {
  using within = new Ask(lookMs);
  try {
    const known = await whoIsAt(target, kinds, within, timeoutMs);
    if (!known) return undefined;
    const { kind, isRunning, folder, place, database, runsAgents } = known;
    const near = folder ?? database;
    const owner = target.kind === 'http' ? await otherUserAt(portOf(target)) : undefined;
    return {
      kind,
      target,
      place: place === undefined ? placeOf(target) : shortPath(place),
      isRunning,
      ...(folder !== undefined && { folder }),
      ...(database !== undefined && { database }),
      ...(runsAgents !== undefined && { runsAgents }),
      belongs: near !== undefined && belongsTo(near, folders),
      ...(owner !== undefined && { owner }),
    };
  } catch {
    return undefined;
  }
}

/** The daemon at a place; by a name that leads to two programs, at either. */
async function whoIsAt(
  target: Target,
  kinds: readonly Kind[],
  within: Ask,
  timeoutMs: number,
): Promise<Identified | undefined> {
  const ask = async (each: Target): Promise<Identified | 'refused' | undefined> => {
    using client = each.kind === 'http' ? new DaemonClient(each.origin) : undefined;
    try {
      const known = await recognise(new Look(each, 'find', within, client, timeoutMs), kinds);
      return 'is' in known ? undefined : known;
    } catch (error) {
      return error instanceof NoAnswer && error.kind === 'refused' ? 'refused' : undefined;
    }
  };
  const known = await ask(target);
  if (known === 'refused') return undefined;
  const { hostname, port } = addressOf(target) ?? {};
  if (known || hostname !== 'localhost' || !(await listenApart(port!))) return known;
  const both = await Promise.all(addressesOf(hostname).map((host) => ask(atHost(target, host))));
  return both.find((one) => typeof one === 'object');
}
