/** The daemons that are polled, in a process of their own so that their CPU is nobody's else. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ServerSpec } from './specs';

/** Ages as the tree words them, in hours: nothing that it says changes while the benchmark runs. */
const DAY_MS = 86_400_000;
const startedAt = Date.now() - 2.5 * DAY_MS;
const deadlineAt = Date.now() + 3.5 * DAY_MS;
const iso = (at: number) => new Date(at).toISOString();

/** An answer in pieces, between which the time of the request goes. */
type Pieces = readonly string[];

const NOW = '@now@';
const pieces = (answer: object): Pieces => JSON.stringify(answer).split(NOW);

/** Its cycle is new in each answer; what there is to show stays the same. */
const status = {
  isRunning: true,
  available: true,
  serverManaged: true,
  config: { pollIntervalMs: 5_000, pollStaleThresholdMs: 60_000 },
  rateLimit: { isPaused: false },
  health: {
    readyUnassignedTasks: 0,
    availableWorkers: 2,
    stuck: false,
    hasStuckQueue: false,
    computedAt: NOW,
    lastPollStartedAt: NOW,
    lastPollCompletedAt: NOW,
    pollStale: false,
  },
};

/** The answers of a daemon by path. */
function answersOf({ sessions: count, active, kind }: ServerSpec): Record<string, Pieces> {
  const isActive = (index: number) => active > 0 && index % Math.round(count / active) === 0;
  const indices = Array.from({ length: count }, (_, index) => index);
  if (kind === 'smithy') {
    const sessions = indices.map((index) => smithySession(index, isActive(index)));
    return { '/api/daemon/status': pieces(status), '/api/sessions': pieces({ sessions }) };
  }
  if (kind === 'generic') return { '/': pieces({ status: 'ok', lastSuccessAt: NOW }) };
  const instance = {
    id: 'b3c1f0aa-6f0e-4a39-9d0b-5c1f7e2d9a10',
    pid: process.pid,
    version: '1.0.0',
    startedAt: iso(startedAt),
    bootId: 'd1b6b7d2-60f5-4d0a-a2b5-3f8a0a4f5c11',
    startKind: 'first-start',
    workspace: '/home/someone/project',
  };
  const sessions = indices.map((index) => dispatchdSession(index, isActive(index)));
  const recovery = { resumed: [], interrupted: [] };
  return { '/api/daemon/status': pieces({ ...status, instance, sessions, recovery }) };
}

function dispatchdSession(index: number, isActive: boolean) {
  return {
    id: `session-${index.toString(36).padStart(8, '0')}`,
    name: `Task ${index}: review the change and run its tests`,
    kind: index % 4 === 0 ? 'named' : 'foreground',
    status: 'running',
    command: 'agent --task review --output json',
    createdAt: iso(startedAt - 1_000),
    startedAt: iso(startedAt),
    lastActivityAt: isActive ? NOW : iso(startedAt),
    deadlineAt: iso(deadlineAt),
    timeoutMs: 6 * DAY_MS,
    extensionsUsed: 0,
    maxExtensions: 3,
    attempt: 1,
    recovered: false,
  };
}

function smithySession(index: number, isActive: boolean) {
  const id = index.toString(36).padStart(4, '0');
  return {
    id: `session-mwr41mr3-0002-${id}`,
    providerSessionId: `1d19c563-a61b-4c11-8a50-fde92e24${id}`,
    agentId: `el-${id}`,
    agentRole: 'worker',
    workerMode: 'ephemeral',
    status: 'running',
    workingDirectory: `/home/someone/project/.worktrees/worker-${id}`,
    worktree: `/home/someone/project/.worktrees/worker-${id}`,
    createdAt: iso(startedAt - 1_000),
    startedAt: iso(startedAt),
    lastActivityAt: isActive ? NOW : iso(startedAt),
  };
}

async function listen(answers: Readonly<Record<string, Pieces>>): Promise<string> {
  const server = createServer(({ url = '' }, response) => {
    served++;
    const answer = answers[url]?.join(iso(Date.now()));
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' }).end(answer ?? '{}');
  });
  // Longer than any pause between two polls: whether a connection is kept is not the server's doing.
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Requests answered, of all daemons together. */
let served = 0;

process.on('disconnect', () => process.exit());
process.on('message', (message: ServerSpec | 'served') => {
  if (message === 'served') process.send?.(served);
  else void start(message).then((urls) => process.send?.(urls));
});

function start(spec: ServerSpec): Promise<string[]> {
  const answers = answersOf(spec);
  return Promise.all(Array.from({ length: spec.daemons }, () => listen(answers)));
}
