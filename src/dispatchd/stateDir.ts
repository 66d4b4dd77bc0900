import { codeOf, inWords, isKnown, Trouble } from './trouble';

/** What helps, by the system's code; elsewhere only another directory does. */
const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: 'Free some space',
  EDQUOT: 'Free some space',
  EMFILE: 'Close some programs',
  ENFILE: 'Close some programs',
  EEXIST: 'Move it away',
  ENOTDIR: 'Move it away',
  EISDIR: 'Move it away',
};

/**
 * One sentence for a start that failed by its state directory: what, where, what to do.
 *
 * @returns `undefined` where the error is not the system's word on a file
 */
export function stateDirRefusal(stateDir: string, error: unknown): string | undefined {
  const cause = error instanceof Trouble ? error.cause : error;
  const code = codeOf(cause);
  if (code === undefined || !isKnown(code)) return undefined;
  const { path } = cause as NodeJS.ErrnoException;
  const where = path === undefined || path === stateDir ? '' : ` (${path})`;
  const advice = ADVICE[code] === undefined ? 'Give' : `${ADVICE[code]}, or give`;
  return `the state directory ${stateDir} cannot be used: ${inWords(cause)}${where}. ${advice} another --state-dir`;
}
