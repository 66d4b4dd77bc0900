/** More of a command line than this tells nobody more. */
export const MAX_COMMAND_LINE_CHARS = 200;

/** A process as a user would name it. */
export interface ProcessInfo {
  readonly pid: number;
  /** Its program without the path: `node`, `docker-proxy`; empty where the system does not tell. */
  readonly name: string;
  readonly commandLine: string;
  /** Whether it belongs to the user we run as; only such a process may be ended. */
  readonly isOurs: boolean;
  /** Epoch ms, to the second, where the system tells. */
  readonly startedAt?: number;
  /** It runs in a container that shares our network, not beside us. */
  readonly inContainer?: boolean;
}

/** A process told from a later one that got the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it began, as the system counts; not known outside Linux. */
  readonly birth?: number;
}

/** A socket that accepts connections, and whose it is. */
export interface Listener {
  /** `127.0.0.1`, `0.0.0.0`, `::1`, `::`; `*` is any address. */
  readonly address: string;
  readonly pid: number;
}

/** Runs a system tool and returns what it printed; `''` where it fails. Injected in tests. */
export type RunTool = (command: string, args: readonly string[]) => Promise<string>;
