/*
 * Why something that the user asked for was not done, as codes with their figures; the sentences stand in
 * words/errors.ts. A text here is a name, a path, or somebody else's words, cleaned and bounded.
 */

/** Why a dispatchd was sent nothing, or did not do what was asked. */
export type DispatchdRefusal =
  | {
      readonly is: 'notOnThisMachine' | 'nobodyListens' | 'listenerUntold' | 'notThatDispatchd' | 'notProven';
      readonly origin: string;
    }
  | { readonly is: 'foreignStateDir'; readonly origin: string; readonly stateDir: string }
  /** @property user who runs it; `undefined` where the system does not tell */
  | {
      readonly is: 'anotherProgram';
      readonly origin: string;
      readonly pid: number;
      readonly user: string | undefined;
    }
  | { readonly is: 'foreignFile'; readonly path: string; readonly user: string }
  | { readonly is: 'openFile'; readonly path: string }
  | { readonly is: 'noToken'; readonly stateDir: string }
  | { readonly is: 'commandUntold' };

/** Why nothing was done. */
export type Refusal =
  | DispatchdRefusal
  /** A daemon said no. @property daemon what speaks, such as `smithy` */
  | {
      readonly is: 'refused';
      readonly daemon: string;
      readonly status: number;
      readonly said: string | undefined;
    }
  | { readonly is: 'noStatusToCopy' | 'notWatched' }
  | { readonly is: 'hasNoAddress'; readonly daemon: string }
  /** The user's `daemonHealth.daemons` is no list, or one to which nothing can be added. */
  | { readonly is: 'noDaemonList' }
  | { readonly is: 'fullDaemonList'; readonly most: number }
  /** The daemon of a demo did not start. */
  | { readonly is: 'noDemo'; readonly said: string };
