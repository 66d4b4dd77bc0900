import { access, constants, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import type { StartCommand } from './startCommand';

/**
 * Why a command cannot be started, as far as can be seen from here; `undefined` where nothing speaks against it.
 * VS Code says in the terminal that there is no such command, and nothing at all to the extension that waits for it.
 */
export async function whyNotStartable(
  command: StartCommand,
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): Promise<string | undefined> {
  const { cwd } = command;
  if (cwd !== undefined && !(await isFolder(cwd)))
    return `The folder ${cwd}, to start it in, does not exist.`;
  if (command.kind === 'shell') return undefined;
  const name = command.command;
  const found = await Promise.all(
    places(name, cwd, { ...env, ...command.env }).flatMap((place) =>
      endings(platform, env).map((ending) => isProgram(place + ending)),
    ),
  );
  return found.includes(true) ? undefined : `The start command was not found: ${name}.`;
}

function places(name: string, cwd: string | undefined, env: NodeJS.ProcessEnv): readonly string[] {
  if (isAbsolute(name)) return [name];
  if (/[\\/]/.test(name)) return [resolve(cwd ?? '.', name)];
  return (env.PATH ?? env.Path ?? '').split(delimiter).map((folder) => join(folder, name));
}

function endings(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): readonly string[] {
  return platform === 'win32' ? ['', ...(env.PATHEXT ?? '.COM;.EXE;.BAT;.CMD').split(';')] : [''];
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (about) => about.isDirectory(),
    () => false,
  );
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
