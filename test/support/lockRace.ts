import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBootId } from '../../src/system/bootId';
import { parseOwner } from '../../src/system/lockOwner';
import {
  ContenderMaker,
  whyNoNamespace,
  type Contender,
  type ContenderReply,
  type RacedLock,
} from './lockContenders';
import { NAMESPACE_SCENES, SCENES, type Scene, type Stage } from './lockScenes';

const MAX_CONTENDERS = 6;
const MIN_CONTENDERS = 2;
/** For the message to reach all contenders, which then wait for the same moment. */
const GO_AFTER_MS = 2;
const RESTART_LOCK = `restart.${createHash('sha256').update('http://127.0.0.1:3457').digest('hex').slice(0, 32)}.lock`;

/** A round that kills a process needs a new one, which takes ten times as long as the round: there are fewer of them. */
const KILLING_SHARE = 1 / 3;

/** Rounds of one case. */
export interface RaceShare {
  readonly lock: RacedLock;
  readonly name: string;
  readonly rounds: number;
}

/** Distributes rounds over both locks and all cases. The two locks have had formats of their own. */
export function sharesOf(rounds: number): readonly RaceShare[] {
  const names = [...Object.keys(SCENES), ...Object.keys(NAMESPACE_SCENES)];
  const cases = (['restart', 'dispatchd'] as const).flatMap((lock) =>
    names
      .filter((name) => lock === 'restart' || !name.endsWith('earlier version'))
      .map((name) => ({ lock, name, weight: name.includes('killed') ? KILLING_SHARE : 1 })),
  );
  const whole = cases.reduce((sum, { weight }) => sum + weight, 0);
  return cases.map(({ lock, name, weight }) => ({
    lock,
    name,
    rounds: Math.ceil((rounds * weight) / whole),
  }));
}

export interface RaceResult {
  readonly rounds: number;
  readonly tookMs: number;
  /** Rounds with two holders, with none where the owner was dead, or that left something behind; each in words. */
  readonly wrong: readonly string[];
}

/** Processes that contend for locks in real files, round after round. */
export class LockRace {
  readonly #maker = new ContenderMaker();
  readonly #here: Contender[] = [];
  readonly #elsewhere: Contender[] = [];
  readonly #others = new Map<'here' | 'otherNamespace', Contender>();
  readonly #noNamespace = whyNoNamespace();
  #bootId = '';

