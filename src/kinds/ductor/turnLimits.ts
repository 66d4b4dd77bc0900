import type { Session } from '../../health/report';
import { ENDED_SHOWN_MS } from '../../health/policy';
import type { LimitLine } from './agentLife';
import type { DuctorLimits } from './config';
import { DUCTOR_END_MS, LOG_TIME_MS, MAX_LIMIT_LINES, TIME_OUT_WAIT_MS } from './policy';

/*
 * The log says that a limit was moved or has ended some work, and not of which work. A turn is meant where the moment is
 * that of its limit and of no other turn's; where several may be meant, what is assumed of them stays.
 */

type Extended = Extract<LimitLine, { readonly is: 'extended' }>;
type TimedOut = Extract<LimitLine, { readonly is: 'timedOut' }>;

/** A turn, and when it was last seen to run. */
interface Seen {
  readonly session: Session;
  readonly seenAt: number;
}

/** What became of turns as far as their limits and the log tell it. */
export class TurnLimits {
  /** Those that run or ended a moment ago, by id. */
  #turns = new Map<string, Seen>();
  /** Those that were timed out, the newest last. */
  #timedOut: readonly Session[] = [];
  /** Lines that have told of their turn. */
  readonly #used = new Set<LimitLine>();

  /** Of another life of the daemon. */
  clear(): void {
    this.#turns.clear();
    this.#timedOut = [];
    this.#used.clear();
  }

  /**
   * The turns of all agents with the deadlines that the log tells.
   *
   * @param running those that run now
   */
  extended(
    running: readonly Session[],
    lines: readonly LimitLine[],
    limits: DuctorLimits,
    nowAt: number,
  ): readonly Session[] {
    const known = new Map([...this.#turns].map(([id, { session }]) => [id, session]));
    for (const turn of running) known.set(turn.id, turn);
    const last = new Map<string, Extended>();
    for (const line of lines) {
      if (line.is !== 'extended') continue;
      const [turn, ...others] = [...known.values()].filter((each) => isExtended(each, line, limits));
      if (turn && others.length === 0) last.set(turn.id, line);
    }
    for (const session of running) this.#turns.set(session.id, { session, seenAt: nowAt });
    return running.map((turn) => withExtension(turn, last.get(turn.id), limits));
  }

  /**
   * The turns that were timed out, as long as they are shown.
   *
   * @param running the ids of those that run now
   */
  timedOut(
    running: ReadonlySet<string>,
    lines: readonly LimitLine[],
    limits: DuctorLimits,
    nowAt: number,
  ): readonly Session[] {
    const gone = [...this.#turns.values()].flatMap(({ session }) => (running.has(session.id) ? [] : session));
    const open = lines.filter((line): line is TimedOut => line.is === 'timedOut' && !this.#used.has(line));
    for (const turn of gone) {
      const own = open.filter((line) => mayBeOf(turn, line, limits));
      const [line] = own;
      // As many turns as lines, or more lines: each of the turns has one.
      const rivals = gone.filter((other) => own.some((each) => mayBeOf(other, each, limits)));
      const isSure = count(own, 'turn') >= rivals.length || count(own, 'process') >= rivals.length;
      if (!line || !isSure) continue;
      this.#turns.delete(turn.id);
      for (const each of rivals.length === 1 ? own : []) this.#used.add(each);
      this.#timedOut = [...this.#timedOut, ended(turn, line)].slice(-MAX_LIMIT_LINES);
    }
    for (const [id, { seenAt }] of this.#turns) {
      if (!running.has(id) && nowAt - seenAt > TIME_OUT_WAIT_MS) this.#turns.delete(id);
    }
    this.#timedOut = this.#timedOut.filter(
      ({ id, endedAt = 0 }) => !running.has(id) && nowAt - endedAt < ENDED_SHOWN_MS,
    );
    return this.#timedOut;
  }
}

const count = (lines: readonly TimedOut[], of: TimedOut['of']) =>
  lines.filter((line) => line.of === of).length;

/** Whether a line was written at this moment, or as long after it as ductor takes to see to it. */
function isAt(lineAt: number, at: number): boolean {
  return lineAt >= at - LOG_TIME_MS && lineAt <= at + DUCTOR_END_MS;
}

function isExtended({ startedAt }: Session, { at, used, byMs }: Extended, { turnMs }: DuctorLimits): boolean {
  if (startedAt === undefined || turnMs === undefined) return false;
  return isAt(at, startedAt + turnMs + (used - 1) * byMs);
}

/** A turn whose deadline the log moved. What outlives that deadline, too, was extended once more and nobody said so. */
function withExtension(turn: Session, line: Extended | undefined, { turnMs }: DuctorLimits): Session {
  if (!line || turn.startedAt === undefined || turnMs === undefined) return turn;
  const { used, max, byMs } = line;
  const deadlineAt = turn.startedAt + turnMs + used * byMs;
  if (turn.deadlineAt !== undefined && turn.deadlineAt > deadlineAt) return turn;
  return {
    ...turn,
    timeoutMs: turnMs,
    deadlineAt,
    deadlineAssumed: true,
    extensionsUsed: used,
    ...(max > 0 && { maxExtensions: max }),
  };
}

/** Whether a line may be of this turn: the limit that the line names, and some extensions, end there. */
function mayBeOf(
  { startedAt, extensionsUsed = 0 }: Session,
  { at, afterMs }: TimedOut,
  { extensionMs, maxExtensions }: DuctorLimits,
): boolean {
  if (startedAt === undefined) return false;
  const most = Math.max(extensionsUsed, maxExtensions);
  const used = extensionMs > 0 ? Math.floor((at + LOG_TIME_MS - startedAt - afterMs) / extensionMs) : 0;
  return used >= 0 && used <= most && isAt(at, startedAt + afterMs + used * extensionMs);
}

function ended(turn: Session, { at, afterMs, said }: TimedOut): Session {
  const { deadlineAt: _over, deadlineAssumed: _assumed, ...rest } = turn;
  return { ...rest, status: 'timed-out', endedAt: at, timeoutMs: afterMs, outcome: said };
}
