import type { StrangeAnswer } from '../../health/cause';
import type { Identified } from '../kind';
import type { Look } from '../look';
import { readAgents, readApi, readState } from './agents';
import { AGENTS_ROUTE, API_ROUTE } from './policy';

/**
 * Whether a ductor is there, by the server that it has for its own agents. The API server that one may enable tells
 * little: it is asked only where a ductor is expected. A ductor works for its chats and for no folder.
 *
 * @throws {NoAnswer}
 */
export async function identify(look: Look): Promise<Identified | StrangeAnswer> {
  if (look.origin === undefined) return { is: 'noAddress' };
  let report = readState(await look.get(AGENTS_ROUTE), readAgents);
  if ('is' in report && look.purpose === 'start') report = readState(await look.get(API_ROUTE), readApi);
  return 'is' in report ? report : { kind: report.kind, isRunning: report.isRunning, report };
}
