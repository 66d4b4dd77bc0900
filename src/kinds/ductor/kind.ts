import type { Kind } from '../kind';
import { AGENTS_ROUTE, DUCTOR_PORT } from './policy';

/** ductor, a bot that runs the command lines of agents for its chats. */
export const ductor: Kind = {
  id: 'ductor',
  ports: [DUCTOR_PORT],
  statusRoute: AGENTS_ROUTE,
  provenBy: 'answer',
  runsCommands: false,
  hasPage: false,
  usedBy: 'chats',
  menu: 'ductor',
  load: () => import('./connection'),
};
