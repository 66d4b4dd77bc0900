import * as v from 'valibot';
import { cleanText } from '../../base/text';
import type { Session } from '../../health/report';
import { MAX_SESSIONS } from '../policy';
import type { DuctorLimits } from './config';
import { DUCTOR_END_MS } from './policy';
import { id, isoTime, line } from '../read/schemas';

/** Reads the files in which an agent of ductor keeps its start, and what runs in its chats. */

const Turn = v.object({ prompt_preview: line(80), started_at: isoTime });
const Turns = v.object({ turns: v.record(v.string(), v.unknown()) });

/**
 * `inflight_turns.json`: the chats' turns that run.
 *
 * @param sinceAt when this life of the daemon began: what is older was left behind by a crash
 * @throws where it is not such a file
 */
export function readTurns(
  value: unknown,
  limits: DuctorLimits,
  { sinceAt, nowAt }: { sinceAt: number; nowAt: number },
): readonly Session[] {
  return Object.values(v.parse(Turns, value).turns)
    .slice(0, MAX_SESSIONS)
    .flatMap((raw) => {
      const turn = v.safeParse(Turn, raw);
      if (!turn.success || turn.output.started_at < sinceAt) return [];
      const { prompt_preview: title, started_at: startedAt } = turn.output;
      return {
        // Not by its chat, whose number is that of a person.
        id: `turn ${new Date(startedAt).toISOString()}`,
        title: title || 'turn',
        status: 'running',
        startedAt,
        endUntold: true,
        ...turnDeadline(startedAt, limits, nowAt),
      };
    });
}

/**
 * When a turn will be ended. It is ended or extended at its deadline, and nobody is told of an extension: one that
 * is still there a while after was extended.
 */
function turnDeadline(
  startedAt: number,
  { turnMs, extensionMs, maxExtensions }: DuctorLimits,
  nowAt: number,
): Partial<Session> {
  if (turnMs === undefined) return {};
  const overMs = nowAt - startedAt - turnMs - DUCTOR_END_MS;
  const extensionsUsed = overMs <= 0 ? 0 : Math.ceil(overMs / extensionMs);
  // It has outlived all that was assumed.
  if (overMs > 0 && !(extensionsUsed <= maxExtensions)) return {};
  return {
    timeoutMs: turnMs,
    deadlineAt: startedAt + turnMs + extensionsUsed * extensionMs,
    deadlineAssumed: true,
    extensionsUsed,
    maxExtensions,
  };
}

const Named = v.object({ name: id, status: v.literal('running'), prompt_preview: line(200) });
const NamedList = v.object({ sessions: v.array(v.unknown()) });

/** `named_sessions.json`: those that run. When their turn began is not told. @throws where it is not such a file */
export function readNamed(value: unknown): readonly Session[] {
  return v
    .parse(NamedList, value)
    .sessions.slice(0, MAX_SESSIONS)
    .flatMap((raw) => {
      const named = v.safeParse(Named, raw);
      if (!named.success) return [];
      const { name, prompt_preview: prompt } = named.output;
      return {
        id: `named ${name}`,
        title: cleanText(name, 80),
        status: 'running',
        ...(prompt !== '' && { command: prompt }),
      };
    });
}

const Startup = v.object({ boot_id: line(100), started_at: isoTime });
export type DuctorStartup = v.InferOutput<typeof Startup>;

/** `startup_state.json`: this life of the daemon. @throws where it is not such a file */
export function readStartup(value: unknown): DuctorStartup {
  return v.parse(Startup, value);
}
