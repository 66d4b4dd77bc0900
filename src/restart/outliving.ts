import { setTimeout as delay } from 'node:timers/promises';
import { orAborted, until } from '../base/wait';
import type { Report } from '../health/report';
import { isLive } from '../health/sessions';
import type { DaemonModel } from '../model/daemonModel';
import type { Offspring, Outlived, OutlivingAnswer } from '../model/outliving';
import type { NamedProcess } from '../model/process';
import type { RestartStep } from '../model/restartStep';
import { ToolFailed } from '../system/exec';
import { identityIn, isSameProcess } from '../system/identity';
import {
  describeOffspring,
  endOffspring,
  offspringOf,
  stillThere,
  type Descendant,
} from '../system/offspring';
import { WAIT_STEP_MS } from '../system/policy';
import { environmentOf, startedAs } from '../system/processEnv';
import { Declined, Failed, type AskOutliving } from './edges';
import { OFFSPRING_SETTLES_MS, OUTLIVING_ANSWER_MS } from './policy';
import { START_MARK } from './provenance';

/** What is asked for while a restart or a stop ends a daemon that had started processes. */
export interface OutlivingWork {
  readonly signal: AbortSignal;
  readonly onStep: (step: RestartStep) => void;
  /** Without it nobody is asked. */
  readonly askOutliving?: AskOutliving | undefined;
  readonly answerTimeoutMs?: number;
}

/** Follows the processes that a daemon has started over its end: afterwards they have another parent. */
export class Outliving {
  #family: readonly Offspring[];
  #looks: Promise<void> = Promise.resolve();
  #outlived: Outlived = { left: [], ended: 0 };
  #isSettled = false;
  /** How long the user was waited for. */
  waitedMs = 0;

  /**
   * @param owner the process that will be ended
   * @param planned what it had started when the plan was made
   * @param kept processes that are never ended: other daemons
   */
  constructor(
    private readonly model: DaemonModel,
    private readonly owner: NamedProcess | undefined,
    planned: readonly Offspring[] | 'notKnown' | undefined,
    private readonly kept: ReadonlySet<number>,
  ) {
    this.#family = planned === undefined || planned === 'notKnown' ? [] : planned;
  }

  /** Notes what the daemon has started besides until now. */
  look(): void {
    const { model, owner, kept } = this;
    if (!owner) return;
    this.#looks = Promise.all([this.#looks, familyOf(model, owner, kept)]).then(([, found]) => {
      if (found !== 'notKnown') this.#family = union(this.#family, found);
    });
  }

  /**
   * To be called once the daemon has ended, and before it is started: ends those that still run, where the user says so.
   * @throws {Declined} where the user does not want the daemon to be started, or does not answer
   * @throws {Failed} where a process that is to be ended stays
   */
  async settle({ signal, onStep, askOutliving, answerTimeoutMs = OUTLIVING_ANSWER_MS }: OutlivingWork) {
    const left = await this.#leftAfterMoments(signal);
    const endable = left.filter(({ isKept }) => !isKept);
    if (endable.length === 0 || !askOutliving || !mayGoOn(this.model.track.last?.report)) return;
    onStep({ is: 'askingAboutOffspring', count: left.length });
    const askedMs = performance.now();
    const answer = await answerOf(askOutliving(left), answerTimeoutMs, signal).finally(() => {
      this.waitedMs = performance.now() - askedMs;
    });
    this.#outlived = { left, ended: 0, answer };
    if (answer === 'none' || answer === 'tooLate') throw new Declined();
    if (answer === 'leave') return;
    onStep({ is: 'endingOffspring', count: endable.length });
    const stay = await endOutliving(endable, this.kept);
    this.#outlived = { left, ended: endable.length - stay.length, answer };
    const [first] = stay;
    if (first) throw new Failed({ is: 'offspringStays', process: first });
  }

  /** What still runs at the very end; `undefined` where nothing outlived the daemon. */
  async atEnd(): Promise<Outlived | undefined> {
    const { ended, answer } = this.#outlived;
    const left = await this.#leftAfterMoments();
    if (left.length === 0 && ended === 0) return undefined;
    return { left, ended, ...(answer && { answer }) };
  }

  async #leftAfterMoments(signal?: AbortSignal): Promise<readonly Offspring[]> {
    await this.#looks;
    let left = await stillRunning(this.#family);
    if (left.length === 0 || this.#isSettled) return left;
    const isOver = async () => (left = await stillRunning(left)).length === 0;
    const wait = { timeoutMs: OFFSPRING_SETTLES_MS, stepMs: WAIT_STEP_MS, ...(signal && { signal }) };
    await until(isOver, wait);
    this.#isSettled = true;
    return left;
  }
}

