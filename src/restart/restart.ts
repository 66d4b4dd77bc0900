import { setTimeout as delay } from 'node:timers/promises';
import type { DaemonConfig } from '../model/daemonConfig';
import {
  FAILED_SETTLES_MS,
  DOUBT_SETTLES_MS,
  PROOF_POLL_INTERVAL_MS,
  RESTART_PROOF_TIMEOUT_MS,
  PORT_FREE_TIMEOUT_MS,
} from './policy';
import { WAIT_STEP_MS } from '../system/policy';
import type { Report, Sample } from '../health/report';
import { kindOf } from '../kinds/index';
import type { RestartWay } from '../kinds/kind';
import { messageOf, UserError } from '../base/errors';
import { duration } from '../base/time';
import { StartFailed, startFailure, type EndedStart } from './failedStart';
import { isSameProcess, type ProcessInfo } from '../system/processTable';
import { proofOf, type ProcessFate } from '../health/proof';
import { workText, type WorkMade } from '../health/workMade';
import { addressOf } from '../kinds/target';
import { isEndedByUs } from './plan';
import type { NotOurs } from './provenance';
import type { Ended, StopOptions, StopStage } from '../system/endProcess';
import { orAborted, until } from '../base/wait';
import type { Left, Outcome } from '../model/outcome';
import type { Progress, RestartStep } from '../model/restartStep';

/** The start command under way: `ended` resolves with its exit code, `undefined` when it was terminated. */
export interface StartedCommand extends EndedStart {
  readonly ended: Promise<number | undefined>;
  /** The command's environment has the mark that it was to get: what it starts can be told by it. */
  readonly isMarked?: boolean;
}

/** How the start command ended: with an exit code, or terminated. */
export interface Exit {
  readonly code: number | undefined;
}

/** What a restart does to the world. The extension passes VS Code's tasks; tests pass child processes. */
export interface RestartEdges {
  /** Who holds the port now; of a daemon without an address who is proven to be the daemon now. @throws {ToolFailed} where the system cannot be asked */
  findListener(): Promise<ProcessInfo | undefined>;
  /** Whether exactly this process is there, whatever it listens on. */
  isThere(process: ProcessInfo): Promise<boolean>;
  /** Ends the old process. @returns how it ended; `undefined` when it is still there */
  stop(options: Pick<StopOptions, 'signal' | 'onStage'>): Promise<Ended | undefined>;
  /** Not asked where the daemon has no address. */
  isPortFree(): Promise<boolean>;
  /** Notes the moment: a daemon that began before was not started by this restart. */
  beginStart(): Promise<void>;
  /** Starts the daemon. @throws an error fit to show when it could not be started */
  start(signal: AbortSignal): Promise<StartedCommand>;
  /**
   * Why the process that answers is not proven to be started by this restart.
   * @param exit how the start command ended; `undefined` while it runs
   */
  whyNotOurs(listener: ProcessInfo | undefined, exit: Exit | undefined): Promise<NotOurs | undefined>;
  /** An error that nobody expected: the outcome has its message, the log is to have its stack. */
  onUnexpected(error: unknown): void;
  /** Asks the daemon now; `undefined` where it is not watched any more. */
  ask(): Promise<Sample | undefined>;
  /**
   * What the restart made of the work, as the core tells it to every surface. Asked once a new instance is proven;
   * `undefined` where the core tells nothing, or not yet.
   */
  workMade(signal: AbortSignal): Promise<WorkMade | undefined>;
  /** What the core has told of the work so far: no notification tells that besides the outcome. */
  workTold(): WorkMade | undefined;
}

export interface RestartRequest extends Progress {
  readonly daemon: DaemonConfig;
  /** The process to end first; `undefined` where nothing listens, or no process is proven to be the daemon. */
  readonly owner: ProcessInfo | undefined;
  /** Who ends that process; we do where nothing is said. */
  readonly way?: Pick<RestartWay, 'by' | 'name'>;
  readonly before: Report | undefined;
  readonly signal: AbortSignal;
  /** How long to wait for the proof. */
  readonly proofTimeoutMs?: number;
  /** When it began (`performance.now()`), where that was before this call. */
  readonly startedMs?: number;
}

