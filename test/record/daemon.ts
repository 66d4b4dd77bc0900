import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { join } from 'node:path';
import { HOME, type Listener, type Machine } from './machine';
import type { Reached } from './network';
import { sha } from './recorder';

export type Kind = 'smithy' | 'dispatchd' | 'ductor';

/** How a daemon answers, whatever its loop does. */
export type Manner =
  /** `slow`: in time; `tooSlow`: later than anybody waits; `statusHangs`: but its health route answers. */
  | 'answers'
  | 'slow'
  | 'tooSlow'
  | 'statusHangs'
  | 'frozen'
  | 'neverAccepts'
  | 'resets'
  | 'error500'
  | 'html'
  | 'unauthorised';

/** What a status says of the loop. */
export type Tells = 'flag' | 'times' | 'nothing' | 'falseFlag';

type Loop =
  | { readonly kind: 'running'; readonly fromMs: number; readonly lastMs: number | undefined }
  /** A cycle began and does not complete. */
  | { readonly kind: 'hung'; readonly startedMs: number; readonly lastMs: number | undefined }
  | { readonly kind: 'stopped'; readonly startedMs: number | undefined; readonly lastMs: number | undefined };

interface Session {
  readonly id: string;
  readonly name: string;
  readonly kind: 'foreground' | 'named';
  readonly startedMs: number;
  readonly timeoutMs: number;
  deadlineMs: number;
  extensions: number;
  endedMs?: number;
  status: 'running' | 'timed-out' | 'completed' | 'interrupted';
}

/** What is true of a daemon from a moment on, as its script has it. */
export interface Truth {
  readonly fromMs: number;
  readonly is: 'well' | 'hung' | 'silent' | 'gone' | 'failing' | 'resting' | 'untold';
  /** From when on a status or a failed request proves it; monotonic ms of the run. */
  readonly provenMs?: number;
}

const INTERVAL_MS = 5_000;
const CYCLE_MS = 40;
const THRESHOLD_MS = 60_000;
const EXTENSION_MS = 120_000;
const MAX_EXTENSIONS = 3;
const ENDED_LISTED = 5;
const HTML = '<!doctype html><title>Something else</title><h1>It works</h1>';

/** A daemon that does what a script says. All that it tells is a function of the moment. */
export class SimDaemon implements Listener {
  /** Of all its life, oldest first. */
  readonly truths: Truth[] = [];
  manner: Manner = 'answers';
  tells: Tells = 'flag';
  latencyMs = 4;
  pausedUntilMs: number | undefined;
  unavailable: string | undefined;
  queue = { ready: 0, free: 2 };
  pid: number | undefined;
  #instance = '';
  #bornMs = 0;
  #lives = 0;
  #resumed = 0;
  #interrupted = 0;
  #loop: Loop = { kind: 'running', fromMs: 0, lastMs: undefined };
  readonly #sessions: Session[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Duplex>();
  #sessionCount = 0;

  constructor(
    private readonly machine: Machine,
    readonly name: string,
    readonly kind: Kind,
    readonly port: number,
    private readonly folder: string,
  ) {
    this.#server = createServer((request, response) => this.#serve(request, response));
    this.#server.keepAliveTimeout = 0;
    machine.listeners.set(port, this);
    if (kind === 'smithy') machine.putFile(join(folder, '.stoneforge', 'stoneforge.db'), '');
  }

  /** Its process begins: at once, or in a new life. */
  begin({
    resumes = true,
    env = {},
  }: { resumes?: boolean; env?: Readonly<Record<string, string>> } = {}): number {
    const { time, processes } = this.machine;
    this.#lives++;
    const commandLine = COMMAND_LINES[this.kind];
    const pid = processes.begin(commandLine, {
      port: this.port,
      env,
      onSignal: () => {
        this.die();
        return true;
      },
    });
    this.pid = pid;
    this.#instance = sha(`${this.name} ${this.#lives}`);
    this.#bornMs = time.monotonicMs;
    this.#loop = { kind: 'running', fromMs: time.monotonicMs + 300, lastMs: undefined };
    this.manner = 'answers';
    this.tells = 'flag';
    const running = this.#sessions.filter(({ status }) => status === 'running');
    for (const session of running) {
      if (resumes && session.kind === 'named') continue;
      session.status = 'interrupted';
      session.endedMs = time.monotonicMs;
    }
    this.#interrupted = running.filter(({ status }) => status === 'interrupted').length;
    this.#resumed = running.length - this.#interrupted;
    if (this.kind === 'ductor') this.#writeFiles();
    this.#is('well');
    return pid;
  }

