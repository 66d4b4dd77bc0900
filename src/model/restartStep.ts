import type { HowEnded } from './process';

/** How many works a process ends first, and how long it has for all of that at most; absent where it has no work. */
interface Patience {
  readonly works?: number;
  readonly upToMs?: number;
}

/** How far a restart or a stop is. Words for people: words/restartSteps.ts. */
export type RestartStep =
  | { readonly is: 'keepingEvidence' }
  /** Asks the process to end by its own API. */
  | ({ readonly is: 'asking'; readonly pid: number } & Patience)
  /** @property why the code of the error, for words/errors.ts */
  | { readonly is: 'notAsked'; readonly pid: number; readonly why: { readonly is: string } }
  | ({ readonly is: 'terminating'; readonly pid: number } & Patience)
  /** @property graceMs how long it had after SIGTERM; 0 where force comes first */
  | { readonly is: 'killing'; readonly pid: number; readonly graceMs: number }
  | { readonly is: 'ended'; readonly pid: number; readonly how: HowEnded }
  /** Processes that the old one had started, and that still run. */
  | { readonly is: 'askingAboutOffspring' | 'endingOffspring'; readonly count: number }
  | { readonly is: 'freeingPort'; readonly port: number }
  | { readonly is: 'starting' }
  /** @property who will start it again, or may */
  | { readonly is: 'leftTo'; readonly who: string }
  /** @property who is asked, where that is not the daemon itself */
  | { readonly is: 'askingToRestart'; readonly who: string | undefined }
  | { readonly is: 'proving'; readonly by: 'cycle' | 'answer' };

/** What is being waited for now. */
export interface RestartWait {
  readonly pid: number;
  readonly leftMs: number;
  readonly next: 'terminate' | 'kill';
}

/** Tells what is being done. */
export interface Progress {
  readonly onStep: (step: RestartStep) => void;
  /** Called anew every second: to be shown, not to be kept. */
  readonly onWait?: (wait: RestartWait) => void;
}
