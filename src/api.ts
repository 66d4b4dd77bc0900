import * as vscode from 'vscode';
import type { Fleet } from './daemons/fleet';
import type { DaemonState } from './health/verdict';

/** One daemon as other extensions may see it. */
export interface DaemonSnapshot {
  readonly name: string;
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
  daemons(): readonly DaemonSnapshot[];
  /** Fires after every poll, changed or not. */
  readonly onDidPoll: vscode.Event<void>;
}

export function makeApi(fleet: Fleet): DaemonHealthApi {
  return {
    daemons: () =>
      fleet.models.map(({ daemon, track: { verdict } }) => ({
        name: daemon.name,
        url: daemon.origin,
        state: verdict.state,
        reason: verdict.reason,
        since: verdict.since.wallAt,
        asOf: verdict.asOf.wallAt,
      })),
    onDidPoll: (listener, thisArgs: unknown, disposables) => {
      const call = () => void listener.call(thisArgs, undefined);
      fleet.on('change', call);
      const subscription = new vscode.Disposable(() => void fleet.off('change', call));
      disposables?.push(subscription);
      return subscription;
    },
  };
}
