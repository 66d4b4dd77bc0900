import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { pythonTime, taskEntry } from './fakeDuctor';
import inflight from '../fixtures/ductor/state/inflight_turns.json';
import namedSessions from '../fixtures/ductor/state/named_sessions.json';

/** One thing that a ductor does on its own, and how long after the one before. */
export interface Step {
  readonly name: string;
  readonly afterMs: number;
  readonly play: () => void | Promise<void>;
}

type Turn = (typeof inflight.turns)['6087616160'];
type Named = (typeof namedSessions.sessions)[number];
interface Task {
  readonly task_id: string;
  readonly parent_agent: string;
  readonly status: string;
}

/** A turn that ends takes the command line of an agent so long to die (facts: 2 s for each work). */
const END_OF_WORK_MS = 2_000;

export interface LifeOptions {
  readonly home: string;
  /** The process that `bot.pid` names. */
  readonly pid: number;
  /** 0 takes one that is free. */
  readonly port?: number;
  readonly bootId?: string;
  /** How long one message to a chat takes: each is sent before the next work is looked at. */
  readonly messageMs?: number;
  /** Started after the main agent, one by one. */
  readonly subAgents?: readonly string[];
  readonly config?: object;
  /** The time of the machine, epoch ms. */
  readonly now?: () => number;
  /** How far its files are behind that: to a reader this life is so old, and nobody has to wait for it to be. */
  readonly agoMs?: number;
}

/**
 * One life of a ductor: real HTTP and real files, in the order and with the times of the whole real one (recordings
 * `ductor/later`). What takes it time is a list of steps: a test plays them one by one, the program of its own
 * (`ductorLifeMain.ts`) in real time.
 */
export class DuctorLife {
  readonly #agents = new Map<string, 'running' | 'stopped'>();
  #tasks: Task[];
  #server: Server | undefined;
  #beganMs = 0;

  constructor(private readonly options: LifeOptions) {
    this.#tasks = this.#read<{ tasks: Task[] }>('tasks.json')?.tasks ?? [];
  }

