import type { KindId } from '../../health/report';
import { DEFAULT_POLL_INTERVAL_MS } from '../../health/policy';
import { STATES } from '../../health/states';
import { folderName } from '../../kinds/read/paths';
import { addressOf, type Address } from '../../kinds/target';
import type { DaemonConfig } from '../../model/daemonConfig';
import type { DaemonModel } from '../../model/daemonModel';
import type { FoundDaemon, OfferedDaemon } from '../../model/foundDaemon';
import type { Target } from '../../model/target';
import { daemonIdOf } from '../../settings/daemonList';
import type { Adopted, Adoption } from '../../store/adopted';

/** What is known of a watched daemon when it is decided. */
export interface Watched {
  readonly name: string;
  readonly origin: string;
  readonly port: number;
  /** As it answered last. */
  readonly kind: KindId | undefined;
  /** Written by the user: stays whatever happens. */
  readonly configured: boolean;
  readonly database?: string;
  /** It is not on its port any more, and nobody stopped or restarts it through us. */
  readonly isGone: boolean;
  /** From its first failure to its last. */
  readonly goneForMs: number;
  /** Another daemon is on its port. */
  readonly isReplaced: boolean;
  readonly answers: boolean;
}

export interface Decision extends Adoption {
  /** What happened, one line each, for the log. */
  readonly notes: readonly string[];
}

/**
 * Decides which of the found daemons are watched from now on, and which of the watched are not any more.
 *
 * - A found daemon of the open workspace is adopted, where it has an address and is no other user's.
 * - A watched one that is gone while another serves its database is not an outage: it moved there, or was the
 *   second of two and was stopped. It is no longer watched.
 */
export function decideAdoption(
  { adopted, retired }: Adoption,
  watched: readonly Watched[],
  found: readonly FoundDaemon[],
): Decision {
  const notes: string[] = [];
  const nextAdopted = new Map(adopted.map((daemon) => [daemon.origin, daemon]));
  const nextRetired = new Set(retired);
  const watchedPorts = new Set(watched.map(({ port }) => port));
  const gone = watched.filter(({ isGone, configured, database }) => {
    return isGone && !configured && database !== undefined;
  });

  // What has no address is told apart by no port, and the stored format has no place for it.
  const addressed = found.flatMap((daemon) => {
    const address = addressOf(daemon.target);
    return address ? [{ daemon, database: daemon.database, origin: address.origin, port: address.port }] : [];
  });
  for (const { daemon, database, origin, port } of addressed) {
    if (!daemon.belongs || daemon.owner !== undefined || watchedPorts.has(port)) continue;
    const { kind } = daemon;
    const before = gone.find((other) => other.database === database);
    const names = new Set([
      ...watched.filter(({ isGone }) => !isGone).map((other) => other.name),
      ...[...nextAdopted.values()]
        .filter((other) => other.origin !== before?.origin)
        .map((other) => other.name),
    ]);
    const name = names.has(nameOf(daemon)) ? `${nameOf(daemon)} ${port}` : nameOf(daemon);
    notes.push(
      before
        ? `${before.name} moved from port ${before.port} to ${port}: same database`
        : `${name} on port ${port} belongs to this workspace and is watched`,
    );
    if (nextRetired.delete(origin)) continue;
    nextAdopted.set(origin, {
      name,
      kind,
      origin,
      ...(database !== undefined && { database }),
      ...(before && { movedFromPort: before.port }),
    });
  }

  for (const { name, origin, port, database, isReplaced } of gone) {
    const isSuccessor = (other: { database?: string | undefined; port: number }) =>
      other.database === database && other.port !== port;
    const successor =
      addressed.find(isSuccessor) ??
      watched.find((other) => other.answers && !other.isGone && isSuccessor(other));
    if (successor) {
      if (!nextAdopted.delete(origin)) nextRetired.add(origin);
      notes.push(`${name} on port ${port} is gone; port ${successor.port} serves its database`);
    } else if (isReplaced && nextAdopted.delete(origin)) {
      notes.push(`${name} is no longer on port ${port}: another database is`);
    }
  }
  return { adopted: [...nextAdopted.values()], retired: [...nextRetired], notes };
}

/** "smithy (project)": which of several it is. */
export function nameOf({ kind, folder }: FoundDaemon): string {
  return folder === undefined ? kind : `${kind} (${folderName(folder)})`;
}

/** Whether it is another user's, or works for another project than that of the open folders. */
export function isOthers(
  { owner, folder, database, belongs }: FoundDaemon,
  workspaceFolders: readonly string[],
): boolean {
  const worksElsewhere = (folder ?? database) !== undefined && !belongs;
  return owner !== undefined || (worksElsewhere && workspaceFolders.length > 0);
}

/** The ports of this machine where who was found is not to be watched unasked. */
export function portsOfOthers(
  found: readonly FoundDaemon[],
  workspaceFolders: readonly string[],
): readonly number[] {
  return found
    .filter((daemon) => isOthers(daemon, workspaceFolders))
    .flatMap(({ target }) => addressOf(target)?.port ?? []);
}

/** Found daemons that are not watched, as they are offered. @param gone watched ones that one of them may stand for */
export function toOffered(
  found: readonly FoundDaemon[],
  gone: readonly Watched[],
  ignored: readonly string[],
): readonly OfferedDaemon[] {
  return found.map((daemon) => {
    const before = gone.find(({ database }) => database === daemon.database);
    return {
      ...daemon,
      isIgnored: ignored.includes(identityOf(daemon)),
      ...(before && { inPlaceOf: { name: before.name, port: before.port } }),
    };
  });
}

/** What an ignored daemon is remembered by: where it works, since its port may be another one tomorrow. */
export function identityOf({ kind, database, folder, target }: FoundDaemon): string {
  return `${kind} ${database ?? folder ?? daemonIdOf(target)}`;
}

/** The address of a daemon of this machine. Only what has an address can move to another port. */
export function addressHere(target: Target): Address | undefined {
  const address = addressOf(target);
  return address?.isLoopback ? address : undefined;
}

/** Whether a built-in default is not looked for now. */
export function isRetired(target: Target, retired: readonly string[]): boolean {
  const address = addressOf(target);
  return address !== undefined && retired.includes(address.origin);
}

/** An adopted daemon, to be watched. */
export function toConfig({ name, kind, origin, movedFromPort }: Adopted): DaemonConfig {
  return {
    name,
    kind,
    id: daemonIdOf({ kind: 'http', origin }),
    target: { kind: 'http', origin },
    pollIntervalMs: DEFAULT_POLL_INTERVAL_MS,
    configured: false,
    ...(movedFromPort !== undefined && { movedFromPort }),
  };
}

/** A daemon that is watched, as far as it has to do with what is adopted. */
export function toWatched(
  { daemon, track }: DaemonModel,
  { origin, port }: Address,
  adopted: readonly Adopted[],
): Watched {
  const said = track.last?.report.database?.realPath;
  const database = adopted.find((other) => other.origin === origin)?.database ?? said;
  const answers = track.sample?.ok === true;
  const isReplaced = answers && said !== undefined && said !== database;
  const isAway = track.sample?.ok === false && !['timeout', 'untold'].includes(track.sample.failure.kind);
  return {
    name: daemon.name,
    origin,
    port,
    kind: track.last?.report.kind,
    configured: daemon.configured,
    ...(database !== undefined && { database }),
    answers,
    isReplaced,
    isGone: (isAway || isReplaced) && STATES[track.verdict.state].phase !== 'busy' && !track.stoppedByUs,
    goneForMs: track.streak ? track.streak.lastMs - track.streak.firstMs : 0,
  };
}
