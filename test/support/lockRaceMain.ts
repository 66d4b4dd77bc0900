/** What `npm run race` runs. */
import { parseArgs } from 'node:util';
import { LockRace, sharesOf } from './lockRace';

const LINES_SHOWN = 5;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '10000' } } });
  const race = await new LockRace().start();
  let rounds = 0;
  let wrong = 0;
  let tookMs = 0;
  let isPartial = false;
  for (const share of sharesOf(Number(values.rounds))) {
    const title = `${share.lock.padEnd(9)}  ${share.name.padEnd(70)}`;
    const reason = race.whyNotRun(share.name);
    if (reason !== undefined) {
      isPartial = true;
      console.log(`${title}  not run: ${reason}`);
      continue;
    }
    const result = await race.run(share);
    rounds += result.rounds;
    wrong += result.wrong.length;
    tookMs += result.tookMs;
    const verdict = result.wrong.length === 0 ? 'right' : `${result.wrong.length} WRONG`;
    console.log(`${title}  ${result.rounds} rounds  ${seconds(result.tookMs)}  ${verdict}`);
    for (const line of result.wrong.slice(0, LINES_SHOWN)) console.log(`  ${line}`);
  }
  await race.stop();
  console.log(
    `${rounds} rounds in ${seconds(tookMs)}, ${wrong} wrong${isPartial ? ', some cases not run' : ''}`,
  );
  process.exitCode = wrong === 0 ? 0 : 1;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

void main();
