import type { NoWay } from '../../model/startFailure';
import type { Target } from '../../model/target';
import { join } from 'node:path';
import type { ProcessIdentity } from '../../system/processInfo';
import type { RestartWay, StartCommand, StartPlace } from '../kind';
import { homeIn } from './place';
import { sameWay } from '../sameWay';
import { userHome } from '../../system/userHome';

/** Tell a ductor its files, its limits and its Python; its secrets stand in its own files. */
const VARIABLES = [
  'DUCTOR_HOME',
  'HOME',
  'DUCTOR_DYNAMIC_TIMEOUT_MAX_SECONDS',
  'VIRTUAL_ENV',
  'PYTHONPATH',
  'PYTHONHOME',
];

/** `python -m ductor_bot`, `/home/u/.local/bin/ductor`. */
const DUCTOR_WORD = /(^|[\\/])ductor(_bot)?(\.\w+|$|[\\/])/;

/**
 * How a ductor is started depends on how it was installed: what runs tells. `ductor restart` would take it out of its
 * service manager, and a second one ends the first. With another PATH it finds no agents, and answers all the same.
 */
export function restartWays(_target: Target, where: StartPlace): readonly RestartWay[] | NoWay {
  const { name, running, supervisor } = where;
  const isDuctor = running?.argv.slice(0, 4).some((word) => DUCTOR_WORD.test(word)) === true;
  const same = isDuctor && sameWay(running, running.argv, VARIABLES);
  if (!same) return { is: 'startAsInstalled', daemon: name, serviceCommand: SERVICE_COMMANDS.linux };
  const env = running.env ?? {};
  const [home] = homeIn(env, env['HOME'] ?? userHome());
  // By these it knows that somebody starts it again; else it would do that itself.
  const isSupervised = env['DUCTOR_SUPERVISOR'] !== undefined || env['INVOCATION_ID'] !== undefined;
  if (!supervisor?.process || home === undefined || !isSupervised) return [same];
  return [byItself(where, home, supervisor.name, supervisor.process), same];
}

/** Of `ductor service install`; on Windows it is a scheduled task. */
const SERVICE_COMMANDS = {
  linux: 'systemctl --user restart ductor',
  darwin: 'launchctl kickstart -k gui/$(id -u)/dev.ductor',
  win32: 'schtasks /run /tn ductor',
};

/**
 * What has a supervisor looks every 2 s for this file, takes it away, and ends with the exit code by which its supervisor
 * starts it again (its infra/restart.py).
 */
function byItself(
  { nodePath }: StartPlace,
  home: string,
  name: string,
  starter: ProcessIdentity,
): RestartWay {
  const file = join(home, 'restart-requested');
  const script = "require('fs').writeFileSync(process.argv[1], '1')";
  const env = { ELECTRON_RUN_AS_NODE: '1' };
  const command = { kind: 'process', command: nodePath, args: ['-e', script, file], env } as const;
  return { by: 'itself', keepsWork: false, name, starter, command };
}

/** `ductor restart` stops the service and starts a ductor outside of it (PleasePrompto/ductor#28). */
export function ownCommand(command: StartCommand): Pick<RestartWay, 'leavesService'> {
  const line = command.kind === 'shell' ? command.line : [command.command, ...command.args].join(' ');
  if (!/(^|[\\/\s])ductor(\.exe)?["']?\s+restart\b/.test(line)) return {};
  const { platform } = process;
  const isKnown = platform === 'linux' || platform === 'darwin' || platform === 'win32';
  return { leavesService: { serviceCommand: SERVICE_COMMANDS[isKnown ? platform : 'linux'] } };
}
