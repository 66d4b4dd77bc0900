import { join } from 'node:path';
import * as v from 'valibot';
import type { ToldPast } from '../../health/toldPast';
import type { DaemonInstance, Session } from '../../health/report';
import { pid as pidNumber } from '../read/schemas';
import {
  AgentFiles,
  leftOf,
  startOf,
  unreadableStart,
  workOf,
  workOfSub,
  type AgentContent,
  type AgentWork,
  type Times,
} from './agentFiles';
import type { LogLife } from './agentLife';
import type { SubAgent } from './agents';
import { endOfLog } from './agentLog';
import { livesIn } from './agentPast';
import { AgentSigns } from './agentSigns';
import { DEFAULT_LIMITS, limitsOf, readConfig, type DuctorLimits } from './config';
import { CronJobs, type CronLife, type LateJob } from './cronJobs';
import { PidFileWriter } from './pidFile';
import {
  CLOCK_TOLERANCE_MS,
  DUCTOR_API_PORT,
  DUCTOR_PORT,
  DUCTOR_STARTUP_MS,
  MAX_PAST_BYTES,
} from './policy';
import { Resuming } from './resuming';
import { known, StateFile } from './stateFile';
import type { DuctorStartup } from './turns';

/** A sub-agent has a folder of its name: nothing else is looked for, whatever a daemon calls its agents. */
const AGENT_NAME = /^[\w-]{1,64}$/;

const CONFIG = 'config/config.json';
const PID = 'bot.pid';

/** What the files of a ductor tell. */
export interface DuctorFiles {
  readonly home: string;
  readonly limits: DuctorLimits;
  /** Absent where nothing proves that the files are this daemon's. */
  readonly instance?: DaemonInstance & { readonly pid: number };
  /** Its process is there, and has not noted its start yet. */
  readonly isStarting: boolean;
  /** It has not told its chats yet, and resumed, what the life before left. */
  readonly isResuming?: boolean;
  /** What is known of the main agent's turns and named sessions. */
  readonly turns: readonly Session[];
  /** What its log tells of this life. */
  readonly log?: LogLife;
  /** Turns that their limit has ended, as the log tells. */
  readonly timedOut: readonly Session[];
  /** Its jobs that should have begun; `undefined` where that is not known. */
  readonly lateJobs?: readonly LateJob[] | undefined;
  /** All of them are known. */
  readonly areTurnsKnown: boolean;
  /** The same of each sub-agent that was asked for; absent where nothing is known. */
  readonly subAgents: ReadonlyMap<
    string,
    { readonly sessions: readonly Session[]; readonly isKnown: boolean }
  >;
  /** The files that are there and cannot be read, by their path in the home. */
  readonly unreadable: readonly string[];
}

/** Reads the files in the home of a ductor: all that tells of its chats' turns, and of its lives. */
export class DuctorState {
  readonly #config: StateFile;
  readonly #pid: StateFile;
  readonly #writer = new PidFileWriter();
  readonly #main: AgentFiles;
  readonly #signs: AgentSigns;
  readonly #resuming = new Resuming();
  /** The life that was read last. */
  #life: { readonly pid: number; readonly sinceAt: number } | undefined;
  readonly #cronFile: StateFile;
  readonly #cron = new CronJobs();
  readonly #subAgents = new Map<string, AgentFiles>();

  constructor(
    private readonly home: string,
    private readonly port: number,
    private readonly wallAt: () => number,
  ) {
    this.#config = new StateFile(join(home, CONFIG));
    this.#pid = new StateFile(join(home, PID));
    this.#main = new AgentFiles(home);
    this.#signs = new AgentSigns(home);
    this.#cronFile = new StateFile(join(home, 'cron_jobs.json'));
  }