  /** Its process ends. */
  die(): void {
    if (this.pid === undefined) return;
    this.machine.processes.end(this.pid);
    this.pid = undefined;
    this.#drop();
    this.#is('gone');
  }

  get isUp(): boolean {
    return this.pid !== undefined;
  }

  /** Its next cycle never completes. */
  hang(): void {
    const nowMs = this.machine.time.monotonicMs;
    const { startedMs, lastMs } = this.#cycle();
    const fromMs = this.#loop.kind === 'running' ? this.#loop.fromMs : nowMs;
    const count = Math.max(0, Math.ceil((nowMs - fromMs) / INTERVAL_MS));
    const nextMs = Math.max(nowMs, fromMs + count * INTERVAL_MS);
    const completedMs = startedMs === undefined ? lastMs : Math.max(lastMs ?? 0, startedMs + CYCLE_MS);
    this.#loop = { kind: 'hung', startedMs: nextMs, lastMs: completedMs };
    const isTold = this.kind !== 'ductor' && (this.tells === 'flag' || this.tells === 'times');
    if (isTold) this.#is('hung', nextMs + THRESHOLD_MS);
    else this.#is('untold');
  }

  /** Whatever was wrong with it is over. */
  heal(): void {
    const isAnother = !this.isUp;
    if (isAnother) this.begin();
    this.tells = 'flag';
    this.pausedUntilMs = undefined;
    this.unavailable = undefined;
    this.queue = { ready: 0, free: 2 };
    if (this.pid !== undefined) this.machine.processes.setState(this.pid, 'S');
    this.manner = 'answers';
    if (!isAnother && this.#loop.kind !== 'running') this.release();
    else this.#is('well');
  }

  /** The cycle that hung settles. */
  release(): void {
    const nowMs = this.machine.time.monotonicMs;
    this.#loop = { kind: 'running', fromMs: nowMs + INTERVAL_MS, lastMs: nowMs };
    this.#is('well');
  }

  stopLoop(): void {
    const { startedMs, lastMs } = this.#cycle();
    this.#loop = { kind: 'stopped', startedMs, lastMs };
    this.#is('resting');
  }

  /** From now on it answers so. */
  behave(manner: Manner): void {
    this.manner = manner;
    const { processes, time } = this.machine;
    if (this.pid !== undefined) processes.setState(this.pid, manner === 'frozen' ? 'T' : 'S');
    if (manner === 'resets' || manner === 'neverAccepts') this.#drop();
    switch (manner) {
      case 'frozen':
      case 'neverAccepts':
      case 'statusHangs':
        return this.#is('silent', time.monotonicMs);
      case 'resets':
        return this.#is('gone', time.monotonicMs);
      case 'error500':
        return this.#is('failing', time.monotonicMs);
      case 'tooSlow':
      case 'html':
      case 'unauthorised':
        return this.#is('untold');
      default:
        return this.#is('well');
    }
  }

  rest(until: { pausedUntilMs?: number; unavailable?: string }): void {
    this.pausedUntilMs = until.pausedUntilMs;
    this.unavailable = until.unavailable;
    this.#is('resting');
  }

  starve(): void {
    this.queue = { ready: 3, free: 0 };
    this.#is('resting');
  }

  startSession(kind: Session['kind'], timeoutMs: number): void {
    if (!this.isUp) return;
    const { monotonicMs } = this.machine.time;
    const number = ++this.#sessionCount;
    this.#sessions.push({
      id: `${this.name}-s${String(number).padStart(4, '0')}`,
      name: `Task ${number}: review the change`,
      kind,
      startedMs: monotonicMs,
      timeoutMs,
      deadlineMs: monotonicMs + timeoutMs,
      extensions: 0,
      status: 'running',
    });
    if (this.kind === 'ductor') this.#writeFiles();
  }

  /** The work was active: it gets more time. */
  extendSession(): void {
    const session = this.isUp ? this.#running().at(-1) : undefined;
    if (!session || session.extensions >= MAX_EXTENSIONS) return;
    session.extensions++;
    session.deadlineMs += EXTENSION_MS;
  }

  endSession(): void {
    const session = this.isUp ? this.#running()[0] : undefined;
    if (!session) return;
    session.status = 'completed';
    session.endedMs = this.machine.time.monotonicMs;
    if (this.kind === 'ductor') this.#writeFiles();
  }

  reach(window: string): Reached {
    const count = (what: string) => this.machine.recorder.request(window, this.name, 'connect', what);
    if (!this.isUp) {
      count('(refused)');
      return { kind: 'refused' };
    }
    switch (this.manner) {
      case 'frozen':
        count('(frozen)');
        return { kind: 'frozen' };
      case 'neverAccepts':
        count('(never accepted)');
        return { kind: 'neverAccepted' };
      default:
        return { kind: 'accepts', take: (socket) => this.#take(socket, window) };
    }
  }

  #is(what: Truth['is'], provenMs = this.machine.time.monotonicMs): void {
    this.truths.push({ fromMs: this.machine.time.monotonicMs, is: what, provenMs });
  }

  #take(socket: Duplex, window: string): void {
    this.#sockets.add(socket);
    windows.set(socket, window);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => undefined);
    this.#server.emit('connection', socket);
  }

  #drop(): void {
    for (const socket of [...this.#sockets]) socket.destroy();
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url = '', socket } = request;
    this.machine.recorder.request(windows.get(socket) ?? '?', this.name, method, url);
    request.resume();
    const { manner } = this;
    if (manner === 'frozen' || manner === 'neverAccepts') return;
    if (manner === 'statusHangs' && url !== '/api/health') return;
    if (manner === 'resets') return void socket.destroy();
    const latencyMs = manner === 'slow' ? 1_800 : manner === 'tooSlow' ? 7_500 : this.latencyMs;
    const life = this.#instance;
    this.machine.time.after(latencyMs, () => {
      if (!this.isUp || this.#instance !== life || response.destroyed) return;
      if (this.manner === 'frozen' || this.manner === 'neverAccepts') return;
      const [status, type, body] = this.#answer(method, url);
      response.sendDate = false;
      response.writeHead(status, {
        'content-type': type,
        date: new Date(this.machine.time.wallAt).toUTCString(),
      });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  }

  #answer(method: string, url: string): readonly [number, string, unknown] {
    const json = 'application/json';
    if (this.manner === 'error500') return [500, json, { error: 'database is locked' }];
    if (this.manner === 'html') return [200, 'text/html', HTML];
    if (this.manner === 'unauthorised') return [401, json, { error: 'unauthorised' }];
    if (method !== 'GET') return [this.kind === 'dispatchd' ? 401 : 404, json, { error: 'not so' }];
    if (this.kind === 'ductor') return this.#answerOfDuctor(url);
    switch (url) {
      case '/api/daemon/status':
        return [200, json, this.#status()];
      case '/api/health':
        return [200, json, this.#health()];
      case '/api/sessions':
        return [200, json, { sessions: this.#listed().map((session) => this.#smithySession(session)) }];
      default:
        return [404, json, { error: 'not found' }];
    }
  }

  #health(): object {
    const isRunning = this.#loop.kind !== 'stopped';
    if (this.kind === 'dispatchd') {
      return { status: 'ok', instance: { pid: this.pid, id: this.#instance, workspace: this.folder } };
    }
    return {
      status: 'ok',
      timestamp: this.#iso(this.machine.time.monotonicMs),
      database: join(this.folder, '.stoneforge', 'stoneforge.db'),
      services: { agentRegistry: 'ready', dispatchDaemon: isRunning ? 'running' : 'stopped' },
    };
  }

  #status(): object {
    const { time } = this.machine;
    const nowMs = time.monotonicMs;
    const { startedMs, lastMs } = this.#cycle();
    const isStale = startedMs !== undefined && startedMs > (lastMs ?? 0) && nowMs - startedMs > THRESHOLD_MS;
    const isPaused = this.pausedUntilMs !== undefined;
    const { ready, free } = this.queue;
    const { tells } = this;
    return {
      isRunning: this.#loop.kind !== 'stopped',
      available: this.unavailable === undefined,
      ...(this.unavailable !== undefined && { reason: this.unavailable }),
      serverManaged: true,
      config: { pollIntervalMs: INTERVAL_MS, pollStaleThresholdMs: THRESHOLD_MS },
      rateLimit: { isPaused, ...(isPaused && { soonestReset: this.#iso(this.pausedUntilMs!) }) },
      health: {
        readyUnassignedTasks: ready,
        availableWorkers: free,
        stuck: ready > 0 && free === 0,
        hasStuckQueue: ready > 0 && free === 0,
        ...(tells !== 'nothing' && {
          computedAt: this.#iso(nowMs),
          ...(startedMs !== undefined && { lastPollStartedAt: this.#iso(startedMs) }),
          ...(lastMs !== undefined && { lastPollCompletedAt: this.#iso(lastMs) }),
        }),
        ...((tells === 'flag' || tells === 'falseFlag') && { pollStale: tells === 'flag' && isStale }),
      },
      ...(this.kind === 'dispatchd' && {
        instance: {
          id: this.#instance,
          pid: this.pid,
          version: '0.1.0',
          startedAt: this.#iso(this.#bornMs),
          bootId: '11111111-2222-3333-4444-555555555555',
          startKind: this.#lives === 1 ? 'first-start' : 'restart',
          workspace: this.folder,
        },
        sessions: this.#listed().map((session) => this.#dispatchdSession(session)),
        recovery: {
          resumed: [],
          interrupted: [],
          atStart: { resumed: this.#resumed, interrupted: this.#interrupted },
        },
      }),
    };
  }

  /** The newest start and completion. */
  #cycle(): { startedMs: number | undefined; lastMs: number | undefined } {
    const { monotonicMs: nowMs } = this.machine.time;
    const loop = this.#loop;
    if (loop.kind === 'stopped') return loop;
    if (loop.kind === 'hung') {
      if (nowMs >= loop.startedMs) return loop;
      return {
        startedMs: loop.lastMs === undefined ? undefined : loop.lastMs - CYCLE_MS,
        lastMs: loop.lastMs,
      };
    }
    const count = Math.floor((nowMs - loop.fromMs) / INTERVAL_MS);
    if (count < 0) return { startedMs: loop.lastMs, lastMs: loop.lastMs };
    const startedMs = loop.fromMs + count * INTERVAL_MS;
    if (nowMs - startedMs >= CYCLE_MS) return { startedMs, lastMs: startedMs + CYCLE_MS };
    return { startedMs, lastMs: count > 0 ? startedMs - INTERVAL_MS + CYCLE_MS : loop.lastMs };
  }

  #running(): Session[] {
    this.#timeOut();
    return this.#sessions.filter(({ status }) => status === 'running');
  }

  /** Those that run, and the last that ended. */
  #listed(): readonly Session[] {
    this.#timeOut();
    const ended = this.#sessions.filter(({ status }) => status !== 'running');
    return [...ended.slice(-ENDED_LISTED), ...this.#sessions.filter(({ status }) => status === 'running')];
  }

  /** The loop ends what is over its time. */
  #timeOut(): void {
    const { monotonicMs } = this.machine.time;
    if (this.#loop.kind !== 'running') return;
    for (const session of this.#sessions) {
      if (session.status !== 'running' || session.deadlineMs > monotonicMs) continue;
      session.status = 'timed-out';
      session.endedMs = session.deadlineMs;
    }
  }

  #dispatchdSession(session: Session): object {
    const { id, name, kind, status, startedMs, deadlineMs, timeoutMs, extensions, endedMs } = session;
    return {
      id,
      name,
      kind,
      status,
      command: 'agent --task review',
      createdAt: this.#iso(startedMs),
      startedAt: this.#iso(startedMs),
      lastActivityAt: this.#iso(startedMs),
      ...(endedMs === undefined ? { deadlineAt: this.#iso(deadlineMs) } : { endedAt: this.#iso(endedMs) }),
      timeoutMs,
      extensionsUsed: extensions,
      maxExtensions: MAX_EXTENSIONS,
      resumable: kind === 'named',
      attempt: 1,
      recovered: false,
      ...(endedMs !== undefined && { outcome: `It was ${status}.` }),
    };
  }

  #smithySession({ id, kind, status, startedMs, endedMs }: Session): object {
    return {
      id,
      providerSessionId: `1d19c563-a61b-4c11-8a50-${sha(id)}`,
      agentId: `el-${sha(id).slice(0, 4)}`,
      agentRole: kind === 'named' ? 'worker' : 'steward',
      status: status === 'running' ? 'running' : 'terminated',
      workingDirectory: this.folder,
      createdAt: this.#iso(startedMs),
      startedAt: this.#iso(startedMs),
      lastActivityAt: this.#iso(startedMs),
      ...(endedMs !== undefined && { endedAt: this.#iso(endedMs) }),
    };
  }

  #answerOfDuctor(url: string): readonly [number, string, unknown] {
    const json = 'application/json; charset=utf-8';
    const status = this.#loop.kind === 'stopped' ? 'stopped' : 'running';
    const main = { status, uptime: '3s', restart_count: 0, last_crash_error: null };
    switch (url) {
      case '/interagent/health':
        return [200, json, { agents: { main } }];
      case '/tasks/list':
        return [200, json, { tasks: this.#listed().map((session) => this.#ductorTask(session)) }];
      default:
        return [404, 'text/plain; charset=utf-8', '404: Not Found'];
    }
  }

  #ductorTask({ id, name, status, startedMs, endedMs }: Session): object {
    const seconds = (ms: number) => this.machine.time.wallAtOf(ms) / 1_000;
    return {
      task_id: id,
      chat_id: 1,
      parent_agent: 'main',
      name,
      prompt_preview: name,
      provider: 'claude',
      model: 'opus',
      status: status === 'running' ? 'running' : status === 'completed' ? 'done' : 'failed',
      session_id: '',
      created_at: seconds(startedMs),
      completed_at: endedMs === undefined ? 0 : seconds(endedMs),
      elapsed_seconds: 0,
      error: '',
      result_preview: '',
      question_count: 0,
    };
  }

  /** What a ductor keeps in its user's home. */
  #writeFiles(): void {
    const { time } = this.machine;
    const { wallAt } = time;
    const put = (file: string, content: unknown, at = wallAt) =>
      this.machine.putFile(join(HOME, '.ductor', file), JSON.stringify(content), at);
    const bornAt = time.wallAtOf(this.#bornMs);
    put('config/config.json', { interagent_port: this.port });
    put('bot.pid', this.pid, bornAt);
    put('startup_state.json', {
      boot_id: 'b',
      started_at: new Date(bornAt).toISOString().replace('Z', '000+00:00'),
    });
  }

  #iso(monotonicMs: number): string {
    return new Date(this.machine.time.wallAtOf(monotonicMs)).toISOString();
  }
}

/** Which window a connection came from. */
const windows = new WeakMap<object, string>();

const COMMAND_LINES: Readonly<Record<Kind, string>> = {
  smithy: '/usr/bin/node /usr/local/bin/sf serve smithy',
  dispatchd: '/usr/bin/node /extension/dist/dispatchd.js',
  ductor: '/usr/bin/python3 /usr/local/bin/ductor',
};
