import type { ToldPast } from '../health/toldPast';
import type { Cause, StrangeAnswer } from '../health/cause';
import type { EndedSession } from '../health/interrupted';
import type { KindId, Report, Sample, Session } from '../health/report';
import type { Finding } from '../model/finding';
import type { NoWay } from '../model/startFailure';
import type { Target } from '../model/target';
import type { NewTask } from '../protocol/dispatchd';
import type { Environment } from '../system/processEnv';
import type { ProcessIdentity } from '../system/processInfo';
import type { Supervisor } from '../system/supervisor';
import type { ConnectOptions, Env } from './connectOptions';
import type { Examined } from './examined';
import type { Look } from './look';

/**
 * What a kind of daemon is. A kind is one folder of this room and one line in `index.ts`; nobody else knows its JSON,
 * its routes, its ports and its files. These facts are loaded at start-up; `load` brings the rest at the first question.
 */
export interface Kind {
  readonly id: KindId;
  /** The ports that a scan asks: the port it listens on by default, and those that it takes instead. */
  readonly ports: readonly number[];
  /** Where its port is taken it takes the next that is free, and tries so many. Absent where it does not start then. */
  readonly triesPorts?: number;
  /** The route that tells its state. Kinds with one route share its answer. Absent for a kind without an address. */
  readonly statusRoute?: string;
  /** What is waited for after its start, before its first answer shows what it can tell. */
  readonly provenBy: 'cycle' | 'answer';
  /** It runs commands that are handed to it. */
  readonly runsCommands: boolean;
  /** Its address is a page for people. */
  readonly hasPage: boolean;
  /** How people use it, where it has no page. */
  readonly usedBy?: 'chats';
  /** What the folder has in it that it works in, where it takes its work from there. */
  readonly folderMark?: string;
  /** The word by which the menus of the manifest tell its rows, where it offers more or less than others. */
  readonly menu?: string;
  /** Its entry says how it is asked and what proves its progress; the entry of another kind says none of that. */
  readonly isOfAnyMake?: true;
  load(): Promise<KindCode>;
}

/** What a kind does: its folder's `connection.ts`. */
export interface KindCode {
  /**
   * What is known of the daemon that is looked at, or why it is none of this kind.
   * @throws {NoAnswer} where nothing answers whole
   */
  identify(look: Look): Promise<Identified | StrangeAnswer>;
  /** Makes what talks to the daemon at a target. Sends nothing. */
  connect(target: Target, options: ConnectOptions): Connection;
  /**
   * How it can be restarted here, best first; or why nobody can know.
   * @param last its last report, if it ever answered
   */
  restartWays(target: Target, where: StartPlace, last?: Report): readonly RestartWay[] | NoWay;
  /** What a command of the user's does besides, which the user may not know. */
  ownCommand?(command: StartCommand): Pick<RestartWay, 'leavesService'>;
  /** The flags that a running process of it has, for `StartPlace.lastArgs`. Never rejects. */
  startFlags?(last: Report, pid: number): Promise<readonly string[] | undefined>;
  /** Where the daemon itself says that it can be found, besides its ports. Never rejects. */
  places?(asked: PlacesAsked): Promise<readonly Target[]>;
  /**
   * Only one may run for a folder, wherever it listens: whether what is looked at works for this folder, as far as it
   * tells. @throws {NoAnswer}
   */
  worksFor?(folder: string, look: Look): Promise<boolean>;
  /** What a health answer has, and what it lacks so that anyone can tell progress from presence. Never throws. */
  examine?(look: Examined): readonly Finding[];
}

export interface PlacesAsked {
  readonly env: Env;
  /** Whether anybody wants to know: a place that nobody wants needs no proof. */
  readonly isWanted: (target: Target) => boolean;
}

/** What one look tells of a daemon. */
export interface Identified {
  readonly kind: KindId;
  readonly isRunning: boolean;
  /** What its status says, where the look asked for the status. */
  readonly report?: Report;
  /** Only the code of its answer says how it is: whoever answers so may be another. */
  readonly isByCode?: true;
  /** Where it works: a folder, symbolic links resolved. */
  readonly folder?: string;
  /** Where it works, as the daemon says it: to be shown. */
  readonly place?: string;
  /** The identity of the database that it works on, symbolic links resolved. */
  readonly database?: string;
  /** Its loop is stopped, and sessions that it started still run. */
  readonly runsAgents?: boolean;
}

export type { AskTimeouts, ConnectOptions, Env } from './connectOptions';

/** What an ask came to, of a daemon that answered. */
export type Answered =
  /** @property latencyMs how long the status took, without what was asked after it */
  | { readonly is: 'report'; readonly report: Report; readonly latencyMs: number }
  /** It answers, and not as a daemon does. @property isKnown another of its routes shows that it is a daemon */
  | { readonly is: 'wrong'; readonly why: Cause; readonly isKnown?: boolean }
  /**
   * Nothing in its answer is of this kind: another kind may know it.
   * @property orElse looks who it may be where no other kind does; never rejects
   */
  | {
      readonly is: 'stranger';
      readonly why: StrangeAnswer;
      readonly orElse?: () => Promise<StrangeAnswer | undefined>;
    }
  /** Its status does not come, while another route of the same process answers. */
  | { readonly is: 'statusHung'; readonly why: Cause };

