import * as vscode from 'vscode';

const SECTION: Partial<Record<NodeJS.Platform, string>> = { win32: 'windows', darwin: 'osx' };

/**
 * The environment that VS Code gives a task's terminal, as far as an extension can know it: this process's own with
 * the variables of `terminal.integrated.env.*`. What other extensions add to terminals is not told.
 */
export function terminalEnv(): NodeJS.ProcessEnv {
  const section = `env.${SECTION[process.platform] ?? 'linux'}`;
  const added = vscode.workspace.getConfiguration('terminal.integrated').get<unknown>(section);
  const env: NodeJS.ProcessEnv = { ...process.env };
  if (typeof added !== 'object' || added === null) return env;
  for (const [name, value] of Object.entries(added)) {
    // `null` takes a variable away.
    if (value === null) delete env[name];
    else if (typeof value === 'string') env[name] = resolved(value);
  }
  return env;
}

/** `${env:PATH}:/opt/bin` is the common form; other variables of VS Code stay as they are. */
function resolved(value: string): string {
  return value.replace(/\$\{env:([^}]+)\}/g, (_whole, name: string) => process.env[name] ?? '');
}
