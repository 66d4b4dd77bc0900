import { ROUNDS, median } from './measure';
import { atMost, kb, times, type Part } from './report';
import { watch } from './watching';
import type { WatcherKind } from './watcher';

/** How many times a naive watcher's heap. */
const LIMIT = 0.5;
/** Enough, and asked often enough, for the compiler to have done its work in all cases: what it notes is on the heap. */
const FEW_DAEMONS = 10;
const MANY_DAEMONS = 30;
const WARM_UP_POLLS = 100;
const SESSIONS = 100;
const ACTIVE = 20;
const POLLS = 10;

const WATCHERS: readonly { name: string; kind: WatcherKind }[] = [
  { name: 'naive watcher', kind: 'naive' },
  { name: 'Daemon Health, tree visible', kind: 'extension' },
];

interface Heap {
  readonly name: string;
  readonly kind: WatcherKind;
  /** Of one more daemon without sessions. */
  readonly daemonBytes: number;
  /** Of one more session. */
  readonly sessionBytes: number;
}

/** Heap of one more idle daemon and of one more session: what is left after the garbage was collected. */
export async function measureHeap(node: string): Promise<Part> {
  const heaps: Heap[] = [];
  for (const { name, kind } of WATCHERS) {
    const few = await heapOf(kind, FEW_DAEMONS, 0, node);
    const idle = await heapOf(kind, MANY_DAEMONS, 0, node);
    const busy = await heapOf(kind, MANY_DAEMONS, SESSIONS, node);
    heaps.push({
      name,
      kind,
      daemonBytes: (idle - few) / (MANY_DAEMONS - FEW_DAEMONS),
      sessionBytes: (busy - idle) / (MANY_DAEMONS * SESSIONS),
    });
  }
  const [naive, ours] = (['naive', 'extension'] as const).map((kind) =>
    heaps.find((heap) => heap.kind === kind)!,
  );
  return {
    figures: heaps,
    tables: [
      {
        title: 'Heap',
        method: [
          `Of one more daemon, from ${FEW_DAEMONS} and ${MANY_DAEMONS} of them, and of one more session, from none and ${SESSIONS} in each of`,
          `${MANY_DAEMONS}: what is left of ${WARM_UP_POLLS} polls and more, with the garbage collected.`,
        ],
        head: ['', 'an idle daemon', 'a session'],
        rows: heaps.map(({ name, daemonBytes, sessionBytes }) => [name, kb(daemonBytes), kb(sessionBytes)]),
      },
    ],
    targets: [
      atMost(
        "heap for an idle daemon, against a naive watcher's",
        LIMIT,
        ours!.daemonBytes / naive!.daemonBytes,
        times,
      ),
      atMost(
        "heap for a session, against a naive watcher's",
        LIMIT,
        ours!.sessionBytes / naive!.sessionBytes,
        times,
      ),
    ],
  };
}

async function heapOf(kind: WatcherKind, daemons: number, sessions: number, node: string): Promise<number> {
  const spec = { kind: 'dispatchd', daemons, sessions, active: sessions === 0 ? 0 : ACTIVE } as const;
  const { ask, end } = await watch(node, spec, { kind, treeVisible: true });
  try {
    await ask({ do: 'poll', times: WARM_UP_POLLS });
    const rounds: number[] = [];
    while (rounds.length < ROUNDS) {
      await ask({ do: 'poll', times: POLLS });
      rounds.push(await ask<number>({ do: 'heap' }));
    }
    return median(rounds);
  } finally {
    end();
  }
}