  /**
   * `undefined` where there are none of this daemon's.
   *
   * @param subAgents the agents besides the main one whose work is asked for
   * @param capMs the cap of all extensions that the daemon has in its environment
   * @throws {ToolFailed}
   */
  async read(subAgents: readonly SubAgent[], capMs?: number): Promise<DuctorFiles | undefined> {
    const names = subAgents.map(({ name }) => name);
    for (const name of this.#subAgents.keys()) if (!names.includes(name)) this.#subAgents.delete(name);
    const [config, pid, main, subs] = await Promise.all([
      this.#config.read(),
      this.#pid.read(),
      this.#main.read(),
      Promise.all(
        subAgents.map(async (agent) => ({ agent, files: await this.#subAgent(agent.name)?.read() })),
      ),
    ]);
    const settings = known(() => readConfig(config === 'absent' ? {} : config?.value));
    const writer = pid === 'absent' ? undefined : known(() => v.parse(pidNumber, pid?.value));
    if (!settings || pid === 'absent' || !pid || writer === undefined) {
      const unreadable = [...(settings ? [] : [CONFIG]), ...(pid === 'absent' || writer ? [] : [PID])];
      return unreadable.length === 0 ? undefined : this.#nothing(unreadable);
    }
    const ports = [settings.interagent_port ?? DUCTOR_PORT, settings.api?.port ?? DUCTOR_API_PORT];
    // There may be another ductor on this machine, or a tunnel to that of another.
    if (!ports.includes(this.port) || !(await this.#writer.isAlive(pid))) return undefined;
    const limits = limitsOf(settings, capMs);
    const { changedAt } = pid;
    const times = { sinceAt: changedAt - CLOCK_TOLERANCE_MS, fileAt: changedAt, nowAt: this.wallAt() };
    const noted = startOf(main);
    const isNoted = noted !== undefined && noted.started_at >= times.sinceAt;
    const work = workOf(main, limits, times);
    const subWork = subs.map(({ agent, files }) => ({
      ...agent,
      work: files && workOfSub(agent.name, files, limits, times),
    }));
    this.#life = { pid: writer, sinceAt: changedAt };
    const log = await this.#signs.read(this.#life, times.nowAt);
    const running = subs.flatMap(({ agent, files }) => (agent.mayWork ? [[agent.name, files] as const] : []));
    const told = this.#signs.turns(wholeOf(work, subWork), log, limits, times.nowAt);
    const deadlines = new Map(told.work.map((session) => [session.id, session]));
    const moved = (sessions: readonly Session[]) =>
      sessions.map((session) => deadlines.get(session.id) ?? session);
    return {
      home: this.home,
      limits,
      log,
      timedOut: told.timedOut,
      lateJobs: isNoted
        ? await this.#lateJobs({
            startedAt: noted.started_at,
            nowAt: times.nowAt,
            zone: settings.user_timezone ?? '',
            limitMs: limits.jobMs,
          })
        : undefined,
      instance: { pid: writer, ...(isNoted && lifeOf(noted)) },
      isStarting: noted !== undefined && !isNoted && times.nowAt - changedAt < DUCTOR_STARTUP_MS,
      isResuming: isNoted && this.#isResuming(noted, [['', main], ...running], times),
      turns: moved(work.sessions),
      areTurnsKnown: work.unreadable.length === 0,
      subAgents: new Map(
        subWork.flatMap(({ name, mayWork, work: its }) =>
          // One that does not run and has no files of this life works on nothing.
          its || !mayWork
            ? [[name, { sessions: moved(its?.sessions ?? []), isKnown: !its?.unreadable.length }] as const]
            : [],
        ),
      ),
      unreadable: [
        ...work.unreadable,
        ...unreadableStart(main),
        ...subWork.flatMap(({ work: its }) => its?.unreadable ?? []),
      ],
    };
  }

  #nothing(unreadable: readonly string[]): DuctorFiles {
    return {
      home: this.home,
      limits: DEFAULT_LIMITS,
      timedOut: [],
      isStarting: false,
      turns: [],
      areTurnsKnown: false,
      subAgents: new Map(),
      unreadable,
    };
  }

  /**
   * What the files tell of the end of the process that they were last read of: it has removed its pid file, and its log
   * says that it was told to end. Never rejects.
   */
  async end(): Promise<{ readonly isPidFileGone: boolean; readonly wasToldTo: boolean }> {
    const isPidFileGone = (await this.#pid.read()) === 'absent';
    const log = this.#life && (await this.#signs.read(this.#life, this.wallAt()));
    return { isPidFileGone, wasToldTo: log?.isEnding === true };
  }

  /** The lives that its log tells of. Never rejects. */
  async lives(): Promise<ToldPast['lives']> {
    return livesIn(await endOfLog(join(this.home, 'logs', 'agent.log'), MAX_PAST_BYTES), this.wallAt());
  }

  #isResuming(
    { started_at: lifeAt }: DuctorStartup,
    agents: readonly (readonly [name: string, files: AgentContent | undefined])[],
    { sinceAt, nowAt }: Times,
  ): boolean {
    const left = agents.flatMap(([name, files]) => (files ? [[name, leftOf(files, sinceAt)] as const] : []));
    return this.#resuming.isAtIt(lifeAt, new Map(left), nowAt);
  }

  async #lateJobs(life: CronLife) {
    const file = await this.#cronFile.read();
    if (file === 'absent') return [];
    return file && (await this.#cron.late(file.value, file.changedAt, life));
  }

  #subAgent(name: string): AgentFiles | undefined {
    if (!AGENT_NAME.test(name)) return undefined;
    const files = this.#subAgents.get(name) ?? new AgentFiles(join(this.home, 'agents', name));
    this.#subAgents.set(name, files);
    return files;
  }
}

/** All work that the files tell; `undefined` where some of it is not known. */
function wholeOf(
  work: AgentWork,
  subWork: readonly (SubAgent & { readonly work: AgentWork | undefined })[],
): readonly Session[] | undefined {
  const all = [work, ...subWork.map(({ mayWork, work: its }) => its ?? (mayWork ? undefined : NO_WORK))];
  const isKnown = (each: AgentWork | undefined): each is AgentWork => each?.unreadable.length === 0;
  return all.every(isKnown) ? all.flatMap(({ sessions }) => sessions) : undefined;
}

const NO_WORK: AgentWork = { sessions: [], unreadable: [] };

function lifeOf({ started_at: startedAt, boot_id: bootId }: DuctorStartup): Partial<DaemonInstance> {
  return { id: new Date(startedAt).toISOString(), startedAt, ...(bootId !== '' && { bootId }) };
}
