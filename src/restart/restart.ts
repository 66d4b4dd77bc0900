import { setTimeout as delay } from 'node:timers/promises';
import type { DaemonConfig } from '../daemons/config';
import {
  PORT_FREE_TIMEOUT_MS,
  PROOF_POLL_INTERVAL_MS,
  RESTART_PROOF_TIMEOUT_MS,
  STOP_GRACE_MS,
  WAIT_STEP_MS,
} from '../health/policy';
import type { Report } from '../health/report';
import { duration } from '../health/wording';
import type { ProcessInfo } from './processes';
import { until } from './wait';

/** The start command under way: `ended` resolves with its exit code, `undefined` when it was terminated. */
export interface StartedCommand {
  readonly ended: Promise<number | undefined>;
}

/** What a restart does to the world. The extension passes VS Code's tasks; tests pass child processes. */
export interface RestartEdges {
  findListener(port: number): Promise<ProcessInfo | undefined>;
  stop(pid: number, options: { graceMs: number; signal: AbortSignal; onKill: () => void }): Promise<boolean>;
  isPortFree(host: string, port: number): Promise<boolean>;
  /** Starts the daemon. @throws an error fit to show when it could not be started */
  start(signal: AbortSignal): Promise<StartedCommand>;
  /** Asks the daemon now: its report, or `undefined` and why. */
  ask(): Promise<{ report?: Report; cause?: string }>;
}

export interface RestartRequest {
  readonly daemon: DaemonConfig;
  /** The process to end first; `undefined` where nothing listens. */
  readonly owner: ProcessInfo | undefined;
  readonly before: Report | undefined;
  readonly signal: AbortSignal;
  readonly onStep: (step: string) => void;
  /** How long to wait for the proof. */
  readonly proofTimeoutMs?: number;
}

/** How a restart ended, as was seen. `text` says it in one sentence. */
export type Outcome =
  | { readonly kind: 'cured' | 'unproven'; readonly tookMs: number; readonly text: string }
  /** `late`: started, and not proven in time; one may wait on. */
  | { readonly kind: 'failed' | 'cancelled' | 'late'; readonly text: string };

class Failed extends Error {}
class Late extends Error {}

/**
 * Stops the old process, waits until its port is free, starts the new one and proves it: a new instance and a
 * completed poll cycle. An exit code proves nothing.
 */
export function restart(request: RestartRequest, edges: RestartEdges): Promise<Outcome> {
  return towardsProof(request, edges, async (step) => {
    await stopOld(request, edges, step);
    step('starting it', 'the daemon is stopped and was not started again');
    return edges.start(request.signal);
  });
}

/** Waits on for the proof of a restart that was `late`. Nothing is stopped or started. */
export function waitLonger(request: RestartRequest, edges: RestartEdges): Promise<Outcome> {
  return towardsProof(request, edges, () => Promise.resolve({ ended: new Promise<never>(() => undefined) }));
}

type SetStep = (text: string, ifCancelled: string) => void;

async function towardsProof(
  request: RestartRequest,
  edges: RestartEdges,
  begin: (step: SetStep) => Promise<StartedCommand>,
): Promise<Outcome> {
  const startedMs = performance.now();
  let left = 'nothing was changed';
  const step: SetStep = (text, ifCancelled) => {
    request.onStep(text);
    left = ifCancelled;
  };
  try {
    const command = await begin(step);
    step('waiting for a completed poll cycle', 'the daemon was started; whether it works was not waited for');
    const unproven = await prove(request, edges, command);
    const tookMs = performance.now() - startedMs;
    const said = `${request.daemon.name} ${request.owner ? 'restarted' : 'started'} in ${duration(tookMs)}`;
    return unproven === undefined
      ? { kind: 'cured', tookMs, text: `${said}.` }
      : { kind: 'unproven', tookMs, text: `${said}, but ${unproven}.` };
  } catch (error) {
    if (request.signal.aborted) return { kind: 'cancelled', text: `Restart cancelled: ${left}.` };
    if (error instanceof Late) return { kind: 'late', text: error.message };
    return { kind: 'failed', text: error instanceof Error ? error.message : String(error) };
  }
}

