import type { Report } from '../health/report';
import { addressOf } from '../kinds/target';
import type { DaemonModel } from '../model/daemonModel';
import type { KeptReport } from '../model/outcome';
import type { Exit } from '../model/startFailure';
import { hostOf } from '../system/address';
import type { StopOptions } from '../system/endProcess';
import { isPortFree } from '../system/ports';
import type { ProcessInfo } from '../system/processTable';
import type { Monitor } from '../watch/monitor';
import type { StartedCommand } from './edges';
import type { Outliving } from './outliving';
import { ownersOf, type Plan } from './plan';
import { momentNow, originOf, START_MARK, whyNotOurs, type Moment } from './provenance';
import { endDaemon, isThere, probeOf, workToEnd } from './stop';
import type { WorkWatch } from './workWatch';

/** A restart under way, and by what the process that it brings is told. */
export interface Attempt {
  readonly mark: string;
  /** `performance.now()`. */
  readonly beganMs: number;
  /** What was written down before it. */
  readonly report?: KeptReport;
  /** The last answer before it. */
  readonly before?: Report;
  since?: Moment;
  command?: StartedCommand;
  /** What the old process had started. */
  readonly outliving: Outliving;
}

export interface AttemptDeps {
  /**
   * @param env to be added to the environment of the command
   * @param agreed the way that the user agreed to, where there is one
   */
  readonly start: (
    model: DaemonModel,
    signal: AbortSignal,
    env: Readonly<Record<string, string>>,
    agreed: Plan['way'],
  ) => Promise<StartedCommand>;
  /** An error that nobody expected, to be logged with its stack. */
  readonly onUnexpected: (where: string, error: unknown) => void;
}

/** What a restart does to the world. */
export function edgesOf(
  { model, owner, way, supervisor }: Plan,
  monitor: Monitor,
  attempt: Attempt,
  work: WorkWatch,
  { start, onUnexpected }: AttemptDeps,
) {
  const address = addressOf(model.daemon.target);
  return {
    /** What the old process had started, and what is done about it. */
    outliving: attempt.outliving,
    /** Notes the moment: a daemon that began before was not started by this restart. */
    beginStart: async () => {
      attempt.since = await momentNow();
    },
    /**
     * Why the process that answers is not proven to be started by this restart.
     * @param exit how the start command ended; `undefined` while it runs
     */
    whyNotOurs: async (listener: ProcessInfo | undefined, exit: Exit | undefined) => {
      const mark = attempt.command?.isMarked ? attempt.mark : undefined;
      const starter = way?.starter ?? supervisor?.process;
      const origin = listener && (await originOf(listener, attempt.since, mark, starter));
      return whyNotOurs(address?.port, listener, origin, exit);
    },
    /**
     * Who holds the port now; of a daemon without an address who is proven to be the daemon now.
     * @throws {ToolFailed} where the system cannot be asked
     */
    // Without an address the newest answer names the process; the one of the plan names the old process.
    findListener: async (): Promise<ProcessInfo | undefined> =>
      (await ownersOf(address ? model : monitor))[0],
    /** Whether exactly this process is there, whatever it listens on. */
    isThere,
    /** Ends the old process. @returns how it ended; `undefined` when it is still there */
    stop: async (options: Pick<StopOptions, 'signal' | 'onStage'>) =>
      endDaemon(model, owner!, await probeOf(monitor), { ...options, work: workToEnd(monitor) }),
    isPortFree: async () => !address || isPortFree(hostOf(address.origin), address.port),
    /** Starts the daemon. @throws an error fit to show when it could not be started */
    start: async (aborted: AbortSignal) => {
      attempt.command = await start(model, aborted, { [START_MARK]: attempt.mark }, way);
      return attempt.command;
    },
    /** Asks the daemon now; `undefined` where it is not watched any more. */
    ask: async () => {
      await monitor.poll();
      return monitor.track.sample;
    },
    /**
     * What the restart made of the work, as the core tells it to every surface. Asked once a new instance is proven;
     * `undefined` where the core tells nothing, or not yet.
     */
    workMade: (signal: AbortSignal) => work.made(signal),
    /** What the core has told of the work so far: no notification tells that besides the outcome. */
    workTold: () => work.told,
    /** The errors that the daemon's log has since its start, as its last answer tells; `undefined` where it tells none. */
    startErrors: () => {
      const { startErrors = [], startErrorCount = startErrors.length } = monitor.track.last?.report ?? {};
      const last = startErrors.at(-1);
      return last === undefined ? undefined : { count: startErrorCount, last };
    },
    /** An error that nobody expected: the outcome has its message, the log is to have its stack. */
    onUnexpected: (error: unknown) => onUnexpected(`A restart of ${model.daemon.name}`, error),
  };
}

export type RestartEdges = ReturnType<typeof edgesOf>;