/** Talks to one daemon of one kind. */
export interface Connection {
  /**
   * Asks for its state, and for what belongs to it, within the look. Rejects with a `NoAnswer` where nothing answers
   * whole.
   */
  ask(look: Look): Promise<Answered>;
  /** The route that `ask` reads the state from now. */
  readonly statusRoute?: string;
  /**
   * Asked where nobody is there any more: whether it ended in good order, as its own files tell; `undefined` where they
   * do not. Never rejects.
   */
  hasEnded?(): Promise<boolean | undefined>;
  /** Present where its sessions can be changed from outside. */
  readonly sessions?: SessionActions | undefined;
  /** Present where work that it forgot in a restart can be gone on with. */
  readonly lostWork?: LostWork | undefined;
  /** Present where it remembers its past: `undefined` where its answer tells none. Rejects where it does not answer. */
  readonly history?: (() => Promise<ToldPast | undefined>) | undefined;
  /** Present where it ends itself cleanly when asked to, also while its loop hangs. */
  readonly shutDown?: (() => Promise<void>) | undefined;
}

/** Asks one daemon how it is, whichever kind it turns out to be; what else it can do is as its last answer tells. */
export interface Probe extends Omit<Connection, 'ask' | 'statusRoute' | 'hasEnded'> {
  /** One sample; never rejects. The status may take `requestMs`, and all that is asked after it `fallbackMs` more. */
  ask(): Promise<Sample>;
  /** A status answer as it came, for the record. @throws where there is none */
  statusText(): Promise<string>;
  close(): Promise<void>;
}

/** Changes the sessions of one daemon. Every method rejects with an error fit to show. */
export interface SessionActions {
  /** @returns the new session's id */
  submit(task: NewTask): Promise<string>;
  /** Gives a running session more time: its own step where nothing is asked for. @returns by how much, in ms */
  extend(id: string, byMs?: number): Promise<number>;
  /** Runs an ended or interrupted session's command again. @returns the new session's id */
  runAgain(id: string, timeoutMs?: number): Promise<string>;
  cancel(id: string): Promise<void>;
  /** Takes an interrupted session off the list of what waits for somebody. */
  dismiss(id: string): Promise<void>;
  /** The command of a session as it was given, whole. */
  command(id: string): Promise<string>;
  /** The end of what a session printed. */
  output(id: string): Promise<string>;
}

/** Asks a daemon about work that a restart interrupted and that it lists no more, and goes on with it. */
export interface LostWork {
  /** The last sessions of an agent that ended, which the daemon remembers over a restart. May reject. */
  ended(agentId: string): Promise<readonly EndedSession[]>;
  /** Goes on with an interrupted session. Rejects with an error fit to show. */
  resume(session: Session): Promise<void>;
  /** Whether the conversation's id may name another conversation, or none. */
  isDoubtful(session: Session): boolean;
  /** As a line for a shell. */
  resumeCommand(session: Session): string;
}

/** Where a start happens. */
export interface StartPlace {
  /** What the user calls the daemon. */
  readonly name: string;
  /** The bundled daemon's file. */
  readonly dispatchdPath: string;
  /** What runs it: the editor's own runtime, so that no Node needs to be installed. */
  readonly nodePath: string;
  readonly workspaceFolder: string | undefined;
  /** Why the workspace does not tell in which of its folders; absent where it does. */
  readonly folderUnclear?: NoWay | undefined;
  readonly platform: NodeJS.Platform;
  /** The flags that it was last seen to run with, as `KindCode.startFlags` tells them. */
  readonly lastArgs?: readonly string[];
  /** Its process as it runs, or ran last; absent where the system does not tell. */
  readonly running?: Running | undefined;
  /** What starts that process again; absent where nobody is known to. */
  readonly supervisor?: Supervisor | undefined;
}

/** How a process of a daemon was started. A variable's value may be a secret: only what a kind names is passed on. */
export interface Running {
  readonly argv: readonly string[];
  readonly cwd?: string;
  /** Absent where the system does not tell. */
  readonly env?: Environment;
}

/** What starts a daemon: an argument list, which needs no quoting, or a shell line where the user wrote one. */
export type StartCommand = {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What the launcher starts, where this is the launcher. */
  readonly real?: StartCommand;
  /** Where the launcher writes why a start in the background failed. */
  readonly logFile?: string;
} & (
  | { readonly kind: 'process'; readonly command: string; readonly args: readonly string[] }
  | { readonly kind: 'shell'; readonly line: string }
);

/** A way to restart a daemon. */
export interface RestartWay {
  /**
   * Who ends the old process. `spawn`: we do, and then run the command, which is the daemon. `supervisor`: the command
   * tells whoever started the daemon. `itself`: the command tells the daemon.
   */
  readonly by: 'spawn' | 'supervisor' | 'itself';
  readonly command: StartCommand;
  /** The running work goes on in the new life as if nothing had happened. */
  readonly keepsWork: boolean;
  /** The folder for which only one may run, as `KindCode.worksFor` takes it. */
  readonly onlyOneIn?: string;
  /** Only the daemon's last answer names the folder that it is started in. */
  readonly isFolderByAnswer?: boolean;
  /** The command is that of the process that runs: its own words, folder and PATH. */
  readonly isSame?: boolean;
  /** Who restarts it, where that is neither we nor the daemon: "systemd (ductor.service)". */
  readonly name?: string;
  /** The process that will start it, where that is not we and is known. */
  readonly starter?: ProcessIdentity;
  /** The command takes the daemon out of its service; a command of the user's may. @property serviceCommand what does not */
  readonly leavesService?: { readonly serviceCommand: string };
}
