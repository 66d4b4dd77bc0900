import { win32 } from 'node:path';

/**
 * The program behind the name of a system tool. On Windows with its whole path: there a bare name is looked for in the
 * current folder first, and that may be somebody's repository.
 */
export function systemTool(
  name: string,
  platform: NodeJS.Platform = process.platform,
  env: NodeJS.ProcessEnv = process.env,
): string {
  if (platform !== 'win32') return name;
  const system = win32.join(env.SystemRoot ?? 'C:\\Windows', 'System32');
  return name === 'powershell'
    ? win32.join(system, 'WindowsPowerShell', 'v1.0', 'powershell.exe')
    : win32.join(system, `${name}.exe`);
}
