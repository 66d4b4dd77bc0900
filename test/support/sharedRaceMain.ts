/** One window of `sharedRace.ts`: changes the shared value as often as it is told, and says what it sees then. */
import { Shared } from '../../src/store/shared';
import type { Counts, RaceOrder, RaceReport } from './sharedRace';

const NOTHING: Counts = { all: 0, byWindow: {} };

async function race({ folder, window, rounds }: RaceOrder): Promise<RaceReport> {
  const log: string[] = [];
  const shared = new Shared<Counts>({
    folder,
    name: 'counts',
    parse: (raw) => raw as Counts,
    withOlder: (value) => value ?? NOTHING,
    keepForOlder: () => Promise.resolve(),
    log: (line) => log.push(line),
  });
  for (let round = 0; round < rounds; round++) {
    await shared.update(({ all, byWindow }) => ({
      all: all + 1,
      byWindow: { ...byWindow, [window]: (byWindow[window] ?? 0) + 1 },
    }));
  }
  // What could not be written in time is written now.
  await shared.update((value) => value);
  const { value } = shared;
  shared.dispose();
  return { value, log };
}

process.on('message', (order: RaceOrder) => void race(order).then((report) => process.send?.(report)));
process.on('disconnect', () => process.exit());
process.send?.('ready');
