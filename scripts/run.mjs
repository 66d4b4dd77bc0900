import { spawn } from 'node:child_process';

/** A command that ended badly; `output` is everything that it printed, unless that went to the terminal. */
export class CommandError extends Error {
  constructor(command, args, code, output) {
    super(`${[command, ...args].join(' ')} ended with ${code}${output ? `\n${output.trimEnd()}` : ''}`);
    this.output = output;
  }
}

/**
 * Runs a command to its end and returns what it printed; throws a `CommandError` unless it ends with 0.
 * With `show` its output goes to the terminal instead.
 */
export async function run(command, args, { cwd, env, show = false } = {}) {
  const child = spawn(command, args, {
    cwd,
    env,
    stdio: ['ignore', ...Array(2).fill(show ? 'inherit' : 'pipe')],
  });
  let output = '';
  child.stdout?.on('data', (chunk) => (output += chunk));
  child.stderr?.on('data', (chunk) => (output += chunk));
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) => resolve(signal ?? status));
  });
  if (code !== 0) throw new CommandError(command, args, code, output);
  return output;
}

/** Runs npm: the one that runs this script when there is one, so that both read the same configuration. */
export async function npm(args, options = {}) {
  const cli = process.env.npm_execpath;
  const viaNode = cli?.endsWith('npm-cli.js') ?? false;
  return viaNode ? run(process.execPath, [cli, ...args], options) : run('npm', args, options);
}

/**
 * The environment without what an outer npm or an outer VS Code put there: inherited, those variables point the
 * processes that we start at the wrong project or at the wrong editor.
 */
export function cleanEnv(extra = {}) {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(npm_(?!config_)|VSCODE_|ELECTRON_|NODE_OPTIONS$|INIT_CWD$)/i.test(name),
  );
  return { ...Object.fromEntries(kept), ...extra };
}
