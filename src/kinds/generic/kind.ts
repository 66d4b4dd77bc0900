import type { Kind } from '../kind';

/**
 * Any daemon: its entry says where it answers and what proves that it gets on with its work. The last of the list, since
 * all that answers in a usual shape may be one. Nobody looks for it, and nobody knows how it is started.
 */
export const generic: Kind = {
  id: 'generic',
  ports: [],
  statusRoute: '',
  provenBy: 'answer',
  runsCommands: false,
  hasPage: true,
  isOfAnyMake: true,
  load: () => import('./connection'),
};
