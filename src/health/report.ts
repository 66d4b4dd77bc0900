import type { KindId } from './kindId';
import type { Explored } from './explored';
import type { Cause, Malformed, Shortage, Unavailable } from './cause';
import type { Progress } from './progress';
import type { Traits } from './traits';

export type { Owing } from './cause';
export type { Cycles, Progress, Signs } from './progress';
export type { KindId };

/** What a daemon said, normalised. A field it did not give is `undefined`, never a default. */

declare const daemonId: unique symbol;

/**
 * What tells one watched daemon from the others, in every map and in everything that is kept. Made in `settings/` only;
 * nobody takes one apart. For an entry with an address the text is its origin, so that what is kept stays valid.
 */
export type DaemonId = string & { readonly [daemonId]: true };

/** One piece of agent work, as far as the daemon tells. Times are on the daemon's clock. */
export interface Session {
  readonly id: string;
  readonly title: string;
  /** The daemon's own word; `isLive` and `endOf` in sessions.ts tell what it means. */
  readonly status: string;
  /** `named` takes follow-ups by its name. */
  readonly kind?: 'foreground' | 'named';
  /** smithy's agent role: `worker`, `steward`, `director`. */
  readonly role?: string;
  /** smithy's agent that runs it; an agent has one session at a time. */
  readonly agentId?: string;
  /** smithy: the conversation with the agent's provider, which outlives the session. */
  readonly providerSessionId?: string;
  /** What it waits to be told by a person; see `isWaiting`. */
  readonly question?: string;
  /** How many questions it has put so far, counting this one. */
  readonly questionCount?: number;
  /** What it runs, bounded and on one line: to be shown, not to be run. */
  readonly command?: string;
  readonly cwd?: string;
  readonly createdAt?: number;
  readonly startedAt?: number;
  readonly lastActivityAt?: number;
  readonly endedAt?: number;
  /** When the daemon will stop it. */
  readonly deadlineAt?: number;
  /** The deadline is worked out from the daemon's documented limit, which it was not asked for. */
  readonly deadlineAssumed?: boolean;
  readonly timeoutMs?: number;
  /** Extensions it got for being active, and how many it may get. */
  readonly extensionsUsed?: number;
  readonly maxExtensions?: number;
  /** Extensions that somebody asked for. */
  readonly requestedExtensions?: number;
  /** By how much one extension for activity moves its deadline. */
  readonly activityExtensionMs?: number;
  /** The longest that it may run in all, whatever extends it. */
  readonly maxTotalMs?: number;
  /** Runs so far, counting this one. */
  readonly attempt?: number;
  /** Started again by the daemon after an interruption. */
  readonly recovered?: boolean;
  /** The daemon starts it again by itself after an interruption. */
  readonly resumable?: boolean;
  readonly exitCode?: number;
  /** How it ended, in the daemon's words. */
  readonly outcome?: string;
  /** The daemon lists it only while it runs: how it ended is not told. */
  readonly endUntold?: boolean;
  /** How it ended is not told by the daemon, and was concluded. */
  readonly endAssumed?: boolean;
  /** It ran when its daemon restarted, and was not seen since: what we say of a session that the daemon forgot. */
  readonly wasLost?: boolean;
  /** Somebody dealt with its interruption. */
  readonly handled?: boolean;
  /** It is being ended; `timeout` where its deadline did that. */
  readonly stopping?: string;
}

/** One life of a daemon process. */
export interface DaemonInstance {
  readonly id?: string;
  readonly pid?: number;
  readonly version?: string;
  readonly startedAt?: number;
  readonly workspace?: string;
  readonly stateDir?: string;
  /** The boot of its machine, where the daemon leaves it to others to compare it with that of the life before. */
  readonly bootId?: string;
  /** How this life began. */
  readonly startKind?: 'first-start' | 'restart' | 'reboot';
  /** How long the life before it lasted, in ms. */
  readonly previousUpMs?: number;
}

/** The file in which a smithy keeps its tasks: the identity of its workspace. */
export interface Database {
  /** As the daemon says it. */
  readonly path: string;
  /** With symbolic links resolved, to compare. */
  readonly realPath: string;
}

export interface Queue {
  readonly readyUnassignedTasks?: number;
  readonly availableWorkers?: number;
  /** Tasks that wait, ready or not. */
  readonly waiting?: number;
  /** The daemon's own word: ready tasks and no worker for them. */
  readonly stuck?: boolean;
}

/** What a ductor may be working on without a word of it. */
export interface UnknownWork {
  /** Its sub-agents that run, by name. */
  readonly subAgents: readonly string[];
  /** The turns of its own chats. */
  readonly turns: boolean;
  readonly tasks: boolean;
}

/** Work that a daemon begins by the clock, and did not. */
export interface OverdueJob {
  readonly name: string;
  /** When it should have begun, on the daemon's clock. */
  readonly dueAt: number;
  /** Since when the daemon waits for that moment, on its clock. */
  readonly waitsSinceAt: number;
}