async function stopOld(
  { daemon, owner, signal }: RestartRequest,
  edges: RestartEdges,
  step: SetStep,
): Promise<void> {
  const { hostname } = new URL(daemon.origin);
  const host = hostname.replace(/^\[|\]$/g, '');
  if (owner) {
    const asked = `the old process ${owner.pid} was asked to stop and may still be ending`;
    step(`stopping process ${owner.pid}`, asked);
    const onKill = () =>
      step(`process ${owner.pid} did not stop within ${duration(STOP_GRACE_MS)}: ending it by force`, asked);
    if (!(await edges.stop(owner.pid, { graceMs: STOP_GRACE_MS, signal, onKill }))) {
      throw new Failed(`The old process ${owner.pid} could not be ended; nothing was started.`);
    }
  }
  step(`waiting for port ${daemon.port} to be free`, 'the old process has ended; nothing was started');
  const free = () => edges.isPortFree(host, daemon.port);
  if (await until(free, { timeoutMs: PORT_FREE_TIMEOUT_MS, stepMs: WAIT_STEP_MS, signal })) return;
  const holder = await edges.findListener(daemon.port);
  const who = holder ? `process ${holder.pid} (${holder.commandLine})` : 'a process of another user';
  throw new Failed(`Port ${daemon.port} is still held by ${who}; nothing was started.`);
}

/** @returns `undefined` when proven, else what could not be */
async function prove(
  { daemon, owner, before, signal, proofTimeoutMs = RESTART_PROOF_TIMEOUT_MS }: RestartRequest,
  edges: RestartEdges,
  command: StartedCommand,
): Promise<string | undefined> {
  let exit: { code: number | undefined } | undefined;
  void command.ended.then((code) => (exit = { code }));
  const startedMs = performance.now();
  let seen = 'it never answered';
  while (performance.now() - startedMs < proofTimeoutMs) {
    signal.throwIfAborted();
    const { report, cause } = await edges.ask();
    if (report) {
      const listener = await edges.findListener(daemon.port);
      if (isSameInstance(before, report, owner, listener)) {
        seen = `the old process ${owner?.pid ?? ''} still answers`.replace('  ', ' ');
      } else if (!report.isRunning) {
        seen = 'the new process answers, but its poll loop is stopped';
      } else if (report.lastPollCompletedAt !== undefined) {
        return undefined;
      } else if (report.lastPollStartedAt === undefined && report.pollStale === undefined) {
        return 'this version does not report its poll cycles, so that it works could not be proven';
      } else {
        seen = 'the new process answers, but it has not completed a poll cycle';
      }
    } else if (exit && exit.code !== 0) {
      const code = exit.code === undefined ? 'was terminated' : `ended with exit code ${exit.code}`;
      throw new Failed(
        `The start command ${code} and ${daemon.name} does not answer (${cause ?? 'unknown'}).`,
      );
    } else if (cause !== undefined) {
      seen = `it does not answer (${cause})`;
    }
    await delay(PROOF_POLL_INTERVAL_MS, undefined, { signal });
  }
  const code = exit ? `the start command ended with exit code ${exit.code ?? 'unknown'}, ` : '';
  throw new Late(
    `${daemon.name} was started, but is not proven to work after ${duration(proofTimeoutMs)}: ${code}${seen}.`,
  );
}

/** By instance id where the daemon tells one, else by the pid that holds the port. */
function isSameInstance(
  before: Report | undefined,
  after: Report,
  owner: ProcessInfo | undefined,
  listener: ProcessInfo | undefined,
): boolean {
  if (before?.instance?.id !== undefined && after.instance?.id !== undefined) {
    return before.instance.id === after.instance.id;
  }
  return owner !== undefined && listener?.pid === owner.pid;
}
