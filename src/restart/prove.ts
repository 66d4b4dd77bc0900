import { setTimeout as delay } from 'node:timers/promises';
import { orAborted } from '../base/wait';
import type { Cause, Unproven } from '../health/cause';
import { proofOf, type ProcessFate, type Proof as Judged } from '../health/proof';
import type { Sample } from '../health/report';
import { addressOf } from '../kinds/target';
import type { DaemonConfig } from '../model/daemonConfig';
import type { NotOurs, Outcome, Seen } from '../model/outcome';
import type { Exit } from '../model/startFailure';
import { isUntold } from '../system/processInfo';
import { isSameProcess, type ProcessInfo } from '../system/processTable';
import type { RestartEdges } from './attempt';
import { Failed, StartFailed, type RestartRequest, type StartedCommand } from './edges';
import {
  DOUBT_SETTLES_MS,
  FAILED_SETTLES_MS,
  PROOF_POLL_INTERVAL_MS,
  RESTART_PROOF_TIMEOUT_MS,
  TOLD_PROOF_TIMEOUT_MS,
} from './policy';
import { isStranger } from './provenance';

/** Who listens, where nothing is ended by that any more; `undefined` also where the system cannot be asked. */
export async function listenerNow(edges: RestartEdges): Promise<ProcessInfo | undefined> {
  return edges.findListener().catch(() => undefined);
}

/** What was seen after a start. */
type Proof =
  /** @property why why its work is not proven @property process who answers: started by this restart */
  | { readonly why?: Unproven; readonly process?: ProcessInfo }
  /** Who answers is not proven to be. */
  | { readonly notOurs: NotOurs }
  | Omit<Extract<Outcome, { kind: 'late' }>, 'daemon'>;

/**
 * Asks until a new instance that this start brought is proven to work, or until that is hopeless.
 * @throws an error fit to show where nothing was cured
 */
export async function prove(
  request: RestartRequest,
  edges: RestartEdges,
  command: StartedCommand,
): Promise<Proof> {
  const { daemon, owner, before, signal, way } = request;
  // Nobody else knows the process: that its own command ended well says that it is another one.
  const isToldByExit = !owner && way?.by === 'itself';
  const { proofTimeoutMs = isToldByExit ? TOLD_PROOF_TIMEOUT_MS : RESTART_PROOF_TIMEOUT_MS } = request;
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
    const isJudged = over !== undefined || !isToldByExit;
    const judged = sample && isJudged ? proofOf(before, sample, fateOf(owner, listener)) : undefined;
    const proof = judged && way?.keepsWork ? withoutKeptWork(judged) : judged;
    if (over && over.code !== 0) {
      if (isSilent) {
        throw await startFailure(command, over, daemon.name, sample);
      }
      failedMs ??= performance.now();
      if (performance.now() - failedMs > FAILED_SETTLES_MS)
        throw await failedThough(daemon, over, edges, listener);
    } else if (proof?.is === 'proven' || proof?.is === 'newButUntold') {
      const who = isToldByExit ? undefined : await edges.whyNotOurs(listener, over);
      if (!who) {
        return {
          ...(proof.is === 'newButUntold' && { why: proof.why }),
          ...(listener && { process: listener }),
        };
      }
      seen = { is: 'notOurs', who };
      // While the command runs it may yet take its place, or fail. Who has just begun to listen may not be named yet.
      doubtedMs ??= performance.now();
      const isTold = over !== undefined && who.is !== 'unnamed';
      const isSettled = isTold || performance.now() - doubtedMs > DOUBT_SETTLES_MS;
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

/** Work that was not ended writes when it gets to that, which says nothing of the new process: no sign of it is waited for. */
function withoutKeptWork(proof: Judged): Judged {
  const isUnsigned =
    proof.is === 'notYet' && proof.why.is === 'loopUnknown' && proof.why.why.is === 'noSignYet';
  return isUnsigned ? { is: 'newButUntold', why: proof.why } : proof;
}

/** Why a start failed whose command ended: in its own words where they can be read, else by its exit code. */
async function startFailure(
  { said }: StartedCommand,
  exit: Exit,
  daemon: string,
  sample: Sample | undefined,
): Promise<StartFailed> {
  const words = exit.code === undefined ? undefined : await said?.();
  if (words !== undefined) return new StartFailed({ is: 'startSaid', said: words });
  return new StartFailed({ is: 'commandEnded', exit, daemon, cause: causeIn(sample) });
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
  if (!owner || !listener || isUntold(listener)) return 'unknown';
  return isSameProcess(listener, owner) ? 'lives' : 'gone';
}

function causeIn(sample: Sample | undefined): Cause | undefined {
  return sample?.ok === false ? sample.failure.cause : undefined;
}
