import { createServer, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { shiftTimes, type Recording } from '../fixtures/recordings';
import type { Product } from './bundle';
import { HOME, Machine, type Listener } from './machine';
import type { Reached } from './network';
import { root } from './places';
import type { Digests } from './recorder';

/** A real daemon's answers as they were recorded, played one after the other while a window looks. */
export interface Life {
  readonly name: string;
  readonly kind: 'smithy' | 'ductor';
  readonly steps: readonly Step[];
  /** What the wall clock shows at its beginning, where the recording's times are played as they are. */
  readonly wallAt?: number;
}

interface Step {
  readonly text: string;
  readonly lastsMs: number;
  /** By path; nothing listens where there are none. */
  readonly answers?: Readonly<Record<string, Answer>>;
  /** Files that it keeps in its user's home; `undefined` for one that is gone. */
  readonly files?: Readonly<Record<string, unknown>>;
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** When it was recorded, where its times move along with the clock; else they are those of the step. */
  readonly capturedAt?: string;
  readonly request?: { readonly path: string };
}

export interface LifeResult {
  readonly name: string;
  readonly digests: Digests;
  readonly lines: readonly string[];
}

const fixtures = join(root, 'test', 'fixtures');
const GOOD_MS = 40_000;
/** Long enough for all that speaks after a while to speak. */
const LOOK_MS = 75_000;
const PORT = { smithy: 3_457, ductor: 8_799 } as const;

/** Every answer that was recorded. */
export function lives(): readonly Life[] {
  return [...smithyLives(), ...ductorLives()];
}

/** Plays one. */
export async function playLife(life: Life, product: Product): Promise<LifeResult> {
  const machine = new Machine({
    seed: life.name,
    product,
    ...(life.wallAt !== undefined && { wallAt: life.wallAt }),
  });
  try {
    const daemon = new RecordedDaemon(machine, life);
    daemon.show(life.steps[0]!);
    machine.open({
      name: 'A',
      settings: {
        daemons: [{ name: life.kind, url: `http://127.0.0.1:${PORT[life.kind]}`, kind: life.kind }],
      },
      isFocused: true,
      isTreeVisible: true,
    });
    let atMs = 0;
    for (const step of life.steps) {
      machine.recorder.note(step.text);
      daemon.show(step);
      atMs += step.lastsMs;
      await machine.runUntil(atMs);
    }
    for (const window of machine.windows) await machine.close(window);
    return { name: life.name, digests: machine.recorder.end(), lines: machine.recorder.lines };
  } finally {
    machine.dispose();
  }
}

class RecordedDaemon implements Listener {
  readonly name: string;
  #step: Step | undefined;
  readonly #server: Server;
  readonly #sockets = new Map<object, string>();
  #pid: number | undefined;

  constructor(
    private readonly machine: Machine,
    private readonly life: Life,
  ) {
    this.name = life.kind;
    machine.listeners.set(PORT[life.kind], this);
    this.#server = createServer((request, response) => {
      const { method = '', url = '' } = request;
      const window = this.#sockets.get(request.socket) ?? '?';
      machine.recorder.request(window, this.name, method, url);
      request.resume();
      const { status, headers, body } = this.#answer(url);
      const type = headers?.['content-type'] ?? 'application/json';
      machine.time.after(5, () => {
        if (response.destroyed) return;
        response.sendDate = false;
        const date = new Date(machine.time.wallAt).toUTCString();
        response.writeHead(status, { 'content-type': type, ...(headers?.date !== undefined && { date }) });
        response.end(typeof body === 'string' ? body : JSON.stringify(body));
      });
    });
    this.#server.keepAliveTimeout = 0;
  }

  show(step: Step): void {
    if (step === this.#step) return;
    const { processes } = this.machine;
    this.#step = step;
    if (step.answers && this.#pid === undefined) {
      this.#pid = processes.begin(`/usr/bin/node ${this.name}`, { port: PORT[this.life.kind] });
    }
    if (!step.answers) {
      if (this.#pid !== undefined) processes.end(this.#pid);
      this.#pid = undefined;
      for (const socket of this.#sockets.keys()) (socket as Duplex).destroy();
    }
    for (const [file, content] of Object.entries(step.files ?? {})) {
      const path = join(HOME, '.ductor', file);
      if (content === undefined) this.machine.removeFile(path);
      else this.machine.putFile(path, JSON.stringify(content));
    }
  }

  reach(window: string): Reached {
    if (!this.#step?.answers) return { kind: 'refused' };
    return {
      kind: 'accepts',
      take: (socket) => {
        this.#sockets.set(socket, window);
        socket.on('close', () => this.#sockets.delete(socket));
        socket.on('error', () => undefined);
        this.#server.emit('connection', socket);
      },
    };
  }

  #answer(url: string): Answer {
    const answer = this.#step?.answers?.[url];
    if (!answer) return { status: 404, headers: { 'content-type': 'text/plain' }, body: '404 Not Found' };
    if (answer.capturedAt === undefined) return answer;
    const played = shiftTimes(
      { headers: {}, ...answer } as Recording,
      this.machine.time.wallAt - Date.parse(answer.capturedAt),
    );
    return { ...played, headers: { ...played.headers, date: '' } };
  }
}

function smithyLives(): readonly Life[] {
  const recorded = (name: string) => read(join('smithy', `${name}.json`)) as Recording;
  const byPath = (...names: readonly string[]): Record<string, Answer> =>
    Object.fromEntries(names.map(recorded).map((one) => [one.request.path, one]));
  const good = byPath('status-running', 'sessions-director-running', 'health');
  const after = (text: string, answers: Readonly<Record<string, Answer>>, before = good): Life => ({
    name: `smithy ${text}`,
    kind: 'smithy',
    steps: [
      { text: 'it is well', lastsMs: GOOD_MS, answers: before },
      { text, lastsMs: LOOK_MS, answers: { ...before, ...answers } },
      { text: 'it is well again', lastsMs: GOOD_MS, answers: before },
    ],
  });
  const names = ['', 'later', 'staleness-branch', 'restart'].flatMap((folder) =>
    readdirSync(join(fixtures, 'smithy', folder))
      .filter((name) => /^(\d-)?[\w-]*(status|sessions|health)[\w-]*\.json$/.test(name))
      .map((name) => join(folder, basename(name, '.json')))
      .filter((name) => recorded(name).request.method === 'GET' && recorded(name).request.path in good),
  );
  const master = byPath('master/status-running', 'master/sessions', 'master/health');
  return [
    ...names.sort().map((name) => after(name.replaceAll('/', ' '), byPath(name))),
    after('master stopped', byPath('master/status-stopped'), master),
    {
      name: 'smithy restart',
      kind: 'smithy',
      steps: [
        { text: 'before', lastsMs: GOOD_MS, answers: { ...good, ...byPath('restart/0-before-sessions') } },
        { text: 'away', lastsMs: 5_000 },
        {
          text: 'back',
          lastsMs: 4_000,
          answers: { ...good, ...byPath('restart/1-after-status', 'restart/1-after-sessions') },
        },
        {
          text: 'started',
          lastsMs: LOOK_MS,
          answers: { ...good, ...byPath('restart/3-autostart-status', 'restart/2-daemon-started-sessions') },
        },
      ],
    },
    {
      name: 'smithy that dies',
      kind: 'smithy',
      steps: [
        { text: 'it is well', lastsMs: GOOD_MS, answers: good },
        { text: 'it is gone', lastsMs: LOOK_MS },
        { text: 'it is back', lastsMs: GOOD_MS, answers: good },
      ],
    },
  ];
}

function ductorLives(): readonly Life[] {
  const recorded = (name: string) => read(join('ductor', `${name}.json`)) as Answer;
  const agents = recorded('agents');
  const routes = (health: Answer, tasks: Answer = recorded('tasks-none')) => ({
    '/interagent/health': health,
    '/tasks/list': tasks,
  });
  const alone = (text: string, answers: Readonly<Record<string, Answer>>): Life => ({
    name: `ductor ${text}`,
    kind: 'ductor',
    steps: [
      { text: 'its agents run', lastsMs: GOOD_MS, answers: routes(agents) },
      { text, lastsMs: LOOK_MS, answers },
      { text: 'its agents run again', lastsMs: GOOD_MS, answers: routes(agents) },
    ],
  });
  return [
    alone('with tasks', routes(agents, recorded('tasks'))),
    alone('starting', routes(recorded('agents-starting'))),
    alone('without agents yet', routes(recorded('agents-none-yet'))),
    alone('that answers nothing it should', routes(recorded('not-found'), recorded('not-found'))),
    alone('by its API', { '/health': recorded('api-health') }),
    {
      name: 'ductor ends, is started, is killed, is started',
      kind: 'ductor',
      wallAt: Date.parse('2026-11-25T15:06:10Z'),
      steps: readdirSync(join(fixtures, 'ductor', 'later'))
        .sort()
        .map((name) => laterStep(basename(name, '.json'))),
    },
  ];
}

/** A moment of a ductor: what its routes said and what was in its files. Its times are those of the recording. */
function laterStep(name: string): Step {
  const { health, tasks, ...files } = read(join('ductor', 'later', `${name}.json`)) as Record<
    string,
    unknown
  >;
  const isThere = (content: unknown) => content !== 'absent';
  const answers =
    typeof health === 'object'
      ? {
          '/interagent/health': { status: 200, body: health },
          '/tasks/list': { status: 200, body: tasks },
        }
      : undefined;
  const kept = Object.entries(files)
    .filter(([file]) => file !== 'log')
    .map(([file, content]): [string, unknown] => [
      file,
      isThere(content) ? (content === 'there' ? 4_000 : content) : undefined,
    ]);
  return {
    text: name,
    lastsMs: GOOD_MS,
    ...(answers && { answers }),
    files: { ...Object.fromEntries(kept), 'config/config.json': { interagent_port: PORT.ductor } },
  };
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(join(fixtures, file), 'utf8'));
}
