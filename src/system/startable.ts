import { access, constants, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, resolve } from 'node:path';
import type { Unstartable } from '../base/errors';

/** What is to be started: a program, or a line of a shell. `real` is what a launcher starts for us. */
export type Startable = {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly real?: Startable;
} & (
  | { readonly kind: 'process'; readonly command: string; readonly args: readonly string[] }
  | { readonly kind: 'shell'; readonly line: string }
);

/** What a program is looked for with where no PATH is set (`_PATH_DEFPATH` of glibc, musl and macOS). */
const DEFAULT_PATH = '/usr/bin:/bin';

/**
 * Why a command cannot be started, as far as can be seen from here; `undefined` where nothing speaks against it.
 * VS Code says in the terminal that there is no such command, and nothing at all to the extension that waits for it.
 *
 * @param env the environment that a terminal gets; the command's own variables win over it
 */
export async function whyNotStartable(
  command: Startable,
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): Promise<Unstartable | undefined> {
  const { cwd } = command.real ?? command;
  if (cwd !== undefined && !(await isFolder(cwd))) return { is: 'noFolder', folder: cwd };
  const name = nameOf(command);
  if (name === undefined || (await programAt(command, env, platform)) !== undefined) return undefined;
  return { is: 'noProgram', name, onPath: !/[\\/]/.test(name) };
}

/**
 * The program that a command runs, by its path: the first of its name on the PATH that the command gets. `undefined`
 * where there is none, or where that is not plain.
 */
export async function programAt(
  command: Startable,
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): Promise<string | undefined> {
  const name = nameOf(command);
  if (name === undefined) return undefined;
  const { cwd, env: own } = command.real ?? command;
  const all = merged([env, command.env, own], platform);
  const paths = places(name, cwd, all, platform).flatMap((place) =>
    endings(platform, all).map((ending) => place + ending),
  );
  const found = await Promise.all(paths.map(isProgram));
  return paths[found.indexOf(true)];
}

/**
 * The same command with its program by the path that `programAt` finds: who starts it may look on a PATH of its own, as
 * VS Code does for a task. As it is where there is no such program.
 */
export async function byPath<T extends Startable>(
  command: T,
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): Promise<T> {
  if (command.kind !== 'process' || command.real || /[\\/]/.test(command.command)) return command;
  const path = await programAt(command, env, platform);
  return path === undefined ? command : { ...command, command: path };
}

/** What a launcher starts is what may be missing: the launcher itself comes with the extension. */
function nameOf(command: Startable): string | undefined {
  const what = command.real ?? command;
  return what.kind === 'process' ? what.command : programOf(what.line);
}

/** A name or path without anything that a shell would take for more than a word. */
const PLAIN_WORD = /^[\w@%+:,./\\-]+$/;
/** After one of these another command runs although the first is not there. */
const OTHER_COMMAND = /;|\|\||[\r\n]/;
/** PowerShell calls its own commands so: `Start-Process`. */
const CMDLET = /^[A-Z][a-z]+-[A-Z]/;
/** Words that shells know by themselves: POSIX sh, bash, zsh, fish, and `cmd` of Windows. */
const SHELL_WORDS = new Set(
  (
    '. : alias and autoload begin bg bind break builtin call case cd chdir cls command continue copy declare del ' +
    'dir dirs disown do echo emulate enable end erase eval exec exit export fc fg for foreach function functions ' +
    'getopts hash help history if jobs kill let local logout md mkdir mklink move noglob nocorrect not or popd ' +
    'print printf pushd pwd rd read readonly rem ren repeat return rmdir select set setlocal setopt shift shopt ' +
    'source start string suspend switch test then time times title trap type typeset ulimit umask unalias unset ' +
    'until vol wait while'
  ).split(' '),
);

/** The program that a shell line begins with, where that is plain; else `undefined`. */
function programOf(line: string): string | undefined {
  const [word = ''] = line.trim().split(/\s/, 1);
  const isPlain = PLAIN_WORD.test(word) && !SHELL_WORDS.has(word.toLowerCase()) && !CMDLET.test(word);
  return isPlain && !OTHER_COMMAND.test(line) ? word : undefined;
}

/**
 * Where a program may be. The package `which` would take relative entries of the PATH from the folder of this process,
 * and the PATH of this process where the command has none: it would find what the command does not.
 */
function places(
  name: string,
  cwd = '.',
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): readonly string[] {
  if (isAbsolute(name)) return [name];
  if (/[\\/]/.test(name)) return [resolve(cwd, name)];
  const path = env.PATH ?? (platform === 'win32' ? '' : DEFAULT_PATH);
  // An empty entry is the folder that the command is started in; a relative one counts from there.
  return path.split(delimiter).map((folder) => resolve(cwd, folder, name));
}

/** Variables, the later ones in place of the earlier; Windows does not tell `PATH` from `Path`. */
function merged(
  layers: readonly (Readonly<Record<string, string | undefined>> | undefined)[],
  platform: NodeJS.Platform,
): NodeJS.ProcessEnv {
  const all: NodeJS.ProcessEnv = {};
  for (const [name, value] of layers.flatMap((layer) => Object.entries(layer ?? {}))) {
    if (value !== undefined) all[platform === 'win32' ? name.toUpperCase() : name] = value;
  }
  return all;
}

function endings(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): readonly string[] {
  return platform === 'win32' ? ['', ...(env.PATHEXT ?? '.COM;.EXE;.BAT;.CMD').split(';')] : [''];
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
