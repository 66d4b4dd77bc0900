import { homedir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Report, Sample, Session, UnknownWork } from '../../health/report';
import { notAStatus } from '../read/answers';
import { isLoopback } from '../read/paths';
import { DuctorState, type DuctorFiles } from './files';
import { DEFAULT_LIMITS } from './config';
import { readTasks, taskSessions, type Task } from './tasks';
import type { Answer, Ask, DaemonClient } from '../../system/httpClient';
import { MAX_SESSIONS } from '../policy';
import { cleanText } from '../../base/text';
import { MAX_NAME_CHARS, MAX_AGENTS, MAX_ERROR_CHARS } from './policy';
import { DUCTOR_PROGRESS, DUCTOR_TRAITS } from './traits';

/** Of the server that ductor always has on this machine, for its own agents. */
export const AGENTS_ROUTE = '/interagent/health';
const TASKS_ROUTE = '/tasks/list';
/** Of the API server, which has to be enabled: it tells no more than that it is there. */
export const API_ROUTE = '/health';

/** `record` alone takes lists too. */
const Agents = v.object({
  agents: v.pipe(
    v.record(v.string(), v.unknown()),
    v.check((all) => !Array.isArray(all)),
  ),
});
const Agent = v.object({
  status: v.picklist(['running', 'starting', 'crashed', 'stopped']),
  last_crash_error: v.optional(v.fallback(v.nullable(v.string()), null), null),
});
type Agent = v.InferOutput<typeof Agent>;
const Api = v.object({ status: v.literal('ok'), connections: v.pipe(v.number(), v.integer()) });

/** What ductor says of itself, without its work. */
type ReportedState = Pick<Report, 'isRunning' | 'starting' | 'available' | 'unavailableReason' | 'malformed'>;

/** Where a ductor of this machine keeps its files. */
export function ductorHome(
  env: Readonly<Record<string, string | undefined>> = process.env,
  home = homedir(),
): string {
  return env['DUCTOR_HOME'] || join(home, '.ductor');
}

/**
 * Asks a ductor, a bot that runs the command lines of agents. It tells which of its agents run, and its background
 * tasks; of the turns of its chats only the files on its machine tell. Nothing tells whether its loop advances.
 */
export class Ductor {
  readonly #state: DuctorState | undefined;
  #isRecognised = false;
  #route = AGENTS_ROUTE;
  #tasks: { readonly body: string; readonly tasks: readonly Task[] | undefined } | undefined;

  constructor(
    private readonly client: DaemonClient,
    private readonly timeouts: { readonly requestMs: number; readonly fallbackMs: number },
    private readonly options: {
      readonly home: string;
      readonly isConfigured: boolean;
      readonly wallAt: () => number;
    },
  ) {
    const { hostname, port } = new URL(client.origin);
    // The files of this machine say nothing about a daemon of another.
    if (isLoopback(hostname)) {
      const { home, wallAt } = options;
      this.#state = new DuctorState(home, Number(port), wallAt);
    }
  }

  /** It is said to be a ductor, or was found to be one. */
  get isKnown(): boolean {
    return this.options.isConfigured || this.#isRecognised;
  }

  /** What it is asked for its state. */
  get route(): string {
    return this.#route;
  }

  /** What answers next may be another. */
  forget(): void {
    this.#isRecognised = false;
    this.#route = AGENTS_ROUTE;
  }

  /** @throws {NoAnswer} when there is no whole answer */
  ask(ask: Ask, startedMs: number): Promise<Sample> {
    return this.#ask(ask, startedMs, this.timeouts.requestMs);
  }

  /** Its sample, if what has no daemon status is a ductor. Never throws. */
  async recognise(ask: Ask): Promise<Sample | undefined> {
    try {
      const sample = await this.#ask(ask, performance.now(), this.timeouts.fallbackMs);
      this.#isRecognised = sample.ok;
      return sample.ok ? sample : undefined;
    } catch {
      return undefined;
    }
  }

