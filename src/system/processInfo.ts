import { cleanText } from '../base/text';
import type { ProcessIdentity } from './identity';
import { MAX_NAME_CHARS, START_TOLERANCE_MS } from './policy';

/** The bundled daemon's file, whatever runs it. */
export const BUNDLED_DAEMON = 'dispatchd.js';

/** A process as a user would name it. */
export interface ProcessInfo {
  readonly pid: number;
  /** Its program without the path: `node`, `docker-proxy`; empty where the system does not tell. */
  readonly name: string;
  /** Names that it goes by besides: as it calls itself, as it was started. Only those that differ. */
  readonly otherNames?: readonly string[];
  /** It runs the bundled daemon's file, be it by the runtime of an editor. */
  readonly runsBundled?: boolean;
  readonly commandLine: string;
  /** Whether it belongs to the user we run as; only such a process may be ended. */
  readonly isOurs: boolean;
  /** Epoch ms, to the second, where the system tells. */
  readonly startedAt?: number;
  /** When it began, in clock ticks since the machine did, exact: told by this from a later one of its number. Linux only. */
  readonly birth?: number;
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
  readonly pid: number;
}

/** Runs a system tool and returns what it printed; `''` where it fails. Injected in tests. */
export type RunTool = (command: string, args: readonly string[]) => Promise<string>;

/** Who a process is: its number and when it began. `undefined` where the system does not tell the latter. */
export function identityIn({ pid, birth, startedAt }: ProcessInfo): ProcessIdentity | undefined {
  if (birth !== undefined) return { pid, startedAtMs: startedAt ?? 0, startTicks: birth };
  return startedAt === undefined ? undefined : { pid, startedAtMs: startedAt };
}

/** Whether two looks at the system saw the same process. Where a birth is missing they are not proven to have. */
export function isSameProcess(a: ProcessInfo, b: ProcessInfo): boolean {
  if (a.pid !== b.pid) return false;
  if (a.birth !== undefined && b.birth !== undefined) return a.birth === b.birth;
  return (
    a.startedAt !== undefined &&
    b.startedAt !== undefined &&
    Math.abs(a.startedAt - b.startedAt) <= START_TOLERANCE_MS
  );
}

/** The names that differ from the first, cleaned and each once. */
export function namesBeside(name: string, others: readonly string[]): readonly string[] {
  const cleaned = others.map((other) => cleanText(other, MAX_NAME_CHARS));
  return [...new Set(cleaned)].filter((other) => other !== '' && other !== name);
}