/** Another program, at another address of the name that a daemon is watched by. */
export interface Beside {
  /** `[::1]:3457`. */
  readonly place: string;
  /** The kind of daemon that it is; absent where it is none. */
  readonly kind?: KindId;
  /** Why it is none. */
  readonly cause?: Cause;
}

/** One of the parts that a daemon says it checks. */
export interface Check {
  readonly name: string;
  readonly state: 'good' | 'warning' | 'bad' | 'unknown';
  /** Its own words on it. */
  readonly said?: string;
}

/** What a daemon says of its own end. */
export interface Ending {
  /** All of it says that it is stopped, or stops. */
  readonly isWhole: boolean;
  /** How many of its parts say so. */
  readonly parts: number;
}

/** Timestamps are epoch milliseconds on the daemon's own clock. */
export interface Report {
  readonly kind: KindId;
  readonly isRunning: boolean;
  /** It says that it is not up yet. */
  readonly starting?: boolean;
  /** It says that it ends, or that parts of it do: work that is missing since then was ended with it. */
  readonly ending?: Ending;
  /** It is still going on with work of the life before: what is not listed yet may be, shortly. */
  readonly isResuming?: boolean;
  readonly available?: boolean;
  /** Why it is not available, where it says more than that. */
  readonly unavailable?: Unavailable;
  readonly pollIntervalMs?: number;
  readonly pollStaleThresholdMs?: number;
  /** The daemon's clock when it made this answer: `computedAt`, else the `Date` header. */
  readonly daemonNow?: number;
  readonly progress: Progress;
  readonly traits: Traits;
  /** What it says of its parts, in its own order. */
  readonly checks?: readonly Check[];
  readonly queue?: Queue;
  /** Tasks that are in the merge queue for longer than `MERGE_STUCK_AFTER_MS`, by the daemon's own word. */
  readonly stuckMerges?: number;
  readonly pause?: { readonly isPaused: boolean; readonly resumesAt?: number };
  /** `undefined` where the daemon did not tell; empty where it said there are none. */
  readonly sessions?: readonly Session[];
  /** Work that may run and is not in `sessions`: nobody tells of it. */
  readonly unknownWork?: UnknownWork;
  /** Turns that run, by id, and of which no process is there; `undefined` where that is not known. */
  readonly turnsWithoutProcess?: readonly string[];
  /** Jobs past their time by the daemon's own schedule; `undefined` where that is not known. */
  readonly overdueJobs?: readonly OverdueJob[];
  /** What its start found unfinished, counted by itself. */
  readonly recovery?: { readonly resumed: number; readonly interrupted: number };
  /** The newest error lines of its log since it started, newest last; absent where there is none, or nothing is known. */
  readonly startErrors?: readonly string[];
  /** How many there were. */
  readonly startErrorCount?: number;
  readonly instance?: DaemonInstance;
  readonly database?: Database;
  /** Who else listens by the name that the daemon is watched by. */
  readonly beside?: Beside;
  /** What its answer is made of; only of a daemon that is tried before it is watched. */
  readonly explored?: Explored;
  /** Fields that were there but not what they should be. */
  readonly malformed: readonly Malformed[];
}

/** How the machine stood while an ask was out, as far as the system tells. */
export interface HostLoad {
  /** What shows that CPU is short, for the machine or for the daemon alone; absent where nothing does. */
  readonly starved?: Shortage;
  /** What the daemon's process did: it ran or waited for the CPU, it waited for something else, or it was stopped. */
  readonly process?: 'busy' | 'idle' | 'stopped';
}

/** Why a poll brought no report. */
export type Failure =
  /** @property endedItself what its own files tell: it ended in good order, or it did not */
  | { readonly kind: 'refused' | 'reset'; readonly cause: Cause; readonly endedItself?: boolean }
  | { readonly kind: 'timeout'; readonly cause: Cause; readonly host?: HostLoad }
  /** The status route does not answer, yet `/api/health` of the same process does. */
  | { readonly kind: 'statusHung'; readonly cause: Cause; readonly host?: HostLoad }
  /** Our own event loop stood still while the daemon was asked: nothing is known of the daemon. */
  | { readonly kind: 'editorBusy'; readonly cause: Cause }
  /** It lives, and tells nothing of its state. */
  | { readonly kind: 'untold'; readonly cause: Cause }
  /** It answers with errors of its own (5xx). @property isKnown another of its routes shows that it is a daemon */
  | { readonly kind: 'errors'; readonly cause: Cause; readonly isKnown: boolean }
  /** Something answers, but not as a daemon does. */
  | { readonly kind: 'wrongAnswer'; readonly cause: Cause };

/**
 * One poll's outcome. `startedMs` is monotonic; `latencyMs` is the status request alone; `ourLagMs` is the longest time
 * that our own event loop stood still meanwhile, and `stoodStillMs` the longest since the sample before, this ask apart.
 */
export type Sample = {
  readonly startedMs: number;
  readonly ourLagMs?: number;
  readonly stoodStillMs?: number;
} & (
  | { readonly ok: true; readonly latencyMs: number; readonly report: Report }
  | { readonly ok: false; readonly failure: Failure }
);
