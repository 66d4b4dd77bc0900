import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readBounded } from '../../system/privateFile';
import { PidFileWriter } from './pidFile';
import {
  CLOCK_TOLERANCE_MS,
  DUCTOR_API_PORT,
  DUCTOR_PORT,
  DUCTOR_STARTUP_MS,
  MAX_STATE_FILE_BYTES,
} from './policy';
import type { DaemonInstance, Session } from '../../health/report';
import type { Env } from '../kind';
import { AgentSigns } from './agentSigns';
import { limitsOf, readConfig, type DuctorLimits } from './config';
import { CronJobs, type CronLife } from './cronJobs';
import { isOtherBoot, readNamed, readStartup, readTurns, type DuctorStartup } from './turns';

/** A sub-agent has a folder of its name: nothing else is looked for, whatever a daemon calls its agents. */
const AGENT_NAME = /^[\w-]{1,64}$/;

/** Where a ductor of this machine keeps its files. */
export function ductorHome(env: Env): string {
  return env['DUCTOR_HOME'] || join(homedir(), '.ductor');
}

/** Reads the files of a ductor on this machine: all that tells of its chats' turns, and of its lives. */
export class DuctorState {
  readonly #config: StateFile;
  readonly #pid: StateFile;
  readonly #writer = new PidFileWriter();
  readonly #main: AgentFiles;
  readonly #signs: AgentSigns;
  readonly #cronFile: StateFile;
  readonly #cron = new CronJobs();
  readonly #subAgents = new Map<string, AgentFiles>();
  #life: { readonly startup: DuctorStartup; readonly kind: DaemonInstance['startKind'] } | undefined;

  constructor(
    private readonly home: string,
    private readonly port: number,
    private readonly wallAt: () => number,
  ) {
    this.#config = new StateFile(join(home, 'config', 'config.json'));
    this.#pid = new StateFile(join(home, 'bot.pid'));
    this.#main = new AgentFiles(home);
    this.#signs = new AgentSigns(home);
    this.#cronFile = new StateFile(join(home, 'cron_jobs.json'));
  }

  /**
   * `undefined` where they are not this daemon's, or not to be had in time. Never throws.
   *
   * @param timeoutMs how long they are waited for
   * @param subAgents the agents besides the main one whose work is asked for
   */
  async read(timeoutMs: number, subAgents: readonly string[] = []) {
    return Promise.race([
      this.#read(subAgents).catch(() => undefined),
      delay(timeoutMs, undefined, { ref: false }),
    ]);
  }

