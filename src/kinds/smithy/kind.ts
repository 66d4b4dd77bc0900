import type { Kind } from '../kind';
import { DATA_FOLDER } from '../read/paths';
import { SMITHY_FIRST_PORT, SMITHY_PORTS, STATUS_ROUTE } from './policy';

/**
 * Stoneforge smithy. Its status is the one that other kinds extend. Its API stops its loop and not what hangs in the
 * loop: that cures nothing, so its connection has no `shutDown`.
 */
export const smithy: Kind = {
  id: 'smithy',
  ports: Array.from({ length: SMITHY_PORTS }, (_, n) => SMITHY_FIRST_PORT + n),
  triesPorts: SMITHY_PORTS,
  statusRoute: STATUS_ROUTE,
  provenBy: 'cycle',
  runsCommands: false,
  hasPage: true,
  folderMark: DATA_FOLDER,
  load: () => import('./connection'),
};