  async #ask(ask: Ask, startedMs: number, timeoutMs: number): Promise<Sample> {
    const { answer, said } = await this.#say(ask, timeoutMs);
    const latencyMs = performance.now() - startedMs;
    if (typeof said === 'string') {
      return { ok: false, startedMs, failure: { kind: 'wrongAnswer', cause: said } };
    }
    const daemonNow = clockOf(answer, this.options.wallAt());
    const subAgents = this.#route === AGENTS_ROUTE ? subAgentsOf(answer.body) : [];
    const files = await this.#state?.read(ask.atMost(this.timeouts.fallbackMs).timeoutMs, subAgents);
    const starting = said.starting || (said.isRunning && files?.isStarting);
    // Until it is up it lists no tasks, though it may have some.
    const nowAt = daemonNow ?? this.options.wallAt();
    const { sessions, unknown } = starting ? {} : await this.#work(ask, files, subAgents, nowAt);
    const report: Report = {
      kind: 'ductor',
      ...said,
      ...(starting && { starting }),
      ...(daemonNow !== undefined && { daemonNow }),
      progress: DUCTOR_PROGRESS,
      traits: DUCTOR_TRAITS,
      ...(sessions && { sessions }),
      ...(unknown && said.isRunning && { unknownWork: unknown }),
      ...(files?.instance && { instance: files.instance }),
    };
    return { ok: true, startedMs, latencyMs, report };
  }

  async #say(ask: Ask, timeoutMs: number): Promise<{ answer: Answer; said: ReportedState | string }> {
    const answer = await this.client.get(this.#route, ask.atMost(timeoutMs));
    if (this.#route === API_ROUTE) return { answer, said: read(answer, readApi) };
    if (answer.status === 404 && this.options.isConfigured) {
      const other = await this.client.get(API_ROUTE, ask.atMost(timeoutMs));
      const said = read(other, readApi);
      if (typeof said !== 'string') {
        this.#route = API_ROUTE;
        return { answer: other, said };
      }
    }
    return { answer, said: read(answer, readAgents) };
  }

  /**
   * Tasks and turns, and of which nothing is known. `sessions` is `undefined` where that is not known: that there is no
   * work is known only where all of it is.
   */
  async #work(
    ask: Ask,
    files: DuctorFiles | undefined,
    subAgents: readonly string[],
    nowAt: number,
  ): Promise<{ sessions?: readonly Session[]; unknown?: UnknownWork }> {
    const tellsTasks = this.#route === AGENTS_ROUTE;
    const tasks = tellsTasks ? await this.#askTasks(ask) : undefined;
    const unknown: UnknownWork = {
      subAgents: subAgents
        .filter((name) => files?.subAgents.get(name) === undefined)
        .map((name) => cleanText(name, MAX_NAME_CHARS)),
      turns: files?.turns === undefined,
      tasks: tasks === undefined,
    };
    const isAllKnown = !unknown.turns && !unknown.tasks && unknown.subAgents.length === 0;
    const rest = isAllKnown ? {} : { unknown };
    // For once not to be had is not gone.
    if (tellsTasks && !tasks) return rest;
    const work = new Map<string, Session>();
    const listed = taskSessions(tasks ?? [], files?.limits ?? DEFAULT_LIMITS, nowAt);
    const ofSubAgents = [...(files?.subAgents.values() ?? [])].flatMap((sessions) => sessions ?? []);
    for (const session of [...(files?.turns ?? []), ...ofSubAgents, ...listed].slice(0, MAX_SESSIONS)) {
      // An id names a row of the tree, so each may be there once.
      if (!work.has(session.id)) work.set(session.id, session);
    }
    return { ...rest, ...((work.size > 0 || isAllKnown) && { sessions: [...work.values()] }) };
  }

  /** `undefined` where that is not known; it may also have none to tell of. */
  async #askTasks(ask: Ask): Promise<readonly Task[] | undefined> {
    try {
      const { status, body } = await this.client.get(TASKS_ROUTE, ask.atMost(this.timeouts.fallbackMs));
      if (status === 404 || status === 503) return [];
      if (status !== 200) return undefined;
      if (this.#tasks?.body !== body) this.#tasks = { body, tasks: readTasks(JSON.parse(body)) };
      return this.#tasks.tasks;
    } catch {
      return undefined;
    }
  }
}

