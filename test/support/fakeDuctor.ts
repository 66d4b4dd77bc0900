import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
// Imported, not read: in the extension host this is a part of a built file that lies elsewhere.
import agents from '../fixtures/ductor/agents.json';
import agentsNoneYet from '../fixtures/ductor/agents-none-yet.json';
import agentsStarting from '../fixtures/ductor/agents-starting.json';
import apiHealth from '../fixtures/ductor/api-health.json';
import notFound from '../fixtures/ductor/not-found.json';
import tasks from '../fixtures/ductor/tasks.json';
import tasksNone from '../fixtures/ductor/tasks-none.json';
import inflight from '../fixtures/ductor/state/inflight_turns.json';
import named from '../fixtures/ductor/state/named_sessions.json';
import startup from '../fixtures/ductor/state/startup_state.json';

/** Real answers of ductor 0.16.3, and its real files. */
export const DUCTOR = {
  agents,
  agentsNoneYet,
  agentsStarting,
  apiHealth,
  notFound,
  tasks,
  tasksNone,
  files: { inflight, named, startup },
} as const;

interface Played {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** The main agent runs, and no other is there. */
export const MAIN_RUNS = {
  ...agents,
  body: { agents: { main: agents.body.agents.main } },
} as const;

type Answer = Played | ((response: ServerResponse) => void);

/** Answers as a real ductor was recorded to, and keeps files of its own in a folder of its own. */
export class FakeDuctor {
  /** Paths asked for, oldest first. */
  readonly requests: string[] = [];
  readonly home = mkdtempSync(join(tmpdir(), 'daemon-health-ductor-'));
  routes: Record<string, Answer> = { '/interagent/health': MAIN_RUNS, '/tasks/list': tasksNone };

  #process: ChildProcess | undefined;

  private constructor(private server: Server) {}

  static async start(port = 0): Promise<FakeDuctor> {
    const self = new FakeDuctor(await listen(port));
    self.#answer();
    return self;
  }

  /**
   * The process that its files name. They tell of lives that began before any process of a test did: only the command
   * line shows that this one may have written them. As one that works does it has a process of its own, where the system
   * tells of that.
   */
  get pid(): number {
    const works = process.platform === 'linux' ? "require('node:child_process').spawn('cat');" : '';
    const wait = ['-e', `${works} setInterval(() => {}, 1_000_000)`, 'ductor'];
    this.#process ??= spawn(process.execPath, wait, { stdio: 'ignore' });
    return this.#process.pid!;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Its config, and the files of a life that began `agoMs` ago. */
  begin({ agoMs = 0, config = {}, bootId = startup.boot_id, pid = this.pid } = {}): void {
    const at = Date.now() - agoMs;
    this.write('config/config.json', { interagent_port: this.port, ...config });
    this.write('bot.pid', pid, at);
    this.write('startup_state.json', { boot_id: bootId, started_at: pythonTime(at) }, at);
  }

  /** A turn of a chat that runs since then, as ductor writes it down. */
  turn(agoMs: number, prompt = 'migrate the database schema'): void {
    const entry = Object.values(inflight.turns)[0]!;
    const turn = { ...entry, prompt_preview: prompt, started_at: pythonTime(Date.now() - agoMs) };
    this.write('inflight_turns.json', { turns: { [turn.chat_id]: turn } });
  }

  /** The files of a sub-agent that started `agoMs` ago; what it works on is written into its folder. */
  beginAgent(name: string, { agoMs = 0 } = {}): (file: string, content: unknown) => void {
    const write = (file: string, content: unknown, changedAt?: number) =>
      this.write(`agents/${name}/${file}`, content, changedAt);
    const at = Date.now() - agoMs;
    write('startup_state.json', { boot_id: startup.boot_id, started_at: pythonTime(at) }, at);
    return write;
  }

  /** A line of its log, as ductor writes one. @param logger which of its parts says so */
  log(
    message: string,
    { level = 'INFO', agoMs = 0, logger = 'ductor_bot.cli.executor:executor.py:9' } = {},
  ): void {
    const path = join(this.home, 'logs', 'agent.log');
    mkdirSync(dirname(path), { recursive: true });
    appendFileSync(path, `${logTime(Date.now() - agoMs)} [${level}] ${logger}: ${message}\n`);
  }

  /** No turn runs any more: ductor removes the file. */
  endTurns(): void {
    rmSync(join(this.home, 'inflight_turns.json'), { force: true });
  }

  /** @param changedAt the file's time, where it is not now */
  write(file: string, content: unknown, changedAt?: number): void {
    const path = join(this.home, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, undefined, 2));
    if (changedAt !== undefined) utimesSync(path, changedAt / 1_000, changedAt / 1_000);
  }

  /** Its process ends: nothing listens until it comes back on the same port. */
  async goAway(): Promise<() => Promise<void>> {
    const { port } = this;
    await close(this.server);
    return async () => {
      this.server = await listen(port);
      this.#answer();
    };
  }

  async stop(): Promise<void> {
    this.#process?.kill('SIGKILL');
    await close(this.server);
    rmSync(this.home, { recursive: true, force: true });
  }

  #answer(): void {
    this.server.on('request', ({ url = '' }, response: ServerResponse) => {
      this.requests.push(url);
      const answer = this.routes[url] ?? notFound;
      if (typeof answer === 'function') answer(response);
      else play(answer, response);
    });
  }
}

/** A task as `/tasks/list` gives it: the recorded one that runs, with changes. Times are epoch seconds. */
export function taskEntry(changes: object): object {
  return { ...tasks.body.tasks[0], created_at: Date.now() / 1_000, ...changes };
}

/** An answer of `/tasks/list`. */
export function tasksAnswer(...entries: readonly object[]): Played {
  return { ...tasks, body: { tasks: entries } };
}

export function agentsAnswer(entries: Readonly<Record<string, object>>): Played {
  return { ...agents, body: { agents: entries } };
}

/** Python's `datetime.isoformat()` in UTC: microseconds, and an offset. */
export function pythonTime(at: number): string {
  return new Date(at).toISOString().replace('Z', '000+00:00');
}

/** A time of its log: of the clock on the wall, without its zone. */
function logTime(at: number): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replace('T', ' ');
}

function play({ status, headers, body }: Played, response: ServerResponse): void {
  // The server makes these of its own answer.
  const { 'content-length': _length, date: _date, ...own } = headers;
  response.writeHead(status, own).end(typeof body === 'string' ? body : JSON.stringify(body));
}

async function listen(port: number): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}
