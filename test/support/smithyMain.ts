import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { sendJson } from './answeringServer';

/**
 * A stand-in for smithy as a process of its own, to be killed and started again: sessions live in its memory under ids
 * of their own, times of its loop are there once it has run, and what ended is remembered by agent. Arguments: port,
 * folder of the project, ms of a cycle, how many connections may wait. `PUT /test` sets what it says.
 */
/** Where it is not told another. */
const STALE_MS = 60_000;
/** More CPU than an ask waits for, on any machine. */
const LABOUR_MS = 60_000;

interface State {
  sessions: { agentId: string; providerSessionId?: string }[];
  history: Record<string, object[]>;
  isRunning: boolean;
  /** The next cycle begins and never completes. */
  hangs?: boolean;
  pollStaleThresholdMs?: number;
  /** Its event loop stands still for so long, once it has said that it will. */
  blockForMs?: number;
  /** The same, and it takes a whole core meanwhile. */
  spinForMs?: number;
  /** A status costs it more CPU than there is time for. */
  labours?: boolean;
  readyTasks: number;
}

const [port = '0', folder = '/', cycleMs = '1000', backlog = '511'] = process.argv.slice(2);
const CYCLE_MS = Number(cycleMs);
const state: State = { sessions: [], history: {}, isRunning: true, readyTasks: 0 };
let startedAt: number | undefined;
let completedAt: number | undefined;
let resumed = 0;

const isInFlight = () => startedAt !== undefined && (completedAt === undefined || startedAt > completedAt);

setInterval(() => {
  if (!state.isRunning || isInFlight()) return;
  startedAt = Date.now();
  if (!state.hangs) completedAt = startedAt + 5;
}, CYCLE_MS);

function labour(): void {
  const before = process.cpuUsage();
  while (process.cpuUsage(before).user < LABOUR_MS * 1_000);
}

/** As a call that does not return does: nothing else of this process runs meanwhile. A busy loop takes a core for that. */
function block({ blockForMs = 0, spinForMs = 0 }: Partial<State>): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, blockForMs);
  const endMs = performance.now() + spinForMs;
  while (performance.now() < endMs);
}

const iso = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toISOString());

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

const server = createServer((request, response) => {
  void bodyOf(request).then((body) => {
    const path = request.url ?? '';
    const [, agentId = '', verb] = /^\/api\/agents\/([^/]+)\/(status|resume)$/.exec(path) ?? [];
    if (path === '/test') {
      Object.assign(state, body);
      response.once('finish', () => block(body));
      sendJson(response, {});
    } else if (path === '/api/daemon/status') {
      if (state.labours) labour();
      sendJson(response, {
        isRunning: state.isRunning,
        available: true,
        serverManaged: true,
        config: { pollIntervalMs: CYCLE_MS, pollStaleThresholdMs: state.pollStaleThresholdMs },
        rateLimit: { isPaused: false, limits: [] },
        health: {
          readyUnassignedTasks: state.readyTasks,
          availableWorkers: 2,
          stuck: false,
          hasStuckQueue: false,
          computedAt: iso(Date.now()),
          lastPollStartedAt: iso(startedAt),
          lastPollCompletedAt: iso(completedAt),
          pollStale: isInFlight() && Date.now() - startedAt! > (state.pollStaleThresholdMs ?? STALE_MS),
        },
      });
    } else if (path === '/api/health') {
      sendJson(response, {
        status: 'ok',
        timestamp: iso(Date.now()),
        database: join(folder, '.stoneforge', 'stoneforge.db'),
        services: { dispatchDaemon: state.isRunning ? 'running' : 'stopped' },
      });
    } else if (path === '/api/sessions') {
      sendJson(response, { sessions: state.sessions });
    } else if (verb === 'status') {
      sendJson(response, { agentId, recentHistory: state.history[agentId] ?? [] });
    } else if (verb === 'resume') {
      if (typeof body.providerSessionId !== 'string') {
        const error = { code: 'NO_RESUMABLE_SESSION', message: 'No resumable session found' };
        return sendJson(response, { error }, 404);
      }
      const session = {
        id: `session-resumed-${resumed++}`,
        agentId,
        providerSessionId: body.providerSessionId,
        agentRole: 'worker',
        status: 'running',
        workingDirectory: body.workingDirectory,
        createdAt: iso(Date.now()),
        startedAt: iso(Date.now()),
        lastActivityAt: iso(Date.now()),
      };
      state.sessions.push(session);
      sendJson(response, { success: true, session }, 201);
    } else {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('404 Not Found');
    }
  });
});
server.listen({ port: Number(port), host: '127.0.0.1', backlog: Number(backlog) }, () => {
  console.log(`listening on ${(server.address() as AddressInfo).port}`);
});
