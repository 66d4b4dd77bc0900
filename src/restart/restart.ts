import { codeFrom, isUserError } from '../base/errors';
import { until } from '../base/wait';
import { kindOf } from '../kinds/index';
import { addressOf } from '../kinds/target';
import type { DaemonConfig } from '../model/daemonConfig';
import type { Left, Outcome, RestartFailure } from '../model/outcome';
import type { Ended, StopStage } from '../system/endProcess';
import { WAIT_STEP_MS } from '../system/policy';
import { isSameProcess } from '../system/processTable';
import type { Supervisor } from '../system/supervisor';
import type { RestartEdges } from './attempt';
import { Declined, Failed, StartFailed, type RestartRequest, type StartedCommand } from './edges';
import { isEndedByUs } from './plan';
import { COMEBACK_MARGIN_MS, PORT_FREE_TIMEOUT_MS, RESPAWN_LOOK_MS, RESPAWN_TIMEOUT_MS } from './policy';
import { listenerNow, prove } from './prove';
import { tellStop, whyNotAgreed } from './stop';

/**
 * Stops the old process, waits until its port is free where it has one, starts the new one and proves it: a new
 * instance that this restart started, and a completed poll cycle. An exit code of 0 proves nothing; any other proves
 * that nothing was cured.
 *
 * @param begun the start command of a restart that was `late`: nothing is stopped or started, its proof is waited for
 */
export async function restart(
  request: RestartRequest,
  edges: RestartEdges,
  begun?: StartedCommand,
): Promise<Outcome> {
  const { daemon, owner, before, signal, startedMs = performance.now() } = request;
  let left = 'unchanged' as Left;
  try {
    const { command, ended } = begun
      ? { command: begun }
      : await stopAndStart(request, edges, (now) => (left = now));
    left = 'started';
    const provenBy = kindOf(daemon.kind ?? before?.kind)?.provenBy ?? 'cycle';
    request.onStep({ is: 'proving', by: provenBy });
    const proof = await prove(request, edges, command);
    const tookMs = performance.now() - startedMs - edges.outliving.waitedMs;
    if ('notOurs' in proof)
      return { kind: 'unproven', tookMs, notOurs: proof.notOurs, ...told(daemon, edges) };
    if ('seen' in proof) return { ...proof, ...told(daemon, edges) };
    const work = await edges.workMade(signal);
    const startErrors = edges.startErrors();
    return {
      kind: proof.why ? 'unproven' : 'cured',
      tookMs,
      isRestart: owner !== undefined || (request.wasUp === true && !isEndedByUs(request.way)),
      daemon: daemon.name,
      ...proof,
      ...(ended && { ended }),
      ...(work && { work }),
      ...(startErrors && { startErrors }),
    };
  } catch (error) {
    // Also where the restart proved nothing, a new instance may have been seen.
    const about = told(daemon, edges);
    if (signal.aborted || error instanceof Declined) return { kind: 'cancelled', left, ...about };
    if (!isUserError(error)) edges.onUnexpected(error);
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

async function stopAndStart(
  request: RestartRequest,
  edges: RestartEdges,
  leave: (left: Left) => void,
): Promise<{ command: StartedCommand; ended?: Ended | undefined }> {
  const { way, owner, signal, supervisor } = request;
  const isOurs = isEndedByUs(way);
  const ended = isOurs ? await stopOld(request, edges, leave) : undefined;
  signal.throwIfAborted();
  if (ended && supervisor && (await isRespawned(request, supervisor, edges))) {
    return { command: { ended: Promise.resolve(0) }, ended };
  }
  if (ended) await edges.outliving.settle(request);
  if (isOurs) await portFreed(request, edges);
  request.onStep(isOurs ? { is: 'starting' } : { is: 'askingToRestart', who: way?.name });
  if (!owner || !isOurs) await edges.beginStart();
  return { command: await edges.start(signal), ended };
}

/** The daemon's name, with what is known of its work. */
function told({ name }: DaemonConfig, edges: RestartEdges): Pick<Outcome, 'daemon' | 'work'> {
  const work = edges.workTold();
  return { daemon: name, ...(work && { work }) };
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
      if (stage.kind === 'terminating') edges.outliving.look();
      if (stage.kind === 'asking' || stage.kind === 'terminating' || stage.kind === 'killing')
        leave('ending');
      tell(stage);
    };
    edges.outliving.look();
    await edges.beginStart();
    ended = await edges.stop({ signal, onStage });
    if (!ended) throw new Failed({ is: 'oldStays', process: owner, port });
    progress.onStep({ is: 'ended', pid: owner.pid, how: ended });
    leave('stopped');
  }
  return ended;
}

/** Smithy moves to the next port when its own is still taken. @throws where the port stays taken */
async function portFreed({ daemon, signal, onStep }: RestartRequest, edges: RestartEdges): Promise<void> {
  signal.throwIfAborted();
  const port = addressOf(daemon.target)?.port;
  if (port === undefined) return;
  onStep({ is: 'freeingPort', port });
  const free = () => edges.isPortFree();
  if (await until(free, { timeoutMs: PORT_FREE_TIMEOUT_MS, stepMs: WAIT_STEP_MS, signal })) return;
  throw new Failed({ is: 'portHeld', port, process: await listenerNow(edges) });
}

/**
 * Waits for who may start the daemon again, once the old process has ended: started by us as well there would be two.
 * @returns whether somebody listens again; `false` once the supervisor has ended, too
 * @throws where the supervisor is there and starts nothing
 */
async function isRespawned(
  { owner, signal, onStep, respawnTimeoutMs = RESPAWN_TIMEOUT_MS }: RestartRequest,
  { name, process, lastTime }: Supervisor,
  edges: RestartEdges,
): Promise<boolean> {
  onStep({ is: 'leftTo', who: name });
  let came: 'listener' | 'nobody' | undefined;
  const isOver = async () => {
    const listener = await listenerNow(edges);
    if (listener && !(owner && isSameProcess(listener, owner))) came = 'listener';
    else if (process && !(await edges.isThere(process))) came = 'nobody';
    return came !== undefined;
  };
  const timeoutMs = lastTime
    ? Math.min(2 * lastTime.afterMs + COMEBACK_MARGIN_MS, respawnTimeoutMs)
    : respawnTimeoutMs;
  await until(isOver, { timeoutMs, stepMs: RESPAWN_LOOK_MS, signal });
  if (came) return came === 'listener';
  // What happened once need not happen again.
  if (lastTime) return false;
  throw new StartFailed({ is: 'notRespawned', who: name, afterMs: respawnTimeoutMs });
}
