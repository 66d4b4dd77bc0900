import type { StrangeAnswer } from '../../health/cause';
import type { ToldPast } from '../../health/toldPast';
import type { Report, Session, UnknownWork } from '../../health/report';
import type { Target } from '../../model/target';
import { cleanText } from '../../base/text';
import { NoAnswer, type Answer } from '../../system/httpClient';
import type { Answered, Connection, ConnectOptions } from '../kind';
import type { Look, Seen } from '../look';
import { MAX_SESSIONS } from '../policy';
import { isLoopback } from '../read/paths';
import { readApi, readAgents, readState, subAgentsOf, type SubAgent } from './agents';
import { DEFAULT_LIMITS } from './config';
import type { DuctorFiles } from './files';
import { ListenerFiles } from './listenerFiles';
import { AGENTS_ROUTE, API_ROUTE, MAX_NAME_CHARS, TASKS_ROUTE } from './policy';
import { readTasks, taskSessions, type Task } from './tasks';
import { withoutProcess } from './turnProcess';

export { identify } from './identify';
export { ownCommand, restartWays } from './start';

/** Talks to one ductor, and reads its files where it is on this machine. */
export function connect(target: Target, options: ConnectOptions): Connection {
  if (target.kind !== 'http') throw new Error('a ductor has an address');
  return new DuctorConnection(target.origin, options);
}

/**
 * Asks a ductor, a bot that runs the command lines of agents. It tells which of its agents run, and its background
 * tasks; of the turns of its chats only the files on its machine tell. Nothing tells whether its loop advances.
 */
class DuctorConnection implements Connection {
  readonly #state: ListenerFiles | undefined;
  statusRoute: string = AGENTS_ROUTE;
  #isRecognised = false;
  /** What its last answer said of its end; `undefined` where its files were not to be had then. */
  #saidEnding: boolean | undefined;
  #tasks: { readonly body: string; readonly tasks: readonly Task[] | undefined } | undefined;

  constructor(
    origin: string,
    private readonly options: ConnectOptions,
  ) {
    const { hostname, port } = new URL(origin);
    // The files of this machine say nothing about a daemon of another.
    if (isLoopback(hostname)) {
      this.#state = new ListenerFiles(hostname, Number(port), options.env, options.wallAt);
    }
  }

  async ask(look: Look): Promise<Answered> {
    try {
      const answered = await this.#ask(look);
      this.#isRecognised = true;
      if (answered.is !== 'report') this.#forget();
      return answered;
    } catch (error) {
      if (!(error instanceof NoAnswer) || error.kind !== 'timeout') this.#forget();
      throw error;
    }
  }

  /**
   * It removes the file with its number when it ends in good order, and also when its main agent crashes: it, or its log,
   * must have said that it ends.
   */
  async hasEnded(): Promise<boolean | undefined> {
    if (this.#saidEnding === undefined) return undefined;
    const end = await this.#state?.end();
    return end && end.isPidFileGone && (this.#saidEnding || end.wasToldTo);
  }

  /** As its log on this machine tells it. */
  get history() {
    const state = this.#state;
    if (!state) return undefined;
    return async (): Promise<ToldPast | undefined> => {
      const lives = await state.lives();
      return lives && { daemonNow: this.options.wallAt(), lives, lateCycles: [] };
    };
  }

  /** What answers next may be another. */
  #forget(): void {
    this.statusRoute = AGENTS_ROUTE;
    this.#isRecognised = false;
    this.#state?.forget();
  }

  async #ask(look: Look): Promise<Answered> {
    const { answer, said } = await this.#say(look);
    const { isDeclared, timeouts, wallAt } = this.options;
    if ('is' in said) {
      // Who was a ductor a moment ago may be changing places: who is there now the next ask finds out. Where the user
      // named the kind, both of its servers were asked, and nobody else is.
      const isUnknown = !isDeclared && !this.#isRecognised;
      return { is: answer.status === 404 && isUnknown ? 'stranger' : 'wrong', why: said };
    }
    const daemonNow = clockOf(answer, wallAt());
    const subAgents = this.statusRoute === AGENTS_ROUTE ? subAgentsOf(answer.body) : [];
    const [files, tasks] = await Promise.all([
      this.#state?.read(look.within.atMost(timeouts.fallbackMs).timeoutMs, subAgents),
      said.starting ? undefined : this.#askTasks(look),
    ]);
    this.#saidEnding = files && (said.ending?.isWhole === true || files.log?.isEnding === true);
    const starting = said.starting || (said.isRunning && files?.isStarting);
    // Until it is up it lists no tasks, though it may have some.
    const nowAt = daemonNow ?? wallAt();
    const { sessions, unknown } = starting ? {} : this.#work(tasks, files, subAgents, nowAt);
    const isAtWork = said.isRunning && !starting && !files?.log?.isEnding;
    const report: Report = {
      ...said,
      ...(starting && { starting }),
      ...(files && troubles(said, files)),
      ...(files && isAtWork && (await withoutProcess(files, wallAt()))),
      ...(!starting && files?.isResuming && { isResuming: true }),
      ...(daemonNow !== undefined && { daemonNow }),
      ...(sessions && { sessions }),
      ...(unknown && said.isRunning && { unknownWork: unknown }),
      ...(files?.instance && { instance: files.instance }),
      malformed: [
        ...said.malformed,
        ...(files?.unreadable ?? []).map((field) => ({ field, is: 'unreadableFile' as const })),
      ],
    };
    return { is: 'report', report, latencyMs: answer.tookMs };
  }

