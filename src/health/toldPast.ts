import type { Life, Phase } from './incidentLog';
import type { DaemonId, Session } from './report';

/** What a daemon itself knows of its past. Times are epoch ms on its own clock. */
export interface ToldPast {
  /** Its clock as it told this. */
  readonly daemonNow: number;
  /** Oldest first; the life that is now comes last. */
  readonly lives: readonly ToldLife[];
  readonly lateCycles: readonly {
    readonly instanceId: string;
    readonly startedAt: number;
    /** Absent where its life ended first, or it goes on. */
    readonly endedAt?: number;
  }[];
  /** Work that ended, where it remembers more than it lists. */
  readonly sessions?: readonly Session[];
}

interface ToldLife {
  /** Absent where it does not tell by which name windows know its lives. */
  readonly instanceId?: string;
  readonly startedAt: number;
  readonly lastAliveAt: number;
  /** Absent where it does not know when that life ended, or began. */
  readonly upMs?: number;
  readonly end: 'clean' | 'crashed' | 'killed' | 'running' | 'notTold';
}

/** What the log is to have of it: what windows saw of the same is one with that. By our clock. @param nowAt epoch ms */
export function entriesToldBy(
  { daemonNow, lives, lateCycles }: ToldPast,
  daemon: { readonly daemonId: DaemonId; readonly name: string },
  nowAt: number,
): readonly (Life | Phase)[] {
  const ours = (at: number) => Math.round(at - daemonNow + nowAt);
  const told = { ...daemon, seenBy: {}, toldByIt: true } as const;
  const ended = new Map(lives.map((life) => [life.instanceId, life.lastAliveAt]));
  const running = lives.find(({ end }) => end === 'running')?.instanceId;
  return [
    ...lateCycles.map(({ instanceId, startedAt, endedAt }): Phase => {
      const endAt = endedAt ?? (instanceId === running ? undefined : ended.get(instanceId));
      return {
        ...told,
        is: 'phase',
        state: 'wedged',
        reason: { is: 'loopHangs', stale: { is: 'cycleLate' } },
        fromAt: ours(startedAt),
        seenAt: ours(endAt ?? daemonNow),
        ...(endAt !== undefined && { endedAt: ours(endAt) }),
      };
    }),
    ...lives.flatMap((life, index): (Life | Phase)[] => {
      const before = lives[index - 1];
      if (!before) return [];
      const gone: Phase = {
        ...told,
        is: 'phase',
        state: 'unreachable',
        reason: { is: 'lifeEnded', how: before.end === 'killed' ? 'killed' : 'crashed' },
        fromAt: ours(before.lastAliveAt),
        seenAt: ours(life.startedAt),
        endedAt: ours(life.startedAt),
      };
      const begun: Life = {
        ...daemon,
        is: 'life',
        at: ours(life.startedAt),
        ...(life.instanceId !== undefined && { instanceId: life.instanceId }),
        by: 'others',
        isReboot: false,
        isInferred: false,
        ...(before.upMs !== undefined && { wasUpMs: before.upMs }),
        work: { resumed: 0, interrupted: 0 },
        toldByIt: true,
      };
      // One that ended in good order was stopped, which is no outage; of how it ended without a word nothing is known.
      return before.end === 'killed' || before.end === 'crashed' ? [gone, begun] : [begun];
    }),
  ];
}
