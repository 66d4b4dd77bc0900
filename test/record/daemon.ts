import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { join } from 'node:path';
import { HOME, type Listener, type Machine } from './machine';
import type { Fault, Life, Truth } from './faults';
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
export type Tells = 'flag' | 'times' | 'nothing' | 'falseFlag' | 'onlyFlag';

type Loop =
  | { readonly kind: 'running'; readonly fromMs: number; readonly lastMs: number | undefined }
  /** A cycle began and does not complete. */
  | { readonly kind: 'hung'; readonly startedMs: number; readonly lastMs: number | undefined }
  /** Cycle after cycle begins, and none completes. */
  | { readonly kind: 'vain'; readonly fromMs: number; readonly lastMs: number | undefined }
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

const INTERVAL_MS = 5_000;
const CYCLE_MS = 40;
const THRESHOLD_MS = 60_000;
/** Cycles of a daemon that stays paused after its limit was to reset: by then it is amber. */
const PAUSE_OVERDUE_MS = 120_000;
/** A daemon that could start work starts none for so long before that is amber. */
const IDLE_MS = 600_000;
const EXTENSION_MS = 120_000;
const MAX_EXTENSIONS = 3;
const ENDED_LISTED = 5;
const HTML = '<!doctype html><title>Something else</title><h1>It works</h1>';

