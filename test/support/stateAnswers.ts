import type { ServerResponse } from 'node:http';
import { sendJson } from './answeringServer';

type Answer = (response: ServerResponse) => void;

/** A smithy whose status says this, beside what a healthy one says. */
function says(parts: object, health: object = {}): Answer {
  return (response) => {
    const at = (agoMs: number) => new Date(Date.now() - agoMs).toISOString();
    const cycle = { computedAt: at(0), lastPollStartedAt: at(1_010), lastPollCompletedAt: at(1_000) };
    const queue = { readyUnassignedTasks: 0, availableWorkers: 2, stuck: false, pollStale: false };
    const config = { pollIntervalMs: 5_000 };
    sendJson(response, {
      isRunning: true,
      available: true,
      config,
      health: { ...queue, ...cycle, ...health },
      sessions: [],
      ...parts,
    });
  };
}

/** Who is asked every second is told something else two times of three, however many routes are asked. */
const TURN_MS = 1_500;

function turnsBetween(...answers: readonly Answer[]): Answer {
  return (response) => answers[Math.floor(Date.now() / TURN_MS) % answers.length]!(response);
}

/** What daemons do once they were healthy, by what their rows say then. */
export const becomes: Readonly<Record<string, Answer>> = {
  unresponsive: () => undefined,
  unreachable: (response) => response.destroy(),
  failing: (response) => sendJson(response, { error: 'the database is locked by another process' }, 503),
  'wrong answer': (response) => response.end('<html>'),
  unavailable: says({ isRunning: false, available: false, reason: 'no git repository' }),
  stopped: says({ isRunning: false }),
  starting: says({}, { lastPollCompletedAt: undefined }),
  wedged: says({}, { pollStale: true, lastPollCompletedAt: '2026-01-01T00:00:00.000Z' }),
  stuck: says({}, { readyUnassignedTasks: 3, availableWorkers: 0, stuck: true }),
  paused: says({ rateLimit: { isPaused: true } }),
  unstable: turnsBetween(says({ isRunning: false }), says({})),
  unverified: says({ health: undefined }),
};