const LEFT: Readonly<Record<Left, string>> = {
  unchanged: 'nothing was changed',
  ending: 'the old process was asked to stop and may still be ending; nothing was started',
  stopped: 'the old process has ended; nothing was started',
  started: 'the daemon was started; whether it works was not waited for',
};

/** What of the old process' end is told in the outcome. */
const ENDED: Readonly<Partial<Record<Ended, string>>> = {
  'was ended by force': ' (the old process was ended by force)',
  'had ended already': ' (the old process had ended already; nothing was ended)',
};

class Failed extends UserError {}
/** @param startFailed why nothing answers, where nothing does */
class Late extends UserError {
  constructor(
    message: string,
    readonly startFailed: string | undefined,
  ) {
    super(message);
  }
}

/**
 * Stops the old process, waits until its port is free where it has one, starts the new one and proves it: a new
 * instance that this restart started, and a completed poll cycle. An exit code of 0 proves nothing; any other proves
 * that nothing was cured.
 */
export function restart(request: RestartRequest, edges: RestartEdges): Promise<Outcome> {
  return towardsProof(request, edges, async (leave) => {
    const { way, owner } = request;
    const isOurs = isEndedByUs(way);
    const ended = isOurs ? await stopOld(request, edges, leave) : undefined;
    request.signal.throwIfAborted();
    request.onStep({ is: 'starting', ...(!isOurs && { by: way?.name ?? 'it' }) });
    if (!owner || !isOurs) await edges.beginStart();
    const command = await edges.start(request.signal);
    return { command, ended };
  });
}

/**
 * Waits on for the proof of a restart that was `late`. Nothing is stopped or started.
 * @param command the start command of that restart
 */
export function waitLonger(
  request: RestartRequest,
  edges: RestartEdges,
  command: StartedCommand,
): Promise<Outcome> {
  return towardsProof(request, edges, () => Promise.resolve({ command, ended: undefined }));
}

/** The steps of a stop, for who looks on. */
export function tellStop(pid: number, { onStep, onWait }: Progress): (stage: StopStage) => void {
  return (stage) => {
    if (stage.kind === 'waiting') {
      const { leftMs, next } = stage;
      return onWait?.({ pid, leftMs, next });
    }
    const { kind, ...facts } = stage;
    onStep({ is: kind, pid, ...facts } as RestartStep);
  };
}

async function towardsProof(
  request: RestartRequest,
  edges: RestartEdges,
  begin: (leave: (left: Left) => void) => Promise<{ command: StartedCommand; ended: Ended | undefined }>,
): Promise<Outcome> {
  const { daemon, owner, before, signal, startedMs = performance.now() } = request;
  let left = 'unchanged' as Left;
  try {
    const { command, ended } = await begin((now) => (left = now));
    left = 'started';
    const provenBy = kindOf(daemon.kind ?? before?.kind)?.provenBy ?? 'cycle';
    request.onStep({ is: 'proving', by: provenBy });
    const { unproven, process, doubt } = await prove(request, edges, command);
    const tookMs = performance.now() - startedMs;
    if (doubt !== undefined) {
      const text = `${daemon.name} answers after ${duration(tookMs)}, but ${doubt}.`;
      const interrupted = edges.workTold()?.interrupted ?? 0;
      return { kind: 'unproven', tookMs, text: withWork(text, edges), interrupted };
    }
    const made = await edges.workMade(signal);
    const work = made ? workText(made) : '';
    const said = [
      `${daemon.name} ${owner ? 'restarted' : 'started'} in ${duration(tookMs)}`,
      ...(ended === undefined ? [] : [ENDED[ended] ?? '']),
      ...(work === '' ? [] : [` · ${work}`]),
      ...(unproven === undefined ? [] : [`, but ${unproven}`]),
    ].join('');
    const kind = unproven === undefined ? 'cured' : 'unproven';
    const interrupted = made?.interrupted ?? 0;
    return { kind, tookMs, text: `${said}.`, interrupted, ...(process && { process }) };
  } catch (error) {
    if (signal.aborted) {
      return { kind: 'cancelled', text: withWork(`Restart cancelled: ${LEFT[left]}.`, edges), left };
    }
    if (!(error instanceof UserError)) edges.onUnexpected(error);
    const why = messageOf(error);
    const text = withWork(why, edges);
    const startFailed = startFailedIn(error, left);
    const failed = { ...(startFailed !== undefined && { startFailed }) };
    if (error instanceof Late) return { kind: 'late', text, ...failed };
    return {
      kind: 'failed',
      text: left === 'stopped' ? `${text} The old process has ended.` : text,
      ...failed,
    };
  }
}

