/** `npm start`: a VS Code with the extension in it, watching a live dispatchd; Ctrl+C ends all of it. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultPort, demoPaths, makeDemoFolder, sampleTasks, startCommand } from './demo.mjs';
import {
  isPortFree,
  postToDispatchd,
  runningDispatchd,
  startDispatchd,
  stopDispatchd,
} from './dispatchd.mjs';
import { ensureDependencies } from './install.mjs';
import { ensureVSCodeServer } from './installVSCode.mjs';
import { packageExtension } from './package.mjs';
import { vsixFile } from './paths.mjs';
import { plainWindow } from './plainWindow.mjs';
import { run } from './run.mjs';
import { startVSCodeServer } from './vscodeServer.mjs';

const help = `npm start                     VS Code in the browser, with the extension and a live dispatchd
npm start -- --desktop        the same in the VS Code that is installed here (needs its command "code")
npm start -- --hang           makes the dispatchd of a running npm start hang
npm start -- --release        lets it go on
npm start -- --stop           ends a dispatchd that an earlier npm start left behind
    --port N                  dispatchd's port (default ${defaultPort}); goes with each of the above
    --vscode-port N           VS Code's port (default: a free one)`;

const dispatchdFlags = ['--workers', '4', '--poll-interval-ms', '1000', '--poll-stale-threshold-ms', '10000'];

/** A mistake or a circumstance of whoever runs this; its message is all that they need. */
class UserError extends Error {}

try {
  await main();
} catch (error) {
  console.error(error instanceof UserError ? error.message : error);
  process.exitCode = 1;
}

async function main() {
  const options = readOptions();
  const paths = demoPaths(options.port);
  const daemon = { url: `http://127.0.0.1:${options.port}`, stateDir: paths.stateDir };
  if (options.help) console.log(help);
  else if (options.hang) await chaos(daemon, 'hang', 'Hung. The status bar turns red in about 10 s.');
  else if (options.release) await chaos(daemon, 'release', 'Released.');
  else if (options.stop) await stopDispatchd(paths.stateDir);
  else await runDemo(options, paths);
}

function readOptions() {
  const flag = { type: 'boolean', default: false };
  const names = ['desktop', 'hang', 'release', 'stop', 'help'];
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        ...Object.fromEntries(names.map((name) => [name, flag])),
        port: { type: 'string', default: `${defaultPort}` },
        'vscode-port': { type: 'string', default: '0' },
      },
    }));
  } catch (error) {
    throw new UserError(`${error.message}\n\n${help}`);
  }
  return { ...values, port: portOf(values.port, 1), vscodePort: portOf(values['vscode-port'], 0) };
}

function portOf(text, min) {
  const port = Number(text);
  if (Number.isInteger(port) && port >= min && port <= 65_535) return port;
  throw new UserError(`${text} is not a port.`);
}

async function chaos(daemon, what, done) {
  if (!(await runningDispatchd(daemon.stateDir))) {
    throw new UserError(`No npm start is running its dispatchd on ${daemon.url}.`);
  }
  await postToDispatchd(daemon, `/api/chaos/${what}`);
  console.log(done);
}

async function runDemo({ port, vscodePort, desktop }, paths) {
  await requireFreePort(port, paths);
  const running = [];
  const stopAll = stopOnSignals(async () => {
    for (const stop of running.reverse()) await stop();
  });
  try {
    await ensureDependencies();
    if (!desktop) await ensureVSCodeServer();
    console.log('Building the extension …');
    await packageExtension();

    rmSync(paths.dir, { recursive: true, force: true });
    // dispatchd works for a folder that is there.
    mkdirSync(paths.folder, { recursive: true });
    // Registered before it starts: from then on there may be something to stop.
    running.push(() => stopDispatchd(paths.stateDir));
    const flags = [...dispatchdFlags, '--workspace', paths.folder];
    const dispatchd = await startDispatchd({ stateDir: paths.stateDir, port, flags });
    for (const task of sampleTasks) await dispatchd.post('/api/tasks', task);

    const settings = {
      'daemonHealth.daemons': [
        {
          name: 'dispatchd',
          url: dispatchd.url,
          kind: 'dispatchd',
          restart: { ...dispatchd.restart, mode: 'terminal' },
        },
      ],
    };
    const where = desktop
      ? await openDesktop(paths, port, settings)
      : await openServer(paths, port, settings, vscodePort, running);
    console.log(`
Daemon Health is running.

  VS Code     ${where}
  dispatchd   ${dispatchd.url} (${sampleTasks.length} commands to work on)

  Make the daemon hang:    ${startCommand(port, '--hang')}
  Let it go on:            ${startCommand(port, '--release')}
  Stop all of it:          Ctrl+C
`);
    await stopAll.requested;
  } finally {
    await stopAll.now();
  }
}

async function requireFreePort(port, paths) {
  if (await isPortFree(port)) return;
  const pid = await runningDispatchd(paths.stateDir);
  throw new UserError(
    pid
      ? `A dispatchd of npm start already runs on port ${port} (pid ${pid}). Press Ctrl+C where it was started, or run: ${startCommand(port, '--stop')}`
      : `Port ${port} is in use by another program. Choose another one: npm start -- --port ${port + 1}`,
  );
}

async function openServer(paths, port, settings, vscodePort, running) {
  if (vscodePort !== 0 && !(await isPortFree(vscodePort))) {
    throw new UserError(
      `Port ${vscodePort} is in use. Choose another --vscode-port, or leave it out for a free one.`,
    );
  }
  makeDemoFolder(paths, port);
  const server = await startVSCodeServer({
    serverDataDir: paths.serverDataDir,
    port: vscodePort,
    extensions: [vsixFile],
    machineSettings: { ...plainWindow, 'workbench.startupEditor': 'readme', ...settings },
  });
  running.push(() => server.stop());
  return `${server.url}&folder=${encodeURIComponent(paths.folder)}\n              (open it in any browser on this machine)`;
}

async function openDesktop(paths, port, settings) {
  makeDemoFolder(paths, port, settings);
  try {
    await run('code', ['--install-extension', vsixFile, '--force']);
    await run('code', ['--new-window', paths.folder, join(paths.folder, 'README.md')]);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    throw new UserError(
      'There is no command "code" on the PATH. In VS Code, run "Shell Command: Install \'code\' command in PATH", or leave out --desktop.',
    );
  }
  return `${paths.folder} (opened in your VS Code; trust the folder to allow restarts)`;
}

/** `requested` resolves at the first Ctrl+C or the like; `now` stops everything once, however often it is called. */
function stopOnSignals(stopEverything) {
  let request;
  let stopping;
  const requested = new Promise((resolve) => (request = resolve));
  const now = () => (stopping ??= stopEverything());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (!stopping) console.log('\nStopping …');
      request();
      now().then(() => process.exit(process.exitCode ?? 0));
    });
  }
  return { requested, now };
}
