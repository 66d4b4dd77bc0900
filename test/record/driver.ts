import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { bundleExtension } from './bundle';
import type { Counts } from './oracle';
import { root } from './places';
import { PARTS, type Digests, type Part } from './recorder';
import type { Ask, Played } from './worker';

/** What a run of the simulator is compared with. */
export interface Kept {
  /** By the name of the life, or the seed of the day. */
  readonly digests: Readonly<Record<string, Digests>>;
  /** What the oracle counted, by seed. */
  readonly counts: Readonly<Record<string, Counts>>;
}

const keptFolder = join(root, 'test', 'record', 'kept');
const outFolder = join(root, 'out', 'record');
const keptFile = join(keptFolder, 'digests.json');
/** Days whose whole record is kept, so that a test can name the first line that differs. */
export const KEPT_DAYS: readonly number[] = [3, 5, 6];
/** Of processes that play at a time. */
const WORKERS = 2;

/** Processes that play what they are asked to, with the extension as it is in that folder. */
export class Players {
  private constructor(private readonly processes: readonly ChildProcess[]) {}

  /** @param productRoot the folder of the extension's source: this repository, or an earlier state of it */
  static async start(productRoot = root, workers = WORKERS): Promise<Players> {
    mkdirSync(outFolder, { recursive: true });
    const name = `${process.pid}`;
    const extensionFile = join(outFolder, `extension-${name}.js`);
    const workerFile = join(outFolder, `worker-${name}.cjs`);
    writeFileSync(extensionFile, await bundleExtension(productRoot));
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
    const processes = Array.from({ length: workers }, () =>
      fork(workerFile, [extensionFile, join(productRoot, 'package.json')], {
        cwd: root,
        env,
        execArgv: [],
        serialization: 'advanced',
      }),
    );
    const players = new Players(processes);
    players.#files = [extensionFile, workerFile];
    return players;
  }

  #files: readonly string[] = [];

  /** Plays them all. @param onPlayed called with each as it is done */
  async play(
    wanted: readonly (number | string)[],
    withLines: (play: number | string) => boolean,
    onPlayed: (played: Played) => void = () => undefined,
  ): Promise<ReadonlyMap<string, Played>> {
    const queue = [...wanted];
    const results = new Map<string, Played>();
    const work = async (child: ChildProcess) => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const played = await ask(child, { play: next, withLines: withLines(next) });
        results.set(String(next), played);
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
  const { digests, counts } = JSON.parse(readFileSync(keptFile, 'utf8')) as {
    digests: Record<string, string>;
    counts: Record<string, Counts>;
  };
  return {
    digests: Object.fromEntries(Object.entries(digests).map(([name, text]) => [name, fromText(text)])),
    counts,
  };
}

/** One line for each, so that a diff of the file names what changed. */
export function writeKept({ digests, counts }: Kept): void {
  const lines = (entries: Readonly<Record<string, unknown>>) =>
    Object.entries(entries)
      .map(([name, value]) => `    ${JSON.stringify(name)}: ${JSON.stringify(value)}`)
      .join(',\n');
  const texts = Object.fromEntries(Object.entries(digests).map(([name, one]) => [name, toText(one)]));
  mkdirSync(keptFolder, { recursive: true });
  writeFileSync(
    keptFile,
    `{\n  "digests": {\n${lines(texts)}\n  },\n  "counts": {\n${lines(counts)}\n  }\n}\n`,
  );
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