  async #say(look: Look): Promise<{ answer: Seen; said: Report | StrangeAnswer }> {
    const { isDeclared, timeouts } = this.options;
    const answer = await look.get(this.statusRoute, timeouts.requestMs);
    if (this.statusRoute === API_ROUTE) return { answer, said: readState(answer, readApi) };
    if (answer.status === 404 && isDeclared) {
      const other = await look.get(API_ROUTE, timeouts.requestMs);
      const said = readState(other, readApi);
      if (!('is' in said)) {
        this.statusRoute = API_ROUTE;
        return { answer: other, said };
      }
    }
    return { answer, said: readState(answer, readAgents) };
  }

  /**
   * Tasks and turns, and of which nothing is known. `sessions` is `undefined` where that is not known: that there is no
   * work is known only where all of it is.
   */
  #work(
    tasks: readonly Task[] | undefined,
    files: DuctorFiles | undefined,
    subAgents: readonly SubAgent[],
    nowAt: number,
  ): { sessions?: readonly Session[]; unknown?: UnknownWork } {
    const unknown: UnknownWork = {
      subAgents: subAgents
        .filter(({ name, mayWork }) => !(files?.subAgents.get(name)?.isKnown ?? !mayWork))
        .map(({ name }) => cleanText(name, MAX_NAME_CHARS)),
      turns: files?.areTurnsKnown !== true,
      tasks: tasks === undefined,
    };
    const isAllKnown = !unknown.turns && !unknown.tasks && unknown.subAgents.length === 0;
    const rest = isAllKnown ? {} : { unknown };
    // For once not to be had is not gone.
    if (this.statusRoute === AGENTS_ROUTE && !tasks) return rest;
    const work = new Map<string, Session>();
    const listed = taskSessions(tasks ?? [], files?.limits ?? DEFAULT_LIMITS, nowAt);
    const ofSubAgents = [...(files?.subAgents.values() ?? [])].flatMap(({ sessions }) => sessions);
    const ended = files?.timedOut ?? [];
    const all = [...(files?.turns ?? []), ...ofSubAgents, ...listed, ...ended];
    for (const session of all.slice(0, MAX_SESSIONS)) {
      // An id names a row of the tree, so each may be there once.
      if (!work.has(session.id)) work.set(session.id, session);
    }
    return { ...rest, ...((work.size > 0 || isAllKnown) && { sessions: [...work.values()] }) };
  }

  /** `undefined` where that is not known; it may also have none to tell of. */
  async #askTasks(look: Look): Promise<readonly Task[] | undefined> {
    if (this.statusRoute !== AGENTS_ROUTE) return undefined;
    try {
      const { status, body } = await look.get(TASKS_ROUTE, this.options.timeouts.fallbackMs);
      if (status === 404 || status === 503) return [];
      if (status !== 200) return undefined;
      if (this.#tasks?.body !== body) this.#tasks = { body, tasks: readTasks(JSON.parse(body)) };
      return this.#tasks.tasks;
    } catch {
      return undefined;
    }
  }
}

/** What its log says that its answer does not. */
function troubles(said: Report, { log }: DuctorFiles): Partial<Report> {
  if (!log) return {};
  const { errors, errorCount, helpless } = log;
  return {
    ...(errorCount > 0 && { startErrors: errors, startErrorCount: errorCount }),
    // It answers, and can do no work. What it says itself comes first.
    ...(helpless !== undefined &&
      said.isRunning &&
      said.available !== false && {
        available: false,
        unavailable: { is: 'said', said: helpless },
      }),
  };
}

/** Its clock: the second that its answer names, and as much of it as has passed on ours where the two agree. */
function clockOf({ dateAt }: Answer, nowAt: number): number | undefined {
  return dateAt === undefined ? undefined : Math.min(Math.max(nowAt, dateAt), dateAt + 999);
}
