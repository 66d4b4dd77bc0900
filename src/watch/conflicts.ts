import { isDeepStrictEqual } from 'node:util';
import type { DaemonId } from '../health/report';
import { findConflicts, type Conflict, type InvolvedDaemon } from '../health/conflicts';
import { isLive } from '../health/sessions';
import { rowOf } from '../health/states';
import { shortPath } from '../kinds/read/paths';
import { addressOf } from '../kinds/target';
import type { DaemonModel } from '../model/daemonModel';
import type { OfferedDaemon } from '../model/foundDaemon';

/** The conflicts that are there, looked for anew only when a daemon changed how it gets into another's way. */
export class Conflicts {
  #all: readonly Conflict[] | undefined;
  readonly #involved = new Map<DaemonId, readonly InvolvedDaemon[]>();

  constructor(private readonly known: KnownDaemons) {}

  get all(): readonly Conflict[] {
    return (this.#all ??= conflictsOf(this.known));
  }

  stepped(model: DaemonModel): void {
    const { id } = model.daemon;
    const involved = watchedParty(model);
    if (!isDeepStrictEqual(involved, this.#involved.get(id))) this.forget();
    this.#involved.set(id, involved);
  }

  /** Other daemons are watched or found than before. */
  forget(): void {
    this.#all = undefined;
  }
}

interface KnownDaemons {
  readonly models: readonly DaemonModel[];
  readonly found: readonly OfferedDaemon[];
}

/** The conflicts among the daemons that are watched and those that were found. */
export function conflictsOf({ models, found }: KnownDaemons): readonly Conflict[] {
  const watched = models.flatMap(watchedParty);
  return findConflicts([...watched, ...found.flatMap(foundParty)]);
}

function foundParty(daemon: OfferedDaemon): InvolvedDaemon[] {
  const address = addressOf(daemon.target);
  // Parties are told apart by their ports.
  if (!address) return [];
  return [
    {
      name: daemon.kind,
      kind: daemon.kind,
      port: address.port,
      database: daemon.database,
      databaseShown: daemon.place,
      isWorking: daemon.isRunning || daemon.runsAgents === true,
      runsOnlyAgents: !daemon.isRunning,
      isWatched: false,
    },
  ];
}

/** How a watched daemon can get into another's way; nothing where it cannot, or that is not known. */
function watchedParty({ daemon, track }: DaemonModel): InvolvedDaemon[] {
  const report = track.last?.report;
  if (!report?.database) return [];
  const address = addressOf(daemon.target);
  // A database of another machine is not the same one, whatever its path; parties are told apart by their ports.
  if (!address?.isLoopback) return [];
  const { work } = rowOf(track.verdict);
  // A loop that was stopped when it answered last dispatches nothing, although it does not answer now.
  const dispatches = work === 'dispatched' && report.isRunning;
  // The loop of a smithy can be stopped while its agents go on (the stop of its dispatch daemon ends none of them).
  const runsAgents = work !== 'unknown' && report.sessions?.some(isLive) === true;
  return [
    {
      name: daemon.name,
      kind: report.kind,
      port: address.port,
      database: report.database.realPath,
      databaseShown: shortPath(report.database.path),
      isWorking: dispatches || runsAgents,
      runsOnlyAgents: !dispatches,
      isWatched: true,
    },
  ];
}
