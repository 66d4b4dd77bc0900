import * as v from 'valibot';
import type { Session } from '../../health/report';
import { WAITING } from '../../health/sessions';
import { MAX_SESSIONS } from '../policy';
import { finite, id, lenient, line } from '../read/schemas';
import { MAX_CHECK_NAME_CHARS, MAX_STATUS_CHARS } from './policy';

/*
 * Claude Code's background sessions, as its 2.1.332 was seen to tell of them: `claude agents --json` lists all of them, and
 * `jobs/<id>/state.json` is one. `state` is guessed when a turn ends, so that only `blocked` is taken from it: the session
 * goes on once a person has logged in, allowed something, or answered.
 */

const Listed = v.pipe(
  v.object({
    sessionId: id,
    name: line(MAX_CHECK_NAME_CHARS),
    kind: v.string(),
    pid: lenient(v.number()),
    status: lenient(v.string()),
    state: v.string(),
    startedAt: lenient(finite),
  }),
  v.transform(({ name, pid, status, ...rest }) => ({
    ...rest,
    title: name,
    // The process of a session that still says so may be gone.
    works: status === 'busy' && pid !== undefined,
    needs: '',
  })),
);

const Written = v.pipe(
  v.object({
    sessionId: id,
    intent: line(MAX_CHECK_NAME_CHARS),
    state: v.string(),
    tempo: v.string(),
    needs: line(MAX_STATUS_CHARS),
  }),
  v.transform(({ intent, tempo, ...rest }) => ({
    ...rest,
    title: intent,
    works: tempo === 'active',
    startedAt: undefined,
  })),
);

type Told = Omit<v.InferOutput<typeof Listed>, 'kind'>;

/** The sessions that work or wait for a person, of what is told in that shape; `undefined` for all else. */
export function claudeSessions(said: unknown): readonly Session[] | undefined {
  const isList = Array.isArray(said);
  if (isList && said.length === 0) return undefined;
  const all: readonly unknown[] = isList ? said.slice(0, MAX_SESSIONS) : [said];
  const read = v.safeParse(v.array(isList ? Listed : Written), all);
  return read.success ? read.output.flatMap(sessionOf) : undefined;
}

function sessionOf({ sessionId, title, state, works, needs, startedAt }: Told): readonly Session[] {
  const named = { id: sessionId, title: title || sessionId };
  if (state === 'blocked') return [{ ...named, status: WAITING, ...(needs !== '' && { question: needs }) }];
  if (!works) return [];
  return [{ ...named, status: 'running', endUntold: true, ...(startedAt !== undefined && { startedAt }) }];
}
