/** Measures everything, prints it as tables and keeps it as `out/bench.json`. */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { vscodeVersion } from '../../scripts/installVSCode.mjs';
import { outDir } from '../../scripts/paths.mjs';
import { measureActivation } from './activation';
import { measureManyDaemons } from './manyDaemons';
import { measurePollCost } from './pollCost';
import { printReport, targetsOf, type Figures } from './report';
import { measureSizes } from './sizes';

/** The Node.js that the extension host runs on. */
const node = process.env.DAEMON_HEALTH_BENCH_NODE ?? process.execPath;

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const figures: Figures = {
    machine: { cores: cpus().length, platform: process.platform, vscode: vscodeVersion() },
    sizes: measureSizes(),
    pollCost: await said('Cost of a poll', () => measurePollCost(node)),
    manyDaemons: await said('Many daemons', () => measureManyDaemons(node)),
    activation: await said('Activation', measureActivation),
  };
  const targets = targetsOf(figures);
  writeFileSync(join(outDir, 'bench.json'), `${JSON.stringify({ ...figures, targets }, undefined, 2)}\n`);
  printReport(figures, targets);
  // Times depend on the machine and on what else it does; what is counted does not.
  if (targets.some(({ isCounted, isMet }) => isCounted && !isMet)) process.exitCode = 1;
}

async function said<T>(what: string, measure: () => Promise<T>): Promise<T> {
  process.stdout.write(`${what} … `);
  const startedMs = performance.now();
  const result = await measure();
  console.log(`${((performance.now() - startedMs) / 1_000).toFixed(0)} s`);
  return result;
}
