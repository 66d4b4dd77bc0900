/**
 * Measures how soon the core of the product sees what becomes of real processes, and prints the figures as one table:
 * all parts, or those that are named. `--minutes 2` shortens the ten minutes on a starved machine.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { outDir } from '../../scripts/paths.mjs';
import { second, startedByHand } from './found';
import { isMet, tableOf, type Row } from './rows';
import { blocked, frozen, fullQueue, spinning } from './silent';
import { starved } from './starved';
import { asksToWait, wedged } from './told';

const { values, positionals } = parseArgs({
  options: { minutes: { type: 'string', default: '10' } },
  allowPositionals: true,
});

const PARTS: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  frozen,
  blocked,
  queue: fullQueue,
  spinning,
  hand: startedByHand,
  second,
  wedged,
  starved: () => starved(Number(values.minutes)),
};
/** Takes five minutes of waiting, beside the others. */
const BESIDE: typeof PARTS = { wait: asksToWait };

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const names = Object.keys({ ...PARTS, ...BESIDE });
  const unknown = positionals.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`There is no part ${unknown.join(', ')}: ${names.join(', ')}.`);
  const isWanted = (name: string) => positionals.length === 0 || positionals.includes(name);
  const beside = Object.entries(BESIDE).flatMap(([name, measure]) =>
    isWanted(name) ? [measured(name, measure)] : [],
  );
  const rows: Row[] = [];
  for (const [name, measure] of Object.entries(PARTS)) {
    if (isWanted(name)) rows.push(...(await measured(name, measure)));
  }
  rows.push(...(await Promise.all(beside)).flat());
  writeFileSync(join(outDir, 'latency.json'), `${JSON.stringify(rows, undefined, 2)}\n`);
  console.log(`\n${tableOf(rows)}`);
  if (!rows.every(isMet)) process.exitCode = 1;
}

/** One that breaks stops no other one, and misses its target. */
async function measured(name: string, measure: () => Promise<readonly Row[]>): Promise<readonly Row[]> {
  const startedMs = performance.now();
  try {
    const rows = await measure();
    console.log(`${name}: ${((performance.now() - startedMs) / 1_000).toFixed(0)} s`);
    return rows;
  } catch (error) {
    console.error(`${name}: ${String(error)}`);
    return [{ what: name, values: [], unit: '', wanted: { atMost: 0 } }];
  }
}
