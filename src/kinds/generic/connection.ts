import type { StrangeAnswer } from '../../health/cause';
import type { Progress, Report } from '../../health/report';
import { isWaiting } from '../../health/sessions';
import type { AskSetting, ProofSetting } from '../../model/askSetting';
import type { NoWay } from '../../model/startFailure';
import type { Target } from '../../model/target';
import { NoAnswer } from '../../system/httpClient';
import type { Answered, Connection, ConnectOptions, Identified, RestartWay, StartPlace } from '../kind';
import type { Look } from '../look';
import { readAnswer, type Spoken } from './answer';
import { readCommand } from './command';
import { readContract } from './contract';
import { type KnownItems, proveEach } from './each';
import { sessionsOf } from './eachSessions';
import { explore } from './explore';
import { readFiles } from './files';
import { FleetConnection } from './fleetConnection';
import { CHANGED_PLACE } from './places';
import { inTime } from './inTime';
import { COMMAND_TIMEOUT_MS } from './policy';
import { ProofAside, type ToldAside } from './proofAside';
import { prove, type Remembered } from './proofs';
import type { Moment } from './values';
import { toReport } from './report';
import { TEXT_PLACE } from './said';
import type { Said } from './spoken';
import { toldIn, type Told } from './source';
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
  return {
    kind: report.kind,
    isRunning: report.isRunning,
    report,
    ...(spoken.isByCode && { isByCode: true }),
  };
}

/** Talks to one daemon of any make. */
export function connect(target: Target, options: ConnectOptions): Connection {
  if (target.kind === 'prometheus') return new FleetConnection(target, options);
  return new AnyConnection(target, options);
}

export { examine } from './examine';

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
  #items: KnownItems | undefined;
  readonly #aside: ProofAside;
  /** Nobody was there when it was asked last. */
  #wasAway = false;
  /** Since when it is there again. Monotonic ms. */
  #backSinceMs: number | undefined;

  constructor(
    private readonly target: Exclude<Target, { readonly kind: 'prometheus' }>,
    private readonly options: ConnectOptions,
  ) {
    this.#asks = options.asks;
    this.#aside = new ProofAside(options.timeouts.requestMs);
    this.statusRoute = options.asks.query ?? '';
  }

  async ask(look: Look): Promise<Answered> {
    const heard = await this.#hear(look).catch((error: unknown) => {
      this.#wasAway ||= error instanceof NoAnswer && error.kind === 'refused';
      throw error;
    });
    if (this.#wasAway) {
      this.#backSinceMs = this.options.elapsedMs();
      this.#aside.forget();
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

  async #readFiles(paths: readonly string[]): Promise<Spoken | StrangeAnswer> {
    const { means, upMs } = this.#asks;
    const isAsked = this.#places.some((place) => place !== CHANGED_PLACE);
    const isRead = isAsked || this.#places.length === 0 || means !== undefined || upMs !== undefined;
    const spoken = await readFiles(paths, isRead, means);
    // When a log was changed may prove something, too.
    const isLog = this.#asks.explores && 'is' in spoken && ['fileTooLong', 'halfFile'].includes(spoken.is);
    return isLog ? readFiles(paths, false) : spoken;
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
    // Of an empty list, or of another value, the field is what is missing.
    if (heard.said.json !== undefined) return heard;
    return heard.said.at(TEXT_PLACE) === '' ? { is: 'empty' } : { is: 'noJson' };
  }

  async #report({ said, shape, daemonNow, sessions }: Heard, look: Look): Promise<Report> {
    const { progress, upMs } = this.#asks;
    const now = {
      nowAt: daemonNow,
      monotonicMs: this.options.elapsedMs(),
      ...this.#backSince(said, upMs, daemonNow),
    };
    if (!progress) {
      const isWritten = this.target.kind === 'file';
      const explored = this.#asks.explores && explore(said, daemonNow, { isWritten });
      const rest = { ...(sessions && { sessions }), ...(explored && { explored }) };
      return contractedReport({ said, ...(shape && { shape }) }, now, rest);
    }
    const isUp = shape?.condition !== 'starting' && shape?.condition !== 'stopping';
    if (progress.from && !isUp)
      return toReport(shape, UNPROVEN, { daemonNow, ...(sessions && { sessions }) });
    const waits = sessions !== undefined && sessions.length > 0 && sessions.every(isWaiting);
    const told = progress.from
      ? await this.#aside.ask(progress.from, progress, look, now, (aside) =>
          this.#judge(progress, aside, now),
        )
      : this.#judge(progress, toldIn(progress, [said]), now, waits);
    const work = sessions ?? told.sessions;
    return toReport(shape, told.signs, {
      daemonNow,
      ...(work && { sessions: work }),
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

  /** @param waits all its work waits for a person */
  #judge(progress: ProofSetting, told: Told, now: Moment, waits = false): ToldAside {
    if ('items' in told) {
      const things = { items: told.items, idle: [...told.idle, ...told.waiting] };
      const { signs, remembered } = proveEach(progress, things, now, this.#items);
      this.#items = remembered;
      const sessions = progress.each && sessionsOf(progress.each, told, now.nowAt);
      return { signs, ...(sessions && { sessions }) };
    }
    const found = { ...totalOf(progress, told.said), waits };
    const { signs, remembered } = prove(progress, this.#remembered, found, now);
    this.#remembered = remembered;
    return { signs };
  }
}

/** Of a daemon whose entry names no proof: its own answer may. */
function contractedReport(
  { said, shape }: Spoken,
  now: Moment,
  rest: Pick<Report, 'sessions' | 'explored'>,
): Report {
  const contracted = readContract(said, now);
  const pollStaleThresholdMs = contracted?.thresholdMs;
  return toReport(shape, contracted?.signs ?? UNPROVEN, {
    daemonNow: now.nowAt,
    ...(pollStaleThresholdMs !== undefined && { pollStaleThresholdMs }),
    ...rest,
  });
}
