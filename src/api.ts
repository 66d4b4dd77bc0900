import type { Event } from 'vscode';
import type { DaemonModel } from './model/daemonModel';
import type { Reason } from './health/cause';
import type { DaemonState } from './health/states';

/** One daemon as other extensions may see it. */
export interface DaemonSnapshot {
  readonly name: string;
  /** Its address; of a daemon without an address the short text that shows where the daemon is watched. */
  readonly url: string;
  readonly state: DaemonState;
  readonly reason: string;
  /** Epoch ms when this state began. */
  readonly since: number;
  /** Epoch ms of the answer this state rests on. */
  readonly asOf: number;
}

/** What `activate` returns: the health of the watched daemons, for other extensions. */
export interface DaemonHealthApi {
  /** Empty until the first daemons are watched, moments after activation. */
  daemons(): readonly DaemonSnapshot[];
  /** Fires after every poll, changed or not. */
  readonly onDidPoll: Event<void>;
}

/**
 * @param place the text that shows where the daemon is watched: its address where it has one
 * @param reasonText says why a daemon is in its state
 */
export function toSnapshot(
  { daemon, track: { verdict } }: DaemonModel,
  place: string,
  reasonText: (reason: Reason) => string,
): DaemonSnapshot {
  return {
    name: daemon.name,
    url: place,
    state: verdict.state,
    reason: reasonText(verdict.reason),
    since: verdict.since.wallAt,
    asOf: verdict.asOf.wallAt,
  };
}
