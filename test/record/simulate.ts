/** `npm run simulate`: see docs/testing-record.md. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  KEPT_DAYS,
  Players,
  changedParts,
  firstDifference,
  linesOfLives,
  readKept,
  readKeptLines,
  writeKept,
  writeKeptLines,
  type Kept,
} from './driver';
import { lives } from './lives';
import { FAULTS } from './faults';
import { VERDICTS, inWords, type Counts, type Verdict } from './oracle';
import { MUTANTS, type Mutant } from './mutants';
import { root } from './places';
import type { Ask, Played } from './worker';

const DAYS = 200;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    life: { type: 'string' },
    write: { type: 'string' },
    against: { type: 'string' },
    base: { type: 'string' },
    show: { type: 'string' },
    minutes: { type: 'string' },
    mutant: { type: 'string' },
    days: { type: 'string' },
    from: { type: 'string' },
    update: { type: 'boolean' },
    workers: { type: 'string' },
  },
});

/** The beginning of a day, or a broken core, is compared with nothing that is kept. */
const isOtherwise = values.minutes !== undefined || values.mutant !== undefined;

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);

async function main(): Promise<number> {
  const seed = values.seed ?? values.show;
  if (seed !== undefined) return playOne(Number(seed));
  if (values.life !== undefined) return playOne(values.life);
  return playAll();
}

/** One day or life: its record, and where it differs from another one. */
async function playOne(play: number | string): Promise<number> {
  const { lines = [], digests, findings = [] } = await playIn(root, play);
  if (values.write !== undefined) writeFileSync(values.write, `${lines.join('\n')}\n`);
  else if (values.against === undefined && values.base === undefined) console.log(lines.join('\n'));
  for (const finding of findings) console.log(`oracle: ${inWords(finding)}`);
  if (isOtherwise) return 0;
  const changed = changedParts(readKept().digests[String(play)], digests);
  console.log(changed.length === 0 ? 'As it was.' : `Differs from what is kept: ${changed.join(', ')}.`);
  const before = await otherLines(play);
  if (!before) return changed.length === 0 ? 0 : 1;
  const difference = firstDifference(before, lines);
  console.log(difference === undefined ? 'No line differs.' : `The first difference: ${difference}`);
  return difference === undefined ? 0 : 1;
}

async function playIn(folder: string, play: number | string): Promise<Played> {
  const players = await Players.start(folder, 1);
  try {
    const [played] = await players.playAsks([{ play, withLines: true, ...(await otherwise(players)) }]);
    return played!;
  } finally {
    players.end();
  }
}

/** What is asked for besides: the beginning of a day, or a broken core. */
async function otherwise(players: Players): Promise<Pick<Ask, 'untilMs' | 'extensionFile'>> {
  return {
    ...(values.minutes !== undefined && { untilMs: Number(values.minutes) * 60_000 }),
    ...(values.mutant !== undefined && { extensionFile: await players.bundle(mutantOf(values.mutant)) }),
  };
}

/** The record to compare with: one that was written to a file, or that of an earlier state of the source. */
async function otherLines(play: number | string): Promise<readonly string[] | undefined> {
  if (values.against !== undefined) return readFileSync(values.against, 'utf8').trimEnd().split('\n');
  return values.base === undefined ? undefined : (await playIn(unpacked(values.base), play)).lines;
}

function mutantOf(name: string): Mutant {
  const found = MUTANTS.find((one) => one.name === name);
  if (!found) throw new Error(`There are: ${MUTANTS.map((one) => one.name).join(', ')}`);
  return found;
}

