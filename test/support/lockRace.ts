import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Of whom the lock is: of the windows that restart a daemon, or of dispatchd's state directory. */
export type RacedLock = 'restart' | 'dispatchd';

export type ContenderMessage =
  | { readonly kind: 'go'; readonly lock: RacedLock; readonly folder: string; readonly goAtNs: string }
  | { readonly kind: 'release' };

export type ContenderReply =
  | { readonly kind: 'tried'; readonly got: boolean }
  | { readonly kind: 'released' }
  | { readonly kind: 'failed'; readonly why: string };

/** Higher than any process number of Linux, macOS or Windows (4,194,304 at most). */
const DEAD_PID = 2 ** 22 + 1;
const BOOT = '11111111-1111-1111-1111-111111111111';
const MAX_CONTENDERS = 6;
const MIN_CONTENDERS = 2;
/** For the message to reach all contenders, which then wait for the same moment. */
const GO_AFTER_MS = 2;
const RESTART_LOCK = `restart.${createHash('sha256').update('http://127.0.0.1:3457').digest('hex').slice(0, 32)}.lock`;

const dead = (key: string) => ({
  key,
  pid: DEAD_PID,
  startedAtMs: 1,
  startTicks: 1,
  bootId: BOOT,
  at: Date.now(),
});

/** What lies there before a round, by the ending of its file's name. */
const CASES: Readonly<Record<string, () => Readonly<Record<string, string>>>> = {
  free: () => ({}),
  'left by a dead owner': () => ({ '': JSON.stringify(dead('d')) }),
  'left by a dead owner of an earlier version': () => ({
    '': JSON.stringify({ pid: DEAD_PID, at: Date.now() }),
  }),
  'an empty file': () => ({ '': '' }),
  'a half-written file': () => ({ '': JSON.stringify(dead('d')).slice(0, 40) }),
  'left by the dead that took over from the dead': () => ({
    '': JSON.stringify(dead('d')),
    '.after.d': JSON.stringify(dead('e')),
    '.after.e': '{"key":"f',
  }),
};

/** The two locks have had formats of their own. */
export function casesOf(lock: RacedLock): readonly string[] {
  return Object.keys(CASES).filter((name) => lock === 'restart' || !name.endsWith('earlier version'));
}

export interface RaceResult {
  readonly rounds: number;
  readonly tookMs: number;
  /** Rounds that did not have exactly one holder, or left something behind; each in words. */
  readonly wrong: readonly string[];
}

/** Processes that contend for locks in real files, round after round. */
export class LockRace {
  readonly #contenders: Contender[] = [];

  async start(): Promise<this> {
    const file = join(__dirname, 'lockContender.ts');
    for (let i = 0; i < MAX_CONTENDERS; i++) {
      this.#contenders.push(new Contender(fork(file, { execArgv: ['--import', 'tsx'] })));
    }
    await Promise.all(this.#contenders.map((contender) => contender.next()));
    return this;
  }

  /** Rounds of one case, with 2 to 6 processes in turn. */
  async run(lock: RacedLock, name: string, rounds: number): Promise<RaceResult> {
    const folder = mkdtempSync(join(tmpdir(), 'daemon-health-race-'));
    const startedMs = performance.now();
    const wrong: string[] = [];
    try {
      for (let round = 0; round < rounds; round++) {
        const count = MIN_CONTENDERS + (round % (MAX_CONTENDERS - MIN_CONTENDERS + 1));
        const contenders = this.#contenders.slice(0, count);
        const trouble = await this.#round(lock, folder, CASES[name]!(), contenders);
        if (trouble !== undefined) wrong.push(`round ${round} with ${count} processes: ${trouble}`);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    return { rounds, tookMs: performance.now() - startedMs, wrong };
  }

  async #round(
    lock: RacedLock,
    folder: string,
    files: Readonly<Record<string, string>>,
    contenders: readonly Contender[],
  ): Promise<string | undefined> {
    for (const name of readdirSync(folder)) rmSync(join(folder, name));
    const name = lock === 'restart' ? RESTART_LOCK : 'lock';
    for (const [ending, text] of Object.entries(files)) writeFileSync(join(folder, name + ending), text);
    const goAtNs = String(process.hrtime.bigint() + BigInt(GO_AFTER_MS * 1e6));
    const tried = await Promise.all(
      contenders.map((contender) => contender.ask({ kind: 'go', lock, folder, goAtNs })),
    );
    const holders = tried.filter((reply) => reply.kind === 'tried' && reply.got).length;
    const left = readdirSync(folder);
    const released = await Promise.all(contenders.map((contender) => contender.ask({ kind: 'release' })));
    const failed = [...tried, ...released].find((reply) => reply.kind === 'failed');
    if (failed?.kind === 'failed') return failed.why;
    if (holders !== 1) return `${holders} holders`;
    if (left.length !== 1 || left[0] !== name) return `left ${left.join(', ')} while it was held`;
    const after = readdirSync(folder);
    return after.length > 0 ? `left ${after.join(', ')}` : undefined;
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.#contenders.splice(0).map(async ({ child }) => {
        const gone = once(child, 'exit');
        child.disconnect();
        await gone;
      }),
    );
  }
}

class Contender {
  constructor(readonly child: ChildProcess) {}

  async next(): Promise<ContenderReply> {
    const [reply] = (await once(this.child, 'message')) as [ContenderReply];
    return reply;
  }

  ask(message: ContenderMessage): Promise<ContenderReply> {
    const reply = this.next();
    this.child.send(message);
    return reply;
  }
}
