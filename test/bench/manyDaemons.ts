import { Child } from './child';
import { ROUNDS, median } from './measure';
import { built } from './places';
import { startRequest } from './pollCost';
import { PATHS, type ServerSpec } from './specs';
import type { Measured, WatcherKind, WatcherRequest } from './watcher';

export const DAEMONS = 50;
export const INTERVAL_MS = 5_000;
/** In each daemon. */
export const SESSIONS = 10;

/** Two polls of every daemon, and the half of an interval that keeps polls off the borders of the rounds. */
const SETTLE_MS = 2.5 * INTERVAL_MS;

const WATCHERS: readonly { name: string; kind: WatcherKind; treeVisible: boolean }[] = [
  { name: 'undici request alone', kind: 'request', treeVisible: false },
  { name: 'naive watcher', kind: 'naive', treeVisible: true },
  { name: 'Daemon Health, tree hidden', kind: 'extension', treeVisible: false },
  { name: 'Daemon Health, tree visible', kind: 'extension', treeVisible: true },
];

export interface ManyDaemonsCost {
  readonly name: string;
  readonly kind: WatcherKind;
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
export async function measureManyDaemons(node: string): Promise<readonly ManyDaemonsCost[]> {
  const runs = await Promise.all(WATCHERS.map((watcher) => measureWatcher(watcher, node)));
  const shareOf = (kind: WatcherKind, round: number) =>
    share(runs.find((run) => run.kind === kind)!.rounds[round]!);
  return runs.map(({ name, kind, rounds, served }) => {
    const seconds = rounds.reduce((total, { wallMs }) => total + wallMs / 1_000, 0);
    return {
      name,
      kind,
      shareOfCore: median(rounds.map(share)),
      ratioToRequest: median(rounds.map((round, index) => share(round) / shareOf('request', index))),
      ratioToNaive: median(rounds.map((round, index) => share(round) / shareOf('naive', index))),
      pollsPerSecond: served / seconds,
      writesPerSecond: rounds.reduce((total, { writes }) => total + writes, 0) / seconds,
    };
  });
}

interface Run {
  readonly name: string;
  readonly kind: WatcherKind;
  readonly rounds: readonly Measured[];
  readonly served: number;
}

async function measureWatcher(
  { name, kind, treeVisible }: (typeof WATCHERS)[number],
  node: string,
): Promise<Run> {
  const server = new Child(built('server'), node);
  const watcher = new Child(built('watcher'), node);
  try {
    const spec: ServerSpec = { kind: 'dispatchd', daemons: DAEMONS, sessions: SESSIONS, active: 'all' };
    const urls = await server.ask<string[]>(spec);
    const paths = PATHS[spec.kind];
    await watcher.ask(startRequest({ kind, treeVisible, urls, paths, everyMs: INTERVAL_MS }));
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const servedBefore = await server.ask<number>('served');
    const rounds: Measured[] = [];
    while (rounds.length < ROUNDS) {
      rounds.push(await watcher.ask<Measured>({ do: 'wait', ms: INTERVAL_MS } satisfies WatcherRequest));
    }
    return { name, kind, rounds, served: (await server.ask<number>('served')) - servedBefore };
  } finally {
    watcher.end();
    server.end();
  }
}

function share({ cpuMs, wallMs }: Measured): number {
  return cpuMs / wallMs;
}
