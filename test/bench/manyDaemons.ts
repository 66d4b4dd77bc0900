import { ROUNDS, median } from './measure';
import { atMost, percent, times, type Part } from './report';
import { watch } from './watching';
import type { Measured, WatcherKind } from './watcher';

const DAEMONS = 50;
const INTERVAL_MS = 5_000;
/** In each daemon. */
const SESSIONS = 10;

/** Two polls of every daemon, and the half of an interval that keeps polls off the borders of the rounds. */
const SETTLE_MS = 2.5 * INTERVAL_MS;

/** `atMost`: how many times a naive watcher's share of a core it may take. */
const WATCHERS: readonly { name: string; kind: WatcherKind; treeVisible: boolean; atMost?: number }[] = [
  { name: 'undici request alone', kind: 'request', treeVisible: false },
  { name: 'naive watcher', kind: 'naive', treeVisible: true },
  { name: 'Daemon Health, tree hidden', kind: 'extension', treeVisible: false, atMost: 0.8 },
  { name: 'Daemon Health, tree visible', kind: 'extension', treeVisible: true, atMost: 1 },
];

interface ManyDaemonsCost {
  readonly name: string;
  readonly kind: WatcherKind;
  readonly atMost?: number;
  /** CPU time over elapsed time; medians of the rounds. */
  readonly shareOfCore: number;
  readonly ratioToRequest: number;
  readonly ratioToNaive: number;
  /** As the daemons counted them, over all of the measured time. */
  readonly pollsPerSecond: number;
  readonly writesPerSecond: number;
}

/**
 * Share of a core while 50 daemons are watched by their real timers: five rounds of one interval each. All watchers
 * run at the same time, each in a process and on daemons of its own; polls this rare find cold caches.
 */
export async function measureManyDaemons(node: string): Promise<Part> {
  const runs = await Promise.all(WATCHERS.map((watcher) => measureWatcher(watcher, node)));
  const shareOf = (kind: WatcherKind, round: number) =>
    share(runs.find((run) => run.kind === kind)!.rounds[round]!);
  const costs: readonly ManyDaemonsCost[] = runs.map(({ rounds, served, ...watcher }) => {
    const seconds = rounds.reduce((total, { wallMs }) => total + wallMs / 1_000, 0);
    return {
      ...watcher,
      shareOfCore: median(rounds.map(share)),
      ratioToRequest: median(rounds.map((round, index) => share(round) / shareOf('request', index))),
      ratioToNaive: median(rounds.map((round, index) => share(round) / shareOf('naive', index))),
      pollsPerSecond: served / seconds,
      writesPerSecond: rounds.reduce((total, { writes }) => total + writes, 0) / seconds,
    };
  });
  return {
    figures: costs,
    tables: [
      {
        title: `${DAEMONS} daemons every ${INTERVAL_MS / 1_000} s, ${SESSIONS} sessions each`,
        method: [
          `Measured, not computed: real timers, ${ROUNDS} rounds of ${INTERVAL_MS / 1_000} s, all watchers side by side.`,
        ],
        head: ['', 'of a core', '× request', '× naive', 'polls/s', 'UI writes/s'],
        rows: costs.map((cost) => [
          cost.name,
          percent(cost.shareOfCore),
          times(cost.ratioToRequest),
          times(cost.ratioToNaive),
          cost.pollsPerSecond.toFixed(1),
          cost.kind === 'request' ? '' : cost.writesPerSecond.toFixed(1),
        ]),
      },
    ],
    targets: costs.flatMap(({ name, atMost: limit, ratioToNaive }) =>
      limit === undefined
        ? []
        : [
            atMost(
              `share of a core for ${DAEMONS} daemons, against a naive watcher's: ${name}`,
              limit,
              ratioToNaive,
              times,
            ),
          ],
    ),
  };
}

async function measureWatcher(watcher: (typeof WATCHERS)[number], node: string) {
  const spec = { kind: 'dispatchd', daemons: DAEMONS, sessions: SESSIONS, active: SESSIONS } as const;
  const { kind, treeVisible } = watcher;
  const watching = await watch(node, spec, { kind, treeVisible, everyMs: INTERVAL_MS });
  try {
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const servedBefore = await watching.served();
    const rounds: Measured[] = [];
    while (rounds.length < ROUNDS) {
      rounds.push(await watching.ask<Measured>({ do: 'wait', ms: INTERVAL_MS }));
    }
    return { ...watcher, rounds, served: (await watching.served()) - servedBefore };
  } finally {
    watching.end();
  }
}

function share({ cpuMs, wallMs }: Measured): number {
  return cpuMs / wallMs;
}
