import { ROUNDS } from './measure';
import { atMost, type Part } from './report';
import { watch } from './watching';
import type { Counted } from './watcher';

const SETTLE_MS = 3_000;
const ROUND_MS = 2_000;

/**
 * What a window does between two looks where the user's list is empty and nothing is found: a window looks for daemons
 * when it starts, and when it gets the focus.
 */
export async function measureNoDaemon(node: string): Promise<Part> {
  const nobody = { kind: 'dispatchd', daemons: 0, sessions: 0, active: 0 } as const;
  const { ask, end } = await watch(node, nobody, { kind: 'extension', treeVisible: true, discovery: true });
  try {
    await ask({ do: 'wait', ms: SETTLE_MS });
    const rounds: Counted[] = [];
    while (rounds.length < ROUNDS) rounds.push(await ask<Counted>({ do: 'count', ms: ROUND_MS }));
    const most = (of: (counted: Counted) => number) => Math.max(...rounds.map(of));
    const counted: Counted = {
      fired: most(({ fired }) => fired),
      armed: most(({ armed }) => armed),
      requests: most(({ requests }) => requests),
    };
    return {
      figures: counted,
      tables: [
        {
          title: 'No daemon configured or found',
          method: [
            `Between two looks, the most in ${ROUNDS} rounds of ${ROUND_MS / 1_000} s: timers that fired, timers that were armed at the end, requests.`,
          ],
          head: ['', 'fired', 'armed', 'requests'],
          rows: [['Daemon Health', `${counted.fired}`, `${counted.armed}`, `${counted.requests}`]],
        },
      ],
      targets: [
        atMost('timers between looks with no daemon', 0, counted.fired + counted.armed, String, true),
        atMost('requests between looks with no daemon', 0, counted.requests, String, true),
      ],
    };
  } finally {
    end();
  }
}
