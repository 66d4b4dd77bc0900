/** What `npm run race` runs. */
import { parseArgs } from 'node:util';
import { casesOf, LockRace } from './lockRace';
import type { RacedLock } from './lockContenders';

const LINES_SHOWN = 5;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '10000' } } });
  const race = await new LockRace().start();
  const all = (['restart', 'dispatchd'] satisfies RacedLock[]).flatMap((lock) =>
    casesOf(lock).map((name) => ({ lock, name })),
  );
  for (const { lock, name } of all) {
    const reason = race.whyNotRun(name);
    if (reason !== undefined) console.log(`${lock.padEnd(9)}  ${name}: not run (${reason})`);
  }
  const runs = all.filter(({ name }) => race.whyNotRun(name) === undefined);
  let rounds = 0;
  let wrong = 0;
  let tookMs = 0;
  for (const [index, { lock, name }] of runs.entries()) {
    const share = Math.ceil((Number(values.rounds) - rounds) / (runs.length - index));
    const result = await race.run(lock, name, share);
    rounds += result.rounds;
    wrong += result.wrong.length;
    tookMs += result.tookMs;
    const verdict = result.wrong.length === 0 ? 'right' : `${result.wrong.length} WRONG`;
    console.log(
      [lock.padEnd(9), name.padEnd(70), `${result.rounds} rounds`, seconds(result.tookMs), verdict].join(
        '  ',
      ),
    );
    for (const line of result.wrong.slice(0, LINES_SHOWN)) console.log(`  ${line}`);
  }
  await race.stop();
  console.log(`${rounds} rounds in ${seconds(tookMs)}, ${wrong} wrong`);
  process.exitCode = wrong === 0 ? 0 : 1;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

void main();
