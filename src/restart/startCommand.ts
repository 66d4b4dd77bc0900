import type { DaemonConfig } from '../model/daemonConfig';
import { projectFolder } from '../kinds/read/paths';
import { addressOf, type Address } from '../kinds/target';
import { keeping } from '../system/cleanEnv';
import { RESTART_PROOF_TIMEOUT_MS } from './policy';
import type { Report } from '../health/report';
import { SMITHY_FIRST_PORT } from '../kinds/smithy/policy';

/** What starts a daemon: an argument list, which needs no quoting, or a shell line where the user wrote one. */
export type StartCommand = {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What the launcher starts, where this is the launcher. */
  readonly real?: StartCommand;
  /** Where the launcher writes why a start in the background failed. */
  readonly logFile?: string;
} & (
  | { readonly kind: 'process'; readonly command: string; readonly args: readonly string[] }
  | { readonly kind: 'shell'; readonly line: string }
);

export interface StartContext {
  /** The bundled daemon's file. */
  readonly dispatchdPath: string;
  /** What runs it: the editor's own runtime, so that no Node needs to be installed. */
  readonly nodePath: string;
  readonly workspaceFolder: string | undefined;
  readonly platform: NodeJS.Platform;
  /** What runs a shell line: the user's own shell. */
  readonly shell: string;
  /** What starts a daemon that outlives the window, and where such a daemon's log goes. */
  readonly launcherPath: string;
  readonly logFile: string;
  /** The flags the bundled daemon was last started with, from its own state folder. */
  readonly lastArgs?: readonly string[];
}

/**
 * How a daemon is started here, in the terminal or, by the launcher, in the background. The daemons that are known
 * outlive the window; a command of the user's stays in the terminal unless it says otherwise.
 *
 * @param unlooked nobody has looked whether it runs already: the launcher does, and then refuses
 * @returns the command, or why there is none, in words
 */
export function startCommandFor(
  daemon: DaemonConfig,
  report: Report | undefined,
  context: StartContext,
  { unlooked = false }: { unlooked?: boolean } = {},
): StartCommand | string {
  const command = foregroundCommand(daemon, report, context);
  if (typeof command === 'string') return command;
  const address = addressOf(daemon.target);
  // The launcher waits for an answer at an address: without one the command stays in the terminal.
  if (!address) return command;
  const mode = daemon.restart ? (daemon.restart.mode ?? 'terminal') : 'background';
  if (mode === 'background') return byLauncher(command, daemon, address, report, context, true);
  return unlooked ? byLauncher(command, daemon, address, report, context, false) : command;
}

function byLauncher(
  command: StartCommand,
  daemon: DaemonConfig,
  { origin }: Address,
  report: Report | undefined,
  context: StartContext,
  isInBackground: boolean,
): StartCommand {
  const { launcherPath, logFile } = context;
  const words = command.kind === 'shell' ? [command.line] : [command.command, ...command.args];
  // Only of our own command it is known that it starts a smithy for the folder it runs in.
  const isSmithy = !daemon.restart && (daemon.kind ?? report?.kind) === 'smithy';
  return {
    ...(command.cwd !== undefined && { cwd: command.cwd }),
    env: { ...command.env, ELECTRON_RUN_AS_NODE: '1' },
    real: command,
    ...(isInBackground && { logFile }),
    kind: 'process',
    command: context.nodePath,
    args: [
      launcherPath,
      '--url',
      origin,
      ...(isInBackground ? ['--log', logFile, '--timeout-ms', String(RESTART_PROOF_TIMEOUT_MS)] : []),
      ...(command.kind === 'shell' ? ['--shell', context.shell] : []),
      ...(isSmithy && command.cwd !== undefined ? ['--smithy-folder', command.cwd] : []),
      '--',
      ...words,
    ],
  };
}

/**
 * How a daemon is started: as the settings say, else as its kind is known to be started.
 *
 * @param report its last report, which tells the kind where the settings do not
 * @returns the command, or why there is none, in words
 */
function foregroundCommand(
  daemon: DaemonConfig,
  report: Report | undefined,
  context: StartContext,
): StartCommand | string {
  const { restart } = daemon;
  const fallbackCwd = context.workspaceFolder;
  if (restart) {
    const place = {
      ...(restart.cwd !== undefined
        ? { cwd: restart.cwd }
        : fallbackCwd !== undefined && { cwd: fallbackCwd }),
      ...(restart.env && { env: { ...restart.env, ...keeping(restart.env, context.platform) } }),
    };
    return restart.args === undefined && /\s/.test(restart.command)
      ? { ...place, kind: 'shell', line: restart.command }
      : { ...place, kind: 'process', command: restart.command, args: restart.args ?? [] };
  }
  switch (daemon.kind ?? report?.kind) {
    case 'dispatchd':
      return {
        kind: 'process',
        command: context.nodePath,
        args: [context.dispatchdPath, ...withPort(context.lastArgs ?? [], addressOf(daemon.target)?.port)],
        env: { ELECTRON_RUN_AS_NODE: '1' },
        ...(fallbackCwd !== undefined && { cwd: fallbackCwd }),
      };
    case 'smithy':
      return smithyCommand(daemon, report, context);
    case 'ductor':
      // `ductor restart` would take it out of its service manager, and a second one ends the first.
      return (
        `How ${daemon.name} is started depends on how it was installed. Set "restart" for it in ` +
        'daemonHealth.daemons, for a service to { "command": "systemctl --user restart ductor" }.'
      );
    default:
      return `How to start ${daemon.name} is not known. Set "restart" for it in daemonHealth.daemons.`;
  }
}

/** The flags of the last start with the port that is watched. */
function withPort(args: readonly string[], port: number | undefined): readonly string[] {
  if (port === undefined) return args;
  const rest = args.filter(
    (arg, index) => arg !== '--port' && args[index - 1] !== '--port' && !arg.startsWith('--port='),
  );
  return ['--port', String(port), ...rest];
}

/** smithy knows its database by the folder it is started in, so it is started where it ran before. */
function smithyCommand(
  daemon: DaemonConfig,
  report: Report | undefined,
  context: StartContext,
): StartCommand {
  const args = ['serve', 'smithy', '--no-open'];
  const port = addressOf(daemon.target)?.port;
  if (port !== undefined && port !== SMITHY_FIRST_PORT) args.push('--port', String(port));
  const database = report?.database?.path;
  const cwd = (database === undefined ? undefined : projectFolder(database)) ?? context.workspaceFolder;
  const place = cwd === undefined ? {} : { cwd };
  // On Windows npm installs `sf` as a .cmd file, which only a shell can run.
  return context.platform === 'win32'
    ? { ...place, kind: 'shell', line: ['sf', ...args].join(' ') }
    : { ...place, kind: 'process', command: 'sf', args };
}
