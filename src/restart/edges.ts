import { CodedError } from '../base/errors';
import type { Report } from '../health/report';
import type { RestartWay } from '../kinds/kind';
import type { DaemonConfig } from '../model/daemonConfig';
import type { RestartFailure } from '../model/outcome';
import type { Offspring, OutlivingAnswer } from '../model/outliving';
import type { Progress } from '../model/restartStep';
import type { StartFailure } from '../model/startFailure';
import type { ProcessInfo } from '../system/processTable';
import type { Supervisor } from '../system/supervisor';

/** A restart that failed. */
export class Failed extends CodedError<RestartFailure> {}

/** A start that failed: nothing runs. */
export class StartFailed extends CodedError<StartFailure> {}

/** The user was asked whether to go on, and did not say so. */
export class Declined extends Error {}

/** The start command under way: `ended` resolves with its exit code, `undefined` when it was terminated. */
export interface StartedCommand {
  /** What it said of its failure, where that can be read. */
  readonly said?: () => Promise<string | undefined>;
  readonly ended: Promise<number | undefined>;
  /** The command's environment has the mark that it was to get: what it starts can be told by it. */
  readonly isMarked?: boolean;
}

/** What to do with processes that the old daemon had started and that still run; `undefined` is to start nothing. */
export type AskOutliving = (left: readonly Offspring[]) => Promise<OutlivingAnswer | undefined>;

export interface RestartRequest extends Progress {
  readonly daemon: DaemonConfig;
  /** The process to end first; `undefined` where nothing listens, or no process is proven to be the daemon. */
  readonly owner: ProcessInfo | undefined;
  /** Who ends that process; we do where nothing is said. */
  readonly way?: Pick<RestartWay, 'by' | 'name'> & Partial<Pick<RestartWay, 'keepsWork'>>;
  /** Who starts that process again when it ends: nothing else is started while it may. */
  readonly supervisor?: Supervisor;
  readonly before: Report | undefined;
  /** It ran, as far as that is seen without its process. */
  readonly wasUp?: boolean;
  readonly signal: AbortSignal;
  /** How long to wait for the proof. */
  readonly proofTimeoutMs?: number;
  /** How long to wait for who starts it again. */
  readonly respawnTimeoutMs?: number;
  /** Asks what to do with processes that the old daemon had started and that still run; nobody is asked without it. */
  readonly askOutliving?: AskOutliving | undefined;
  /** How long that may take. */
  readonly answerTimeoutMs?: number;
  /** When it began (`performance.now()`), where that was before this call. */
  readonly startedMs?: number;
}
