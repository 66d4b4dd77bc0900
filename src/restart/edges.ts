import { CodedError } from '../base/errors';
import type { Report, Sample } from '../health/report';
import type { WorkMade } from '../health/workMade';
import type { RestartWay } from '../kinds/kind';
import type { DaemonConfig } from '../model/daemonConfig';
import type { NotOurs, RestartFailure } from '../model/outcome';
import type { Progress } from '../model/restartStep';
import type { Exit, StartFailure } from '../model/startFailure';
import type { Ended, StopOptions } from '../system/endProcess';
import type { ProcessInfo } from '../system/processTable';

/** A restart that failed. */
export class Failed extends CodedError<RestartFailure> {}

/** A start that failed: nothing runs. */
export class StartFailed extends CodedError<StartFailure> {}

/** The start command under way: `ended` resolves with its exit code, `undefined` when it was terminated. */
export interface StartedCommand {
  /** What it said of its failure, where that can be read. */
  readonly said?: () => Promise<string | undefined>;
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
