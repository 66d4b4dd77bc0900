import type { Input, Question } from '../health/watched';
import type { EndedSession } from '../health/interrupted';
import type { DaemonConfig } from '../model/daemonConfig';
import type { LostWork } from '../kinds/kind';
import { ProcessFates } from './processFates';

/** Asks the world what health asks, and brings the answer as an input. */
export class Questions {
  constructor(readonly processes = new ProcessFates()) {}

  /**
   * Never rejects: what the world does not tell stays what it seemed.
   * @param lostWork asks the daemon about work that it lists no more; `undefined` where nothing does
   */
  async answer(
    { id }: DaemonConfig,
    question: Question,
    lostWork: () => Promise<Pick<LostWork, 'ended'> | undefined>,
  ): Promise<Input> {
    if (question.kind === 'processFate') {
      return { kind: 'processFate', question, fate: await this.processes.fate(id) };
    }
    const ended: EndedSession[] = [];
    try {
      const work = await lostWork();
      for (const agentId of question.agentIds) ended.push(...((await work?.ended(agentId)) ?? []));
    } catch {
      // The sessions of the agents that answered count.
    }
    return { kind: 'endedSessions', question, ended };
  }
}
