import type { KindId } from '../../health/report';
import { folderName } from '../../kinds/read/paths';
import { addressOf } from '../../kinds/target';
import type { FoundDaemon } from '../../model/foundDaemon';
import { daemonIdOf } from '../../settings/daemonList';

/** A found daemon that is watched without the user having said so. */
export interface Adopted {
  readonly name: string;
  readonly kind: KindId;
  readonly origin: string;
  /** What it was adopted for: another database on its port is another daemon. */
  readonly database?: string;
  /** Where the same daemon was before something else took its port. */
  readonly movedFromPort?: number;
}

/** What discovery decided; kept with the workspace. */
export interface Adoption {
  readonly adopted: readonly Adopted[];
  /** Origins of built-in defaults that are not looked for now, since their daemon moved. */
  readonly retired: readonly string[];
}

/** What is known of a watched daemon when it is decided. */
export interface Watched {
  readonly name: string;
  readonly origin: string;
  readonly port: number;
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
 * - A found daemon of the open workspace is adopted, where it has an address.
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
    if (!daemon.belongs || watchedPorts.has(port)) continue;
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

/** What an ignored daemon is remembered by: where it works, since its port may be another one tomorrow. */
export function identityOf({ kind, database, folder, target }: FoundDaemon): string {
  return `${kind} ${database ?? folder ?? daemonIdOf(target)}`;
}
