import { UserError } from '../../base/errors';
import { BUNDLED } from '../../kinds/index';
import { daemonIdOf, readDaemons } from '../../settings/daemonList';
import type { Registry } from '../../watch/registry';
import type { DaemonModel } from '../../model/daemonModel';
import type { Settings } from '../../settings/settings';
import { CANNOT } from '../commands/commandsText';

/** The bundled daemon, added to the watched ones where the user's list does not have it. */
export async function bundledDaemon(registry: Registry, settings: Settings): Promise<DaemonModel> {
  const known = () => {
    const monitor = registry.monitor(daemonIdOf({ kind: 'http', origin: BUNDLED.url }));
    return monitor && { daemon: monitor.daemon, track: monitor.track };
  };
  const model = known();
  if (model) return model;
  await settings.addDaemon(BUNDLED);
  const { raw, ...how } = settings.daemonList();
  registry.configure(readDaemons(raw, how));
  const added = known();
  if (!added) throw new UserError(CANNOT.addBundled);
  return added;
}