function read(
  answer: Answer,
  readBody: (body: unknown) => ReportedState | undefined,
): ReportedState | string {
  const refusal = notAStatus(answer);
  if (refusal !== undefined) return refusal;
  try {
    return readBody(JSON.parse(answer.body)) ?? "its answer is not a ductor's health";
  } catch {
    return 'its answer is not JSON';
  }
}

/** `/health` of the API server; `undefined` where it is another's. */
export function readApi(body: unknown): ReportedState | undefined {
  return v.is(Api, body) ? { isRunning: true, malformed: [] } : undefined;
}

/** `/interagent/health`; `undefined` where it is another's. */
export function readAgents(body: unknown): ReportedState | undefined {
  if (!v.is(Agents, body)) return undefined;
  const entries = Object.entries(body.agents).slice(0, MAX_AGENTS);
  // It lists its agents once they are made, which takes minutes where it builds an image first.
  if (entries.length === 0) return { isRunning: true, starting: true, malformed: [] };
  const agents = new Map<string, Agent>();
  const malformed: string[] = [];
  for (const [name, value] of entries) {
    if (v.is(Agent, value)) agents.set(name, v.parse(Agent, value));
    else malformed.push(`agents.${cleanText(name, MAX_NAME_CHARS)} is not an agent's health`);
  }
  if (agents.size === 0) return undefined;
  const main = agents.get('main');
  if (!main) return { isRunning: true, malformed: [...malformed, 'agents.main is missing'] };
  if (main.status === 'stopped') return { isRunning: false, malformed };
  const crashed = [...agents].filter(([, { status }]) => status === 'crashed');
  return {
    isRunning: main.status !== 'crashed',
    ...(main.status === 'starting' && { starting: true }),
    ...(crashed.length > 0 && { available: false, unavailableReason: crashes(crashed) }),
    malformed,
  };
}

/** The agents besides the main one that may work on something, by the names that the daemon has for them. */
function subAgentsOf(body: string): readonly string[] {
  const all: unknown = JSON.parse(body);
  if (!v.is(Agents, all)) return [];
  return Object.entries(all.agents)
    .slice(0, MAX_AGENTS)
    .filter(([name, agent]) => name !== 'main' && mayWork(agent))
    .map(([name]) => name);
}

/** What its state is not known of may work. */
function mayWork(agent: unknown): boolean {
  return !v.is(Agent, agent) || agent.status === 'running' || agent.status === 'starting';
}

/** "its sub-agent coder crashed: RuntimeError: …"; that of the main agent says it all. */
function crashes(crashed: readonly (readonly [string, Agent])[]): string {
  const [name, { last_crash_error: error }] = crashed.find(([agent]) => agent === 'main') ?? crashed[0]!;
  const cause = cleanText(error ?? '', MAX_ERROR_CHARS);
  const who = name === 'main' ? 'its main agent' : `its sub-agent ${cleanText(name, MAX_NAME_CHARS)}`;
  const more = name === 'main' || crashed.length === 1 ? '' : ` (and ${crashed.length - 1} more)`;
  return `${who} crashed${more}${cause === '' ? '' : `: ${cause}`}`;
}

/** Its clock: the second that its answer names, and as much of it as has passed on ours where the two agree. */
function clockOf({ dateAt }: Answer, nowAt: number): number | undefined {
  return dateAt === undefined ? undefined : Math.min(Math.max(nowAt, dateAt), dateAt + 999);
}
