import type { LogLine } from './agentLogLines';
import { LOG_TIME_MS, MAX_ERRORS_KEPT, MAX_LIMIT_LINES } from './policy';

/** What the log tells of one life of a ductor. Replaced with what is read, never changed. */
export interface LogLife {
  /** Of the process whose beginning is in the log. */
  readonly pid?: number;
  /** The newest error lines, newest last, and how many there were. */
  readonly errors: readonly string[];
  readonly errorCount: number;
  /** No command line of an agent can be used: how the log says so. */
  readonly helpless?: string;
  /** It was told to end. */
  readonly isEnding: boolean;
  /** What was said of the limits of work, oldest first. */
  readonly limits: readonly LimitLine[];
}

export type LimitLine = Extract<LogLine, { readonly is: 'extended' | 'timedOut' }>;

const NOTHING: LogLife = { errors: [], errorCount: 0, isEnding: false, limits: [] };

/**
 * What is known of a life after more lines of the log.
 *
 * @param pid the process that lives
 * @param sinceAt when that life began, epoch ms: what is older was written by another
 */
export function lifeAfter(
  before: LogLife | undefined,
  lines: readonly LogLine[],
  pid: number,
  sinceAt: number,
): LogLife {
  return lines.reduce(
    (life, line) => {
      // Behind its beginning all is its own, also where it keeps the time of another zone.
      const isOwn = line.is === 'began' || life.pid === pid || line.at >= sinceAt - LOG_TIME_MS;
      return isOwn ? after(life, line) : life;
    },
    before?.pid === undefined || before.pid === pid ? (before ?? NOTHING) : NOTHING,
  );
}

function after(life: LogLife, line: LogLine): LogLife {
  switch (line.is) {
    case 'began':
      return { ...NOTHING, pid: line.pid };
    case 'stale':
    case 'released':
      return life;
    case 'ending':
      return { ...life, isEnding: true };
    case 'works': {
      const { helpless: _over, ...rest } = life;
      return rest;
    }
    case 'error':
      return {
        ...life,
        errors: [...life.errors, line.said].slice(-MAX_ERRORS_KEPT),
        errorCount: life.errorCount + 1,
        ...(line.isHelpless && { helpless: line.said }),
      };
    case 'extended':
    case 'timedOut':
      return { ...life, limits: [...life.limits, line].slice(-MAX_LIMIT_LINES) };
  }
}
