import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

/** What the windows of a race share: each change adds one to both. */
export interface Counts {
  readonly all: number;
  readonly byWindow: Readonly<Record<string, number>>;
}

export interface RaceOrder {
  readonly folder: string;
  readonly window: string;
  readonly rounds: number;
}

export interface RaceReport {
  /** What this window's memory held in the end. */
  readonly value: Counts;
  readonly log: readonly string[];
}

export interface SharedRaceResult {
  readonly file: Counts;
  readonly reports: readonly RaceReport[];
  readonly left: readonly string[];
  readonly tookMs: number;
}

/** Processes that change one shared value at the same time, as the windows of one machine do. */
export async function raceShared(windows: number, rounds: number): Promise<SharedRaceResult> {
  const folder = mkdtempSync(join(tmpdir(), 'daemon-health-shared-'));
  const program = join(folder, 'window.cjs');
  const storage = join(folder, 'storage');
  const children: ChildProcess[] = [];
  try {
    await build({
      entryPoints: [join(__dirname, 'sharedRaceMain.ts')],
      outfile: program,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
    });
    for (let index = 0; index < windows; index++) children.push(fork(program));
    await Promise.all(children.map((child) => once(child, 'message')));
    const startedMs = performance.now();
    const reports = await Promise.all(
      children.map(async (child, index) => {
        const report = once(child, 'message');
        child.send({ folder: storage, window: `w${index}`, rounds } satisfies RaceOrder);
        return (await report)[0] as RaceReport;
      }),
    );
    const tookMs = performance.now() - startedMs;
    const { value } = JSON.parse(readFileSync(join(storage, 'counts.json'), 'utf8')) as { value: Counts };
    return { file: value, reports, left: readdirSync(storage), tookMs };
  } finally {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
