import { saidText } from '../../base/said';
import { MAX_NAME_CHARS, MAX_TITLE_CHARS } from './policy';

/** The agent that every ductor has; the others are its sub-agents. */
export const MAIN_AGENT = 'main';

/** The title of work, with the name of the sub-agent whose work it is: "coder: nightly lint". */
export function agentTitle(agent: string, title: string): string {
  return agent === MAIN_AGENT
    ? title
    : saidText(`${saidText(agent, MAX_NAME_CHARS)}: ${title}`, MAX_TITLE_CHARS);
}
