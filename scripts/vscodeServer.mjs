import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ensureVSCodeServer } from './installVSCode.mjs';
import { firstMatch, startGroup, stopGroup } from './processes.mjs';
import { cleanEnv, run } from './run.mjs';

const startDeadlineMs = 60_000;

/**
 * Starts a VS Code server on loopback and waits until it accepts connections.
 *
 * Everything that it keeps, its extensions and settings included, is in `serverDataDir`. `machineSettings` apply to
 * every window; `extensions` are `.vsix` files to install first, and `installed` is the `serverDataDir` of an
 * `installExtensions` whose extensions are copied, which takes no time. Of the extensions that VS Code brings with
 * it, all are there or those that `builtIn` names; `port` 0 takes a free one. `smokeTestDriver` lets a page name an
 * extension under test, which draws no notifications: leave it off to look at the real thing.
 */
export async function startVSCodeServer({
  version,
  serverDataDir,
  port = 0,
  workspaceTrust = false,
  smokeTestDriver = false,
  machineSettings = {},
  extensions = [],
  installed,
  builtIn,
  env = {},
}) {
  const { node, main } = await ensureVSCodeServer(version);
  const machineDir = join(serverDataDir, 'data', 'Machine');
  mkdirSync(machineDir, { recursive: true });
  const writeMachineSettings = (settings) =>
    writeFileSync(join(machineDir, 'settings.json'), JSON.stringify(settings, undefined, 2));
  writeMachineSettings(machineSettings);
  // Without a secret any web page that the user happens to open could talk to the server.
  const token = randomBytes(16).toString('hex');
  const tokenFile = join(serverDataDir, 'connection-token');
  writeFileSync(tokenFile, token, { mode: 0o600 });

  const environment = cleanEnv(env);
  const installExtension = (vsix) => installExtensions({ version, serverDataDir, extensions: [vsix], env });
  if (installed) cpSync(extensionsIn(installed), extensionsIn(serverDataDir), { recursive: true });
  for (const vsix of extensions) await installExtension(vsix);

  const server = startGroup(
    node,
    [
      main,
      ...commonFlags(serverDataDir),
      '--host=127.0.0.1',
      `--port=${port}`,
      `--connection-token-file=${tokenFile}`,
      '--telemetry-level=off',
      '--disable-telemetry',
      ...(builtIn ? [`--builtin-extensions-dir=${linksTo(builtIn, main, serverDataDir)}`] : []),
      ...(workspaceTrust ? [] : ['--disable-workspace-trust']),
      ...(smokeTestDriver ? ['--enable-smoke-test-driver'] : []),
    ],
    { env: environment },
  );
  try {
    const [, listening] = await firstMatch(server, /listening on (\d+)/, {
      name: 'The VS Code server',
      deadlineMs: startDeadlineMs,
    });
    // Its output has to be read on, or it stops when the pipe is full; nobody wants to see it.
    server.stdout.resume();
    server.stderr.resume();
    const actualPort = Number(listening);
    return {
      /** The address of a window; add `&folder=` and the like. */
      url: `http://127.0.0.1:${actualPort}/?tkn=${token}`,
      port: actualPort,
      installExtension,
      /** Replaces the machine settings; open windows follow. */
      writeMachineSettings,
      stop: () => stopGroup(server),
    };
  } catch (error) {
    await stopGroup(server);
    throw error;
  }
}

/** Installs `.vsix` files for the servers that are started in `serverDataDir`, or that copy what is installed there. */
export async function installExtensions({ version, serverDataDir, extensions, env = {} }) {
  const { node, main } = await ensureVSCodeServer(version);
  for (const vsix of extensions) {
    const flags = [...commonFlags(serverDataDir), '--install-extension', vsix, '--force'];
    await run(node, [main, ...flags], { env: cleanEnv(env) });
  }
}

/** A folder with nothing but these of the extensions that VS Code brings with it. */
function linksTo(builtIn, main, serverDataDir) {
  const folder = join(serverDataDir, 'built-in');
  mkdirSync(folder);
  const all = join(dirname(main), '..', 'extensions');
  for (const name of builtIn) symlinkSync(join(all, name), join(folder, name));
  return folder;
}

function commonFlags(serverDataDir) {
  return ['--accept-server-license-terms', '--server-data-dir', serverDataDir];
}

function extensionsIn(serverDataDir) {
  return join(serverDataDir, 'extensions');
}
