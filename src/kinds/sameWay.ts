import type { RestartWay, Running } from './kind';
import { MAX_START_CHARS } from './policy';

/**
 * Starts again what runs: its own words in its own folder, with the PATH by which it found them and the variables that
 * tell it its work. No other variable is passed on: among them may be secrets, which would stand in a task.
 *
 * @param argv its words, as its kind wants them
 * @param names the variables besides the PATH that tell it its work
 * @returns `undefined` where its words are too long to be shown to who has to agree
 */
export function sameWay(
  { cwd, env }: Running,
  argv: readonly string[],
  names: readonly string[],
): RestartWay | undefined {
  const [command, ...args] = argv;
  if (command === undefined || argv.join(' ').length > MAX_START_CHARS) return undefined;
  const kept = Object.fromEntries(
    ['PATH', ...names].flatMap((name) => {
      const value = env && Object.hasOwn(env, name) ? env[name] : undefined;
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
  return {
    by: 'spawn',
    keepsWork: false,
    isSame: true,
    command: { kind: 'process', command, args, ...(cwd !== undefined && { cwd }), env: kept },
  };
}
