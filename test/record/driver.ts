import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { bundleExtension, type Mutation } from './bundle';
import type { Counts } from './oracle';
import { root } from './places';
import { PARTS, type Digests, type Part } from './recorder';
import type { Ask, Played } from './worker';

/** What a run of the simulator is compared with. */
export interface Kept {
  /** By the name of the life, or the seed of the day. */
  readonly digests: Readonly<Record<string, Digests>>;
  /** What the oracle counted, by seed: of the whole day, and of its beginning. */
  readonly counts: Readonly<Record<string, Counts>>;
  readonly earlyCounts: Readonly<Record<string, Counts>>;
}

const keptFolder = join(root, 'test', 'record', 'kept');
const outFolder = join(root, 'out', 'record');
const digestsFile = join(keptFolder, 'digests.json');
const countsFile = join(keptFolder, 'counts.json');
/** Days whose whole record is kept, so that a test can name the first line that differs. */
export const KEPT_DAYS: readonly number[] = [3, 5, 6];
/** Days whose beginning `npm test` plays, and whose counts it compares. */
export const COUNTED_DAYS: readonly number[] = Array.from({ length: 20 }, (_, index) => index + 1);
/** Of processes that play at a time. */
const WORKERS = 2;

/** Processes that play what they are asked to, with the extension as it is in that folder. */
export class Players {
  readonly #files: string[] = [];

  private constructor(
    private readonly productRoot: string,
    private readonly processes: ChildProcess[],
  ) {}

  /** @param productRoot the folder of the extension's source: this repository, or an earlier state of it */
  static async start(productRoot = root, workers = WORKERS): Promise<Players> {
    mkdirSync(outFolder, { recursive: true });
    const players = new Players(productRoot, []);
    const extensionFile = await players.bundle();
    const workerFile = players.#newFile('worker', 'cjs');
    await build({
      absWorkingDir: root,
      entryPoints: ['test/record/worker.ts'],
      outfile: workerFile,
      bundle: true,
      format: 'cjs',
      platform: 'node',
      target: 'node20',
      external: ['esbuild'],
      logLevel: 'warning',
    });
    // Dates in words are those of the language and the zone.
    const env = { ...process.env, TZ: 'UTC', LC_ALL: 'en_US.UTF-8', LANG: 'en_US.UTF-8', LANGUAGE: 'en' };
    for (let count = 0; count < workers; count++) {
      const child = fork(workerFile, [extensionFile, join(productRoot, 'package.json')], {
        cwd: root,
        env,
        execArgv: [],
        serialization: 'advanced',
      });
      players.processes.push(child);
    }
    return players;
  }

  /** The extension's code in a file, to be played in an `Ask`. @param mutation breaks one thing in the source */
  async bundle(mutation?: Mutation): Promise<string> {
    const file = this.#newFile('extension', 'js');
    writeFileSync(file, await bundleExtension(this.productRoot, mutation));
    return file;
  }

  #newFile(name: string, extension: string): string {
    const file = join(outFolder, `${name}-${process.pid}-${this.#files.length}.${extension}`);
    this.#files.push(file);
    return file;
  }

  /** Plays them all. @param onPlayed called with each as it is done */
  async play(
    wanted: readonly Ask['play'][],
    withLines: (play: Ask['play']) => boolean,
    onPlayed: (played: Played) => void = () => undefined,
  ): Promise<ReadonlyMap<string, Played>> {
    const asks = wanted.map((play) => ({ play, withLines: withLines(play) }));
    const played = await this.playAsks(asks, onPlayed);
    return new Map(played.map((one) => [String(one.play), one]));
  }

  /** Plays each as it is asked for. @returns what was played, in the order of the asks */
  async playAsks(
    asks: readonly Ask[],
    onPlayed: (played: Played) => void = () => undefined,
  ): Promise<readonly Played[]> {
    const queue = [...asks.entries()];
    const results: Played[] = [];
    const work = async (child: ChildProcess) => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const [index, request] = next;
        const played = await ask(child, request);
        results[index] = played;
        onPlayed(played);
      }
    };
    await Promise.all(this.processes.map(work));
    return results;
  }

  end(): void {
    for (const child of this.processes) if (child.connected) child.disconnect();
    for (const file of this.#files) rmSync(file, { force: true });
  }
}

