import { ROUNDS, median } from './measure';
import { atMost, ms, times, type Part, type Table, type Target } from './report';
import { watch, type Watching } from './watching';
import type { Measured, WatcherKind } from './watcher';

/**
 * In all of them the daemon's cycle is new in each answer. Enough polls for the compiler to have done its work, and for
 * a round to be long against its own disturbance.
 */
const FEW = { warmUpPolls: 300, polls: 150 };
const LONG = { warmUpPolls: 60, polls: 20 };
const NONE = { kind: 'dispatchd', sessions: 0, active: 0 } as const;
const HUNDRED = { kind: 'dispatchd', sessions: 100, active: 20 } as const;
const THOUSAND = { kind: 'dispatchd', sessions: 1_000 } as const;

/**
 * `hidden`, `open`: how many times a naive watcher's CPU a poll may take, with the tree hidden and open. A hundred
 * sessions are what real daemons send: dispatchd keeps 100 ended sessions, smithy forgets one after 5 s.
 */
const CASES = [
  { ...FEW, ...NONE, what: 'no sessions', hidden: 0.7, open: 0.9 },
  { ...FEW, ...HUNDRED, what: '100 sessions, 20 of them active', hidden: 0.7, open: 0.9 },
  {
    ...FEW,
    ...HUNDRED,
    kind: 'smithy',
    what: '100 sessions of a smithy, 20 active',
    hidden: undefined,
    open: undefined,
  },
  {
    ...LONG,
    ...THOUSAND,
    active: 0,
    what: '1,000 sessions, none of them active',
    hidden: undefined,
    open: 1,
  },
  {
    ...LONG,
    ...THOUSAND,
    active: 20,
    what: '1,000 sessions, 20 of them active',
    hidden: undefined,
    open: 1,
  },
  {
    ...LONG,
    ...THOUSAND,
    active: 1_000,
    what: '1,000 sessions, all of them active',
    hidden: undefined,
    open: 1,
  },
] as const;

const WATCHERS: readonly { name: string; kind: WatcherKind; treeVisible: boolean }[] = [
  { name: 'undici request alone', kind: 'request', treeVisible: false },
  { name: 'undici request and JSON.parse', kind: 'requestAndParse', treeVisible: false },
  { name: 'naive watcher', kind: 'naive', treeVisible: true },
  { name: 'Daemon Health, tree hidden', kind: 'extension', treeVisible: false },
  { name: 'Daemon Health, tree visible', kind: 'extension', treeVisible: true },
];

interface PollCost {
  /** Of which daemon. */
  readonly what: string;
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
export async function measurePollCost(node: string): Promise<Part> {
  const costs: PollCost[] = [];
  const targets: Target[] = [];
  for (const one of CASES) {
    const measured = await measureCase(one, node);
    costs.push(...measured);
    const [hidden, open] = measured
      .filter(({ kind }) => kind === 'extension')
      .map((cost) => cost.ratioToNaive);
    const what = `CPU of a poll, ${one.what}, against a naive watcher's`;
    if (one.hidden !== undefined) targets.push(atMost(`${what}: tree hidden`, one.hidden, hidden!, times));
    if (one.open !== undefined) targets.push(atMost(`${what}: tree open`, one.open, open!, times));
  }
  const writes = costs.filter(({ kind }) => kind === 'extension').map(({ writesPerPoll }) => writesPerPoll);
  targets.push(atMost('writes to the window while nothing changes', 0, Math.max(...writes), String, true));
  return { figures: costs, tables: CASES.map(({ what }) => tableOf(what, costs)), targets };
}

async function measureCase(
  { what, kind: daemonKind, sessions, active, warmUpPolls, polls }: (typeof CASES)[number],
  node: string,
): Promise<readonly PollCost[]> {
  const spec = { kind: daemonKind, daemons: 1, sessions, active };
  const watchers: (Watching & { name: string; kind: WatcherKind; rounds: Measured[] })[] = [];
  try {
    for (const { name, kind, treeVisible } of WATCHERS) {
      watchers.push({ ...(await watch(node, spec, { kind, treeVisible })), name, kind, rounds: [] });
      await watchers.at(-1)!.ask({ do: 'poll', times: warmUpPolls });
    }
    for (let round = 0; round < ROUNDS; round++) {
      for (const { ask, rounds } of watchers) rounds.push(await ask<Measured>({ do: 'poll', times: polls }));
    }
  } finally {
    for (const { end } of watchers) end();
  }
  const cpuOf = (kind: WatcherKind, round: number) =>
    perPoll(watchers.find((watcher) => watcher.kind === kind)!.rounds[round]!);
  return watchers.map(({ name, kind, rounds }) => ({
    what,
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

function tableOf(what: string, costs: readonly PollCost[]): Table {
  return {
    title: `CPU of one poll, nothing new to show: ${what}`,
    method: [
      'The built extension, activated as it ships on a VS Code API that costs nothing and counts what reaches the',
      "window; polls back to back, each drawn, on the extension host's Node.js, each watcher and the daemon in a process",
      'of its own.',
    ],
    head: ['', 'CPU', '× request', '× naive', 'beyond request', 'UI writes', 'rows drawn'],
    rows: costs
      .filter((cost) => cost.what === what)
      .map((cost) => [
        cost.name,
        ms(cost.cpuMs),
        times(cost.ratioToRequest),
        times(cost.ratioToNaive),
        cost.kind === 'request' ? '' : ms(cost.beyondRequestMs),
        ...(cost.kind === 'extension' || cost.kind === 'naive'
          ? [`${cost.writesPerPoll}`, `${cost.rowsPerPoll}`]
          : ['', '']),
      ]),
  };
}

function perPoll({ cpuMs, polls }: Measured): number {
  return cpuMs / polls;
}

function sum(rounds: readonly Measured[], of: (round: Measured) => number): number {
  return rounds.reduce((total, round) => total + of(round), 0);
}
