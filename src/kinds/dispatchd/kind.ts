import { DEFAULT_PORT } from '../../protocol/dispatchd';
import type { Kind } from '../kind';
import { STATUS_ROUTE } from '../smithy/policy';

/** The bundled daemon. Its status is smithy's, extended. */
export const dispatchd: Kind = {
  id: 'dispatchd',
  ports: [DEFAULT_PORT],
  statusRoute: STATUS_ROUTE,
  provenBy: 'cycle',
  runsCommands: true,
  hasPage: true,
  menu: 'dispatchd',
  load: () => import('./connection'),
};
