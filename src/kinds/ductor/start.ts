import type { NoWay } from '../../model/startFailure';
import type { Target } from '../../model/target';
import type { StartPlace } from '../kind';

/**
 * How a ductor is started depends on how it was installed: `ductor restart` would take it out of its service manager,
 * and a second one ends the first.
 */
export function restartWays(_target: Target, { name }: StartPlace): NoWay {
  return { is: 'startAsInstalled', daemon: name, serviceCommand: 'systemctl --user restart ductor' };
}
