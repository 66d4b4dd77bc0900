import type { AskSetting } from '../model/askSetting';

export type Env = Readonly<Record<string, string | undefined>>;

export interface ConnectOptions {
  readonly timeouts: AskTimeouts;
  /** Whether a daemon may be sent what is not a GET, where only that tells its limits. */
  readonly mayReadLimits: () => boolean;
  /** The time of this machine, epoch ms. */
  readonly wallAt: () => number;
  /** A clock that never jumps, in ms. */
  readonly elapsedMs: () => number;
  readonly env: Env;
  /** The user named the kind, so that it is also looked for where it shows less of itself. */
  readonly isDeclared: boolean;
  /** How its entry says that it is asked; empty for a kind that knows that by itself. */
  readonly asks: AskSetting;
}

/** How long an ask waits for the status; and for all that comes after it, together. */
export interface AskTimeouts {
  readonly requestMs: number;
  readonly fallbackMs: number;
}