async function ask(child: ChildProcess, request: Ask): Promise<Played> {
  const ending = new AbortController();
  const fail = () => ending.abort();
  child.once('exit', fail);
  try {
    child.send(request);
    const [played] = (await once(child, 'message', { signal: ending.signal })) as [Played];
    return played;
  } catch (error) {
    throw new Error(`${request.play} could not be played`, { cause: error });
  } finally {
    child.off('exit', fail);
  }
}

export function readKept(): Kept {
  const { digests } = JSON.parse(readFileSync(digestsFile, 'utf8')) as { digests: Record<string, string> };
  const counts = JSON.parse(readFileSync(countsFile, 'utf8')) as Omit<Kept, 'digests'>;
  return {
    digests: Object.fromEntries(Object.entries(digests).map(([name, text]) => [name, fromText(text)])),
    ...counts,
  };
}

export function writeKept({ digests, counts, earlyCounts }: Kept): void {
  const texts = Object.fromEntries(Object.entries(digests).map(([name, one]) => [name, toText(one)]));
  mkdirSync(keptFolder, { recursive: true });
  writeFileSync(digestsFile, inLines({ digests: texts }));
  writeFileSync(countsFile, inLines({ counts, earlyCounts }));
}

/** One line for each, so that a diff of the file names what changed. */
function inLines(tables: Readonly<Record<string, Readonly<Record<string, unknown>>>>): string {
  const texts = Object.entries(tables).map(([title, entries]) => {
    const lines = Object.entries(entries).map(
      ([name, value]) => `    ${JSON.stringify(name)}: ${JSON.stringify(value)}`,
    );
    return `  ${JSON.stringify(title)}: {\n${lines.join(',\n')}\n  }`;
  });
  return `{\n${texts.join(',\n')}\n}\n`;
}

/** The whole record of a day, or of all lives. */
export function readKeptLines(name: string): readonly string[] {
  return gunzipSync(readFileSync(join(keptFolder, `${name}.txt.gz`)))
    .toString('utf8')
    .trimEnd()
    .split('\n');
}

export function writeKeptLines(name: string, lines: readonly string[]): void {
  writeFileSync(join(keptFolder, `${name}.txt.gz`), gzipSync(`${lines.join('\n')}\n`, { level: 9 }));
}

/** The lives' records, one after the other. */
export function linesOfLives(
  played: ReadonlyMap<string, Played>,
  names: readonly string[],
): readonly string[] {
  return names.flatMap((name) => [`== ${name}`, ...(played.get(name)?.lines ?? [])]);
}

/** Which parts of a record differ. */
export function changedParts(before: Digests | undefined, after: Digests): readonly (Part | 'new')[] {
  return before ? PARTS.filter((part) => before[part] !== after[part]) : ['new'];
}

/** The first line that differs, as it was and as it is; `undefined` where none does. */
export function firstDifference(before: readonly string[], after: readonly string[]): string | undefined {
  const index = Array.from({ length: Math.max(before.length, after.length) }).findIndex(
    (_, at) => before[at] !== after[at],
  );
  if (index < 0) return undefined;
  const heading = after.slice(0, index + 1).findLast((line) => line.startsWith('== '));
  const at = (lines: readonly string[]) => lines[index] ?? '(the record ends)';
  return `line ${index + 1}${heading === undefined ? '' : ` (${heading.slice(3)})`}\n  was: ${at(before)}\n  is:  ${at(after)}`;
}

function toText(digests: Digests): string {
  return [digests.all, ...PARTS.map((part) => digests[part])].join(' ');
}

function fromText(text: string): Digests {
  const [all = '', ...parts] = text.split(' ');
  return Object.fromEntries([
    ['all', all],
    ...PARTS.map((part, index) => [part, parts[index] ?? '']),
  ]) as Digests;
}
