import type { DaemonConfig, RestartConfig } from '../model/daemonConfig';
import type { NoWay } from '../model/startFailure';
import { keeping } from '../system/cleanEnv';
import { kindOf } from '../kinds/index';
import type { RestartWay, StartCommand, StartPlace } from '../kinds/kind';
import { addressOf } from '../kinds/target';
import type { Supervisor } from '../system/supervisor';
import { RESTART_PROOF_TIMEOUT_MS } from './policy';
import { resolveVariables, type VariableSources } from './settingVariables';
import type { KindId, Report } from '../health/report';

export type { StartCommand } from '../kinds/kind';

export interface StartContext extends Omit<StartPlace, 'name'> {
  /** What runs a shell line: the user's own shell. */
  readonly shell: string;
  /** What starts a daemon that outlives the window, and where such a daemon's log goes. */
  readonly launcherPath: string;
  readonly logFile: string;
  /** What the variables in `restart` of the settings stand for. */
  readonly variables?: VariableSources;
}

/**
 * How a daemon is started here, in the terminal or, by the launcher, in the background. The daemons that are known
 * outlive the window; a command of the user's stays in the terminal unless it says otherwise.
 *
 * @param unlooked nobody has looked whether it runs already: the launcher does, and then refuses
 * @param agreed the way that the user agreed to; the best one without it
 * @returns the command, or why there is none
 */
export async function startCommandFor(
  daemon: DaemonConfig,
  report: Report | undefined,
  context: StartContext,
  { unlooked = false, agreed }: { unlooked?: boolean; agreed?: RestartWay | undefined } = {},
): Promise<StartCommand | NoWay> {
  const ways = agreed ? [agreed] : await waysFor(daemon, report, context);
  if ('is' in ways) return ways;
  const [way] = ways;
  if (!way) return { is: 'startUnknown', daemon: daemon.name };
  const origin = addressOf(daemon.target)?.origin;
  // The launcher starts a daemon and waits for its answer at an address; whatever else is told runs in the terminal.
  if (origin === undefined || way.by !== 'spawn') return way.command;
  const mode = daemon.restart ? (daemon.restart.mode ?? 'terminal') : 'background';
  const kind = daemon.kind ?? report?.kind;
  if (mode === 'background') return byLauncher(way, origin, kind, context, true);
  return unlooked ? byLauncher(way, origin, kind, context, false) : way.command;
}

function byLauncher(
  { command, onlyOneIn }: RestartWay,
  origin: string,
  kind: KindId | undefined,
  context: StartContext,
  isInBackground: boolean,
): StartCommand {
  const { launcherPath, logFile } = context;
  const words = command.kind === 'shell' ? [command.line] : [command.command, ...command.args];
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
      ...(onlyOneIn !== undefined && kind !== undefined ? ['--only-one', kind, '--in', onlyOneIn] : []),
      '--',
      ...words,
    ],
  };
}

/**
 * How a daemon can be restarted, best first: as the settings say, else as its kind knows; and as it runs now, which is
 * known to start.
 *
 * @param report its last report, which tells the kind where the settings do not
 * @returns the ways, or why there is none
 */
export async function waysFor(
  daemon: DaemonConfig,
  report: Report | undefined,
  context: StartContext,
): Promise<readonly RestartWay[] | NoWay> {
  const { restart, name, target } = daemon;
  // Who is asked below a path stands behind a proxy: the port is not the daemon's.
  const isBehindProxy = Boolean(addressOf(target)?.path);
  const kind = isBehindProxy ? undefined : kindOf(daemon.kind ?? report?.kind);
  const code = await kind?.load();
  const ways = code?.restartWays(target, { ...context, name }, report) ?? [];
  const known = 'is' in ways ? [] : ways;
  const managed = context.supervisor?.restart
    ? [byManager(context.supervisor, context.supervisor.restart)]
    : [];
  if (restart) {
    const resolved = context.variables ? resolveVariables(name, restart, context.variables) : restart;
    if ('is' in resolved) return resolved;
    const command = ownCommand(resolved, context);
    const { by = 'spawn', keepsWork = false } = restart;
    const own: RestartWay = { by, command, keepsWork, ...code?.ownCommand?.(command) };
    const [manager] = managed;
    const mine = manager && isToldBy(command, manager) ? [{ ...manager, command }] : [...managed, own];
    return [...mine, ...known.filter(({ isSame }) => isSame)];
  }
  if (managed.length === 0 && 'is' in ways) return ways;
  const all = [...managed, ...known];
  return all.length > 0 ? all : { is: 'startUnknown', daemon: name };
}

/** Who starts the daemon again is told to: ended by us and started by hand there would be two. */
function byManager({ name, process }: Supervisor, { command, args, env }: Told): RestartWay {
  return {
    by: 'supervisor',
    keepsWork: false,
    name,
    ...(process && { starter: process }),
    command: { kind: 'process', command, args, ...(env && { env }) },
  };
}

type Told = NonNullable<Supervisor['restart']>;

/** Whether a command of the user's tells the same manager to restart: it is the user's word then. */
function isToldBy(command: StartCommand, { command: manager }: RestartWay): boolean {
  const line = command.kind === 'shell' ? command.line : [command.command, ...command.args].join(' ');
  return (
    manager.kind === 'process' &&
    new RegExp(`(^|[\\s/])${manager.command}\\s.*(restart|kickstart)`).test(line)
  );
}

/** The user's own command. Only of a kind's own command it is known for which folder it starts a daemon. */
function ownCommand(restart: RestartConfig, { workspaceFolder, platform }: StartContext): StartCommand {
  const cwd = restart.cwd ?? workspaceFolder;
  const place = {
    ...(cwd !== undefined && { cwd }),
    ...(restart.env && { env: { ...restart.env, ...keeping(restart.env, platform) } }),
  };
  return restart.args === undefined && /\s/.test(restart.command)
    ? { ...place, kind: 'shell', line: restart.command }
    : { ...place, kind: 'process', command: restart.command, args: restart.args ?? [] };
}