  get #machineNow(): number {
    return (this.options.now ?? Date.now)();
  }

  get #now(): number {
    return this.#machineNow - (this.options.agoMs ?? 0);
  }

  get port(): number {
    return (this.#server!.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** A whole start, without waiting. */
  static async begin(options: LifeOptions): Promise<DuctorLife> {
    const life = new DuctorLife(options);
    await played(life.start());
    return life;
  }

  /** Its start: it answers before its agents run, and notes its start when they do; the old turns are cleared last. */
  start(): readonly Step[] {
    const { subAgents = [] } = this.options;
    return [
      { name: 'listens', afterMs: 0, play: () => this.#listen() },
      {
        name: 'main runs',
        afterMs: 100,
        play: () => {
          // In memory: the file says so at the next change.
          this.#tasks = this.#tasks.map((task) =>
            task.status === 'running'
              ? { ...task, status: 'failed', error: 'Bot restarted while task was running' }
              : task,
          );
          this.#agents.set('main', 'running');
          this.log("ductor_bot.multiagent.supervisor:supervisor.py:313: [main] Agent 'main' running");
        },
      },
      ...this.#startOf('main'),
      ...subAgents.flatMap((name) => [
        { name: `${name} runs`, afterMs: 300, play: () => void this.#agents.set(name, 'running') },
        ...this.#startOf(name),
      ]),
    ];
  }

  /** SIGTERM: sub-agents first; two seconds for each work, during which it answers. */
  end(): readonly Step[] {
    const agents = [...this.#agents.keys()].filter((name) => name !== 'main');
    return [
      ...[...agents, 'main'].flatMap((name, index) => this.#endOf(name, index === 0)),
      {
        name: 'is gone',
        afterMs: 0,
        play: async () => {
          await this.#close();
          this.log('ductor_bot.infra.pidlock:pidlock.py:143: PID lock released');
          this.#remove('bot.pid');
        },
      },
    ];
  }

  /** SIGKILL, or the power: every file stays as it is. */
  kill(): Promise<void> {
    return this.#close();
  }

  /** Its main agent crashes, and with it the process: nobody can poll that it says so. */
  async crash(): Promise<void> {
    this.#remove('bot.pid');
    await this.#close();
  }

  /** How many command lines of agents run for it. */
  get running(): number {
    const agents = ['main', ...(this.options.subAgents ?? [])];
    const chats = agents.flatMap((agent) => [
      ...Object.keys(this.#turns(agent)),
      ...this.#named(agent).filter(({ status }) => status === 'running'),
    ]);
    return chats.length + this.#tasks.filter(({ status }) => status === 'running').length;
  }

  /** One sub-agent is stopped, and the daemon goes on. */
  stopAgent(name: string): void {
    this.#agents.set(name, 'stopped');
  }

  /** A turn of a chat. @returns what ends it in time */
  turn(title: string, { agent = 'main', chat = 1_001 } = {}): () => void {
    const [entry] = Object.values(inflight.turns);
    const turn: Turn = {
      ...entry!,
      chat_id: chat,
      session_id: '',
      prompt_preview: `${title}\n\n## BACKGROUND TASKS\nYou have background workers that execute tasks`,
      started_at: pythonTime(this.#now),
    };
    this.#writeTurns(agent, { ...this.#turns(agent), [chat]: turn });
    return () => this.endTurn(chat, agent);
  }

  /** A turn is done. */
  endTurn(chat: number, agent = 'main'): void {
    const { [chat]: _, ...others } = this.#turns(agent);
    this.#writeTurns(agent, others);
  }

  /** A named session that works: resumed after a crash, as it has answered once. */
  named(name: string, { agent = 'main', prompt = 'go on with step 3' } = {}): void {
    const [entry] = namedSessions.sessions;
    const others = this.#named(agent).filter((each) => each.name !== name);
    this.#writeNamed(agent, [...others, { ...entry!, name, last_prompt: prompt, status: 'running' }]);
  }

  /** Its work is done. */
  idle(name: string, agent = 'main'): void {
    this.#writeNamed(
      agent,
      this.#named(agent).map((each) => (each.name === name ? { ...each, status: 'idle' } : each)),
    );
  }

  /** A background task. */
  task(name: string, { agent = 'main', id = '36d19e43' } = {}): void {
    const entry = {
      task_id: id,
      name,
      parent_agent: agent,
      status: 'running',
      created_at: this.#now / 1_000,
    };
    this.#writeTasks([taskEntry(entry) as Task, ...this.#tasks]);
  }

  /** The user cancels a task, or its chat is timed out. */
  cancel(id = '36d19e43'): void {
    this.#writeTasks(this.#tasks.map((task) => (task.task_id === id ? this.#cancelled(task) : task)));
  }

  /** A chat's turn is ended by its limit, and with it the chat's background tasks. */
  timeOut(limitS: number, { agent = 'main', chat = 1_001 } = {}): void {
    this.log(
      `ductor_bot.cli.executor:executor.py:211: [${agent}] CLI stream timed out after ${limitS}s`,
      'WARNING',
    );
    this.endTurn(chat, agent);
  }

  /** A line of `logs/agent.log`, in local time. */
  log(text: string, level: 'INFO' | 'WARNING' | 'ERROR' = 'INFO'): void {
    const now = new Date(this.#now);
    const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString();
    const file = this.#path('logs/agent.log');
    mkdirSync(dirname(file), { recursive: true });
    appendFileSync(file, `${local.slice(0, 19).replace('T', ' ')} [${level}] ${text}\n`);
  }

  #startOf(agent: string): readonly Step[] {
    const { bootId = '11111111-2222-4333-8444-555555555555', messageMs = 500 } = this.options;
    const left = Object.keys(this.#turns(agent));
    const old = this.#named(agent);
    const recovered = old.filter(
      ({ status, session_id: id, name }) => status === 'running' && id !== '' && !name.startsWith('ia-'),
    );
    return [
      {
        name: `${agent} notes its start`,
        afterMs: 100,
        play: () =>
          this.#write(fileOf(agent, 'startup_state.json'), {
            boot_id: bootId,
            started_at: pythonTime(this.#now),
          }),
      },
      ...left.map((chat) => ({ name: `tells of turn ${chat}`, afterMs: messageMs, play: () => undefined })),
      ...recovered.map(({ name }, index) => ({
        name: `resumes ${name}`,
        afterMs: messageMs,
        play: () => {
          // All of them are idle in its memory, which is written with the first that is resumed.
          const known = index === 0 ? old.map((each) => ({ ...each, status: 'idle' })) : this.#named(agent);
          this.#writeNamed(
            agent,
            known.map((each) => (each.name === name ? { ...each, status: 'running' } : each)),
          );
        },
      })),
      ...(left.length === 0
        ? []
        : [{ name: 'clears the old turns', afterMs: 0, play: () => this.#writeTurns(agent, {}) }]),
    ];
  }

  #endOf(agent: string, isFirst: boolean): readonly Step[] {
    const named = this.#named(agent).filter(({ status }) => status === 'running');
    const turns = Object.keys(this.#turns(agent));
    const tasks = this.#tasks.filter((task) => task.parent_agent === agent && task.status === 'running');
    return [
      {
        name: `${agent} says stopped`,
        afterMs: isFirst ? 100 : 0,
        play: () => {
          if (isFirst) {
            this.log(
              'ductor_bot.__main__:__main__.py:208: Termination signal received, shutting down gracefully...',
            );
            this.#writeTasks(
              this.#tasks.map((task) => (task.status === 'running' ? this.#cancelled(task) : task)),
            );
          }
          this.#agents.set(agent, 'stopped');
        },
      },
      ...named.map(({ name }) => ({
        name: `${name} is idle`,
        afterMs: END_OF_WORK_MS,
        play: () => this.idle(name, agent),
      })),
      ...turns.map((chat) => ({
        name: `turn ${chat} is gone`,
        afterMs: END_OF_WORK_MS,
        play: () => this.endTurn(Number(chat), agent),
      })),
      ...tasks.map(({ task_id: id }) => ({
        name: `task ${id} is over`,
        afterMs: END_OF_WORK_MS,
        play: () => undefined,
      })),
    ];
  }

  #cancelled(task: Task): Task {
    return { ...task, status: 'cancelled', completed_at: this.#now / 1_000, error: '' } as Task;
  }

  #turns(agent: string): Readonly<Record<string, Turn>> {
    return this.#read<{ turns: Record<string, Turn> }>(fileOf(agent, 'inflight_turns.json'))?.turns ?? {};
  }

  /** The file is there only while a turn is. */
  #writeTurns(agent: string, turns: Readonly<Record<string, Turn>>): void {
    const file = fileOf(agent, 'inflight_turns.json');
    if (Object.keys(turns).length === 0) this.#remove(file);
    else this.#write(file, { turns });
  }

  #named(agent: string): readonly Named[] {
    return this.#read<{ sessions: Named[] }>(fileOf(agent, 'named_sessions.json'))?.sessions ?? [];
  }

  #writeNamed(agent: string, sessions: readonly Named[]): void {
    this.#write(fileOf(agent, 'named_sessions.json'), { sessions });
  }

  #writeTasks(tasks: Task[]): void {
    this.#tasks = tasks;
    this.#write('tasks.json', { tasks });
  }

  async #listen(): Promise<void> {
    const { pid, port = 0, config = {} } = this.options;
    this.#beganMs = performance.now();
    this.#server = createServer(({ url = '' }, response) => {
      const body = this.#answer(url);
      response.writeHead(body ? 200 : 404, {
        date: new Date(this.#machineNow).toUTCString(),
        'content-type': body ? 'application/json; charset=utf-8' : 'text/plain',
      });
      response.end(body ? JSON.stringify(body) : '404: Not Found');
    }).listen(port, '127.0.0.1');
    this.#write('bot.pid', pid);
    await once(this.#server, 'listening');
    this.#write('config/config.json', { interagent_port: this.port, ...config });
    this.log(`ductor_bot.infra.pidlock:pidlock.py:128: PID lock acquired (pid=${pid})`);
  }

  #answer(url: string): object | undefined {
    if (url.startsWith('/tasks/list')) return { tasks: this.#tasks };
    if (url !== '/interagent/health') return undefined;
    const uptime = `${Math.floor((performance.now() - this.#beganMs) / 1_000)}s`;
    const agents = [...this.#agents].map(([name, status]) => [
      name,
      { status, uptime: status === 'running' ? uptime : '0s', restart_count: 0, last_crash_error: null },
    ]);
    return { agents: Object.fromEntries(agents) as object };
  }

  async #close(): Promise<void> {
    const server = this.#server;
    if (!server?.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }

  #path(file: string): string {
    return join(this.options.home, file);
  }

  #read<T>(file: string): T | undefined {
    return existsSync(this.#path(file))
      ? (JSON.parse(readFileSync(this.#path(file), 'utf8')) as T)
      : undefined;
  }

  #write(file: string, content: unknown): void {
    const path = this.#path(file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.new`, JSON.stringify(content, undefined, 2));
    utimesSync(`${path}.new`, this.#now / 1_000, this.#now / 1_000);
    renameSync(`${path}.new`, path);
  }

  #remove(file: string): void {
    rmSync(this.#path(file), { force: true });
  }
}

/** All of these steps, without waiting; or those up to the one of this name. @returns the rest */
export async function played(steps: readonly Step[], upTo?: string): Promise<readonly Step[]> {
  for (const [index, { name, play }] of steps.entries()) {
    await play();
    if (name === upTo) return steps.slice(index + 1);
  }
  if (upTo !== undefined)
    throw new Error(`no step “${upTo}” in: ${steps.map(({ name }) => name).join(', ')}`);
  return [];
}

function fileOf(agent: string, file: string): string {
  return agent === 'main' ? file : join('agents', agent, file);
}
