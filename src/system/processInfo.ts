import { cleanText } from '../base/text';
import { MAX_NAME_CHARS } from './policy';

/** Enough to tell a process from a later one with the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Epoch milliseconds, exact to about a second. */
  readonly startedAtMs: number;
  /** Start time in clock ticks since boot, exact; Linux only. */
  readonly startTicks?: number;
}

/** A process as far as it was told: its number, and its birth where the system tells it. */
export type PartialIdentity = Pick<ProcessIdentity, 'pid'> & Partial<ProcessIdentity>;

/** The bundled daemon's file, whatever runs it. */
export const BUNDLED_DAEMON = 'dispatchd.js';

/** A process as a user would name it, and who it is: its birth is there where the system tells it. */
export interface ProcessInfo extends PartialIdentity {
  /** Its program without the path: `node`, `docker-proxy`; empty where the system does not tell. */
  readonly name: string;
  /** Names that it goes by besides: as it calls itself, as it was started. Only those that differ. */
  readonly otherNames?: readonly string[];
  /** It runs the bundled daemon's file, be it by the runtime of an editor. */
  readonly runsBundled?: boolean;
  readonly commandLine: string;
  /** Whether it belongs to the user we run as; only such a process may be ended. */
  readonly isOurs: boolean;
  /** The number of the user that it belongs to. Not on Windows. */
  readonly uid?: number;
  /** It runs in a container that shares our network, not beside us. */
  readonly inContainer?: boolean;
  /** The numbers of its parent, its parent's parent and so on, where they matter: several hold the same socket. */
  readonly ancestors?: readonly number[];
  /** Others hold its listening socket as well, and nothing tells which of them is the daemon. */
  readonly sharesSocket?: boolean;
}

/** A socket that accepts connections, and a process that holds it. A socket may have several holders. */
export interface Listener {
  /** `127.0.0.1`, `0.0.0.0`, `::1`, `::`; `*` is any address. */
  readonly address: string;
  /** Absent where the system tells of no holder, as of another user's socket. */
  readonly pid?: number;
}

/** A process in the list of all, and the number of who started it. */
export interface Relative extends PartialIdentity {
  readonly ppid: number;
}

/** What Linux tells of a process to who looks for a fault; `''` is what it does not tell. */
export interface ProcessFacts {
  readonly commandLine: string;
  /** The folder that it works in. */
  readonly folder: string;
  /** `S (sleeping)`. */
  readonly state: string;
  readonly threads: string;
  /** `12345 kB`: its memory now, and at most so far. */
  readonly resident: string;
  readonly peak: string;
  /** The function of the kernel that it waits in. */
  readonly waitsIn: string;
  readonly openFiles: number;
  readonly sockets: {
    readonly tcp: readonly { readonly port: number; readonly remotePort: number; readonly state: string }[];
    /** How many it has that are not TCP. */
    readonly others: number;
  };
}

/** A process of which nothing is known but its number is nobody's to end. */
export const unknownProcess = (pid: number): ProcessInfo => ({
  pid,
  name: '',
  commandLine: '',
  isOurs: false,
});

/** Nothing is told of it but its number, as of who ended since that was found. */
export function isUntold({ name, commandLine, startedAtMs }: ProcessInfo): boolean {
  return name === '' && commandLine === '' && startedAtMs === undefined;
}

/** The names that differ from the first, cleaned and each once. */
export function namesBeside(name: string, others: readonly string[]): readonly string[] {
  const cleaned = others.map((other) => cleanText(other, MAX_NAME_CHARS));
  return [...new Set(cleaned)].filter((other) => other !== '' && other !== name);
}

/** What a whole command line tells: by which other name it was started, and whether it is the bundled daemon. */
export function aboutLine(
  line: string,
  name: string,
  startedAs: string,
): Pick<ProcessInfo, 'otherNames' | 'runsBundled'> {
  const otherNames = namesBeside(name, [startedAs]);
  const file = BUNDLED_DAEMON.replace('.', '\\.');
  // Processes of the editor itself are of a type; a script of its runtime is not.
  const runsBundled = new RegExp(`[\\\\/]${file}(?=["\\s]|$)`).test(line) && !/\s--type=/.test(line);
  return { ...(otherNames.length > 0 && { otherNames }), ...(runsBundled && { runsBundled }) };
}

/** `127.0.0.1:3457`, `[::1]:3457`, `*:3457` without the port, and without the zone of an address. */
export function addressIn(name: string): string {
  const address = name.slice(0, name.lastIndexOf(':')).replace(/^\[|\]$/g, '');
  return address.replace(/%.*$/, '');
}

/** What each system tells of its processes. */
export interface SystemReader {
  /**
   * The sockets that listen on a port, of IPv4 and IPv6, with all processes that hold them, as far as the system tells.
   * @throws {ToolFailed}
   */
  listeners(port: number): Promise<readonly Listener[]>;
  /** A process as a user would name it; by its number alone where there is none. @throws {ToolFailed} */
  describe(pid: number): Promise<ProcessInfo>;
  /** The whole path of its program; `''` where the system does not tell. @throws {ToolFailed} */
  executable(pid: number): Promise<string>;
  /** All processes. @throws {ToolFailed} */
  parents(): Promise<readonly Relative[]>;
  /** As a tool of the system prints them on macOS and Windows, which tell no more. @throws {ToolFailed} */
  facts(pid: number): Promise<ProcessFacts | string>;
}
