import type { Report } from '../health/report';
import { addressOf } from '../kinds/target';
import type { DaemonModel } from '../model/daemonModel';
import { hostOf } from '../system/address';
import { isPortFree } from '../system/ports';
import type { Monitor } from '../watch/monitor';
import type { RestartEdges, StartedCommand } from './edges';
import { ownersOf, type Plan } from './plan';
import { momentNow, originOf, START_MARK, whyNotOurs, type Moment } from './provenance';
import { endDaemon, isThere, probeOf } from './stop';
import type { WorkWatch } from './workWatch';

/** A restart under way, and by what the process that it brings is told. */
export interface Attempt {
  readonly mark: string;
  /** `performance.now()`. */
  readonly beganMs: number;
  /** The last answer before it. */
  readonly before?: Report;
  since?: Moment;
  command?: StartedCommand;
}

export interface AttemptDeps {
  /** @param env to be added to the environment of the command */
  readonly start: (
    model: DaemonModel,
    signal: AbortSignal,
    env: Readonly<Record<string, string>>,
  ) => Promise<StartedCommand>;
  /** An error that nobody expected, to be logged with its stack. */
  readonly onUnexpected: (where: string, error: unknown) => void;
}

/** What a restart does to the world. */
export function edgesOf(
  { model, owner }: Plan,
  monitor: Monitor,
  attempt: Attempt,
  work: WorkWatch,
  { start, onUnexpected }: AttemptDeps,
): RestartEdges {
  const address = addressOf(model.daemon.target);
  return {
    beginStart: async () => {
      attempt.since = await momentNow();
    },
    whyNotOurs: async (listener, exit) => {
      const mark = attempt.command?.isMarked ? attempt.mark : undefined;
      const origin = listener && (await originOf(listener, attempt.since, mark));
      return whyNotOurs(address?.port, listener, origin, exit);
    },
    // Without an address the newest answer names the process; the one of the plan names the old process.
    findListener: async () => (await ownersOf(address ? model : monitor))[0],
    isThere,
    stop: async (options) => endDaemon(model, owner!, await probeOf(monitor), options),
    isPortFree: async () => !address || isPortFree(hostOf(address.origin), address.port),
    start: async (aborted) => {
      attempt.command = await start(model, aborted, { [START_MARK]: attempt.mark });
      return attempt.command;
    },
    ask: async () => {
      await monitor.poll();
      return monitor.track.sample;
    },
    workMade: (signal) => work.made(signal),
    workTold: () => work.told,
    onUnexpected: (error) => onUnexpected(`A restart of ${model.daemon.name}`, error),
  };
}
