import { ROUNDS, median } from './measure';
import { atMost, ms, type Part } from './report';
import { watch } from './watching';
import type { WatcherKind } from './watcher';

const LIMIT_MS = 5;
const SESSIONS = 100;
const ACTIVE = 20;
/** A window polls every five seconds: what it runs is compiled after minutes, and is measured as it is then. */
const WARM_UP_POLLS = 100;
const POLLS = 50;

const WATCHERS: readonly { name: string; kind: WatcherKind }[] = [
  { name: 'naive watcher', kind: 'naive' },
  { name: 'Daemon Health, tree visible', kind: 'extension' },
];

/** How long a poll keeps everybody else in the extension host waiting, at most. */
export async function measureBlocks(node: string): Promise<Part> {
  const spec = { kind: 'dispatchd', daemons: 1, sessions: SESSIONS, active: ACTIVE } as const;
  const longest: { name: string; kind: WatcherKind; longestMs: number }[] = [];
  for (const { name, kind } of WATCHERS) {
    const { ask, end } = await watch(node, spec, { kind, treeVisible: true });
    try {
      await ask({ do: 'poll', times: WARM_UP_POLLS });
      const rounds: number[] = [];
      while (rounds.length < ROUNDS) rounds.push(await ask<number>({ do: 'longestTurn', polls: POLLS }));
      longest.push({ name, kind, longestMs: median(rounds) });
    } finally {
      end();
    }
  }
  const ours = longest.find(({ kind }) => kind === 'extension')!;
  return {
    figures: longest,
    tables: [
      {
        title: `Longest block of the extension host, ${SESSIONS} sessions, ${ACTIVE} of them active`,
        method: [
          `CPU of the longest turn of the event loop in ${POLLS} polls, the collection of garbage included; median of ${ROUNDS}.`,
        ],
        head: ['', 'longest'],
        rows: longest.map(({ name, longestMs }) => [name, ms(longestMs)]),
      },
    ],
    targets: [
      atMost(`longest block of the extension host at ${SESSIONS} sessions`, LIMIT_MS, ours.longestMs, ms),
    ],
  };
}
