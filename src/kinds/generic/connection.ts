import { setTimeout as delay } from 'node:timers/promises';
import type { Cause, StrangeAnswer } from '../../health/cause';
import type { Progress, Report, Signs } from '../../health/report';
import type { AskSetting, ProofSetting, ProofSource } from '../../model/askSetting';
import type { NoWay } from '../../model/startFailure';
import type { Target } from '../../model/target';
import { NoAnswer, noAnswerWithin, type Ask } from '../../system/httpClient';
import type { Answered, Connection, ConnectOptions, Identified, RestartWay, StartPlace } from '../kind';
import type { Look } from '../look';
import { readAnswer, type Spoken } from './answer';
import { prove, type Moment, type Remembered } from './proofs';
import { readCommand } from './command';
import { proveEach } from './each';
import { readFiles } from './files';
import { CHANGED_PLACE } from './places';
import { COMMAND_TIMEOUT_MS, PROOF_KEPT_INTERVALS } from './policy';
import { toReport } from './report';
import { TEXT_PLACE, type Said } from './said';
import { askSource, toldIn, type Told } from './source';
import { totalOf } from './totals';

/** What came of one question: what was said, when on the daemon's clock, and how long that took. */
interface Heard extends Spoken {
  readonly daemonNow: number;
  readonly tookMs: number;
}

/**
 * Whether what answers has one of the usual shapes of a health answer. Nobody looks for such daemons: whoever named
 * the address wants it watched. @throws {NoAnswer}
 */
export async function identify(look: Look): Promise<Identified | StrangeAnswer> {
  if (look.origin === undefined) return { is: 'noAddress' };
  if (look.purpose !== 'watch') return { is: 'unknownKind' };
  const spoken = readAnswer(await look.get(''), undefined);
  if ('is' in spoken) return spoken;
  if (!spoken.shape) return { is: 'noShape' };
  const report = toReport(spoken.shape, UNPROVEN, {});
  return { kind: report.kind, isRunning: report.isRunning, report };
}

/** Talks to one daemon of any make. */
export function connect(target: Target, options: ConnectOptions): Connection {
  return new AnyConnection(target, options);
}

/** Its entry in the settings says how it is started, or nobody does. */
export function restartWays(_target: Target, { name }: StartPlace): readonly RestartWay[] | NoWay {
  return { is: 'startUnknown', daemon: name };
}

const UNPROVEN: Progress = { kind: 'untold', by: 'settings' };

/** Asks a daemon of any make by what its entry says, and remembers what proves something by its change. */
class AnyConnection implements Connection {
  readonly statusRoute: string;
  readonly #asks: AskSetting;
  #remembered: Remembered | undefined;
  /** What was asked for besides the status, and when that was told, and last asked for. Monotonic ms. */
  #kept: { readonly signs: Signs; readonly atMs: number; readonly askedMs: number } | undefined;
  /** Nobody was there when it was asked last. */
  #wasAway = false;
  /** Since when it is there again. Monotonic ms. */
  #backSinceMs: number | undefined;

  constructor(
    private readonly target: Target,
    private readonly options: ConnectOptions,
  ) {
    this.#asks = options.asks;
    this.statusRoute = options.asks.query ?? '';
  }

