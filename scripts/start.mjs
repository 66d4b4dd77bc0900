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
import { takeTurn } from './turn.mjs';
import { startVSCodeServer } from './vscodeServer.mjs';

const help = `npm start                     VS Code in the browser, with the extension and a live dispatchd
npm start -- --desktop        the same in the VS Code that is installed here, by its command "code"
npm start -- --no-window      only the dispatchd with its sample commands, for a VS Code of your own
npm start -- --hang           makes the dispatchd of a running npm start hang; starts one first where none runs
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
  else if (options.stop) await stop(daemon);
  else if (options.release) await release(daemon);
  else if (options.hang && (await runningDispatchd(paths.stateDir))) await hang(daemon);
  else await runDemo(options, paths);
}

function readOptions() {
  const flag = { type: 'boolean', default: false };
  const names = ['desktop', 'no-window', 'hang', 'release', 'stop', 'help'];
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

async function hang(daemon) {
  await postToDispatchd(daemon, '/api/chaos/hang');
  console.log('Hung. The status bar turns red in about 10 s.');
}

async function release(daemon) {
  if (!(await runningDispatchd(daemon.stateDir))) return console.log(noneRuns(daemon, 'let go on'));
  await postToDispatchd(daemon, '/api/chaos/release');
  console.log('Released.');
}

async function stop(daemon) {
  if (!(await runningDispatchd(daemon.stateDir))) return console.log(noneRuns(daemon, 'stop'));
  await stopDispatchd(daemon.stateDir);
  console.log('Stopped.');
}

function noneRuns({ url }, what) {
  return `No npm start runs its dispatchd on ${url}: there is nothing to ${what}.`;
}

async function runDemo(options, paths) {
  const { port, vscodePort, hang: hangs, 'no-window': noWindow } = options;
  const endTurn = await takeTurn();
  const running = [];
  const stopAll = stopOnSignals(async () => {
    for (const stop of running.reverse()) await stop();
  });
  try {
    await requireFreePort(port, paths);
    await ensureDependencies();
    const desktop = options.desktop && !noWindow && (await hasCode());
    if (!desktop && !noWindow) await ensureVSCodeServer();
    // A test has built it already, and others use what is built.
    if (!process.env.DAEMON_HEALTH_BUILT) {
      console.log('Building the extension …');
      await packageExtension();
    }

    rmSync(paths.dir, { recursive: true, force: true });
    // dispatchd works for a folder that is there.
    mkdirSync(paths.folder, { recursive: true });
    // Registered before it starts: from then on there may be something to stop.
    running.push(() => stopDispatchd(paths.stateDir));
    const flags = [...dispatchdFlags, '--workspace', paths.folder];
    const dispatchd = await startDispatchd({ stateDir: paths.stateDir, port, flags });
    endTurn();
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
    const where = await open({ desktop, noWindow }, paths, port, settings, vscodePort, running);
    if (hangs) await hang({ url: dispatchd.url, stateDir: paths.stateDir });
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
    endTurn();
    await stopAll.now();
  }
}

/** Opens the window that was asked for. @returns where it is, in words */
function open({ desktop, noWindow }, paths, port, settings, vscodePort, running) {
  if (noWindow) return 'none, as asked';
  if (desktop) return openDesktop(paths, port, settings);
  return openServer(paths, port, settings, vscodePort, running);
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
  await run('code', ['--install-extension', vsixFile, '--force']);
  await run('code', ['--new-window', paths.folder, join(paths.folder, 'README.md')]);
  return `${paths.folder} (opened in your VS Code; trust the folder to allow restarts)`;
}

/** Whether the VS Code that is installed here can be asked for; says what comes instead where it cannot. */
async function hasCode() {
  try {
    await run('code', ['--version']);
    return true;
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    console.log(
      'There is no command "code" on the PATH, so a VS Code in the browser is used instead. To get the command, run "Shell Command: Install \'code\' command in PATH" in VS Code.',
    );
    return false;
  }
}

/** `requested` resolves at the first Ctrl+C or the like; `now` stops everything once, however often it is called. */
function stopOnSignals(stopEverything) {
  let request;
  let stopping;
  const requested = new Promise((resolve) => (request = resolve));
  // A daemon that was restarted is no child of this process, and nothing else may keep it.
  const stays = setInterval(() => undefined, 60_000);
  const now = () => (stopping ??= stopEverything().finally(() => clearInterval(stays)));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (!stopping) console.log('\nStopping …');
      request();
      now().then(() => process.exit(process.exitCode ?? 0));
    });
  }
  return { requested, now };
}
