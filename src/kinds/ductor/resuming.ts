import * as v from 'valibot';
import { id, line } from '../read/schemas';
import { MAX_SESSIONS } from '../policy';
import { DUCTOR_RESUMES_WITHIN_MS } from './policy';

/** What an agent's files say of the work that a life of ductor may go on with. */
export interface AgentLeft {
  /** When this life of the agent noted its start, in epoch ms; `undefined` where that is not noted yet. */
  readonly sinceAt: number | undefined;
  /** When the file with its running turns was written; `undefined` where there is none. */
  readonly turnsAt: number | undefined;
  /** The file with its named sessions, where there is one. */
  readonly named: { readonly value: unknown; readonly changedAt: number } | undefined;
}

const Named = v.object({ name: id, status: v.literal('running'), session_id: line(100) });

/**
 * Tells whether a new life of ductor still looks at what the life before left: it tells the chats of their turns one by
 * one, resumes each named session after a message of its own, and clears the file of the old turns last.
 */
export class Resuming {
  #lifeAt: number | undefined;
  /** By agent: the named sessions that ran in this life; and those that ran at the end of the one before. */
  #run = new Map<string, readonly string[]>();
  #ranBefore = new Map<string, readonly string[]>();

  /** @param lifeAt when this life began, as it noted. @param agents the main agent and those beside it that run */
  isAtIt(lifeAt: number, agents: ReadonlyMap<string, AgentLeft>, nowAt: number): boolean {
    if (lifeAt !== this.#lifeAt) {
      this.#ranBefore = this.#lifeAt === undefined ? new Map<string, readonly string[]>() : this.#run;
      this.#run = new Map();
      this.#lifeAt = lifeAt;
    }
    let isAtIt = false;
    for (const [name, { sinceAt, turnsAt, named }] of agents) {
      const isOld = (at: number) => sinceAt !== undefined && at < sinceAt;
      const running = named ? resumable(named.value) : [];
      // As the life before left them: what was idle by then is not resumed.
      if (!named || isOld(named.changedAt)) this.#ranBefore.set(name, running);
      else this.#run.set(name, running);
      const isBack = (session: string) => this.#run.get(name)?.includes(session);
      isAtIt ||=
        sinceAt === undefined ||
        (turnsAt !== undefined && isOld(turnsAt)) ||
        !(this.#ranBefore.get(name) ?? []).every(isBack);
    }
    return isAtIt && nowAt - lifeAt < DUCTOR_RESUMES_WITHIN_MS;
  }
}

/** The named sessions that ran when this file was written, and that ductor resumes: who has answered once. */
function resumable(file: unknown): readonly string[] {
  const { sessions } = (file ?? {}) as { sessions?: unknown };
  if (!Array.isArray(sessions)) return [];
  return sessions.slice(0, MAX_SESSIONS).flatMap((raw: unknown) => {
    const session = v.safeParse(Named, raw);
    if (!session.success) return [];
    const { name, session_id: answered } = session.output;
    // Those of its agents among themselves are not resumed.
    return answered === '' || name.startsWith('ia-') ? [] : [name];
  });
}