  async ask(look: Look): Promise<Answered> {
    const heard = await this.#hear(look).catch((error: unknown) => {
      this.#wasAway ||= error instanceof NoAnswer && error.kind === 'refused';
      throw error;
    });
    if (this.#wasAway) {
      this.#backSinceMs = this.options.elapsedMs();
      this.#kept = undefined;
    }
    this.#wasAway = false;
    const usable = 'is' in heard ? heard : this.#usable(heard);
    if ('is' in usable) return { is: this.options.isDeclared ? 'wrong' : 'stranger', why: usable };
    return { is: 'report', report: await this.#report(usable, look), latencyMs: usable.tookMs };
  }

  async #hear(look: Look): Promise<Heard | StrangeAnswer> {
    const { target } = this;
    if (target.kind === 'http') return this.#get(look);
    const startedMs = performance.now();
    const within = look.within.atMost(this.options.timeouts.requestMs);
    const spoken = await (target.kind === 'file'
      ? inTime(this.#readFiles(target.paths), within)
      : readCommand(target.argv, this.#places, Math.min(COMMAND_TIMEOUT_MS, within.leftMs()), {
          means: this.#asks.means,
        }));
    if ('is' in spoken) return spoken;
    return { ...spoken, daemonNow: this.options.wallAt(), tookMs: performance.now() - startedMs };
  }

  #readFiles(paths: readonly string[]): Promise<Spoken | StrangeAnswer> {
    const isRead = this.#places.length === 0 || this.#places.some((place) => place !== CHANGED_PLACE);
    return readFiles(paths, isRead, this.#asks.means);
  }

  get #places(): readonly string[] {
    const { progress } = this.#asks;
    if (!progress || progress.from) return [];
    return [progress.each?.at ?? progress.at, progress.busy].filter((place) => place !== undefined);
  }

  async #get(look: Look): Promise<Heard | StrangeAnswer> {
    const answer = await look.get(this.statusRoute, this.options.timeouts.requestMs);
    const spoken = readAnswer(answer, this.#asks.expect, this.#asks.means);
    if ('is' in spoken) return spoken;
    return { ...spoken, daemonNow: answer.dateAt ?? this.options.wallAt(), tookMs: answer.tookMs };
  }

  /** Where nobody named the kind, only a usual shape shows that a daemon is there. */
  #usable(heard: Heard): Heard | StrangeAnswer {
    if (heard.shape) return heard;
    if (!this.options.isDeclared) return { is: 'noShape' };
    const { progress } = this.#asks;
    if (!progress || progress.from || progress.at.startsWith('$') || heard.said.hasFields) return heard;
    return heard.said.at(TEXT_PLACE) === '' ? { is: 'empty' } : { is: 'noJson' };
  }

  async #report({ said, shape, daemonNow }: Heard, look: Look): Promise<Report> {
    const { progress, upMs } = this.#asks;
    if (!progress) return toReport(shape, UNPROVEN, { daemonNow });
    const now = {
      nowAt: daemonNow,
      monotonicMs: this.options.elapsedMs(),
      ...this.#backSince(said, upMs, daemonNow),
    };
    const isUp = shape?.condition !== 'starting' && shape?.condition !== 'stopping';
    if (progress.from && !isUp) return toReport(shape, UNPROVEN, { daemonNow });
    const signs = progress.from
      ? await this.#askedSigns(progress.from, progress, look, now)
      : this.#judge(progress, toldIn(progress, [said]), now);
    return toReport(shape, signs, {
      daemonNow,
      pollStaleThresholdMs: progress.redAfterMs ?? progress.stuckAfterMs!,
    });
  }

  /** Since when it is there: by its own word, or as it was seen to come back. Epoch ms on its clock. */
  #backSince(said: Said, upMs: string | undefined, daemonNow: number): Pick<Moment, 'backSinceAt'> {
    const up = upMs === undefined ? undefined : said.at(upMs);
    const told = typeof up === 'number' && up >= 0 ? daemonNow - up : undefined;
    const back = this.#backSinceMs;
    const seen = back === undefined ? undefined : daemonNow - (this.options.elapsedMs() - back);
    const since = [told, seen].filter((at) => at !== undefined);
    return since.length === 0 ? {} : { backSinceAt: Math.max(...since) };
  }

  #judge(progress: ProofSetting, told: Told, now: Moment): Signs {
    if ('items' in told) return proveEach(progress, told.items, now, told.idle);
    const { signs, remembered } = prove(progress, this.#remembered, totalOf(progress, told.said), now);
    this.#remembered = remembered;
    return signs;
  }

  /**
   * What is asked besides the status, and less often. What was told last counts meanwhile, as of the moment when it was
   * told: what is owed since then may have come.
   */
  async #askedSigns(from: ProofSource, progress: ProofSetting, look: Look, now: Moment): Promise<Signs> {
    const { everyMs = 0 } = from;
    const kept = this.#kept;
    const ageMs = kept ? now.monotonicMs - kept.atMs : Infinity;
    if (kept && now.monotonicMs - kept.askedMs < everyMs) return aged(kept.signs, ageMs);
    const answered = await this.#askSource(from, progress, look);
    if (!('is' in answered)) {
      const signs = this.#judge(progress, answered, now);
      this.#kept = { signs, atMs: now.monotonicMs, askedMs: now.monotonicMs };
      return signs;
    }
    const isKept = kept !== undefined && kept.signs.unknown?.is !== 'signUntold';
    if (isKept && ageMs < PROOF_KEPT_INTERVALS * Math.max(everyMs, this.options.timeouts.requestMs)) {
      this.#kept = { ...kept, askedMs: now.monotonicMs };
      return aged(kept.signs, ageMs);
    }
    const signs: Signs = { kind: 'signs', by: progress.by, unknown: { is: 'signUntold', cause: answered } };
    this.#kept = { signs, atMs: now.monotonicMs, askedMs: now.monotonicMs };
    return signs;
  }

  async #askSource(from: ProofSource, progress: ProofSetting, look: Look): Promise<Told | Cause> {
    const { requestMs } = this.options.timeouts;
    const within = look.within.atMost(requestMs);
    const commandMs = Math.min(COMMAND_TIMEOUT_MS, within.leftMs());
    try {
      return await inTime(askSource(from, progress, { look, commandMs, requestMs }), within);
    } catch (error) {
      if (error instanceof NoAnswer) return error.code;
      throw error;
    }
  }
}

/** What was told before, as of then: only its age is known to grow. */
function aged(signs: Signs, byMs: number): Signs {
  const { owedSinceAt, suspect } = signs;
  return {
    ...signs,
    ...(owedSinceAt !== undefined && { owedSinceAt: owedSinceAt + byMs }),
    ...(suspect && { suspect: { ...suspect, sinceAt: suspect.sinceAt + byMs } }),
  };
}

/** A file system that hangs ends no read: nobody waits for it. */
async function inTime<T>(work: Promise<T>, within: Ask): Promise<T> {
  const late = new AbortController();
  const deadline = delay(within.leftMs(), undefined, { signal: late.signal }).then(() => {
    throw noAnswerWithin(within);
  });
  for (const each of [work, deadline]) each.catch(() => undefined);
  try {
    return await Promise.race([work, deadline]);
  } finally {
    late.abort();
  }
}
