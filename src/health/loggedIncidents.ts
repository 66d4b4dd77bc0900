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
  const phases = log.filter((entry) => entry.is === 'phase').sort((one, other) => one.fromAt - other.fromAt);
  const groups: Phase[][] = [];
  for (const phase of phases) {
    const group = groups.findLast(([first]) => first!.daemonId === phase.daemonId);
    if (group && Math.max(...group.map(reachOf)) >= phase.fromAt) group.push(phase);
    else groups.push([phase]);
  }
  const lives = log.filter((entry) => entry.is === 'life');
  return groups.map((group) => incidentOf(group, lives)).reverse();
}

function incidentOf(phases: readonly Phase[], lives: readonly Life[]): LoggedIncident {
  const [first] = phases as [Phase];
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
function ends({ daemonId, at }: Life, { daemonId: of, fromAt }: Phase, endedAt: number): boolean {
  return daemonId === of && at >= fromAt && at <= endedAt + RECOVERY_HOLD_MS;
}
