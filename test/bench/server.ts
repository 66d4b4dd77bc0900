/** The daemons that are polled, in a process of their own so that their CPU is nobody's else. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How many daemons, and how many sessions in each. */
export interface ServerSpec {
  readonly daemons: number;
  readonly sessions: number;
}

/** Ages as the tree words them, in hours: nothing that it says changes while the benchmark runs. */
const DAY_MS = 86_400_000;
const startedAt = Date.now() - 2.5 * DAY_MS;
const deadlineAt = Date.now() + 3.5 * DAY_MS;
const iso = (at: number) => new Date(at).toISOString();

/**
 * A status as dispatchd gives it, in pieces that the time of the request goes between. The daemon is busy all along:
 * its cycle and the activity of every session are new in each answer, while what there is to show stays the same.
 */
function statusPieces(sessionCount: number): readonly string[] {
  const now = '@now@';
  const sessions = Array.from({ length: sessionCount }, (_, index) => ({
    id: `session-${index.toString(36).padStart(8, '0')}`,
    name: `Task ${index}: review the change and run its tests`,
    kind: index % 4 === 0 ? 'named' : 'foreground',
    status: 'running',
    command: 'agent --task review --output json',
    createdAt: iso(startedAt - 1_000),
    startedAt: iso(startedAt),
    lastActivityAt: now,
    deadlineAt: iso(deadlineAt),
    timeoutMs: 6 * DAY_MS,
    extensionsUsed: 0,
    maxExtensions: 3,
    attempt: 1,
    recovered: false,
  }));
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
      computedAt: now,
      lastPollStartedAt: now,
      lastPollCompletedAt: now,
      pollStale: false,
    },
    instance: {
      id: 'b3c1f0aa-6f0e-4a39-9d0b-5c1f7e2d9a10',
      pid: process.pid,
      version: '1.0.0',
      startedAt: iso(startedAt),
      bootId: 'd1b6b7d2-60f5-4d0a-a2b5-3f8a0a4f5c11',
      startKind: 'first-start',
      workspace: '/home/someone/project',
    },
    sessions,
    recovery: { resumed: [], interrupted: [] },
  };
  return JSON.stringify(status).split(now);
}

async function listen(pieces: readonly string[]): Promise<string> {
  const server = createServer((_request, response) => {
    served++;
    response.writeHead(200, { 'content-type': 'application/json' }).end(pieces.join(iso(Date.now())));
  });
  // Longer than any pause between two polls: whether a connection is kept is not the server's doing.
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Polls answered, of all daemons together. */
let served = 0;

process.on('disconnect', () => process.exit());
process.on('message', (message: ServerSpec | 'served') => {
  if (message === 'served') process.send?.(served);
  else void start(message).then((urls) => process.send?.(urls));
});

function start({ daemons, sessions }: ServerSpec): Promise<string[]> {
  const pieces = statusPieces(sessions);
  return Promise.all(Array.from({ length: daemons }, () => listen(pieces)));
}
