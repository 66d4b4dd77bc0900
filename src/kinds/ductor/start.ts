import type { NoWay } from '../../model/startFailure';
import type { Target } from '../../model/target';
import type { RestartWay, StartPlace } from '../kind';
import { sameWay } from '../sameWay';

/** Tell a ductor its files, its limits and its Python; its secrets stand in its own files. */
const VARIABLES = [
  'DUCTOR_HOME',
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
export function restartWays(_target: Target, { name, running }: StartPlace): readonly RestartWay[] | NoWay {
  const isDuctor = running?.argv.slice(0, 4).some((word) => DUCTOR_WORD.test(word)) === true;
  const same = isDuctor && sameWay(running, running.argv, VARIABLES);
  if (same) return [same];
  return { is: 'startAsInstalled', daemon: name, serviceCommand: 'systemctl --user restart ductor' };
}
