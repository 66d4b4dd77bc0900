import type { RestartConfig } from '../model/daemonConfig';
import type { NoWay } from '../model/startFailure';
import { userHome } from '../system/userHome';

/** A folder of the workspace on this machine. */
export interface WorkspaceFolder {
  readonly name: string;
  readonly path: string;
}

/** What the variables of a setting stand for. */
export interface VariableSources {
  readonly folders: readonly WorkspaceFolder[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home?: string;
}

/** `${name}` and `${name:argument}`. */
const VARIABLE = /\$\{(\w+)(?::([^}]*))?\}/g;

/**
 * The variables of `restart`, as VS Code's own settings have them: `${workspaceFolder}`, `${workspaceFolder:name}`,
 * `${env:NAME}`, `${userHome}`, and `~` at the beginning of a path. What is not known is left to a shell, which has
 * variables of its own.
 *
 * @returns what it stands for, or the first variable that stands for nothing here
 */
export function resolveVariables(
  daemon: string,
  restart: RestartConfig,
  { folders, env, home = userHome() }: VariableSources,
): RestartConfig | NoWay {
  let unresolved: string | undefined;
  const values: Readonly<Record<string, (argument: string | undefined) => string | undefined>> = {
    workspaceFolder: (name) => {
      const named = name === undefined ? folders : folders.filter((folder) => folder.name === name);
      return named.length === 1 ? named[0]!.path : undefined;
    },
    // As in VS Code: a variable that is not set is empty.
    env: (name) => (name === undefined ? undefined : (env[name] ?? '')),
    userHome: () => home,
  };
  const variables = (text: string) =>
    text.replace(VARIABLE, (whole, name: string, argument: string | undefined) => {
      if (!Object.hasOwn(values, name)) return whole;
      const value = values[name]!(argument);
      if (value === undefined) unresolved ??= whole;
      return value ?? whole;
    });
  const path = (text: string) => variables(text).replace(/^~(?=$|[\\/])/, () => home ?? '~');
  // A shell line is the shell's: `~` is its own there.
  const isLine = restart.args === undefined && /\s/.test(restart.command);
  const { args, cwd, env: own } = restart;
  const resolved: RestartConfig = {
    ...restart,
    command: isLine ? variables(restart.command) : path(restart.command),
    ...(args && { args: args.map(path) }),
    ...(cwd !== undefined && { cwd: path(cwd) }),
    ...(own && { env: Object.fromEntries(Object.entries(own).map(([name, value]) => [name, path(value)])) }),
  };
  return unresolved === undefined ? resolved : { is: 'unresolved', daemon, variable: unresolved };
}
