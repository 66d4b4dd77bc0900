/** A process that plays days and lives, one at a time, as it is asked to. */
import { readFileSync } from 'node:fs';
import { compile, type Product } from './bundle';
import { runDay } from './day';
import { lives, playLife } from './lives';
import type { Counts, Finding } from './oracle';
import type { Digests } from './recorder';

export interface Ask {
  /** A day by its seed, a life by its name. */
  readonly play: number | string;
  readonly withLines: boolean;
  /** Of a day, its beginning only. */
  readonly untilMs?: number;
  /** The extension's code, where that is not the one the process was begun with. */
  readonly extensionFile?: string;
}

export interface Played {
  readonly play: number | string;
  readonly digests: Digests;
  readonly counts?: Counts;
  /** Of the beginning of the day only. */
  readonly earlyCounts?: Counts;
  readonly findings?: readonly Finding[];
  readonly lines?: readonly string[];
}

const [extensionFile = '', manifestFile = ''] = process.argv.slice(2);
// No stack is recorded, and making one takes longer than what failed.
Error.stackTraceLimit = 0;
const manifest = JSON.parse(readFileSync(manifestFile, 'utf8')) as unknown;
const products = new Map<string, Product>();

process.on('disconnect', () => process.exit());
process.on('message', (ask: Ask) => {
  playOne(ask).then(
    ({ lines, ...played }) => process.send?.({ ...played, ...(ask.withLines && { lines }) }),
    (error: unknown) => {
      console.error(`${ask.play}: ${String(error)}`);
      process.exit(1);
    },
  );
});

async function playOne({ play, untilMs, extensionFile: file = extensionFile }: Ask): Promise<Played> {
  const product = products.get(file) ?? { program: compile(readFileSync(file, 'utf8')), manifest };
  products.set(file, product);
  if (typeof play === 'number') {
    const { digests, judgement, early, lines } = await runDay(play, product, untilMs);
    return { play, digests, ...judgement, earlyCounts: early.counts, lines };
  }
  const life = lives().find(({ name }) => name === play);
  if (!life) throw new Error('There is no such life.');
  const { digests, lines } = await playLife(life, product);
  return { play, digests, lines };
}