  async start(): Promise<this> {
    this.#bootId = await readBootId();
    await this.#maker.start();
    const many = (count: number, where: 'here' | 'otherNamespace') =>
      Promise.all(Array.from({ length: count }, () => this.#maker.make(where)));
    this.#here.push(...(await many(MAX_CONTENDERS, 'here')));
    if (this.#noNamespace === undefined)
      this.#elsewhere.push(...(await many(MAX_CONTENDERS / 2, 'otherNamespace')));
    return this;
  }

  /** Why a case cannot be had on this machine; `undefined` where it can. */
  whyNotRun(name: string): string | undefined {
    return name in NAMESPACE_SCENES ? this.#noNamespace : undefined;
  }

  /** Rounds of one case, with 2 to 6 processes in turn. */
  async run({ lock, name, rounds }: RaceShare): Promise<RaceResult> {
    const folder = mkdtempSync(join(tmpdir(), 'daemon-health-race-'));
    const startedMs = performance.now();
    const wrong: string[] = [];
    try {
      for (let round = 0; round < rounds; round++) {
        for (const entry of readdirSync(folder)) rmSync(join(folder, entry));
        const count = MIN_CONTENDERS + (round % (MAX_CONTENDERS - MIN_CONTENDERS + 1));
        const stage = this.#stage(lock, folder, round);
        const scene = await (SCENES[name] ?? NAMESPACE_SCENES[name])!(stage);
        const trouble = await this.#round(stage, scene, this.#contenders(count, scene));
        if (trouble !== undefined) wrong.push(`round ${round} with ${count} processes: ${trouble}`);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    return { rounds, tookMs: performance.now() - startedMs, wrong };
  }

  #stage(lock: RacedLock, folder: string, round: number): Stage {
    return {
      lock,
      folder,
      round,
      name: lock === 'restart' ? RESTART_LOCK : 'lock',
      bootId: this.#bootId,
      ask: (contender, clockShiftMs = 0) =>
        contender.ask({ kind: 'go', lock, folder, goAtNs: this.#goAtNs(), clockShiftMs }),
      other: async (where = 'here') => {
        const known = this.#others.get(where);
        if (known?.isThere) return known;
        const other = await this.#maker.make(where);
        this.#others.set(where, other);
        return other;
      },
    };
  }

  #goAtNs(): string {
    return String(process.hrtime.bigint() + BigInt(GO_AFTER_MS * 1e6));
  }

  #contenders(count: number, { mixed = false }: Scene): readonly Contender[] {
    if (!mixed) return this.#here.slice(0, count);
    const elsewhere = Math.floor(count / 2);
    return [...this.#here.slice(0, count - elsewhere), ...this.#elsewhere.slice(0, elsewhere)];
  }

  async #round(stage: Stage, scene: Scene, contenders: readonly Contender[]): Promise<string | undefined> {
    const { ends, dying } = scene;
    if (ends) {
      const trouble = await this.#contend(stage, scene, contenders, (holders) => holders === 0);
      await ends();
      if (trouble !== undefined) return `while it was held: ${trouble}`;
    }
    if (dying) {
      const trouble = await this.#contend(stage, scene, contenders, (holders) => holders <= 1);
      if (trouble !== undefined) return `while one died: ${trouble}`;
    }
    const trouble = await this.#contend(stage, scene, contenders, (holders) => holders === 1, true);
    if (trouble !== undefined) return trouble;
    const after = readdirSync(stage.folder).filter((entry) => !mayStay(stage, scene, entry));
    return after.length > 0 ? `left ${after.join(', ')}` : undefined;
  }

  /** All ask at once, and give back what they got. @param isLast everybody who may die has */
  async #contend(
    stage: Stage,
    scene: Scene,
    contenders: readonly Contender[],
    isRight: (holders: number) => boolean,
    isLast = false,
  ): Promise<string | undefined> {
    const { lock, folder, name } = stage;
    const goAtNs = this.#goAtNs();
    const dying = isLast ? undefined : scene.dying?.go();
    const { clockShiftMs = 0 } = scene;
    const tried = await Promise.all(
      contenders.map((contender) => contender.ask({ kind: 'go', lock, folder, goAtNs, clockShiftMs })),
    );
    const died = await dying;
    const left = readdirSync(folder);
    const socket = left.includes(name) && parseOwner(readFileSync(join(folder, name), 'utf8'))?.socket;
    const released = await Promise.all(contenders.map((contender) => contender.release()));
    const failed = [...tried, ...released].find(({ kind }) => kind === 'failed' || kind === 'died');
    if (failed) return failed.kind === 'failed' ? failed.why : 'a contender died';
    const got = tried.flatMap((reply) => gotAt(reply) ?? []);
    if (!isRight(got.length)) return `${got.length} holders${whyOf(tried)}`;
    const { killedAtNs = 0n, gotAtNs } = died ?? {};
    // The one that was killed had the lock by then, and another one got it before that one was killed.
    if (gotAtNs !== undefined && got.some((atNs) => atNs < killedAtNs)) return '2 holders, one of whom died';
    const others = left.filter(
      (entry) => entry !== name && entry !== socket && entry !== 'made' && !mayStay(stage, scene, entry),
    );
    return isLast && others.length > 0 ? `left ${left.join(', ')} while it was held` : undefined;
  }

  async stop(): Promise<void> {
    const all = [...this.#here.splice(0), ...this.#elsewhere.splice(0), ...this.#others.values()];
    await Promise.all(all.map((contender) => contender.end()));
    this.#maker.stop();
  }
}

/**
 * Whether a killed process may have left this file for long: a candidate that it had not written whole. Nobody can
 * tell that file from one that is being written; a later owner removes it once it is old.
 */
function mayStay({ folder, name }: Stage, { dying }: Scene, entry: string): boolean {
  if (!dying || !entry.startsWith(`${name}.candidate.`)) return false;
  return parseOwner(readFileSync(join(folder, entry), 'utf8')) === undefined;
}

function gotAt(reply: ContenderReply): bigint | undefined {
  return reply.kind === 'tried' && reply.gotAtNs !== undefined ? BigInt(reply.gotAtNs) : undefined;
}

function whyOf(tried: readonly ContenderReply[]): string {
  const whys = tried.flatMap((reply) => (reply.kind === 'tried' && reply.why) || []);
  return whys.length > 0 ? ` (${whys[0]})` : '';
}
