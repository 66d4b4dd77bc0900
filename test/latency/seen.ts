import type { DaemonState } from '../../src/health/states';

/** What the watcher saw, at `at`, in epoch ms. */
export type Seen =
  Step | { readonly is: 'conflicts'; readonly at: number; readonly ports: readonly number[] };

/** One daemon made a step. */
export interface Step {
  readonly is: 'step';
  readonly at: number;
  readonly origin: string;
  readonly state: DaemonState;
  readonly reason: string;
  readonly isRed: boolean;
  readonly hasAnswered: boolean;
  readonly isRecovering: boolean;
  /** How long the last ask took. */
  readonly askMs: number;
  /** Kinds of what there was to tell. */
  readonly told: readonly string[];
}

export type WatcherRequest =
  | { readonly do: 'watch'; readonly origins: readonly string[]; readonly discovery: boolean }
  | { readonly do: 'standStill'; readonly forMs: number };
