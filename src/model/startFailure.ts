import type { Cause } from '../health/cause';
import type { Unstartable } from '../base/errors';

/*
 * Why a daemon was not started, as codes with their figures; the sentences stand in words/startFailures.ts. A text here
 * is a name, a path, or somebody else's words, cleaned and bounded.
 */

/** Why nobody can know how a daemon is started. */
export type NoWay =
  | { readonly is: 'startUnknown'; readonly daemon: string }
  /** @property variable of the setting, which stands for nothing here, or for several folders */
  | { readonly is: 'unresolved'; readonly daemon: string; readonly variable: string }
  /** Several folders are open. @property mark what the folder of such a daemon has in it @property count how many have it */
  | { readonly is: 'folderUnclear'; readonly daemon: string; readonly mark: string; readonly count: number }
  /** @property serviceCommand what restarts it where it is a service */
  | { readonly is: 'startAsInstalled'; readonly daemon: string; readonly serviceCommand: string };

/** Why a daemon may not start again. */
export type StartDoubt =
  | Unstartable
  /** What would be started is not what runs. @property path where it was found */
  | { readonly is: 'otherProgram'; readonly name: string; readonly path: string }
  /** Another daemon of the kind works for the same folder. @property url where it answers */
  | { readonly is: 'otherWorks'; readonly kind: string; readonly folder: string; readonly url: string };

/** How a start command ended: with an exit code, or terminated (`undefined`). */
export interface Exit {
  readonly code: number | undefined;
}

/** Why a start failed, so that nothing runs. */
export type StartFailure =
  | Unstartable
  | { readonly is: 'taskNotStarted' }
  /** Who was to start it again is there and did not. @property who its name */
  | { readonly is: 'notRespawned'; readonly who: string; readonly afterMs: number }
  /** The start command ended, and the daemon does not answer. @property cause `undefined` where it was not asked */
  | {
      readonly is: 'commandEnded';
      readonly exit: Exit;
      readonly daemon: string;
      readonly cause: Cause | undefined;
    }
  /** @property said what the start said of it */
  | { readonly is: 'startSaid'; readonly said: string };
