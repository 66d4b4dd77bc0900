import assert from 'node:assert/strict';
import { bundleExtension } from '../../record/bundle';
import { Players } from '../../record/driver';
import { MUTANTS, type Mutant } from '../../record/mutants';
import { VERDICTS, inWords, type Counts } from '../../record/oracle';
import { root } from '../../record/places';
import type { Played } from '../../record/worker';

/** Paths and processes of the runs are those of Linux. */
const isPlayable = process.platform !== 'win32';

describe('the oracle of the simulator, where one rule of the core is broken', function () {
  // Seconds of work, which a busy machine makes minutes of.
  this.timeout(600_000);
  /** The day of each mutant, with the core as it is and with the broken one. */
  const days = new Map<Mutant, { readonly whole: Played; readonly broken: Played }>();

  before(async function () {
    if (!isPlayable) return this.skip();
    const players = await Players.start();
    try {
      const files = await Promise.all(MUTANTS.map((mutant) => players.bundle(mutant)));
      const asks = MUTANTS.flatMap(({ seed, minutes }, index) => {
        const day = { play: seed, untilMs: minutes * 60_000, withLines: false };
        return [day, { ...day, extensionFile: files[index]! }];
      });
      const played = await players.playAsks(asks);
      MUTANTS.forEach((mutant, index) => {
        days.set(mutant, { whole: played[2 * index]!, broken: played[2 * index + 1]! });
      });
    } finally {
      players.end();
    }
  });

  for (const mutant of MUTANTS) {
    const { name, because, seed, minutes } = mutant;
    it(`counts it: ${name} (day ${seed}: ${because})`, () => {
      const { whole, broken } = days.get(mutant)!;
      const replay = `npm run simulate -- --seed ${seed} --minutes ${minutes} --mutant '${name}'`;
      assert.notDeepEqual(
        broken.counts,
        whole.counts,
        `nothing tells the broken core from the whole one: ${replay}`,
      );
      // Better counts would mean that the rule does harm, or that the oracle is wrong.
      const [before, after] = [faultsOf(whole.counts), faultsOf(broken.counts)];
      const found = broken.findings?.map(inWords).join('\n  ');
      assert.ok(after > before, `${after} findings, not more than ${before}: ${replay}\n  ${found}`);
    });
  }
});

describe('a mutation of the source', () => {
  it('is refused where the source has its text never, or more than once', async () => {
    const file = 'src/health/policy.ts';
    for (const [from, times] of [
      ['RECOVERY_HOLD_MS = 29_999', 0],
      ['export const RECOVERY_HOLD_MS', 1],
      ['export const', undefined],
    ] as const) {
      const bundling = bundleExtension(root, { file, from, to: from });
      if (times === 1) await bundling;
      else await assert.rejects(bundling, times === 0 ? /has 0 times, not once/ : /times, not once/);
    }
  });
});

/** All that is counted but what was proven. */
function faultsOf(counts: Counts = {}): number {
  return Object.values(counts).reduce(
    (sum, row) =>
      sum + VERDICTS.reduce((all, verdict) => all + (verdict === 'proven' ? 0 : (row[verdict] ?? 0)), 0),
    0,
  );
}
