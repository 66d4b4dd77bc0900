import type { Reason } from '../health/cause';
import type { AtPort, NamedProcess } from './process';
import type { NoWay, StartFailure } from './startFailure';

/*
 * Why a daemon was not restarted or stopped, as codes with their figures; the sentences stand in
 * words/restartRefusals.ts. A text here is a name, a path, or somebody else's words, cleaned and bounded. `port` is that
 * of the daemon's address; `undefined` where it has none.
 */

/** Why the process that holds a daemon's port, or is the daemon, is not ended. */
export type NotToEnd =
  | (AtPort & {
      readonly is: 'endsServices' | 'passesOn';
      readonly daemon: string;
      /** Its name; `undefined` where the system does not tell. */
      readonly program: string | undefined;
    })
  | (AtPort & { readonly is: 'otherUsers' | 'runsEditor' | 'inContainer' })
  /** @property named the first of them @property count how many there are */
  | {
      readonly is: 'sharedSocket';
      readonly daemon: string;
      readonly port: number;
      readonly named: readonly NamedProcess[];
      readonly count: number;
    }
  | {
      readonly is: 'twoHolders';
      readonly port: number;
      readonly process: NamedProcess;
      readonly other: NamedProcess;
    }
  /** Something listens there, and the system does not tell who. */
  | { readonly is: 'listenerUnnamed'; readonly port: number }
  /** It holds the port and does not answer as a daemon. @property reason of the daemon's state */
  | {
      readonly is: 'noDaemon';
      readonly port: number;
      readonly process: NamedProcess;
      readonly reason: Reason;
    };

/** Why nobody is ended by a plan. */
export type PlanRefusal =
  | NotToEnd
  | { readonly is: 'elsewhere'; readonly daemon: string; readonly host: string }
  /** It is many daemons, of which only what a Prometheus measures is known. */
  | { readonly is: 'isFleet'; readonly daemon: string }
  /** Something is there, and no process is known. */
  | { readonly is: 'unprovenProcess'; readonly daemon: string }
  /** @property said in the words of who runs the system's tools */
  | { readonly is: 'toolFailed'; readonly said: string };

/** Why the process that the user agreed to end is not ended. */
export interface NotAgreed extends AtPort {
  /** The second: it runs and is not the daemon any more, as far as that can be known. */
  readonly is: 'anotherNow' | 'noMoreTheDaemon';
}

/** Why something else may be done with this daemon now. */
type Busy =
  | { readonly is: 'busy' | 'busyElsewhere' | 'unwatched'; readonly daemon: string }
  | {
      readonly is: 'lockUnproven';
      readonly daemon: string;
      readonly pid: number;
      readonly where: 'otherMachine' | 'otherNamespace' | 'noBirth';
      readonly file: string;
    }
  /** @property said the system's words */
  | { readonly is: 'lockUnusable'; readonly daemon: string; readonly said: string };

/** Why a stop did not come to its end. */
type NotStopped =
  | (AtPort & { readonly is: 'stays' })
  /** The process has ended, and the daemon is another one. */
  | (AtPort & { readonly is: 'anotherCame'; readonly daemon: string; readonly pid: number })
  /** The system does not tell when it began. */
  | { readonly is: 'birthUntold'; readonly pid: number };

/** What is thrown on the way to a restart or a stop. */
export type RestartRefusal = PlanRefusal | NotAgreed | Busy | NotStopped | NoWay | StartFailure;