/**
 * Ends exactly these processes. Never rejects.
 * @returns those that are still there, and were to be ended
 */
export async function endOutliving(
  processes: readonly Offspring[],
  kept: ReadonlySet<number>,
): Promise<readonly Offspring[]> {
  const targets = processes.flatMap((each) => (each.isKept ? [] : (identityIn(each) ?? [])));
  try {
    const stay = await endOffspring(targets, { kept });
    return processes.filter((each) => stay.some((other) => isSameProcess(other, each)));
  } catch (error) {
    if (!(error instanceof ToolFailed)) throw error;
    return stillRunning(processes);
  }
}

/** What a process has started, named; `notKnown` where the system does not tell. Never rejects. */
export async function familyOf(
  model: DaemonModel,
  owner: NamedProcess,
  kept: ReadonlySet<number>,
): Promise<readonly Offspring[] | 'notKnown'> {
  const itself = identityIn(owner);
  if (!itself) return 'notKnown';
  try {
    const mark = (await environmentOf(owner.pid))?.[START_MARK];
    const found = await offspringOf(
      itself,
      mark === undefined ? undefined : { name: START_MARK, value: mark },
    );
    if (!found) return 'notKnown';
    const described = await describeOffspring(
      found.map(({ pid }) => pid),
      kept,
    );
    const sessions = await sessionsOf(model, owner, found);
    return found.map((each, index) => {
      const { name, isKept } = described[index]!;
      const session = sessions[index];
      return { ...each, name, ...(isKept && { isKept }), ...(session !== undefined && { session }) };
    });
  } catch (error) {
    if (error instanceof ToolFailed) return 'notKnown';
    throw error;
  }
}

/** The session that each works for: by the folder, where one session alone has it and the daemon itself does not. */
async function sessionsOf(
  { track }: DaemonModel,
  owner: NamedProcess,
  found: readonly Descendant[],
): Promise<readonly (string | undefined)[]> {
  const live = (track.last?.report.sessions ?? []).filter(isLive);
  if (!live.some(({ cwd }) => cwd !== undefined)) return [];
  const own = (await startedAs(owner.pid))?.cwd;
  return Promise.all(
    found.map(async ({ pid }) => {
      const folder = (await startedAs(pid))?.cwd;
      const those = live.filter(({ cwd }) => cwd !== undefined && cwd === folder && cwd !== own);
      return those.length === 1 ? those[0]!.title : undefined;
    }),
  );
}

/** Whether a new daemon may go on with what the old one worked on: so also where nothing tells that there was no work. */
function mayGoOn(report: Report | undefined): boolean {
  if (!report?.traits.endsItsWork || report.unknownWork || !report.sessions) return true;
  return report.sessions.some(isLive);
}

/** @returns `none` where the user wants neither, `tooLate` where nobody answered in time */
async function answerOf(
  asked: Promise<OutlivingAnswer | undefined>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<OutlivingAnswer | 'none' | 'tooLate'> {
  const over = new AbortController();
  const late = delay(timeoutMs, 'tooLate' as const, { signal: over.signal, ref: false }).catch(
    () => 'tooLate' as const,
  );
  try {
    return await orAborted(Promise.race([asked.then((answer) => answer ?? 'none'), late]), signal);
  } finally {
    over.abort();
  }
}

async function stillRunning(family: readonly Offspring[]): Promise<readonly Offspring[]> {
  const known = family.flatMap((each) => {
    const identity = identityIn(each);
    return identity ? [{ ...each, ...identity }] : [];
  });
  const there = await stillThere(known);
  return family.filter((each) => there.some((other) => isSameProcess(other, each)));
}

function union(some: readonly Offspring[], others: readonly Offspring[]): readonly Offspring[] {
  return [...some, ...others.filter((each) => !some.some((known) => isSameProcess(known, each)))];
}