/** The source as it was in a revision. */
function unpacked(revision: string): string {
  const folder = join(root, 'out', 'record', 'base');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const packed = execFileSync('git', ['archive', revision, 'src', 'package.json', 'tsconfig.json'], {
    cwd: root,
    maxBuffer: 2 ** 28,
  });
  execFileSync('tar', ['-x', '-C', folder], { input: packed });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

async function playAll(): Promise<number> {
  const startedMs = performance.now();
  const seeds = Array.from(
    { length: Number(values.days ?? (values.update ? DAYS : keptDays())) },
    (_, index) => Number(values.from ?? 1) + index,
  );
  // A run that begins later goes on with one that played the lives.
  const names = values.from === undefined ? lives().map(({ name }) => name) : [];
  const players = await Players.start(
    values.base === undefined ? root : unpacked(values.base),
    values.workers === undefined ? undefined : Number(values.workers),
  );
  const isWhole = (play: number | string) => typeof play === 'string' || KEPT_DAYS.includes(play);
  let done = 0;
  let played: ReadonlyMap<string, Played>;
  try {
    const besides = await otherwise(players);
    const asks = [...names, ...seeds].map((play) => ({ play, withLines: isWhole(play), ...besides }));
    const all = await players.playAsks(asks, () => {
      if (++done % 20 === 0) console.log(`${done} of ${names.length + seeds.length} played`);
    });
    played = new Map(all.map((one) => [String(one.play), one]));
  } finally {
    players.end();
  }
  const seconds = Math.round((performance.now() - startedMs) / 1_000);
  console.log(`${names.length} recorded lives and ${seeds.length} days in ${seconds} s.`);
  printCounts(seeds.map((seed) => played.get(String(seed))!));
  return isOtherwise ? 0 : report(played, names, seeds);
}

function report(
  played: ReadonlyMap<string, Played>,
  names: readonly string[],
  seeds: readonly number[],
): number {
  const kept = values.update ? keptOrNone() : readKept();
  const order = [...names, ...seeds.map(String)];
  const changed = order.flatMap((name) => {
    const { digests, counts, earlyCounts } = played.get(name)!;
    // Days after those that are kept are counted, and compared with nothing.
    if (isDay(name) && !values.update && !kept.counts[name]) return [];
    const parts: string[] = [...changedParts(kept.digests[name], digests)];
    const differ = (a: unknown, b: unknown) => JSON.stringify(a) !== JSON.stringify(b);
    if (differ(counts, kept.counts[name]) || differ(earlyCounts, kept.earlyCounts[name]))
      parts.push('counts');
    return parts.length > 0 ? [{ name, parts }] : [];
  });
  for (const { name, parts } of changed)
    console.log(`${isDay(name) ? `day ${name}` : name}: ${parts.join(', ')}`);
  if (values.update) {
    update(kept, played, names);
    console.log(`${changed.length} of ${order.length} changed; kept.`);
    return 0;
  }
  if (changed.length === 0) {
    console.log('All as it was.');
    return 0;
  }
  const [first] = changed;
  console.log(
    `${changed.length} of ${order.length} differ. The first one: ${isDay(first!.name) ? `day ${first!.name}` : first!.name}.`,
  );
  const difference = differenceTo(first!.name, played, names);
  if (difference !== undefined) console.log(`Its first difference: ${difference}`);
  else console.log(`Its first difference: npm run simulate -- --seed ${first!.name} --base REVISION`);
  return 1;
}

function differenceTo(
  name: string,
  played: ReadonlyMap<string, Played>,
  names: readonly string[],
): string | undefined {
  if (!isDay(name)) return firstDifference(readKeptLines('lives'), linesOfLives(played, names));
  if (!KEPT_DAYS.includes(Number(name))) return undefined;
  return firstDifference(readKeptLines(`day-${name}`), played.get(name)!.lines ?? []);
}

function update(kept: Kept, played: ReadonlyMap<string, Played>, names: readonly string[]): void {
  const digests = { ...kept.digests };
  const counts: Record<string, Counts> = { ...kept.counts };
  const earlyCounts: Record<string, Counts> = { ...kept.earlyCounts };
  const isGone = (name: string) => !isDay(name) && names.length > 0 && !names.includes(name);
  for (const name of Object.keys(digests)) if (isGone(name)) delete digests[name];
  for (const [name, one] of played) {
    digests[name] = one.digests;
    if (one.counts) counts[name] = one.counts;
    if (one.earlyCounts) earlyCounts[name] = one.earlyCounts;
  }
  writeKept({ digests, counts, earlyCounts });
  if (names.length > 0) writeKeptLines('lives', linesOfLives(played, names));
  for (const seed of KEPT_DAYS) {
    const lines = played.get(String(seed))?.lines;
    if (lines) writeKeptLines(`day-${seed}`, lines);
  }
}

/** A run compares no day of which nothing is kept. */
function keptDays(): number {
  return Object.keys(keptOrNone().counts).length;
}

function keptOrNone(): Kept {
  try {
    return readKept();
  } catch {
    return { digests: {}, counts: {}, earlyCounts: {} };
  }
}

/** A table of all kinds of faults, and under it each finding with the command that plays its day again. */
function printCounts(days: readonly Played[]): void {
  const total = (fault: (typeof FAULTS)[number], verdict: Verdict) =>
    days.reduce((sum, { counts }) => sum + (counts?.[fault]?.[verdict] ?? 0), 0);
  const rows = FAULTS.map((fault) => [fault, ...VERDICTS.map((verdict) => total(fault, verdict))] as const);
  const sums = VERDICTS.map((verdict) => FAULTS.reduce((sum, fault) => sum + total(fault, verdict), 0));
  const shown = rows.filter(([, ...counts]) => counts.some((count) => count > 0));
  const firstChars = Math.max(...FAULTS.map(({ length }) => length));
  for (const [name, ...cells] of [['kind of fault', ...VERDICTS], ...shown, ['all', ...sums]] as const) {
    const texts = cells.map((cell, index) => String(cell || '.').padStart(VERDICTS[index]!.length + 2));
    console.log(`${String(name).padEnd(firstChars)}${texts.join('')}`);
  }
  for (const { play, findings = [] } of days) {
    for (const finding of findings)
      console.log(`${inWords(finding)}   npm run simulate -- --seed ${play}${base()}`);
  }
}

function base(): string {
  return values.base === undefined ? '' : ` --base ${values.base}`;
}

function isDay(name: string): boolean {
  return /^\d+$/.test(name);
}
