import { indexed } from './logIndex';
import { lastOf, reachOf, type Entry, type Life, type Phase } from './incidentLog';
import { RECOVERY_HOLD_MS } from './policy';
import type { DaemonId } from './report';
import { rankOf } from './states';

/** One incident, of the phases that touch each other. */
export interface LoggedIncident {
  readonly daemonId: DaemonId;
  readonly name: string;
  /** Oldest first. */
  readonly phases: readonly Phase[];
  /** The phase that wants a look most. */
  readonly worst: Phase;
  readonly fromAt: number;
  /** Absent while it goes on, and where no window saw its end. */
  readonly endedAt?: number;
  readonly seenAt: number;
  /** The life that ended it; absent where it ended by itself, or has not. */
  readonly endedBy?: Life;
  readonly evidence?: string;
  /** What its hang came to then, as a clause. */
  readonly found?: string;
}

/** The incidents of a log, the newest first. */
export function incidentsIn(log: readonly Entry[]): readonly LoggedIncident[] {
  const incidents = [...indexed(log).values()].flatMap(({ phases, lives }) =>
    touching(phases).map((group) => incidentOf(group, lives)),
  );
  return incidents.sort((one, other) => other.fromAt - one.fromAt);
}

/** The phases of one daemon that touch each other, oldest first. */
function touching(phases: readonly Phase[]): readonly (readonly Phase[])[] {
  const groups: Phase[][] = [];
  let reach = -Infinity;
  for (const phase of [...phases].sort((one, other) => one.fromAt - other.fromAt)) {
    if (reach >= phase.fromAt) groups.at(-1)!.push(phase);
    else groups.push([phase]);
    reach = Math.max(reach, reachOf(phase));
  }
  return groups;
}

function incidentOf(phases: readonly Phase[], lives: readonly Life[]): LoggedIncident {
  const [first] = phases as readonly [Phase];
  const worst = phases.reduce((one, other) => (rankOf(other.state) < rankOf(one.state) ? other : one));
  const last = phases.reduce((one, other) => (lastOf(other) > lastOf(one) ? other : one));
  const { evidence, found } = phases.findLast((phase) => phase.evidence !== undefined) ?? {};
  const { endedAt } = last;
  const endedBy = endedAt === undefined ? undefined : lives.findLast((life) => ends(life, first, endedAt));
  return {
    daemonId: first.daemonId,
    name: phases.at(-1)!.name,
    phases,
    worst,
    fromAt: first.fromAt,
    ...(endedAt !== undefined && { endedAt }),
    seenAt: Math.max(...phases.map(({ seenAt }) => seenAt)),
    ...(endedBy && { endedBy }),
    ...(evidence !== undefined && { evidence }),
    ...(found !== undefined && { found }),
  };
}

/** A life that began while it went on, or as it ended, ended it. */
function ends({ at }: Life, { fromAt }: Phase, endedAt: number): boolean {
  return at >= fromAt && at <= endedAt + RECOVERY_HOLD_MS;
}
