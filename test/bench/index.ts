/**
 * Measures, prints the figures as tables and keeps them as `out/bench.json`: everything, or the parts that are named,
 * as in `npm run bench -- poll heap`.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { vscodeVersion } from '../../scripts/installVSCode.mjs';
import { outDir } from '../../scripts/paths.mjs';
import { measureActivation } from './activation';
import { measureBlocks } from './blocks';
import { measureDispatchd } from './dispatchd';
import { measureFirstPolls } from './firstPolls';
import { measureGeneric } from './generic';
import { measureHeap } from './heap';
import { measureManyDaemons } from './manyDaemons';
import { measureNoDaemon } from './noDaemon';
import { measurePollCost } from './pollCost';
import { printReport, type Part } from './report';
import { measureSizes } from './sizes';

/** The Node.js that the extension host runs on. */
const node = process.env.DAEMON_HEALTH_BENCH_NODE ?? process.execPath;

const PARTS: Readonly<Record<string, (node: string) => Promise<Part> | Part>> = {
  poll: measurePollCost,
  many: measureManyDaemons,
  block: measureBlocks,
  generic: measureGeneric,
  none: measureNoDaemon,
  first: measureFirstPolls,
  heap: measureHeap,
  dispatchd: measureDispatchd,
  activation: measureActivation,
  sizes: measureSizes,
};

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => !Object.hasOwn(PARTS, name));
  if (unknown.length > 0) {
    throw new Error(`There is no part ${unknown.join(', ')}: ${Object.keys(PARTS).join(', ')}.`);
  }
  const parts: [name: string, part: Part][] = [];
  for (const [name, measure] of Object.entries(PARTS)) {
    if (wanted.length === 0 || wanted.includes(name)) parts.push([name, await said(name, measure)]);
  }
  const machine = { cores: cpus().length, platform: process.platform, vscode: vscodeVersion() };
  const figures = Object.fromEntries(parts.map(([name, part]) => [name, part.figures]));
  const targets = parts.flatMap(([, part]) => part.targets);
  writeFileSync(
    join(outDir, 'bench.json'),
    `${JSON.stringify({ machine, ...figures, targets }, undefined, 2)}\n`,
  );
  printReport(
    parts.map(([, part]) => part),
    machine.cores,
    machine.platform,
  );
  // Times depend on the machine and on what else it does; what is counted does not.
  if (targets.some(({ isCounted, isMet }) => isCounted && !isMet)) process.exitCode = 1;
}

async function said(name: string, measure: (node: string) => Promise<Part> | Part): Promise<Part> {
  process.stdout.write(`${name} … `);
  const startedMs = performance.now();
  const part = await measure(node);
  console.log(`${((performance.now() - startedMs) / 1_000).toFixed(0)} s`);
  return part;
}
