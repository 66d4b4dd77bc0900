import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { RestartWay, Running, StartCommand } from '../kinds/kind';
import { kindOf } from '../kinds/index';
import { otherOf } from '../kinds/otherOf';
import { addressOf } from '../kinds/target';
import type { DaemonModel } from '../model/daemonModel';
import type { StartDoubt } from '../model/startFailure';

/** What looks at commands, with the environment that a terminal gives them. */
export interface Lookers {
  /** Why a command cannot be started; `undefined` where nothing speaks against it. */
  readonly whyNotStartable: (command: StartCommand) => Promise<StartDoubt | undefined>;
  /** The program that a command runs, by its path. */
  readonly programAt: (command: StartCommand) => Promise<string | undefined>;
}

/** How a daemon will be restarted. */
export interface Choice {
  readonly way: RestartWay;
  /** Why it may not start again. */
  readonly doubt?: StartDoubt;
  /** Why that is not the best of the ways. */
  readonly instead?: StartDoubt;
}

/**
 * The first of the ways that nothing speaks against, else the best with what does. What the user set is the user's word;
 * what we would start by its name has to be the program that runs: another vendor may have a program of that name.
 *
 * @param ways best first; at least one
 */
export async function chooseWay(
  ways: readonly RestartWay[],
  running: Running | undefined,
  isUsersWord: boolean,
  look: Lookers,
): Promise<Choice> {
  let first: StartDoubt | undefined;
  for (const way of ways) {
    const isNamedByUs = way.by === 'spawn' && !way.isSame && !isUsersWord;
    const why =
      (await look.whyNotStartable(way.command)) ??
      (isNamedByUs && running ? await whyOther(way.command, running, look) : undefined);
    if (!why) return { way, ...(first && { instead: first }) };
    first ??= why;
  }
  // Whose program is not here starts the daemon again all the same, once its process has ended.
  const leaving = ways[0]!.by === 'supervisor' ? ways.find(({ by }) => by === 'spawn') : undefined;
  return { way: leaving ?? ways[0]!, ...(first && { doubt: first }) };
}

/**
 * Why what we would start is refused once the old process has ended: another daemon of its kind works for the folder,
 * and the launcher starts no second one.
 */
export async function whyNotTwo(
  { by, onlyOneIn: folder }: Pick<RestartWay, 'by' | 'onlyOneIn'>,
  { daemon, track }: DaemonModel,
): Promise<StartDoubt | undefined> {
  const kind = kindOf(daemon.kind ?? track.last?.report.kind);
  const port = addressOf(daemon.target)?.port;
  if (by !== 'spawn' || folder === undefined || !kind || port === undefined) return undefined;
  const url = await otherOf(kind, folder, port);
  return url === undefined ? undefined : { is: 'otherWorks', kind: kind.id, folder, url };
}

/** By real path: the name that it was started by may be a link. */
async function whyOther(
  command: StartCommand,
  { argv, cwd = '/' }: Running,
  { programAt }: Lookers,
): Promise<StartDoubt | undefined> {
  if (command.kind !== 'process' || /[\\/]/.test(command.command)) return undefined;
  const found = await programAt(command);
  if (found === undefined) return undefined;
  // The program itself, or the script that its interpreter runs.
  const ran = argv.slice(0, MAX_HEAD_WORDS).filter((word) => /[\\/]/.test(word));
  const [path, ...paths] = await Promise.all([found, ...ran.map((word) => resolve(cwd, word))].map(realOf));
  return ran.length === 0 || paths.includes(path!)
    ? undefined
    : { is: 'otherProgram', name: command.command, path: found };
}

/** Interpreter, one or two of its flags with a value each, and the script. */
const MAX_HEAD_WORDS = 6;

function realOf(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}