/** A daemon that does what a script says. All that it tells is a function of the moment. */
export class SimDaemon implements Listener {
  /** Of all its life, oldest first. */
  readonly truths: Truth[] = [];
  /** Each begin of its process, oldest first. */
  readonly lives: Life[] = [];
  manner: Manner = 'answers';
  tells: Tells = 'flag';
  latencyMs = 4;
  pausedUntilMs: number | undefined;
  unavailable: string | undefined;
  queue = { ready: 0, free: 2 };
  /** Its flag goes by the wall clock, as that of a real smithy: just after a sleep its last cycle is old. */
  flagsByWall = false;
  /** After a start from a window nothing listens for so long. */
  bootMs = 0;
  #listensFromMs = 0;
  #startsWork = true;
  #isStranger = false;
  #stuckAs: Fault = 'stuck queue';
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
    readonly folder: string,
  ) {
    this.#server = createServer((request, response) => this.#serve(request, response));
    this.#server.keepAliveTimeout = 0;
    machine.listeners.set(port, this);
    if (kind === 'smithy') machine.putFile(join(folder, '.stoneforge', 'stoneforge.db'), '');
  }

  /** Its process begins: at once, or in a new life. */
  begin({
    by = 'the script',
    resumes = true,
    forgets = false,
    env = {},
  }: {
    by?: Life['by'];
    resumes?: boolean;
    /** As a smithy: what ran before is not listed any more. */
    forgets?: boolean;
    env?: Readonly<Record<string, string>>;
  } = {}): number {
    const { time, processes } = this.machine;
    this.#lives++;
    const commandLine = COMMAND_LINES[this.kind];
    const pid = processes.begin(commandLine, {
      port: this.port,
      env,
      onSignal: () => {
        this.#end();
        this.#is('resting', 'ended from here');
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
    if (forgets) this.#sessions.splice(0);
    if (this.kind === 'ductor') this.#writeFiles();
    this.lives.push({ fromMs: time.monotonicMs, by, lost: this.#interrupted, forgets });
    if (by === 'a window' && this.bootMs > 0) {
      this.#listensFromMs = time.monotonicMs + this.bootMs;
      this.#is('resting', 'ended from here');
      const life = this.#instance;
      time.after(this.bootMs, () => {
        const isAsItBegan = this.manner === 'answers' && this.#loop.kind === 'running';
        if (this.isUp && this.#instance === life && isAsItBegan) this.#goesOn();
      });
    } else this.#goesOn();
    return pid;
  }

  /** Its process ends. @param fault what the script did */
  die(fault: Fault = 'dead process'): void {
    if (this.#end()) this.#is('gone', fault);
  }

  #end(): boolean {
    if (this.pid === undefined) return false;
    this.machine.processes.end(this.pid);
    this.pid = undefined;
    this.#drop();
    return true;
  }

  /** It was never there in this day, and is not yet. */
  isNotThereYet(): void {
    this.#end();
    this.lives.pop();
    this.#is('resting', 'never up');
  }

  get isUp(): boolean {
    return this.pid !== undefined;
  }

  /** Its next cycle never completes. */
  hang(fault?: Fault): void {
    const nowMs = this.machine.time.monotonicMs;
    const { startedMs, lastMs } = this.#cycle();
    const fromMs = this.#loop.kind === 'running' ? this.#loop.fromMs : nowMs;
    const count = Math.max(0, Math.ceil((nowMs - fromMs) / INTERVAL_MS));
    const nextMs = Math.max(nowMs, fromMs + count * INTERVAL_MS);
    const completedMs = startedMs === undefined ? lastMs : Math.max(lastMs ?? 0, startedMs + CYCLE_MS);
    this.#loop = { kind: 'hung', startedMs: nextMs, lastMs: completedMs };
    const { kind, tells } = this;
    if (kind === 'ductor') this.#is('untold', 'hung loop, nothing tells');
    else if (tells === 'nothing') this.#is('untold', 'hung loop, nothing tells');
    else if (tells === 'falseFlag') this.#is('untold', 'hung loop, its flag says no', nextMs + THRESHOLD_MS);
    else this.#is('hung', fault ?? HUNG[tells], nextMs + THRESHOLD_MS);
  }

  /** From now on its cycles begin and do not complete; the flag says that all is well. */
  cycleInVain(): void {
    const nowMs = this.machine.time.monotonicMs;
    const { lastMs } = this.#cycle();
    this.tells = 'falseFlag';
    this.#loop = { kind: 'vain', fromMs: nowMs, lastMs };
    this.#is('untold', 'completes no cycle', nowMs + THRESHOLD_MS + 2 * INTERVAL_MS);
  }

  /** Whatever was wrong with it is over. */
  heal(): void {
    if (this.#isStranger) this.#end();
    this.#isStranger = false;
    const isAnother = !this.isUp;
    if (isAnother) this.begin();
    this.tells = 'flag';
    this.pausedUntilMs = undefined;
    this.unavailable = undefined;
    this.queue = { ready: 0, free: 2 };
    this.#startsWork = true;
    if (this.pid !== undefined) this.machine.processes.setState(this.pid, 'S');
    this.manner = 'answers';
    if (!isAnother && this.#loop.kind !== 'running') this.release();
    else if (this.machine.time.monotonicMs < this.#listensFromMs) this.#is('resting', 'ended from here');
    else this.#is('well', 'none');
  }

  /** The cycle that hung settles. */
  release(): void {
    const nowMs = this.machine.time.monotonicMs;
    this.#loop = { kind: 'running', fromMs: nowMs + INTERVAL_MS, lastMs: nowMs };
    this.#is('well', 'none');
  }

  stopLoop(): void {
    const { startedMs, lastMs } = this.#cycle();
    this.#loop = { kind: 'stopped', startedMs, lastMs };
    this.#is('resting', 'stopped loop');
  }

  /** From now on it answers so. @param fault what the script did, where that is not the answer itself */
  behave(manner: Manner, fault: Fault = FAULT_OF[manner]): void {
    this.manner = manner;
    const { processes } = this.machine;
    if (this.pid !== undefined) processes.setState(this.pid, manner === 'frozen' ? 'T' : 'S');
    if (manner === 'resets' || manner === 'neverAccepts') this.#drop();
    switch (manner) {
      case 'frozen':
      case 'neverAccepts':
      case 'statusHangs':
        return this.#is('silent', fault);
      case 'resets':
        return this.#is('gone', fault);
      case 'error500':
        return this.#is('failing', fault);
      case 'tooSlow':
        return this.#is('untold', fault);
      case 'html':
      case 'unauthorised':
        return this.#is('troubled', fault);
      case 'answers':
      case 'slow':
        return this.#is('well', fault);
    }
  }

  /** Another program listens where it was. */
  loseItsPort(): void {
    this.#end();
    this.begin();
    this.lives.pop();
    this.#isStranger = true;
    this.behave('html', 'port taken');
  }

  rest({ pausedUntilMs, unavailable }: { pausedUntilMs?: number; unavailable?: string }): void {
    this.pausedUntilMs = pausedUntilMs;
    this.unavailable = unavailable;
    this.#goesOn();
  }

  starve(fault: Fault = 'stuck queue'): void {
    this.queue = { ready: 3, free: 0 };
    this.#stuckAs = fault;
    this.#goesOn();
  }

  /** Tasks are ready, workers are free, and its cycles start nothing. */
  dispatchNothing(): void {
    const { monotonicMs } = this.machine.time;
    for (const session of this.#running()) {
      session.status = 'completed';
      session.endedMs = monotonicMs;
    }
    this.queue = { ready: 3, free: 2 };
    this.#startsWork = false;
    this.#goesOn();
  }

  /** Its loop turns. What else it tells outlives its process: its tasks, its limit, its folder. */
  #goesOn(): void {
    const { pausedUntilMs: untilMs } = this;
    const nowMs = this.machine.time.monotonicMs;
    // A ductor tells nothing of all that.
    if (this.kind === 'ductor') return this.#is('well', 'none');
    if (this.unavailable !== undefined) return this.#is('troubled', 'unavailable');
    if (this.queue.ready > 0 && this.queue.free === 0) return this.#is('troubled', this.#stuckAs);
    if (untilMs !== undefined) {
      if (untilMs > nowMs) this.#is('resting', 'paused');
      const past = {
        fromMs: Math.max(untilMs, nowMs),
        provenMs: Math.max(untilMs, nowMs) + PAUSE_OVERDUE_MS,
      };
      this.truths.push({ ...past, is: 'troubled', fault: 'paused past its reset' });
      return;
    }
    if (this.#startsWork) return this.#is('well', 'none');
    this.#is('troubled', 'dispatches nothing', nowMs + IDLE_MS);
  }

  startSession(kind: Session['kind'], timeoutMs: number): void {
    if (!this.isUp || !this.#startsWork) return;
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
    if (!this.isUp || this.machine.time.monotonicMs < this.#listensFromMs) {
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

  #is(what: Truth['is'], fault: Fault, provenMs?: number): void {
    const { monotonicMs: fromMs } = this.machine.time;
    // What was to be true later does not come.
    while ((this.truths.at(-1)?.fromMs ?? 0) > fromMs) this.truths.pop();
    const last = this.truths.at(-1);
    if (what === 'well' && last?.is === 'well' && last.fault === fault) return;
    this.truths.push({ fromMs, is: what, fault, ...(provenMs !== undefined && { provenMs }) });
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
    const isInFlight = startedMs !== undefined && startedMs > (lastMs ?? 0);
    const ageMs = (ms: number) => (this.flagsByWall ? time.wallAt - time.wallAtOf(ms) : nowMs - ms);
    const isStale =
      (isInFlight && ageMs(startedMs) > THRESHOLD_MS) ||
      (this.flagsByWall && !isInFlight && lastMs !== undefined && ageMs(lastMs) > THRESHOLD_MS);
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
        ...(tells !== 'nothing' &&
          tells !== 'onlyFlag' && {
            computedAt: this.#iso(nowMs),
            ...(startedMs !== undefined && { lastPollStartedAt: this.#iso(startedMs) }),
            ...(lastMs !== undefined && { lastPollCompletedAt: this.#iso(lastMs) }),
          }),
        ...((tells === 'flag' || tells === 'onlyFlag' || tells === 'falseFlag') && {
          pollStale: tells !== 'falseFlag' && isStale,
        }),
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
    if (loop.kind === 'vain') {
      const startedMs = loop.fromMs + Math.floor((nowMs - loop.fromMs) / INTERVAL_MS) * INTERVAL_MS;
      return { startedMs, lastMs: loop.lastMs };
    }
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

const HUNG: Readonly<Record<'flag' | 'times' | 'onlyFlag', Fault>> = {
  flag: 'hung loop',
  times: 'hung loop, only its times tell',
  onlyFlag: 'hung loop, only its flag tells',
};

const FAULT_OF: Readonly<Record<Manner, Fault>> = {
  answers: 'none',
  slow: 'slow',
  tooSlow: 'too slow',
  statusHangs: 'hung status',
  frozen: 'frozen process',
  neverAccepts: 'full accept queue',
  resets: 'connections reset',
  error500: '5xx',
  html: 'another page',
  unauthorised: 'login wanted',
};
