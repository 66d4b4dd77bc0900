import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from './child';
import { ROUNDS, median } from './measure';
import { benchDir, built, extensionDir } from './places';
import { PATHS, type ServerSpec } from './specs';
import type { Measured, WatcherKind, WatcherRequest, WatcherStart } from './watcher';

/**
 * In all of them the daemon's cycle is new in each answer. Enough polls for the compiler to have done its work, and for
 * a round to be long against its own disturbance.
 */
const FEW = { warmUpPolls: 300, polls: 150 };
const LONG = { warmUpPolls: 60, polls: 20 };
const CASES = [
  { ...FEW, what: 'no sessions', kind: 'dispatchd', sessions: 0, active: 'none' },
  {
    ...LONG,
    what: '1,000 sessions, none of them active',
    kind: 'dispatchd',
    sessions: 1_000,
    active: 'none',
  },
  { ...LONG, what: '1,000 sessions, 20 of them active', kind: 'dispatchd', sessions: 1_000, active: '2 %' },
  { ...LONG, what: '1,000 sessions, all of them active', kind: 'dispatchd', sessions: 1_000, active: 'all' },
  {
    ...LONG,
    what: '1,000 sessions of a smithy, none active',
    kind: 'smithy',
    sessions: 1_000,
    active: 'none',
  },
] as const;

const WATCHERS: readonly { name: string; kind: WatcherKind; treeVisible: boolean }[] = [
  { name: 'undici request alone', kind: 'request', treeVisible: false },
  { name: 'undici request and JSON.parse', kind: 'requestAndParse', treeVisible: false },
  { name: 'naive watcher', kind: 'naive', treeVisible: true },
  { name: 'Daemon Health, tree hidden', kind: 'extension', treeVisible: false },
  { name: 'Daemon Health, tree visible', kind: 'extension', treeVisible: true },
];

export interface PollCost {
  /** Of which daemon. */
  readonly what: string;
  readonly sessions: number;
  /** Nothing but its cycle is new in an answer. */
  readonly isUnchanged: boolean;
  readonly name: string;
  readonly kind: WatcherKind;
  /** Medians of the rounds. */
  readonly cpuMs: number;
  /** CPU over that of the bare request in the same round. */
  readonly ratioToRequest: number;
  /** CPU over that of the naive watcher in the same round. */
  readonly ratioToNaive: number;
  /** CPU beyond the bare request of the same round. */
  readonly beyondRequestMs: number;
  readonly writesPerPoll: number;
  readonly rowsPerPoll: number;
}

/**
 * CPU of one poll of a daemon with nothing new to show. Each watcher is a process of its own and so is the daemon;
 * they poll one after the other in rounds, so that what disturbs one disturbs the others.
 */
export async function measurePollCost(node: string): Promise<readonly PollCost[]> {
  const costs: PollCost[] = [];
  for (const one of CASES) costs.push(...(await measureCase(one, node)));
  return costs;
}

async function measureCase(
  { what, kind: daemonKind, sessions, active, warmUpPolls, polls }: (typeof CASES)[number],
  node: string,
): Promise<readonly PollCost[]> {
  const server = new Child(built('server'), node);
  const spec: ServerSpec = { kind: daemonKind, daemons: 1, sessions, active };
  const urls = await server.ask<string[]>(spec);
  const paths = PATHS[daemonKind];
  const watchers: { name: string; kind: WatcherKind; child: Child; rounds: Measured[] }[] = [];
  try {
    for (const { name, kind, treeVisible } of WATCHERS) {
      const child = new Child(built('watcher'), node);
      watchers.push({ name, kind, child, rounds: [] });
      await child.ask(startRequest({ kind, urls, paths, treeVisible }));
      await child.ask({ do: 'poll', times: warmUpPolls } satisfies WatcherRequest);
    }
    for (let round = 0; round < ROUNDS; round++) {
      for (const { child, rounds } of watchers) {
        rounds.push(await child.ask<Measured>({ do: 'poll', times: polls } satisfies WatcherRequest));
      }
    }
  } finally {
    for (const { child } of watchers) child.end();
    server.end();
  }
  const cpuOf = (kind: WatcherKind, round: number) =>
    perPoll(watchers.find((watcher) => watcher.kind === kind)!.rounds[round]!);
  return watchers.map(({ name, kind, rounds }) => ({
    what,
    sessions,
    isUnchanged: active === 'none',
    name,
    kind,
    cpuMs: median(rounds.map(perPoll)),
    ratioToRequest: median(rounds.map((round, index) => perPoll(round) / cpuOf('request', index))),
    ratioToNaive: median(rounds.map((round, index) => perPoll(round) / cpuOf('naive', index))),
    beyondRequestMs: median(rounds.map((round, index) => perPoll(round) - cpuOf('request', index))),
    writesPerPoll: sum(rounds, ({ writes }) => writes) / sum(rounds, (round) => round.polls),
    rowsPerPoll: sum(rounds, ({ rows }) => rows) / sum(rounds, (round) => round.polls),
  }));
}

export function startRequest(
  start: Pick<WatcherStart, 'kind' | 'urls' | 'paths' | 'treeVisible' | 'everyMs'>,
): WatcherRequest {
  return {
    do: 'start',
    start: {
      ...start,
      extensionFile: join(extensionDir, 'dist', 'extension.js'),
      folder: mkdtempSync(join(benchDir, 'watcher-')),
    },
  };
}

function perPoll({ cpuMs, polls }: Measured): number {
  return cpuMs / polls;
}

function sum(rounds: readonly Measured[], of: (round: Measured) => number): number {
  return rounds.reduce((total, round) => total + of(round), 0);
}
