import type { DaemonId, KindId } from '../health/report';
import type { AskSetting } from './askSetting';
import type { ListProblem } from './listProblem';
import type { Target } from './target';

/** How the user wants a daemon started: a command with its arguments, or a shell line (no `args`). */
export interface RestartConfig {
  readonly command: string;
  readonly args?: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** `terminal` ties the daemon to the task's terminal; `background` lets it outlive the window. */
  readonly mode?: 'terminal' | 'background';
  /** The command restarts the daemon: nobody else ends the old process. */
  readonly by?: 'itself';
  /** The running work goes on. */
  readonly keepsWork?: boolean;
}

/** One daemon to watch. Two entries with one target that are asked for the same are one daemon. */
export interface DaemonConfig {
  readonly name: string;
  readonly id: DaemonId;
  /** Where it is watched. */
  readonly target: Target;
  readonly kind?: KindId;
  /** How it is asked, where its kind does not know that by itself. */
  readonly asks?: AskSetting;
  readonly pollIntervalMs: number;
  readonly restart?: RestartConfig;
  /** Written by the user; the built-in defaults are only looked for and stay hidden until they answer. */
  readonly configured: boolean;
  /** The port that it had until something else took it; known of a daemon that was found by itself. */
  readonly movedFromPort?: number;
  /** It only shows what a hang looks like, and is gone soon: nothing of it is kept. @property folder all that it has */
  readonly demo?: { readonly folder: string };
}

export interface DaemonsConfig {
  readonly daemons: readonly DaemonConfig[];
  /** What is wrong in the setting. */
  readonly problems: readonly ListProblem[];
}