  async #read(subAgents: readonly string[]) {
    for (const name of this.#subAgents.keys()) if (!subAgents.includes(name)) this.#subAgents.delete(name);
    const [config, pid, main, subs] = await Promise.all([
      this.#config.read(),
      this.#pid.read(),
      this.#main.read(),
      Promise.all(subAgents.map(async (name) => [name, await this.#subAgent(name)?.read()] as const)),
    ]);
    const settings = readConfig(config === 'absent' ? {} : config?.value);
    const ports = [settings.interagent_port ?? DUCTOR_PORT, settings.api?.port ?? DUCTOR_API_PORT];
    // There may be another ductor on this machine, or a tunnel to that of another.
    if (!ports.includes(this.port) || pid === 'absent' || !pid || !(await this.#writer.isAlive(pid)))
      return undefined;
    const limits = limitsOf(settings);
    const { value, changedAt } = pid;
    const times = { sinceAt: changedAt - CLOCK_TOLERANCE_MS, nowAt: this.wallAt() };
    const noted = startOf(main);
    const isNoted = noted !== undefined && noted.started_at >= times.sinceAt;
    const log = await this.#signs.read({ pid: value as number, sinceAt: changedAt }, times.nowAt);
    const turns = known(() => workOf(main, limits, times));
    const ofSubs = subs.map(([name, files]) => files && workOfSub(name, files, limits, times));
    const all = [turns, ...ofSubs];
    const isAllKnown = all.every((work) => work !== undefined);
    const told = this.#signs.turns(isAllKnown ? all.flat() : undefined, log, limits, times.nowAt);
    const deadlines = new Map(told.work.map((session) => [session.id, session]));
    const moved = (work: readonly Session[] | undefined) =>
      work?.map((session) => deadlines.get(session.id) ?? session);
    return {
      limits,
      instance: { pid: value as number, ...(isNoted && this.#lifeOf(noted)) },
      /** What its log tells of this life. */
      log,
      /** Its jobs that should have begun; `undefined` where that is not known. */
      lateJobs: isNoted
        ? await this.#lateJobs({
            startedAt: noted.started_at,
            nowAt: times.nowAt,
            zone: settings.user_timezone ?? '',
            limitMs: limits.jobMs,
          })
        : undefined,
      /** Turns that their limit has ended, as the log tells. */
      timedOut: told.timedOut,
      /** Its process is there, and has not noted its start yet. */
      isStarting: noted !== undefined && !isNoted && times.nowAt - changedAt < DUCTOR_STARTUP_MS,
      /** Of the main agent; `undefined` where that is not known. */
      turns: moved(turns),
      /** Of each sub-agent that was asked for; `undefined` where that is not known. */
      subAgents: new Map(subs.map(([name], index) => [name, moved(ofSubs[index])])),
    };
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

  #lifeOf(next: DuctorStartup): Partial<DaemonInstance> {
    const before = this.#life?.startup;
    if (before?.started_at !== next.started_at) {
      const kind = before && (isOtherBoot(before.boot_id, next.boot_id) ? 'reboot' : 'restart');
      this.#life = { startup: next, kind };
    }
    const startKind = this.#life?.kind;
    const startedAt = next.started_at;
    return { id: new Date(startedAt).toISOString(), startedAt, ...(startKind && { startKind }) };
  }
}

/** What the files of a ductor tell. */
export type DuctorFiles = NonNullable<Awaited<ReturnType<DuctorState['read']>>>;

/** The files that one agent keeps. */
class AgentFiles {
  readonly #files: readonly StateFile[];

  constructor(folder: string) {
    this.#files = ['startup_state.json', 'inflight_turns.json', 'named_sessions.json'].map(
      (name) => new StateFile(join(folder, name)),
    );
  }

  /** Together. */
  async read() {
    const [startup, turns, named] = await Promise.all(this.#files.map((file) => file.read()));
    return { startup, turns, named };
  }
}

type AgentContent = Awaited<ReturnType<AgentFiles['read']>>;

interface Times {
  /** When this life began, in epoch ms: what is older was left behind by another. */
  readonly sinceAt: number;
  readonly nowAt: number;
}

function startOf({ startup }: AgentContent): DuctorStartup | undefined {
  return startup === 'absent' ? undefined : known(() => readStartup(startup?.value));
}

/** @throws where a file is there and cannot be read */
function workOf({ turns, named }: AgentContent, limits: DuctorLimits, times: Times): readonly Session[] {
  return [
    ...(turns === 'absent' ? [] : readTurns(turns?.value, limits, times)),
    // What it said before this life began is not true any more.
    ...(named === 'absent' || (named && named.changedAt < times.sinceAt) ? [] : readNamed(named?.value)),
  ];
}

/** `undefined` where no start of this life is noted: then its files are elsewhere, or not written yet. */
function workOfSub(
  name: string,
  files: AgentContent,
  limits: DuctorLimits,
  times: Times,
): readonly Session[] | undefined {
  const startedAt = startOf(files)?.started_at;
  if (startedAt === undefined || startedAt < times.sinceAt) return undefined;
  const own = { ...times, sinceAt: startedAt - CLOCK_TOLERANCE_MS };
  const work = known(() => workOf(files, limits, own));
  return work?.map((session) => ({
    ...session,
    id: `${name} ${session.id}`,
    title: `${name}: ${session.title}`,
  }));
}

interface Content {
  /** As JSON has it; `undefined` where that is no JSON, or too long. */
  readonly value: unknown;
  /** Epoch ms. */
  readonly changedAt: number;
}

/** `undefined` where it is there and cannot be read. */
type Read = Content | 'absent' | undefined;

/** A small JSON file that another process replaces as a whole: read again only when it is another. */
class StateFile {
  #last: { readonly key: string; readonly content: Content } | undefined;

  constructor(private readonly path: string) {}

  async read(): Promise<Read> {
    try {
      const { mtimeMs, size, ino } = await stat(this.path);
      const key = `${mtimeMs} ${size} ${ino}`;
      if (this.#last?.key !== key) {
        const text = await readBounded(this.path, MAX_STATE_FILE_BYTES);
        if (text === undefined) return undefined;
        const value = known(() => JSON.parse(text) as unknown);
        this.#last = { key, content: { value, changedAt: mtimeMs } };
      }
      return this.#last.content;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'absent' : undefined;
    }
  }
}

/** What a reader gives, where it can read it. */
function known<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
