import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from './paths.mjs';

export const defaultPort = 3470;

/** Where the demonstration on this port keeps everything. */
export function demoPaths(port) {
  const dir = join(cacheDir, `demo-${port}`);
  return {
    dir,
    stateDir: join(dir, 'dispatchd'),
    serverDataDir: join(dir, 'vscode-server'),
    folder: join(dir, 'project'),
  };
}

/** How `npm start` is called again for this port, with these arguments. */
export function startCommand(port, ...args) {
  return ['npm start --', ...args, ...(port === defaultPort ? [] : [`--port ${port}`])].join(' ');
}

/** What dispatchd is given to do: one short, one long, and one that will run into its time limit. */
export const sampleTasks = [
  { name: 'Type check', kind: 'foreground', ...ticking(40), timeoutMs: 120_000 },
  { name: 'Code review', kind: 'named', ...ticking(1_200), timeoutMs: 1_800_000 },
  { name: 'Nightly report', kind: 'named', ...ticking(600), timeoutMs: 180_000, maxExtensions: 0 },
];

/** A command that prints a line a second for so many seconds. */
function ticking(seconds) {
  const script = `let n = 0; setInterval(() => { console.log('step ' + ++n + ' of ${seconds}'); if (n >= ${seconds}) process.exit(); }, 1000)`;
  return { command: process.execPath, args: ['-e', script] };
}

/** Makes the folder that VS Code opens, with a README that says what to try, and with settings if there are any. */
export function makeDemoFolder({ folder }, port, settings) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'README.md'), demoReadme(port));
  if (!settings) return;
  mkdirSync(join(folder, '.vscode'));
  writeFileSync(join(folder, '.vscode', 'settings.json'), JSON.stringify(settings, undefined, 2));
}

const demoReadme = (port) => `# Daemon Health: try it

The status bar, at the bottom left, shows how the daemon \`dispatchd\` is. It runs on this machine and has a few
commands to work on.

1. Click the item in the status bar: the tree shows what is known about the daemon.
2. In a terminal, in the folder where you ran \`npm start\`:

       ${startCommand(port, '--hang')}

   The daemon goes on answering but dispatches nothing any more. About ten seconds later the item turns red, and a
   notification says so.
3. Press **Restart Daemon** in the notification, or run *Daemon Health: Restart Daemon* from the command palette. It
   names the commands that it would interrupt and asks first. The item is plain again once a new daemon has completed a
   cycle.
`;
