/** A process that plays days and lives, one at a time, as it is asked to. */
import { readFileSync } from 'node:fs';
import { compile } from './bundle';
import { runDay } from './day';
import { lives, playLife } from './lives';
import type { Counts } from './oracle';
import type { Digests } from './recorder';

export interface Ask {
  /** A day by its seed, a life by its name. */
  readonly play: number | string;
  readonly withLines: boolean;
}

export interface Played {
  readonly play: number | string;
  readonly digests: Digests;
  readonly counts?: Counts;
  /** What the oracle found, each in words. */
  readonly findings?: readonly string[];
  readonly lines?: readonly string[];
}

const [extensionFile = '', manifestFile = ''] = process.argv.slice(2);
// No stack is recorded, and making one takes longer than what failed.
Error.stackTraceLimit = 0;
const product = {
  program: compile(readFileSync(extensionFile, 'utf8')),
  manifest: JSON.parse(readFileSync(manifestFile, 'utf8')) as unknown,
};

process.on('disconnect', () => process.exit());
process.on('message', ({ play, withLines }: Ask) => {
  playOne(play).then(
    ({ lines, ...played }) => process.send?.({ ...played, ...(withLines && { lines }) }),
    (error: unknown) => {
      console.error(`${play}: ${String(error)}`);
      process.exit(1);
    },
  );
});

async function playOne(play: number | string): Promise<Played> {
  if (typeof play === 'number') {
    const { digests, judgement, lines } = await runDay(play, product);
    return { play, digests, ...judgement, lines };
  }
  const life = lives().find(({ name }) => name === play);
  if (!life) throw new Error('There is no such life.');
  const { digests, lines } = await playLife(life, product);
  return { play, digests, lines };
}