/**
 * Why the process that the user agreed to end is not ended: the user may have looked at the question for long. `undefined`
 * where it still listens, or has ended by itself.
 *
 * @param port of the daemon's address; `undefined` where it has none
 * @param holder who listens now, or is the daemon now
 * @param isThere whether the agreed process still runs
 */
export function whyNotAgreed(
  owner: ProcessInfo,
  port: number | undefined,
  holder: ProcessInfo | undefined,
  isThere: boolean,
): string | undefined {
  if (holder) {
    if (isSameProcess(holder, owner)) return undefined;
    if (port === undefined) {
      return `The daemon is another process now, ${holder.pid} (${holder.commandLine}); nothing was ended`;
    }
    return `Port ${port} is held by another process now, ${holder.pid} (${holder.commandLine}); nothing was ended`;
  }
  if (!isThere) return undefined;
  if (port === undefined) {
    return (
      `Process ${owner.pid} (${owner.commandLine}) is not proven to be the daemon any more, but still runs: ` +
      'nothing was ended'
    );
  }
  return (
    `Process ${owner.pid} (${owner.commandLine}) does not listen on port ${port} any more, but still runs: ` +
    'nothing was ended'
  );
}

/** With what is known of the work, where the restart proved nothing and a new instance was seen all the same. */
function withWork(text: string, edges: RestartEdges): string {
  const made = edges.workTold();
  const work = made ? workText(made) : '';
  return work === '' ? text : `${text} ${sentence(work)}.`;
}

/** Why nothing runs now; `undefined` where that is not so, or not because of a start. */
function startFailedIn(error: unknown, left: Left): string | undefined {
  if (error instanceof StartFailed) return error.reason;
  if (error instanceof Late) return error.startFailed;
  if (left !== 'stopped') return undefined;
  return new StartFailed(messageOf(error).replace(/\.$/, '')).reason;
}

async function stopOld(
  { daemon, owner, signal, ...progress }: RestartRequest,
  edges: RestartEdges,
  leave: (left: Left) => void,
): Promise<Ended | undefined> {
  let ended: Ended | undefined;
  const port = addressOf(daemon.target)?.port;
  if (owner) {
    const why = whyNotAgreed(owner, port, await edges.findListener(), await edges.isThere(owner));
    if (why !== undefined) throw new Failed(`${why} and nothing started.`);
    const tell = tellStop(owner.pid, progress);
    const onStage = (stage: StopStage) => {
      if (stage.kind === 'asking' || stage.kind === 'terminating' || stage.kind === 'killing')
        leave('ending');
      tell(stage);
    };
    await edges.beginStart();
    ended = await edges.stop({ signal, onStage });
    if (!ended) {
      const still = port === undefined ? 'still runs' : `still holds port ${port}`;
      throw new Failed(
        `The old process ${owner.pid} (${owner.commandLine}) could not be ended and ${still}; nothing was started.`,
      );
    }
    progress.onStep({ is: 'ended', pid: owner.pid, how: ended });
    leave('stopped');
  }
  signal.throwIfAborted();
  if (port === undefined) return ended;
  progress.onStep({ is: 'freeingPort', port });
  const free = () => edges.isPortFree();
  if (await until(free, { timeoutMs: PORT_FREE_TIMEOUT_MS, stepMs: WAIT_STEP_MS, signal })) return ended;
  const holder = await listenerNow(edges);
  const who = holder ? `process ${holder.pid} (${holder.commandLine})` : 'a process of another user';
  throw new Failed(`Port ${port} is still held by ${who}; nothing was started.`);
}

/** Who listens, where nothing is ended by that any more; `undefined` also where the system cannot be asked. */
async function listenerNow(edges: RestartEdges): Promise<ProcessInfo | undefined> {
  return edges.findListener().catch(() => undefined);
}

