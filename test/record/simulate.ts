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
import { VERDICTS, type Counts } from './oracle';
import { root } from './places';
import type { Played } from './worker';

const DAYS = 200;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    life: { type: 'string' },
    write: { type: 'string' },
    against: { type: 'string' },
    base: { type: 'string' },
    show: { type: 'string' },
    days: { type: 'string' },
    from: { type: 'string' },
    update: { type: 'boolean' },
    workers: { type: 'string' },
  },
});

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
  for (const finding of findings) console.log(`oracle: ${finding}`);
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
    return (await players.play([play], () => true)).get(String(play))!;
  } finally {
    players.end();
  }
}

/** The record to compare with: one that was written to a file, or that of an earlier state of the source. */
async function otherLines(play: number | string): Promise<readonly string[] | undefined> {
  if (values.against !== undefined) return readFileSync(values.against, 'utf8').trimEnd().split('\n');
  return values.base === undefined ? undefined : (await playIn(unpacked(values.base), play)).lines;
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
    played = await players.play([...names, ...seeds], isWhole, () => {
      if (++done % 20 === 0) console.log(`${done} of ${names.length + seeds.length} played`);
    });
  } finally {
    players.end();
  }
  const seconds = Math.round((performance.now() - startedMs) / 1_000);
  console.log(`${names.length} recorded lives and ${seeds.length} days in ${seconds} s.`);
  printCounts(seeds.map((seed) => played.get(String(seed))!));
  return report(played, names, seeds);
}

function report(
  played: ReadonlyMap<string, Played>,
  names: readonly string[],
  seeds: readonly number[],
): number {
  const kept = values.update ? keptOrNone() : readKept();
  const order = [...names, ...seeds.map(String)];
  const changed = order.flatMap((name) => {
    const { digests, counts } = played.get(name)!;
    const parts: string[] = [...changedParts(kept.digests[name], digests)];
    if (counts && JSON.stringify(counts) !== JSON.stringify(kept.counts[name])) parts.push('counts');
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
  const isGone = (name: string) => !isDay(name) && names.length > 0 && !names.includes(name);
  for (const name of Object.keys(digests)) if (isGone(name)) delete digests[name];
  for (const [name, one] of played) {
    digests[name] = one.digests;
    if (one.counts) counts[name] = one.counts;
  }
  writeKept({ digests, counts });
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
    return { digests: {}, counts: {} };
  }
}

function printCounts(days: readonly Played[]): void {
  const total = (name: (typeof VERDICTS)[number]) =>
    days.reduce((sum, { counts }) => sum + (counts?.[name] ?? 0), 0);
  console.log(VERDICTS.map((name) => `${name} ${total(name)}`).join(', '));
  const kinds = new Map<string, number>();
  for (const { findings = [] } of days) {
    for (const finding of findings) {
      const kind = finding
        .replace(/^\d+ /, '')
        .replace(/\b(smithy|dispatchd|ductor)\d\b/g, '$1')
        .replace(/\d+/g, 'N');
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
  }
  for (const [kind, count] of [...kinds].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))) {
    console.log(`  ${String(count).padStart(4)} ${kind}`);
  }
}

function isDay(name: string): boolean {
  return /^\d+$/.test(name);
}
