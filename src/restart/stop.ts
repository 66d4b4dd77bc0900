import { CodedError } from '../base/errors';
import type { Probe } from '../kinds/probe';
import { isInstance } from '../kinds/sameInstance';
import { addressOf } from '../kinds/target';
import type { DaemonModel } from '../model/daemonModel';
import type { StopOutcome } from '../model/outcome';
import type { NotAgreed, RestartRefusal } from '../model/restartRefusal';
import type { Progress, RestartStep } from '../model/restartStep';
import {
  endProcess,
  untold,
  type Ended,
  type StopOptions,
  type StopStage,
  type WorkToEnd,
} from '../system/endProcess';
import { isLive } from '../health/sessions';
import { identityIn, isSameProcessAlive } from '../system/identity';
import { isUntold, type PartialIdentity } from '../system/processInfo';
import { isAlive, isSameProcess, type ProcessInfo } from '../system/processTable';
import type { Monitor } from '../watch/monitor';
import type { Outliving } from './outliving';
import { ownersOf } from './plan';

export interface StopWork extends Progress {
  readonly signal: AbortSignal;
}

/** Ends the process that the user agreed to end. @throws an error fit to show where that could not be done */
export async function stopDaemon(
  model: DaemonModel,
  owner: ProcessInfo,
  monitor: Monitor,
  { signal, ...progress }: StopWork,
  outliving: Outliving,
): Promise<StopOutcome> {
  const { name, target } = model.daemon;
  const port = addressOf(target)?.port;
  const startedMs = performance.now();
  const tell = tellStop(owner.pid, progress);
  let isAsked = false;
  try {
    const [holder] = await ownersOf(model);
    const why = whyNotAgreed(owner, port, holder, await isThere(owner));
    if (why) throw refusalOf(why);
    outliving.look();
    const ended = await endDaemon(model, owner, await probeOf(monitor), {
      signal,
      work: workToEnd(monitor),
      onStage: (stage) => {
        if (stage.kind === 'terminating') outliving.look();
        if (!isAsked && stage.kind !== 'notAsked') {
          isAsked = true;
          monitor.input({ kind: 'stoppedByUs' });
        }
        tell(stage);
      },
    });
    if (!ended) throw refusalOf({ is: 'stays', process: owner, port });
    // It has ended: who listens now, where a tool can tell, is all that is left to say.
    const [next] = await ownersOf(model).catch(() => []);
    if (next) throw refusalOf({ is: 'anotherCame', daemon: name, pid: owner.pid, port, process: next });
    const tookMs = performance.now() - startedMs;
    const outlived = await outliving.atEnd();
    return {
      kind: 'stopped',
      daemon: name,
      is: 'ended',
      pid: owner.pid,
      how: ended,
      tookMs,
      ...(outlived && { outlived }),
    };
  } catch (error) {
    if (!signal.aborted) throw error;
    return { kind: 'cancelled', daemon: name, pid: owner.pid, isAsked };
  } finally {
    void monitor.poll();
  }
}

/**
 * Ends the process that a plan was made for, and nobody else who has its number by now. A daemon that ends itself
 * cleanly is asked to, also while its poll loop hangs; on Windows there is no other clean way.
 *
 * @param probe what talks to the daemon; `undefined` where nothing does
 * @returns how it ended; `undefined` when it is still there
 * @throws an error fit to show where the system does not tell when the process began
 */
export async function endDaemon(
  model: DaemonModel,
  owner: ProcessInfo,
  probe: Pick<Probe, 'shutDown'> | undefined,
  options: Pick<StopOptions, 'signal' | 'onStage' | 'work'>,
): Promise<Ended | undefined> {
  const target = identityIn(owner);
  if (!target) throw untold(owner.pid);
  const askToEnd = probe?.shutDown;
  // Only the very process that answered is asked: whoever else has its port gets no token.
  if (!askToEnd || !isInstance(model, owner)) return endProcess(target, options);
  return endProcess(target, { ...options, askToEnd });
}

/**
 * The work that a daemon ends before itself: what its last answer lists as running. A daemon that says that it is
 * stopping answers, too.
 */
export function workToEnd(monitor: Monitor): WorkToEnd {
  const { sessions = [] } = monitor.track.last?.report ?? {};
  return {
    count: sessions.filter(isLive).length,
    answers: async () => {
      await monitor.poll();
      return monitor.track.sample?.ok === true;
    },
  };
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
  if (holder && !isUntold(holder)) {
    return isSameProcess(holder, owner) ? undefined : { is: 'anotherNow', process: holder, port };
  }
  return isThere ? { is: 'noMoreTheDaemon', process: owner, port } : undefined;
}

/** What talks to the daemon, where that can be loaded: without it the daemon ends as every process does. */
export function probeOf(monitor: Monitor): Promise<Probe | undefined> {
  return monitor.probe().catch(() => undefined);
}

/** Where the system does not tell when it began, a process of its number counts as this one. */
export async function isThere(process: PartialIdentity): Promise<boolean> {
  const identity = identityIn(process);
  return identity ? isSameProcessAlive(identity) : isAlive(process.pid);
}

function refusalOf(why: RestartRefusal): CodedError<RestartRefusal> {
  return new CodedError(why);
}
