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
import { codeFrom, CodedError, UserError } from '../base/errors';
import { StartFailed, startFailure, type EndedStart } from './failedStart';
import { isSameProcess, type ProcessInfo } from '../system/processTable';
import { proofOf, type ProcessFate } from '../health/proof';
import type { WorkMade } from '../health/workMade';
import { addressOf } from '../kinds/target';
import { isEndedByUs } from './plan';
import { isStranger } from './provenance';
import type { Ended, StopOptions, StopStage } from '../system/endProcess';
import { orAborted, until } from '../base/wait';
import type { Left, NotOurs, Outcome, RestartFailure, Seen } from '../model/outcome';
import type { NotAgreed } from '../model/restartRefusal';
import type { Exit } from '../model/startFailure';
import type { Cause, Unproven } from '../health/cause';
import type { Progress, RestartStep } from '../model/restartStep';

/** The start command under way: `ended` resolves with its exit code, `undefined` when it was terminated. */
export interface StartedCommand extends EndedStart {
  readonly ended: Promise<number | undefined>;
  /** The command's environment has the mark that it was to get: what it starts can be told by it. */
  readonly isMarked?: boolean;
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

class Failed extends CodedError<RestartFailure> {}

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
    request.onStep(isOurs ? { is: 'starting' } : { is: 'askingToRestart', who: way?.name });
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
    const proof = await prove(request, edges, command);
    const tookMs = performance.now() - startedMs;
    if ('notOurs' in proof)
      return { kind: 'unproven', tookMs, notOurs: proof.notOurs, ...told(daemon, edges) };
    if ('seen' in proof) return { ...proof, ...told(daemon, edges) };
    const work = await edges.workMade(signal);
    return {
      kind: proof.why ? 'unproven' : 'cured',
      tookMs,
      isRestart: owner !== undefined,
      daemon: daemon.name,
      ...proof,
      ...(ended && { ended }),
      ...(work && { work }),
    };
  } catch (error) {
    // Also where the restart proved nothing, a new instance may have been seen.
    const about = told(daemon, edges);
    if (signal.aborted) return { kind: 'cancelled', left, ...about };
    if (!(error instanceof UserError)) edges.onUnexpected(error);
    const isStopped = left === 'stopped';
    return {
      kind: 'failed',
      // Whoever throws a coded error takes the code from one of these unions.
      why: codeFrom(error) as RestartFailure,
      isStopped,
      nothingRuns: isStopped || error instanceof StartFailed,
      ...about,
    };
  }
}

/** The daemon's name, with what is known of its work. */
function told({ name }: DaemonConfig, edges: RestartEdges): Pick<Outcome, 'daemon' | 'work'> {
  const work = edges.workTold();
  return { daemon: name, ...(work && { work }) };
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
): NotAgreed | undefined {
  if (holder) {
    return isSameProcess(holder, owner) ? undefined : { is: 'anotherNow', process: holder, port };
  }
  return isThere ? { is: 'noMoreTheDaemon', process: owner, port } : undefined;
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
    if (why) throw new Failed(why);
    const tell = tellStop(owner.pid, progress);
    const onStage = (stage: StopStage) => {
      if (stage.kind === 'asking' || stage.kind === 'terminating' || stage.kind === 'killing')
        leave('ending');
      tell(stage);
    };
    await edges.beginStart();
    ended = await edges.stop({ signal, onStage });
    if (!ended) throw new Failed({ is: 'oldStays', process: owner, port });
    progress.onStep({ is: 'ended', pid: owner.pid, how: ended });
    leave('stopped');
  }
  signal.throwIfAborted();
  if (port === undefined) return ended;
  progress.onStep({ is: 'freeingPort', port });
  const free = () => edges.isPortFree();
  if (await until(free, { timeoutMs: PORT_FREE_TIMEOUT_MS, stepMs: WAIT_STEP_MS, signal })) return ended;
  throw new Failed({ is: 'portHeld', port, process: await listenerNow(edges) });
}

/** Who listens, where nothing is ended by that any more; `undefined` also where the system cannot be asked. */
async function listenerNow(edges: RestartEdges): Promise<ProcessInfo | undefined> {
  return edges.findListener().catch(() => undefined);
}

type Proof =
  /** @property why why its work is not proven @property process who answers: started by this restart */
  | { readonly why?: Unproven; readonly process?: ProcessInfo }
  /** Who answers is not proven to be. */
  | { readonly notOurs: NotOurs }
  | Omit<Extract<Outcome, { kind: 'late' }>, 'daemon'>;

async function prove(
  { daemon, owner, before, signal, proofTimeoutMs = RESTART_PROOF_TIMEOUT_MS }: RestartRequest,
  edges: RestartEdges,
  command: StartedCommand,
): Promise<Proof> {
  let exit: Exit | undefined;
  void command.ended.then((code) => (exit = { code }));
  const startedMs = performance.now();
  let seen: Seen = { is: 'neverAnswered' };
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
        throw await startFailure(command, over, daemon.name, causeIn(sample));
      }
      failedMs ??= performance.now();
      if (performance.now() - failedMs > FAILED_SETTLES_MS)
        throw await failedThough(daemon, over, edges, listener);
    } else if (proof?.is === 'proven' || proof?.is === 'newButUntold') {
      const who = await edges.whyNotOurs(listener, over);
      if (!who) {
        return {
          ...(proof.is === 'newButUntold' && { why: proof.why }),
          ...(listener && { process: listener }),
        };
      }
      seen = { is: 'notOurs', who };
      // While the command runs it may yet take its place, or fail.
      doubtedMs ??= performance.now();
      const isSettled = over !== undefined || performance.now() - doubtedMs > DOUBT_SETTLES_MS;
      if (isSettled && isStranger(who)) throw new Failed({ is: 'strangerAnswers', who });
      if (isSettled) return { notOurs: who };
    } else if (isSilent) {
      if (sample) seen = { is: 'silent', cause: causeIn(sample) };
    } else if (proof?.is === 'refuted' && proof.by === 'oldInstance') {
      seen = { is: 'oldAnswers', pid: owner?.pid };
    } else if (proof) {
      seen = { is: 'newAnswers', why: proof.why };
    }
    await delay(PROOF_POLL_INTERVAL_MS, undefined, { signal });
  }
  if (exit && failedMs !== undefined) throw await failedThough(daemon, exit, edges, await listenerNow(edges));
  return {
    kind: 'late',
    afterMs: proofTimeoutMs,
    seen,
    nothingRuns: isSilent,
    ...(exit && { exit }),
  };
}

/** A start command that failed cured nothing, though something answers. */
async function failedThough(
  { target }: DaemonConfig,
  exit: Exit,
  edges: RestartEdges,
  listener: ProcessInfo | undefined,
): Promise<Failed> {
  const who = await edges.whyNotOurs(listener, exit);
  return new Failed({ is: 'commandFailed', exit, who, process: listener, port: addressOf(target)?.port });
}

/** What became of the old process, by who answers now. */
function fateOf(owner: ProcessInfo | undefined, listener: ProcessInfo | undefined): ProcessFate {
  if (!owner || !listener) return 'unknown';
  return isSameProcess(listener, owner) ? 'lives' : 'gone';
}

function causeIn(sample: Sample | undefined): Cause | undefined {
  return sample?.ok === false ? sample.failure.cause : undefined;
}