interface Proof {
  /** What of its work could not be proven. */
  readonly unproven?: string;
  /** Who answers: started by this restart. */
  readonly process?: ProcessInfo;
  /** Why who answers is not proven to be. */
  readonly doubt?: string;
}

async function prove(
  { daemon, owner, before, signal, proofTimeoutMs = RESTART_PROOF_TIMEOUT_MS }: RestartRequest,
  edges: RestartEdges,
  command: StartedCommand,
): Promise<Proof> {
  let exit: Exit | undefined;
  void command.ended.then((code) => (exit = { code }));
  const startedMs = performance.now();
  let seen = 'it never answered';
  let isSilent = true;
  let doubtedMs: number | undefined;
  let failedMs: number | undefined;
  while (performance.now() - startedMs < proofTimeoutMs) {
    signal.throwIfAborted();
    const sample = await orAborted(edges.ask(), signal);
    isSilent = sample?.ok !== true;
    const listener = isSilent ? undefined : await listenerNow(edges);
    // Looked at after the answer: what the command came to counts, whoever answered meanwhile.
    const over = exit;
    const proof = sample && proofOf(before, sample, fateOf(owner, listener));
    if (over && over.code !== 0) {
      if (isSilent) {
        throw await startFailure(command, over.code, `${daemon.name} ${silence(sample)}`);
      }
      failedMs ??= performance.now();
      if (performance.now() - failedMs > FAILED_SETTLES_MS)
        throw new Failed(await failedThough(daemon, over, edges, listener));
    } else if (proof?.is === 'proven' || proof?.is === 'newButUntold') {
      const foreign = await edges.whyNotOurs(listener, over);
      if (!foreign) {
        const unproven = proof.is === 'newButUntold' ? { unproven: proof.why } : {};
        return { ...unproven, ...(listener && { process: listener }) };
      }
      seen = foreign.why;
      // While the command runs it may yet take its place, or fail.
      doubtedMs ??= performance.now();
      const isSettled = over !== undefined || performance.now() - doubtedMs > DOUBT_SETTLES_MS;
      if (isSettled && foreign.isStranger) throw new Failed(`${sentence(foreign.why)}.`);
      if (isSettled) return { doubt: foreign.why };
    } else if (isSilent) {
      if (sample) seen = `it ${silence(sample)}`;
    } else if (proof?.is === 'refuted' && proof.by === 'oldInstance') {
      seen = owner ? `the old process ${owner.pid} still answers` : proof.why;
    } else if (proof) {
      seen = `the new process answers, but ${proof.why}`;
    }
    await delay(PROOF_POLL_INTERVAL_MS, undefined, { signal });
  }
  if (exit && failedMs !== undefined) {
    throw new Failed(await failedThough(daemon, exit, edges, await listenerNow(edges)));
  }
  const code = exit ? `the start command ended with exit code ${exit.code ?? 'unknown'}, ` : '';
  const afterAll = duration(proofTimeoutMs);
  throw new Late(
    `${daemon.name} was started, but is not proven to work after ${afterAll}: ${code}${seen}.`,
    isSilent ? `no answer within ${afterAll}` : undefined,
  );
}

/** A start command that failed cured nothing, though something answers. */
async function failedThough(
  { target }: DaemonConfig,
  exit: Exit,
  edges: RestartEdges,
  listener: ProcessInfo | undefined,
): Promise<string> {
  const { code } = exit;
  const command = `The start command ${code === undefined ? 'was terminated' : `ended with exit code ${code}`}`;
  const foreign = await edges.whyNotOurs(listener, exit);
  if (foreign) return `${command}, and ${foreign.why}.`;
  const who = listener ? `process ${listener.pid} (${listener.commandLine})` : 'a process';
  const address = addressOf(target);
  const where = address ? ` on port ${address.port}` : '';
  return `${command}, though ${who}, which it started, answers${where}.`;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What became of the old process, by who answers now. */
function fateOf(owner: ProcessInfo | undefined, listener: ProcessInfo | undefined): ProcessFate {
  if (!owner || !listener) return 'unknown';
  return isSameProcess(listener, owner) ? 'lives' : 'gone';
}

function silence(sample: Sample | undefined): string {
  return `does not answer (${sample?.ok === false ? sample.failure.cause : 'unknown'})`;
}
